// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Drives in image files, as programs that we did not write see them.
@Suite("A written drive")
struct WrittenDiskTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static func filler(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    /// Names and sizes of every kind.
    static let files: [(path: String, bytes: [UInt8])] = [
        ("bootmgr", filler(400_001, seed: 1)), ("BOOTMGR.EFI", filler(512, seed: 2)), ("boot/BCD", []),
        ("boot/boot.sdi", filler(4_096, seed: 3)), ("sources/boot.wim", filler(3_000_001, seed: 4)),
        ("EFI/Boot/bootx64.efi", filler(511, seed: 5)), ("EFI/Microsoft/Boot/BCD", filler(1, seed: 6)),
        ("SMS/data/TsmBootstrap.ini", Array("[TsmBootstrap]".utf8)), ("SMS/data/Variables.dat", []),
        ("SMS/PKG/ABC00001/a name with spaces, (and) punctuation+=;[x].txt", filler(513, seed: 7)),
        ("SMS/PKG/ABC00001/Ünïcödé 日本語 🙂.txt", filler(77, seed: 8)),
        ("SMS/PKG/ABC00001/" + String(repeating: "x", count: 255), filler(78, seed: 9)),
        ("SMS/PKG/ABC00001/thirteenchars", [1]), ("SMS/PKG/ABC00001/fourteen.chars", [2]),
        ("SMS/PKG/ABC00001/" + String(repeating: "y", count: 26), [3]), ("SMS/PKG/ABC00001/.hidden", [4]),
        ("SMS/PKG/ABC00001/a.b.c.d", [5]), ("SMS/PKG/ABC00001/MiXeD.TxT", [6]), ("SMS/PKG/ABC00001/lower.TXT", [7]),
        ("SMS/PKG/ABC00001/UPPER.txt", [8]), ("SMS/PKG/ABC00001/PROGRA~1", [9]),
        ("SMS/PKG/ABC00001/Program Files", [10]), ("SMS/PKG/ABC00001/Program Data", [11]),
        ((1...60).map { "d\($0)" }.joined(separator: "/") + "/deep.txt", [12]),
    ]

    static let sample = SampleDisk(files: files, folders: ["empty/inner", "SMS/PKG"])

    private func expected(_ disk: SampleDisk) -> [String: SHA256Digest] {
        Dictionary(uniqueKeysWithValues: disk.files.map { ($0.path, SHA256.digest(of: $0.bytes)) })
    }

    /// The paths under which two trees do not have the same.
    private func differences(_ found: [String: SHA256Digest], _ expected: [String: SHA256Digest]) -> [String] {
        Set(found.keys).union(expected.keys).filter { found[$0] != expected[$0] }.sorted()
    }

    @Test(
        "fsck.fat finds nothing to mend, and mcopy and we read every file with its bytes",
        arguments: PartitionScheme.allCases, [64 << 20, 300 << 20, (9 << 30) + 12_345 * 512])
    func readBack(scheme: PartitionScheme, byteCount: Int) throws {
        var disk = Self.sample
        disk.scheme = scheme
        disk.deviceByteCount = Int64(byteCount)
        let written = try disk.write(to: folder)
        let said = try written.check()
        #expect(!said.contains("differ"), "\(said)")
        // mtools know characters of the basic plane alone.
        let byMtools = Dictionary(
            uniqueKeysWithValues: expected(disk).map { ($0.key.replacing("🙂", with: "__"), $0.value) })
        let different = differences(try written.digests(in: folder), byMtools)
        #expect(different == [])
        let ours = try written.withVolume { volume in
            try volume.entries().filter { !$0.isFolder }.map { ($0.path, try volume.contents(of: $0)) }
        }
        #expect(
            Dictionary(uniqueKeysWithValues: ours).mapValues { $0.map { SHA256.digest(of: $0) } }
                == expected(disk).mapValues { Optional($0) })
        #expect(try Stat(written.path).size == byteCount)
    }
}
