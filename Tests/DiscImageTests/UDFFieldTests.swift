// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// Single fields of UDF, changed on a disc of genisoimage: it writes neither deleted entries nor other zones.
@Suite("Fields of UDF")
struct UDFFieldTests {
    private let bytes: [UInt8]

    init() throws {
        let folder = try TestFolder()
        for name in ["kept.txt", "gone.txt"] { try folder.write(Array(name.utf8), to: "tree/\(name)") }
        try Program.succeed(
            "touch", ["-d", "2024-03-10T12:00:00Z"] + ["kept.txt", "gone.txt"].map { "\(folder.path)/tree/\($0)" })
        let image = folder.appending("udf.iso")
        try Program.succeed(
            "genisoimage", ["-quiet", "-udf", "-o", image.string, folder.appending("tree").string])
        bytes = try SmallFile.read(image)
    }

    private func names(_ bytes: [UInt8]) throws -> [String] {
        try DiscReader(MemorySource(bytes), name: "disc").entries.map(\.path.description).sorted()
    }

    /// Where the file identifier descriptor of `name` begins (ECMA-167 4/14.4: 38 bytes before the name).
    private func identifier(of name: String) throws -> Int {
        let needle = [8] + Array(name.utf8)
        let place = try #require(
            bytes.indices.first { bytes[$0...].starts(with: needle) && bytes[($0 - 38)...].starts(with: [1, 1]) })
        return place - 38
    }

    @Test("an entry that is marked as deleted is no file, whatever it points to")
    func deleted() throws {
        #expect(try names(bytes) == ["gone.txt", "kept.txt"])
        var changed = bytes
        let place = try identifier(of: "gone.txt")
        // 14.4.3: bit 2. What a deleted entry points to may be anything.
        changed[place + 18] |= 4
        changed.replaceSubrange(place + 24..<place + 28, with: [0xFF, 0xFF, 0xFF, 0x7F])
        UDFImageBuilder.seal(&changed, at: place, within: 2048)
        #expect(try names(changed) == ["kept.txt"])
        // Bit 0, hidden, hides nothing from a reader of all files.
        changed = bytes
        changed[place + 18] |= 1
        UDFImageBuilder.seal(&changed, at: place, within: 2048)
        #expect(try names(changed) == ["gone.txt", "kept.txt"])
    }

    @Test(
        "the time zone is taken off, unless there is none (ECMA-167 1/7.3)",
        arguments: [
            (type: 1, zone: 0, offset: 0), (1, 60, -3600), (1, -480, 8 * 3600), (1, 840, -14 * 3600),
            (1, -1440, 86_400),
            (1, 1440, -86_400), (1, -2047, 0), (0, 60, 0), (2, 60, 0),
        ])
    func timeZone(type: Int, zone: Int, offset: Int64) throws {
        let place = try identifier(of: "kept.txt")
        let block = try #require(ByteReader(bytes).littleEndian(UInt32.self, at: place + 24))
        // The partition begins where its descriptor says: 3/10.5.8. The sequence lies between the anchors.
        let blocks = stride(from: 17 * 2048, to: 256 * 2048, by: 2048)
        let partition = try #require(blocks.first { bytes[$0...].starts(with: [5, 0]) })
        let start = Int(try #require(ByteReader(bytes).littleEndian(UInt32.self, at: partition + 188)))
        let entry = (start + Int(block)) * 2048
        #expect(bytes[entry...].starts(with: [5, 1]))  // tag 261
        var changed = bytes
        var time: [UInt8] = []
        time.append(littleEndian: UInt16(type) << 12 | UInt16(bitPattern: Int16(zone)) & 0xFFF)
        time.append(littleEndian: UInt16(2024))
        time += [3, 10, 12, 0, 0, 0, 0, 0]
        changed.replaceSubrange(entry + 84..<entry + 96, with: time)  // 14.9.13: modification
        UDFImageBuilder.seal(&changed, at: entry, within: 2048)
        let reader = try DiscReader(MemorySource(changed), name: "disc")
        let found = try #require(reader.entry(try MediaPath("kept.txt")))
        #expect(found.modified == Timestamp(unixSeconds: 1_710_072_000 + offset))
    }

    @Test("UDF in other blocks than its anchors say is refused, not misread", arguments: [UInt32(512), 4096, 0])
    func blockSize(byteCount: UInt32) throws {
        var changed = bytes
        let places = stride(from: 32 * 2048, to: bytes.count, by: 2048).filter {
            // The tag of a logical volume descriptor, and its domain: 3/10.6.
            bytes[$0...].starts(with: [6, 0]) && bytes[($0 + 216)...].prefix(32).contains(UInt8(ascii: "*"))
        }
        #expect(!places.isEmpty)
        for place in places {
            withUnsafeBytes(of: byteCount.littleEndian) { changed.replaceSubrange(place + 212..<place + 216, with: $0) }
        }
        let damaged = #expect(throws: DiscImageError.self) { try DiscReader(MemorySource(changed), name: "disc") }
        #expect(damaged?.problem.contains("are not as they were written") == true)
        for place in places { UDFImageBuilder.seal(&changed, at: place, within: 2048) }
        let error = #expect(throws: DiscImageError.self) { try DiscReader(MemorySource(changed), name: "disc") }
        #expect(error?.code == .unsupported && error?.problem.contains("blocks of a size of its own") == true)
    }
}
