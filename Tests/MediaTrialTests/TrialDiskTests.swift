// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaTrial

@Suite("Disks of a trial")
struct TrialDiskTests {
    let work: TestFolder
    init() throws { work = try TestFolder() }

    @Test("a size is an empty disk, anything else a file; sizes that no disk has are refused")
    func reading() throws {
        #expect(try TrialDisk("40GiB") == .empty(byteCount: 40 << 30))
        #expect(try TrialDisk("5000000") == .empty(byteCount: 5_000_000))
        #expect(try TrialDisk("./40GiB") == .file("./40GiB"))
        #expect(try TrialDisk("pc.img") == .file("pc.img"))
        #expect(try TrialDisk("2026.img") == .file("2026.img"))
        for text in ["0", "1023KiB", "2000TiB", "40 giga"] {
            #expect(throws: MediaTrialError.self) { try TrialDisk(text) }
        }
    }

    @Test(
        "what is no image of a disk is refused, and what names files of its own",
        arguments: ["QFI\u{FB}", "vhdxfile", "KDMV"])
    func refused(magic: String) throws {
        var bytes = Array(magic.unicodeScalars.map { UInt8($0.value) })
        bytes += [UInt8](repeating: 0, count: 2 << 20 - bytes.count)
        let file = try work.write(bytes, to: "disk.img")
        #expect(throws: MediaTrialError.self) { try TrialDisk.file(file).check() }
        let odd = try work.write([UInt8](repeating: 0, count: 2_000_001), to: "odd.img")
        #expect(throws: MediaTrialError.self) { try TrialDisk.file(odd).check() }
        #expect(throws: FileError.self) { try TrialDisk.file(work.path).check() }
        let good = try work.write([UInt8](repeating: 0, count: 2 << 20), to: "good.img")
        try TrialDisk.file(good).check()
    }

    private func prepare(_ disks: [TrialDisk], keep: FilePath? = nil, force: Bool = false) throws -> PreparedDisks {
        let folder = work.appending("t\(UInt64.random(in: .min ... .max))")
        try TestFolder.makeFolder(folder)
        return try PreparedDisks(
            disks, keep: keep, replacesExisting: force, in: folder, interruption: Interruption())
    }

    @Test("a file is used where it is and what is written forgotten; a kept copy has its bytes and its holes")
    func files() throws {
        let source = work.appending("source.img")
        try Program.succeed(
            "bash",
            [
                "-c",
                "truncate -s 300M \"$0\" && printf begin | dd of=\"$0\" conv=notrunc && "
                    + "head -c 3000000 /dev/urandom | dd of=\"$0\" conv=notrunc bs=1M seek=100", source.string,
            ])
        let used = try prepare([.file(source), .empty(byteCount: 1 << 40)])
        #expect(used.disks[0] == .init(file: source, isThrowAway: true))
        #expect(try Stat(used.disks[1].file).size == 1 << 40)
        #expect(used.kept == nil)
        let keep = work.appending("kept.img")
        let kept = try prepare([.file(source)], keep: keep)
        #expect(kept.disks.map(\.isThrowAway) == [false])
        #expect(throws: Errno.self) { try Stat(keep) }
        try kept.kept?.publish()
        try Program.succeed("cmp", [source.string, keep.string])
        #expect(try Stat(keep).permissions == .ownerReadWrite)
        let blocks = try Program.succeed("du", ["--block-size=1", keep.string]).output
        #expect(Int(blocks.prefix { $0.isNumber }) ?? .max < 20 << 20)
    }

    @Test("a disk that is kept where it is needs no other word for that, any other existing file does")
    func kept() throws {
        let file = try work.write([UInt8](repeating: 7, count: 1 << 20), to: "pc.img")
        let other = try work.write([UInt8](repeating: 0, count: 1 << 20), to: "other.img")
        #expect(throws: OutputError.self) { try prepare([.file(file)], keep: other) }
        _ = try prepare([.file(file)], keep: other, force: true)
        let disks = try prepare([.file(file)], keep: file)
        // Not published: nothing has changed.
        #expect(try SmallFile.read(file).allSatisfy { $0 == 7 })
        try disks.kept?.publish()
        #expect(try SmallFile.read(file).allSatisfy { $0 == 7 })
    }
}
