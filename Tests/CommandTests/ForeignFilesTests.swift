// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What Windows and people put on a drive stays what it is when the drive is updated.
@Suite("What is not of the media, in an update")
struct ForeignFilesTests {
    let session: CommandSession
    private let path: FilePath
    private let image: String

    init() throws {
        session = try CommandSession()
        path = try session.create(.standalone, "drive.img", ["--media-size", "100000000"])
        image = "\(path)@@\(DriveImageTests.volumeOffset)"
    }

    private func mtools(_ program: String, _ arguments: String...) throws {
        try Program.succeed(program, ["-i", image] + arguments, environment: ["TZ": "UTC", "LC_ALL": "C.UTF-8"])
    }

    private func update() throws {
        try session.succeed([
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string, "--variable", "Changed=1",
        ])
    }

    /// The records of what is called by each list of short names.
    private func records(_ paths: [[String]]) throws -> [FATDirectories.Found] {
        let directories = try FATDirectories(path, volumeAt: DriveImageTests.volumeOffset)
        return try paths.map { names in
            switch names.count {
            case 0: try #require(try directories.label())
            case 1: try #require(try directories.find(names[0]), "\(names)")
            default: try #require(try directories.find(names[0], names[1]), "\(names)")
            }
        }
    }

    @Test("attributes, all times, short and long names of files and folders stay, byte for byte")
    func kept() throws {
        let note = try session.work.write("mine".utf8, to: "note.txt").string
        // Takes SYSTEM~1, so that the one below gets another short name than it would have alone.
        try mtools("mmd", "::System Volume Other")
        try mtools("mmd", "::System Volume Information", "::$RECYCLE.BIN", "::my folder", "::my folder/sub")
        try mtools("mdeltree", "::System Volume Other")
        try mtools("mcopy", note, "::System Volume Information/IndexerVolumeGuid")
        try mtools("mcopy", note, "::$RECYCLE.BIN/desktop.ini")
        try mtools("mcopy", note, "::Überraschung.txt")
        try mtools("mcopy", note, "::SMS/mine.txt")
        try mtools("mattrib", "+h", "+s", "::System Volume Information", "::$RECYCLE.BIN")
        try mtools("mattrib", "+h", "+s", "+r", "-a", "::$RECYCLE.BIN/desktop.ini")
        let paths = [
            ["SYSTEM~2   "], ["$RECYCLEBIN"], ["MYFOLD~1   "], ["$RECYCLEBIN", "DESKTOP INI"],
            ["SYSTEM~2   ", "INDEXE~1   "], ["MYFOLD~1   ", "SUB        "], ["SMS        ", "MINE    TXT"], [],
        ]
        // Hundredths and time of creation, day of access and time of change: each of its own; the case of the name too.
        let directories = try FATDirectories(path, volumeAt: DriveImageTests.volumeOffset)
        for (number, found) in try records(paths).enumerated() where number < paths.count - 1 {
            let tick = UInt8(number)
            try directories.write([0x10 | tick & 0x08, 99 - tick], at: found.offset + 12)
            try directories.write([tick, 0x31, 0x21 + tick, 0x42, 0x41 + tick, 0x43], at: found.offset + 14)
            try directories.write([tick, 0x35, 0x61 + tick, 0x46], at: found.offset + 22)
        }
        let before = try records(paths)
        #expect(before[0].own[11] == 0x16 && before[3].own[11] == 0x07)
        try update()
        let after = try records(paths)
        for (number, (before, after)) in zip(before, after).enumerated() {
            #expect(after.withoutCluster == before.withoutCluster, "\(paths[number])")
        }
        // Folders lie elsewhere now, or nothing was shown.
        #expect(before[0].cluster != after[0].cluster)
        try DriveImageTests.checkVolume(path, in: session.work)
        let listed = try Program.succeed("mattrib", ["-i", image, "::System Volume Information", "::$RECYCLE.BIN"])
            .output
        #expect(listed.split(separator: "\n").allSatisfy { $0.contains("SH") }, "\(listed)")
        #expect(try Program.succeed("mtype", ["-i", image, "::SMS/mine.txt"]).output == "mine")
    }

    @Test("a name that the media needs and a short name of somebody else's do not become one")
    func shortNames() throws {
        let note = try session.work.write("mine".utf8, to: "note.txt").string
        try mtools("mcopy", note, "::launch it.txt")
        let directories = try FATDirectories(path, volumeAt: DriveImageTests.volumeOffset)
        let found = try #require(try directories.find("LAUNCH~1TXT"))
        // The short name that the media's LaunchMedia.cmd would get, and the sum that ties the long name to it.
        let name = Array("LAUNCH~1CMD".utf8)
        let sum = name.reduce(UInt8(0)) { ($0 >> 1 | $0 << 7) &+ $1 }
        let clash = try #require(try directories.find("LAUNCH~1CMD"))
        try directories.write(Array("LAUNCH~9CMD".utf8), at: clash.offset)
        let clashSum = Array("LAUNCH~9CMD".utf8).reduce(UInt8(0)) { ($0 >> 1 | $0 << 7) &+ $1 }
        for part in 1..<Int64(clash.records.count / 32) {
            try directories.write([clashSum], at: clash.offset - part * 32 + 13)
        }
        try directories.write(name, at: found.offset)
        for part in 1..<Int64(found.records.count / 32) {
            try directories.write([sum], at: found.offset - part * 32 + 13)
        }
        try update()
        try DriveImageTests.checkVolume(path, in: session.work)
        #expect(try Program.succeed("mtype", ["-i", image, "::launch it.txt"]).output == "mine")
        #expect(try Program.succeed("mtype", ["-i", image, "::LaunchMedia.cmd"]).output.contains("TSMBAutorun"))
        let after = try FATDirectories(path, volumeAt: DriveImageTests.volumeOffset)
        #expect(try after.find("LAUNCH~1CMD")?.withoutCluster.suffix(4) == [4, 0, 0, 0])
    }

    @Test("a name that cannot be kept is named, and nothing is written")
    func unkeepable() throws {
        let note = try session.work.write("mine".utf8, to: "note.txt").string
        try mtools("mcopy", note, "::abc.txt")
        let directories = try FATDirectories(path, volumeAt: DriveImageTests.volumeOffset)
        let found = try #require(try directories.find("ABC     TXT"))
        try directories.write(Array("COM1    TXT".utf8), at: found.offset)
        let before = try session.fingerprint()
        let result = try session.run([
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string, "--variable", "Changed=1",
        ])
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.failure.lowercased().contains("file 'com1.txt' on the drive"), "\(result.failure)")
        #expect(try session.fingerprint() == before)
    }
}
