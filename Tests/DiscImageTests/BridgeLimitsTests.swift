// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// How much a bridge holds, and that nothing but its description decides its bytes.
@Suite("The limits of a UDF bridge")
struct BridgeLimitsTests {
    static func file(_ path: String, byteCount: Int64 = 1, _ modified: Int64 = 0) throws -> MediaFile {
        MediaFile(
            path: try MediaPath(path), byteCount: byteCount, sha256: SHA256.digest(of: path.utf8),
            modified: Timestamp(unixSeconds: modified))
    }

    static func layout(
        _ files: [MediaFile], label: String = "Media", created: Int64 = 1_700_000_000
    ) throws(DiscImageError) -> DiscLayout {
        try DiscLayout(
            DiscDescription(
                label: label, files: files, folders: [], bootEntries: [], created: Timestamp(unixSeconds: created),
                fileSystem: .bridge))
    }

    /// An image with the structures of a layout; what is content stays a hole.
    struct Image {
        private let folder: TestFolder
        let path: FilePath

        init(_ layout: DiscLayout) throws {
            folder = try TestFolder()
            path = try folder.write([], to: "bridge.iso")
            let descriptor = try FileDescriptor.open(path, .readWrite)
            try descriptor.closeAfter {
                try descriptor.resize(to: layout.imageByteCount)
                try layout.forEachPiece { try descriptor.writeAll(toAbsoluteOffset: $0.offset, $0.bytes) }
            }
        }

        func reader() throws -> DiscReader { try DiscReader(path: path) }

        func run(_ program: String, _ arguments: [String]) throws -> String {
            try Program.succeed(program, arguments + [path.string]).output
        }
    }

    @Test("a file of 5 GiB lies in one place for each reader, in extents of whole blocks that 30 bits can count")
    func largeFile() throws {
        let large = try Self.file("SMS/PKG/ABC00001/install.wim", byteCount: 5 << 30 | 1234)
        let layout = try Self.layout([large, try Self.file("small.txt")])
        let image = try Image(layout)
        let entry = try #require(try image.reader().entry(large.path))
        #expect(entry.byteCount == large.byteCount)
        #expect(entry.extents.count == 6)
        #expect(entry.extents.dropLast().allSatisfy { $0.byteCount == (1 << 30) - 2048 })
        #expect(entry.contiguousOffset == layout.contentOffsets[large.sha256])
        #expect(try image.run("7z", ["l", "-slt"]).contains("Size = \(large.byteCount)"))
        // The last bytes come from the last extent.
        let descriptor = try FileDescriptor.open(image.path, .readWrite)
        let end = try #require(layout.contentOffsets[large.sha256]) + large.byteCount
        try descriptor.closeAfter { _ = try descriptor.writeAll(toAbsoluteOffset: end - 4, Array("LAST".utf8)) }
        let last = try Program.succeed(
            "grub-fstest", ["-s", "\(large.byteCount - 4)", image.path.string, "cat", "(loop0)/\(large.path)"])
        #expect(last.output == "LAST")
    }

    @Test("a file that has more extents than its entry has room for is refused")
    func hugeFile() throws {
        let limit = UDFFileEntry.byteLimit
        let layout = try Self.layout([try Self.file("large.bin", byteCount: limit)])
        #expect(try Image(layout).reader().entries.first?.byteCount == limit)
        let error = #expect(throws: DiscImageError.self) {
            try Self.layout([try Self.file("large.bin", byteCount: limit + 1)])
        }
        #expect(error?.description.contains("large.bin has \(limit + 1) bytes") == true)
    }

    @Test(
        "254 characters of 8 bits and 127 of 16 fit a name, and one more does not",
        arguments: [("n", 254), ("ü", 254), ("Ł", 127), ("名", 127), ("🦊", 63)])
    func longestNames(character: String, count: Int) throws {
        let name = String(repeating: character, count: count)
        let files = [try Self.file("SMS/\(name)"), try Self.file("\(name)/x")]
        let reader = try Image(try Self.layout(files)).reader()
        for file in files { #expect(reader.entry(file.path)?.byteCount == 1) }
        // UTF-16 has no more room in a path of media.
        let longer = name + (character == "🦊" ? "🦊" : character)
        guard longer.utf16.count <= MediaPath.maximumNameLength else { return }
        for path in ["SMS/\(longer)", "\(longer)/x"] {
            let error = #expect(throws: DiscImageError.self) { try Self.layout([try Self.file(path)]) }
            #expect(error?.code == .unsuitableName)
            #expect(error?.failureClass == .malformed)
        }
    }

    @Test("names that begin alike are cut to different ones, and to none that another file has")
    func cutNames() throws {
        let stem = String(repeating: "x", count: 150)
        var files = try (0..<50).map { try Self.file("SMS/\(stem)\($0).inf") }
        files += try (0..<3).map { try Self.file("SMS/\(stem)\($0)/file") }
        // What the first of them would be cut to.
        files.append(try Self.file("SMS/\(String(repeating: "X", count: 88))~1.INF"))
        let layout = try Self.layout(files)
        #expect(layout.cutNameCount == 53)
        #expect(layout.contentOffsets.count == files.count)
        let volumes = try VolumeDescriptors(MemorySource(layout.metadata), name: "disc")
        var walk = DirectoryWalk(MemorySource(layout.metadata), name: "disc", encoding: .utf16BigEndian)
        var names: Set<String> = []
        try walk.run(root: try #require(volumes.joliet).root) { names.insert($0.path.description.lowercased()) }
        #expect(names.count == files.count + 4)
        #expect(names.allSatisfy { $0.split(separator: "/").allSatisfy { $0.utf16.count <= 103 } })
        // The order of the files changes no name.
        #expect(try Self.layout(files.reversed()).cutNameCount == 53)
    }

    @Test("times keep their microseconds, and the label is cut to what each field holds, between two characters")
    func fields() throws {
        let time = Timestamp(unixSeconds: 1_234_567_890, nanoseconds: 987_654_300)
        let file = MediaFile(
            path: try MediaPath("a"), byteCount: 1, sha256: SHA256.digest(of: [1]), modified: time)
        let label = String(repeating: "長", count: 61) + "🦊🦊"
        let layout = try Self.layout([file], label: label)
        let image = try Image(layout)
        let listing = try image.run("7z", ["l", "-slt"])
        #expect(listing.contains("Modified = 2009-02-13 23:31:30.987654"))
        // 63 characters of 16 bits are left beside the length and the kind: 61, and the two halves of a fox.
        #expect(try image.reader().label == String(repeating: "長", count: 61) + "🦊")
        #expect(UDFText.field("", byteCount: 32) == [UInt8](repeating: 0, count: 32))
    }

    @Test("the same description gives the same bytes a second later, and any other tells its volume apart")
    func isReproducible() throws {
        let files = [try Self.file("a/b.txt"), try Self.file("c")]
        let first = try Self.layout(files)
        // Long enough for the clock's second to change.
        usleep(1_100_000)
        #expect(try Self.layout(files) == first)
        func identifier(_ layout: DiscLayout) throws -> String {
            try Image(layout).run("blkid", ["-p", "-s", "UUID", "-o", "value"])
        }
        let others = [
            first, try Self.layout(files, label: "Other"), try Self.layout(files, created: 1_700_000_001),
            try Self.layout(Array(files.reversed())), try Self.layout([files[0], try Self.file("c", 1)]),
            try Self.layout([files[0], try Self.file("d")]),
        ]
        #expect(try Set(others.map(identifier)).count == others.count)
    }

    @Test("a disc without anything, and folders whose identifiers take several blocks, are whole")
    func manyAndNone() throws {
        #expect(try Image(try Self.layout([])).reader().entries.isEmpty)
        let files = try (0..<2_000).map { try Self.file("SMS/a folder/\($0) with a name of some length.txt") }
        let layout = try Self.layout(files)
        let image = try Image(layout)
        let reader = try image.reader()
        for file in files {
            #expect(reader.entry(file.path)?.contiguousOffset == layout.contentOffsets[file.sha256])
        }
        let listing = try image.run("7z", ["l"])
        #expect(listing.contains("2000 files, 2 folders"))
    }

    @Test("each identifier says in which block it begins, also behind the first block of its folder")
    func locations() throws {
        let files = try (0..<200).map { try Self.file("SMS/\($0) with a name of some length.txt") }
        for folder in try #require(try Self.layout(files).fileSet).folders {
            let identifiers = ByteReader(folder.identifiers)
            var offset = 0
            while offset < identifiers.count {
                // ECMA-167 3/7.2.8 and 4/14.4.4.
                let location: UInt32 = try #require(identifiers.littleEndian(at: offset + 12))
                let nameLength: UInt8 = try #require(identifiers.littleEndian(at: offset + 19))
                #expect(location == folder.block + 1 + UInt32(offset / 2048))
                offset += (38 + Int(nameLength) + 3) / 4 * 4
            }
            #expect(offset == identifiers.count)
        }
    }

    @Test("an entry and an identifier take at most 2,200 bytes of disc beside what ISO 9660 takes")
    func costOfFiles() throws {
        let files = try (0..<5_000).map {
            try Self.file("SMS/folder \($0 % 10)/a file with a name of some length \($0)")
        }
        let iso = try DiscLayout(
            DiscDescription(
                label: "Media", files: files, folders: [], bootEntries: [], created: Timestamp(unixSeconds: 0),
                fileSystem: .iso))
        let bridge = try Self.layout(files).imageByteCount - (try Self.layout([])).imageByteCount
        let empty = try DiscLayout(
            DiscDescription(
                label: "Media", files: [], folders: [], bootEntries: [], created: Timestamp(unixSeconds: 0),
                fileSystem: .iso))
        #expect(bridge - (iso.imageByteCount - empty.imageByteCount) <= 2_200 * Int64(files.count))
    }
}
