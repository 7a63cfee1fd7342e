// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// Operating systems and firmware that read our discs through UDF.
@Suite("A UDF bridge in other systems")
struct BridgeMachineTests {
    /// GRUB is there for every run; the others take longer, or what is not installed.
    private static let machines: [DiscMachine] =
        getenv("TSMEDIA_TEST_ALL") == nil ? [.grub] : [.grub, .ovmf, .linux]

    @Test("every file of a disc with a bit of everything is read, byte for byte", arguments: machines)
    func everything(machine: DiscMachine) throws {
        // OVMF has no room for a name of more than 127 characters, and shows nothing of a folder with one.
        let disc = try BridgeTests.disc(longestName: machine == .ovmf ? 120 : .max)
        // GRUB hashes no empty file.
        let names = disc.files.keys.sorted().filter { machine != .grub || disc.files[$0]?.isEmpty == false }
        var expected: [String: String] = [:]
        for name in names { expected[name] = BridgeTests.digest(disc.files[name] ?? []) }
        var found = try machine.digests(ofDisc: disc.image, names: names)
        let chinese = "SMS/PKG/ABC00001/\(BridgeTests.chineseName)"
        if machine == .linux {
            // Linux has no name of more than 255 bytes: it shows the beginning, and a number.
            let other = try #require(found.keys.first { expected[$0] == nil })
            #expect(other.utf8.count <= 255 + 17)
            found[chinese] = found.removeValue(forKey: other)
        }
        #expect(Set(found.keys) == Set(expected.keys))
        #expect(found.filter { expected[$0.key] != $0.value }.isEmpty)
    }

    private static let isAll = getenv("TSMEDIA_TEST_ALL") != nil

    @Test("Linux reads trees at random, all of each in one disc", .enabled(if: isAll, "set TSMEDIA_TEST_ALL=1"))
    func trees() throws {
        var generator = SeededGenerator(seed: 20_261_202)
        for _ in 0..<5 {
            let disc = try BridgeTreesTests.disc(&generator)
            #expect(
                try DiscMachine.linux.digests(ofDisc: disc.image, names: [])
                    == disc.files.mapValues(BridgeTests.digest))
        }
    }

    @Test("Linux reads a hundred thousand files", .enabled(if: isAll, "set TSMEDIA_TEST_ALL=1"))
    func manyFiles() throws {
        let files = (0..<100_000).map { number in
            ("SMS/PKG/ABC\(number / 1_000)/folder \(number / 100)/file \(number).inf", Array("\(number)".utf8))
        }
        let disc = try SampleDisc(files, folders: [])
        let found = try DiscMachine.linux.digests(ofDisc: disc.image, names: [], deadline: .seconds(1_800))
        #expect(found == disc.files.mapValues(BridgeTests.digest))
    }

    @Test("Linux reads a file of 5 GiB to its end", .enabled(if: isAll, "set TSMEDIA_TEST_ALL=1"))
    func largeFile() throws {
        let byteCount: Int64 = 5 << 30 | 1234
        let image = try BridgeLimitsTests.Image(
            try BridgeLimitsTests.layout([try BridgeLimitsTests.file("large.wim", byteCount: byteCount)]))
        let offset = try #require(try image.reader().entries.first?.extents.first?.offset)
        let descriptor = try FileDescriptor.open(image.path, .readWrite)
        try descriptor.closeAfter {
            // Behind each extent's beginning, so that none stands for another.
            for place in stride(from: Int64(0), to: byteCount - 8, by: (1 << 30) - 2048) {
                _ = try descriptor.writeAll(toAbsoluteOffset: offset + place, Array("part \(place >> 30)".utf8))
            }
            _ = try descriptor.writeAll(toAbsoluteOffset: offset + byteCount - 4, Array("LAST".utf8))
        }
        let expected = try Program.succeed(
            "sh", ["-c", "tail -c +\(offset + 1) '\(image.path)' | head -c \(byteCount) | sha256sum"]
        ).output.prefix(64)
        let found = try DiscMachine.linux.digests(ofDisc: image.path, names: [], deadline: .seconds(3_600))
        #expect(found == ["large.wim": String(expected)])
    }
}
