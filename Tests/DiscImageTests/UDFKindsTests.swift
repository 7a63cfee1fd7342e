// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// UDF as others may make it: 1.02 to 2.60, whatever its partition is.
@Suite("UDF of other kinds")
struct UDFKindsTests {
    /// A volume, in words.
    struct Kind: Sendable, CustomTestStringConvertible {
        let partition: UDFImageBuilder.Partition
        let revision: UInt16
        let blockByteCount: Int
        let hasExtendedEntries: Bool
        var testDescription: String { "\(partition) \(String(revision, radix: 16)) \(blockByteCount)" }

        init(_ partition: UDFImageBuilder.Partition, _ revision: UInt16, _ blockByteCount: Int, extended: Bool = false)
        {
            self.partition = partition
            self.revision = revision
            self.blockByteCount = blockByteCount
            hasExtendedEntries = extended
        }

        var builder: UDFImageBuilder {
            var builder = UDFImageBuilder()
            builder.partition = partition
            builder.revision = revision
            builder.blockByteCount = blockByteCount
            builder.hasExtendedEntries = hasExtendedEntries
            builder.files = UDFKindsTests.files(blockByteCount)
            return builder
        }
    }

    /// A file of every form and of several sizes, and a folder of more names than its entry holds.
    static func files(_ block: Int) -> [UDFImageBuilder.File] {
        var files: [UDFImageBuilder.File] = []
        for (number, form) in UDFImageBuilder.Form.allCases.enumerated() {
            for (index, size) in [0, 5, block, 5 * block + 7].enumerated() {
                files.append(
                    .init(
                        path: "forms/\(form) \(size)", bytes: SampleDisc.bytes(size, seed: UInt64(number * 10 + index)),
                        form: form))
            }
        }
        for number in 0..<60 {
            files.append(
                .init(
                    path: "SMS/PKG/ABC00001/many/a file with number \(number).inf", bytes: [UInt8(number)],
                    form: .embedded))
        }
        files.append(.init(path: "SMS/PKG/ABC00001/Treiber für Büro.inf", bytes: [1, 2, 3], form: .short))
        files.append(.init(path: "SMS/PKG/ABC00001/日本語 🙂.inf", bytes: [4, 5], form: .long))
        files.append(.init(path: "a/b/c/d/e/f/deep.txt", bytes: [6], form: .long))
        return files
    }

    static let kinds: [Kind] = [
        Kind(.plain, 0x0102, 2048), Kind(.plain, 0x0150, 512), Kind(.plain, 0x0201, 4096, extended: true),
        Kind(.plain, 0x0200, 1024, extended: true), Kind(.sparable(movedPacketCount: 0), 0x0150, 2048),
        Kind(.metadata(hasMirror: true), 0x0250, 2048, extended: true),
        Kind(.metadata(hasMirror: false), 0x0260, 512, extended: true),
        Kind(.metadata(hasMirror: true), 0x0260, 4096, extended: true),
    ]

    private static func isRead(_ bytes: [UInt8], _ kind: Kind) throws {
        let reader = try DiscReader(MemorySource(bytes), name: "volume")
        #expect(reader.label == "Media")
        let entries = reader.entries.filter { !$0.isFolder }
        let files = files(kind.blockByteCount)
        #expect(Set(entries.map(\.path.description)) == Set(files.map(\.path)))
        #expect(entries.count == files.count)
        for file in files {
            let entry = try #require(reader.entry(try MediaPath(file.path)))
            let found = entry.extents.flatMap { extent in
                extent.isHole
                    ? [UInt8](repeating: 0, count: Int(extent.byteCount))
                    : Array(bytes[Int(extent.offset)..<Int(extent.offset + extent.byteCount)])
            }
            #expect(found == file.content(kind.blockByteCount), "\(file.path)")
            #expect(entry.modified.unixSeconds == 1_600_000_000)
        }
        let fileSystem =
            "UDF \(String(kind.revision >> 8)).\(String(kind.revision & 0xFF | 0x100, radix: 16).dropFirst())"
        #expect(reader.fileSystems.map(\.title) == [fileSystem])
    }

    @Test("every file of every form is read, in blocks of every size", arguments: kinds)
    func isRead(kind: Kind) throws {
        var builder = kind.builder
        try Self.isRead(builder.image(), kind)
    }

    @Test(
        "7z reads the same files with the same bytes",
        // 7z knows blocks of 512 and 2,048 bytes, plain partitions, and none of the rarer kinds of allocation.
        arguments: kinds.filter { [512, 2048].contains($0.blockByteCount) && $0.partition == .plain })
    func isReadBy7z(kind: Kind) throws {
        var builder = kind.builder
        builder.files.removeAll { [.extended, .chained, .sparse].contains($0.form) }
        let folder = try TestFolder()
        let image = try folder.write(builder.image(), to: "volume.udf")
        try Program.succeed("7z", ["x", "-bd", "-o\(folder.appending("out"))", image.string])
        for file in builder.files {
            #expect(try SmallFile.read(folder.appending("out/\(file.path)")) == file.bytes, "\(file.path)")
        }
    }

    @Test("packets of a sparable partition that lie elsewhere are read there", arguments: [1, 2, 5])
    func sparing(movedPacketCount: Int) throws {
        let kind = Kind(.sparable(movedPacketCount: movedPacketCount), 0x0201, 2048)
        var builder = kind.builder
        let bytes = builder.image()
        try Self.isRead(bytes, kind)
        // One of the two tables suffices; without both nobody knows where the packets are.
        var (one, none) = (bytes, bytes)
        one.replaceSubrange(340 * 2048..<340 * 2048 + 16, with: [UInt8](repeating: 0xFF, count: 16))
        try Self.isRead(one, kind)
        for table in [300, 340] {
            none.replaceSubrange(table * 2048..<table * 2048 + 16, with: [UInt8](repeating: 0xFF, count: 16))
        }
        let error = #expect(throws: DiscImageError.self) { try DiscReader(MemorySource(none), name: "volume") }
        #expect(error?.problem.contains("sparing tables") == true)
    }

    @Test(
        "where the metadata is damaged its copy is read: all of it, the entry of its file, and single blocks",
        arguments: [1024..<1025, 1024 + 32..<1024 + 416, 1024 + 416..<1024 + 800, 1024 + 418..<1024 + 419])
    func mirror(blocks: Range<Int>) throws {
        let kind = Kind(.metadata(hasMirror: true), 0x0250, 2048, extended: true)
        var builder = kind.builder
        var bytes = builder.image()
        bytes.replaceSubrange(
            blocks.lowerBound * 2048..<blocks.upperBound * 2048,
            with: [UInt8](repeating: 0xFF, count: blocks.count * 2048))
        try Self.isRead(bytes, kind)
        var other = Kind(.metadata(hasMirror: false), 0x0250, 2048, extended: true).builder
        var lost = other.image()
        guard blocks.count > 1 else { return }
        lost.replaceSubrange(
            (1024 + 416) * 2048..<(1024 + 800) * 2048, with: [UInt8](repeating: 0xFF, count: 384 * 2048))
        #expect(throws: DiscImageError.self) { try DiscReader(MemorySource(lost), name: "volume") }
    }

    @Test(
        "what is not read is refused by its name",
        arguments: [
            ("*UDF Virtual Partition", "a virtual partition"), ("*Something else", "a partition of an unknown kind"),
        ])
    func refused(identifier: String, name: String) throws {
        var builder = Kind(.plain, 0x0201, 2048).builder
        builder.otherPartition = identifier
        let bytes = builder.image()
        let error = #expect(throws: DiscImageError.self) { try DiscReader(MemorySource(bytes), name: "volume") }
        #expect(error?.code == .unsupported)
        #expect(error?.problem.contains(name) == true)
    }

    @Test("volumes of mkudffs are read, and those that are written bit by bit refused")
    func mkudffs() throws {
        let folder = try TestFolder()
        for (options, title) in [
            (["--media-type=hd", "--udfrev=0x0102"], "UDF 1.02"), (["--media-type=hd", "--udfrev=0x0150"], "UDF 1.50"),
            (["--media-type=hd", "--udfrev=0x0201", "--blocksize=4096"], "UDF 2.01"),
            (["--media-type=dvdrw"], "UDF 2.01"), (["--media-type=dvdram", "--udfrev=0x0200"], "UDF 2.00"),
        ] {
            let image = try folder.write([], to: "volume.udf")
            try Program.succeed("truncate", ["--size=64M", image.string])
            try Program.succeed("mkudffs", options + ["--label=Volume", image.string])
            let reader = try DiscReader(path: image)
            #expect(reader.label == "Volume")
            #expect(reader.fileSystems.map(\.title) == [title])
            #expect(reader.entries.allSatisfy { $0.path.description == "lost+found" })
        }
        let image = try folder.write([], to: "written-once.udf")
        try Program.succeed("truncate", ["--size=64M", image.string])
        try Program.succeed("mkudffs", ["--media-type=cdr", image.string])
        let error = #expect(throws: DiscImageError.self) { try DiscReader(path: image) }
        #expect(error?.problem.contains("a virtual partition") == true)
    }

    @Test("damage of any kind of volume is read or refused, never a crash or a loop", .timeLimit(.minutes(5)))
    func survivesDamage() throws {
        var generator = SeededGenerator(seed: 20_261_130)
        let kinds = Self.kinds + [Kind(.sparable(movedPacketCount: 5), 0x0201, 2048)]
        for kind in kinds {
            var builder = kind.builder
            let bytes = builder.image()
            let block = kind.blockByteCount
            // Where descriptors, tables and metadata lie.
            let places = [256..<345, 1024..<1026, 1056..<1200, 1440..<1600, 1824..<2000]
            for _ in 0..<Rounds.of(120) {
                var mutated = bytes
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let range = places.randomElement(using: &generator) ?? 256..<300
                    let place = Int.random(in: range.lowerBound * block..<range.upperBound * block, using: &generator)
                    mutated[place] = .random(in: 0...255, using: &generator)
                    // Half of them by somebody who makes the CRC right again.
                    if Bool.random(using: &generator) {
                        UDFImageBuilder.seal(&mutated, block: place / block, of: block)
                    }
                }
                do {
                    _ = try DiscReader(MemorySource(mutated), name: "mutated")
                } catch {
                    #expect(!error.description.contains("\n"))
                }
            }
        }
    }

    @Test("numbers of descriptors whose CRC somebody made right again are not trusted", .timeLimit(.minutes(5)))
    func survivesNumbers() throws {
        // Whole fields of the largest and smallest numbers.
        var builder = Kind(.metadata(hasMirror: false), 0x0250, 2048, extended: true).builder
        let bytes = builder.image()
        var generator = SeededGenerator(seed: 20_261_131)
        for _ in 0..<Rounds.of(2_000) {
            var mutated = bytes
            let block =
                [1024, 1440, 1441, 1442, 1443, 266, Int.random(in: 1440..<1520, using: &generator)]
                .randomElement(using: &generator) ?? 1440
            let offset = Int.random(in: 16..<460, using: &generator) / 4 * 4
            let value: UInt32 =
                [0, 1, .max, .max >> 1, 1 << 30, 3 << 30 | 2048, .max >> 2].randomElement(using: &generator) ?? 0
            withUnsafeBytes(of: value.littleEndian) {
                mutated.replaceSubrange(block * 2048 + offset..<block * 2048 + offset + 4, with: $0)
            }
            UDFImageBuilder.seal(&mutated, block: block, of: 2048)
            do {
                _ = try DiscReader(MemorySource(mutated), name: "mutated")
            } catch {
                #expect(!error.description.contains("\n"))
            }
        }
    }
}
