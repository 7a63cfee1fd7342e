// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A damaged image is called what it is: the disk that it lies on is sound.
@Suite("Damaged images of drives")
struct DamagedDriveTests {
    let session: CommandSession
    private let path: FilePath

    init() throws {
        session = try CommandSession()
        path = try session.create(.standalone, "drive.img")
    }

    private func update() -> [String] {
        [
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string,
        ]
    }

    /// What reads the image.
    private func readers() -> [[String]] { [["inspect", "drive.img"], ["verify", "drive.img"], update()] }

    @Test(
        "a file whose directory entry and clusters disagree is malformed (65) and named, not a fault of the disk",
        arguments: [
            [UInt8](repeating: 0xFF, count: 3) + [0x1F], [UInt8](repeating: 0xFF, count: 4), [0, 0, 0x10, 0],
        ])
    func size(bytes: [UInt8]) throws {
        let directories = try FATDirectories(path, volumeAt: DriveImageTests.volumeOffset)
        // SMS\data\TsmBootstrap.ini for inspect, the manifest for the others.
        for name in ["TSMBOO~1INI", "MEDIAM~1JSO"] {
            let found = try #require(try directories.find("SMS        ", "DATA       ", name))
            try directories.write(bytes, at: found.offset + 28)
        }
        for arguments in readers() {
            let result = try session.run(arguments)
            #expect(result.status == 65, "\(arguments[0]): \(result.errorText)")
            let isNamed = ["TsmBootstrap.ini", "MediaManifest.json"].contains { result.failure.contains($0) }
            #expect(isNamed, "\(arguments[0]): \(result.failure)")
            #expect(!result.failure.contains("check the disk"), "\(result.failure)")
        }
    }

    @Test(
        "an image that is cut short is said to be, wherever it ends",
        arguments: [600, 1 << 20, 1_300_000, 3_000_000, 12_000_000])
    func cut(length: Int64) throws {
        try Program.succeed("truncate", ["--size", String(length), path.string])
        for arguments in readers() {
            let result = try session.run(arguments)
            #expect(result.status == 65, "\(arguments[0]): \(result.errorText)")
            #expect(
                result.failure.contains("cut short") && result.failure.contains(String(length)), "\(result.failure)")
        }
    }

    /// Bytes of the first sector, of the one that counts free clusters, and of the copy in the seventh.
    private static let volumeFields: [Int64] = [0, 21, 82, 511, 512, 996, 1_022, 3_085, 3_093, 3_582]

    @Test(
        "a field of the boot sector, of its copy or of the count of free clusters that is damaged is found, and no update goes on",
        arguments: volumeFields, ["mbr", "gpt"])
    func volumeSectors(offset: Int64, scheme: String) throws {
        if scheme == "gpt" { try session.create(.standalone, "drive.img", ["--force", "--partition-scheme", "gpt"]) }
        let place = Int64(DriveImageTests.volumeOffset) + offset
        let before = try ImageBytes.read(path, at: place, count: 1)
        try ImageBytes.write([try #require(before.slice(at: 0, length: 1)?.first) ^ 0x90], to: path, at: place)
        let verified = try session.run(["verify", "drive.img"])
        #expect(
            verified.status == 65 && verified.output.contains("damaged  boot sector of the volume: "),
            "\(verified.output) \(verified.errorText)")
        let updated = try session.run(update())
        #expect(updated.status == 65 && updated.failure.contains("write the drive anew"), "\(updated.errorText)")
    }

    @Test(
        "boot code that is gone is found by verify, told by inspect, and no update calls such a drive up to date",
        arguments: [
            ("master boot record", Int64(0)), ("master boot record", 446), ("boot record", 90), ("boot record", 1024),
        ])
    func bootCode(part: String, offset: Int64) throws {
        let start = part == "boot record" ? Int64(DriveImageTests.volumeOffset) + offset : offset
        try Program.succeed(
            "dd",
            [
                "if=/dev/zero", "of=\(path)", "bs=1", "seek=\(start)", "count=\(offset == 446 ? 1 : 400)",
                "conv=notrunc", "status=none",
            ])
        let verified = try session.run(["verify", "drive.img"])
        #expect(verified.status == 65 && verified.output.contains("damaged  \(part): "), "\(verified.output)")
        let inspected = try session.run(["inspect", "drive.img"])
        #expect(inspected.status == 0 && inspected.output.contains(part), "\(inspected.output)")
        let updated = try session.run(update())
        #expect(updated.status == 65 && updated.failure.contains(part), "\(updated.failure)")
    }

    @Test("a partition of another type is found: Windows does not look into it")
    func partitionType() throws {
        try ImageBytes.write([0x83], to: path, at: 450)
        let verified = try session.run(["verify", "drive.img"])
        #expect(
            verified.status == 65 && verified.output.contains("damaged  partition type: "), "\(verified.output)")
        let updated = try session.run(update())
        #expect(updated.status == 65 && updated.failure.contains("partition type"), "\(updated.failure)")
    }

    @Test("a copy of the file allocation table that differs is found, and an update mends it")
    func tableCopy() throws {
        let boot = try ImageBytes.read(path, at: Int64(DriveImageTests.volumeOffset), count: 512)
        let reserved: UInt16 = try #require(boot.littleEndian(at: 14))
        let sectors: UInt32 = try #require(boot.littleEndian(at: 36))
        let copy = Int64(DriveImageTests.volumeOffset) + (Int64(reserved) + Int64(sectors)) * 512
        // The entries of the first clusters, which hold the root directory and the first file.
        try ImageBytes.write([UInt8](repeating: 0, count: 64), to: path, at: copy + 8)
        let verified = try session.run(["verify", "drive.img"])
        #expect(
            verified.status == 65 && verified.output.contains("damaged  copy of the file allocation table: "),
            "\(verified.output)")
        #expect(verified.failure.contains("in what leads to its files; mend it with update"), "\(verified.failure)")
        try session.succeed(update())
        try session.succeed(["verify", "drive.img"])
        try DriveImageTests.checkVolume(path, in: session.work)
    }

    @Test("a GUID partition table of which one copy is damaged is found", arguments: ["primary", "backup"])
    func tables(copy: String) throws {
        try session.create(.standalone, "gpt.img", ["--partition-scheme", "gpt"])
        try session.succeed(["verify", "gpt.img"])
        let image = session.folder.appending("gpt.img")
        let place = copy == "primary" ? 512 : try Int64(Stat(image).size) - 512
        try ImageBytes.write([UInt8](repeating: 0, count: 64), to: image, at: place)
        let verified = try session.run(["verify", "gpt.img"])
        #expect(verified.status == 65 && verified.output.contains("GUID partition table: "), "\(verified.output)")
        // sgdisk agrees that something is wrong.
        let judged = try Program.run("sgdisk", ["--verify", "gpt.img"], in: session.folder)
        #expect(judged.output.contains("corrupt GPT"), "\(judged.output)")
    }

    @Test("an image that was copied to a larger drive is whole: its table's backup is where the table says")
    func largerDrive() throws {
        try session.create(.standalone, "gpt.img", ["--partition-scheme", "gpt"])
        try Program.succeed("truncate", ["--size", "+8M", "gpt.img"], in: session.folder)
        try session.succeed(["verify", "gpt.img"])
    }

    @Test("a first sector without code and signature is damage: nothing starts such a drive")
    func wipedBootCode() throws {
        try Program.succeed(
            "dd", ["if=/dev/zero", "of=\(path)", "bs=446", "count=1", "conv=notrunc", "status=none"])
        let verified = try session.run(["verify", "drive.img"])
        #expect(verified.status == 65 && verified.failure.contains("write it again"), "\(verified.errorText)")
    }

    @Test("boot code on a drive that others divided is theirs")
    func foreignBootCode() throws {
        // The disk signature is no more that of the media.
        try Program.succeed(
            "sh", ["-c", "head --bytes=444 /dev/zero | tr '\\0' x | dd of=drive.img conv=notrunc status=none"],
            in: session.folder)
        let verified = try session.run(["verify", "drive.img"])
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test("one with a GUID partition table too")
    func cutGPT() throws {
        try session.create(.standalone, "gpt.img", ["--partition-scheme", "gpt"])
        try Program.succeed("truncate", ["--size", "5000000", "gpt.img"], in: session.folder)
        let result = try session.run(["inspect", "gpt.img"])
        #expect(result.status == 65 && result.failure.contains("cut short"), "\(result.failure)")
    }

    @Test("what is no drive at all is not called cut short")
    func noDrive() throws {
        try Program.succeed("sh", ["-c", "head --bytes=100000 /dev/urandom > drive.img"], in: session.folder)
        let result = try session.run(["inspect", "drive.img"])
        #expect(result.status == 65 && !result.failure.contains("cut short"), "\(result.failure)")
    }

    @Test("an image that another program updates is refused, and that is what the error says")
    func locked() throws {
        let descriptor = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
        let result = try descriptor.closeAfter {
            try #require(flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0)
            return try session.run(update())
        }
        #expect(result.status == 77, "\(result.errorText)")
        #expect(result.failure.contains("drive.img is in use by another program"), "\(result.failure)")
        #expect(!result.failure.contains("kernel log"), "\(result.failure)")
        try session.succeed(update())
    }
}
