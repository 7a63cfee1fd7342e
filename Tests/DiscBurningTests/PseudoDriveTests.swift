// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DiscBurning
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Drives that are files, which is as far as a machine without a burner gets.
@Suite("Files that stand for discs", .serialized)
struct PseudoDriveTests {
    private let folder: TestFolder
    private let image: FilePath
    private let disc: FilePath
    private static let byteCount: Int64 = 9_000_960

    init() throws {
        folder = try TestFolder()
        var generator = SeededGenerator(seed: 1)
        let bytes = (0..<Self.byteCount / 8).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) }
        image = try folder.write(bytes, to: "image.iso")
        disc = folder.appending("disc")
    }

    private var address: DriveAddress { DriveAddress(pseudo: disc) }

    private func withImage<Result>(_ body: (FileDescriptor) throws -> Result) throws -> Result {
        let descriptor = try InputFile.open(image)
        return try descriptor.closeAfter { try body(descriptor) }
    }

    private func burn(_ drive: DiscDrive, _ settings: BurnSettings = BurnSettings()) throws -> SHA256Digest {
        try withImage {
            try drive.burn(
                $0, image, byteCount: Self.byteCount, on: drive.medium(), settings, Interruption(), SilentProgress())
        }
    }

    private func verify(_ drive: DiscDrive, _ digest: SHA256Digest) throws {
        try withImage {
            try drive.verify($0, byteCount: Self.byteCount, digest: digest, Interruption(), SilentProgress())
        }
    }

    @Test("what is burnt is the image, and is verified; the disc then holds something")
    func burns() throws {
        let drive = try DiscDrive(address)
        let before = drive.medium()
        #expect(before.status == .blank && !before.holdsData && before.isOverwritable && before.family == .file)
        #expect(before.freeByteCount > Self.byteCount && before.start == [])
        let digest = try burn(drive)
        #expect(digest == SHA256.digest(of: try SmallFile.read(image)))
        try verify(drive, digest)
        let after = drive.medium()
        let start = Array(try SmallFile.read(image).prefix(DiscDrive.startByteCount))
        #expect(after.holdsData && after.start == start)
        drive.close()
        try Program.succeed("cmp", [image.string, disc.string])
    }

    @Test(
        "a bit that is another on the disc is found, with its place, and so is a disc that ends early",
        arguments: [0, 2048, 5_000_000, 9_000_959])
    func flipped(offset: Int64) throws {
        let drive = try DiscDrive(address)
        let digest = try burn(drive)
        try CommandSession.flipBit(of: disc, at: offset)
        #expect(throws: DiscBurningError.self) { try verify(drive, digest) }.map {
            #expect($0.code == .mismatch && $0.description.contains("differs from byte \(offset) on"), "\($0)")
            #expect($0.failureClass == .malformed)
        }
        try CommandSession.flipBit(of: disc, at: offset)
        try verify(drive, digest)
        try Program.succeed("truncate", ["--size", String(offset), disc.string])
        #expect(throws: DiscBurningError.self) { try verify(drive, digest) }.map {
            // What is missing of a last block is read as zeros.
            #expect($0.code == (offset > Self.byteCount - 2048 ? .mismatch : .unreadable))
        }
    }

    @Test("an image that changes while it is verified does not hide what the disc holds")
    func changedImage() throws {
        let drive = try DiscDrive(address)
        let digest = try burn(drive)
        try CommandSession.flipBit(of: image, at: 70_000)
        // The disc is right: the image is another now.
        try verify(drive, digest)
        try CommandSession.flipBit(of: disc, at: 70_000)
        #expect(throws: DiscBurningError.self) { try verify(drive, digest) }.map { #expect($0.code == .mismatch) }
    }

    @Test("a simulation writes nothing")
    func simulates() throws {
        let drive = try DiscDrive(address)
        var settings = BurnSettings()
        settings.simulates = true
        _ = try burn(drive, settings)
        #expect(try Stat(disc).size == 0)
    }

    @Test("who wants no more is obeyed before and while it is burnt, and the drive burns again after it")
    func stopped() throws {
        let drive = try DiscDrive(address)
        for isAtOnce in [true, false, false, false, true, false] {
            let interruption = Interruption()
            if isAtOnce { interruption.request() }
            #expect(throws: InterruptedError.self) {
                try withImage {
                    try drive.burn(
                        $0, image, byteCount: Self.byteCount, on: drive.medium(), BurnSettings(), interruption,
                        RequestingProgress(interruption: interruption, phase: "burning"))
                }
            }
        }
        try verify(drive, try burn(drive))
        let interruption = Interruption()
        #expect(throws: InterruptedError.self) {
            try withImage {
                try drive.verify(
                    $0, byteCount: Self.byteCount, digest: SHA256.digest(of: []), interruption,
                    RequestingProgress(interruption: interruption, phase: "verifying"))
            }
        }
    }

    @Test("an image that becomes shorter while it is burnt is the failure, not the disc")
    func shortImage() throws {
        let drive = try DiscDrive(address)
        #expect(throws: FileError.self) {
            try withImage {
                try drive.burn(
                    $0, image, byteCount: Self.byteCount + 4096, on: drive.medium(), BurnSettings(), Interruption(),
                    SilentProgress())
            }
        }.map { #expect($0.path == image) }
    }

    @Test("one drive is held at a time: a second one waits until the first is closed")
    func oneAtATime() throws {
        for number in 0..<5 {
            let drive = try DiscDrive(DriveAddress(pseudo: folder.appending("disc\(number)")))
            _ = try burn(drive)
        }
    }

    @Test("a drive that is not there is one that was not found, with what libburn says")
    func missing() throws {
        for address in [
            DriveAddress(drive: "/dev/no-such-drive"), DriveAddress(pseudo: folder.appending("no/such/disc")),
            DriveAddress(pseudo: FilePath("/" + String(repeating: "long/", count: 300))),
        ] {
            #expect(throws: DiscBurningError.self) { _ = try DiscDrive(address) }.map {
                #expect($0.code == .noDrive && $0.failureClass == .notFound, "\($0)")
            }
        }
        // And the library goes on.
        _ = try DiscDrive(address)
    }

    @Test(
        "speeds are factors of the first drives of a kind, or the fastest and the slowest",
        arguments: [
            ("max", BurnSpeed.fastest), ("MIN", .slowest), ("4", .times(4)), ("2.4x", .times(2.4)), ("1X", .times(1)),
        ])
    func speeds(text: String, speed: BurnSpeed) { #expect(BurnSpeed(text) == speed) }

    @Test(
        "what is no speed is none", arguments: ["", "x", "0", "-1", "1e3", "inf", "nan", "0x4", "101", "4 ", "\u{664}"])
    func noSpeeds(text: String) { #expect(BurnSpeed(text) == nil) }

    @Test("the blocks behind an image on a CD are counted, and whole blocks elsewhere")
    func needed() throws {
        let drive = try DiscDrive(address)
        #expect(DiscDrive.neededByteCount(1, on: drive.medium()) == 2048)
        #expect(DiscDrive.neededByteCount(2048, on: drive.medium()) == 2048)
        #expect(DiscDrive.neededByteCount(.max, on: drive.medium()) == .max)
    }
}

/// Requests an end as soon as a phase is under way.
private struct RequestingProgress: ProgressObserver {
    let interruption: Interruption
    let phase: String

    func update(_ update: ProgressUpdate) { if update.phase == phase { interruption.request() } }
    func finish(phase: String) {}
}
