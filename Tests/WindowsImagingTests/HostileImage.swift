// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Changes the metadata of an uncompressed WIM so that all its hashes still hold, as an attacker would.
struct HostileImage {
    private(set) var bytes: [UInt8]
    private let lookupEntry: Int
    private let metadata: Range<Int>

    /// Reads the WIM at `path`: one image, not compressed.
    init(_ path: FilePath) throws {
        let bytes = try SmallFile.read(path)
        let reader = ByteReader(bytes)
        // WIM header: the lookup table's resource header is at 48; its entries have 50 bytes, flag 2 marks metadata.
        let table = Int(try #require(reader.littleEndian(UInt64.self, at: 56)))
        let length = Int(try #require(reader.littleEndian(UInt64.self, at: 48)) & 0xFF_FFFF_FFFF_FFFF)
        let entry = try #require(stride(from: table, to: table + length, by: 50).first { bytes[$0 + 7] & 2 != 0 })
        let start = Int(try #require(reader.littleEndian(UInt64.self, at: entry + 8)))
        self.bytes = bytes
        lookupEntry = entry
        metadata = start..<start + Int(try #require(reader.littleEndian(UInt64.self, at: entry + 16)))
    }

    /// Gives the file or folder `name` another name of the same length.
    mutating func rename(_ name: String, to other: String) throws {
        let start = try offset(ofName: name)
        bytes.replaceSubrange(start..<start + name.utf16.count * 2, with: Text.encodeUTF16LittleEndian(other))
        try seal()
    }

    /// Adds bits to the attributes of the file or folder `name`.
    mutating func addAttributes(_ attributes: UInt8, toSecondByteOf name: String) throws {
        // In a directory entry the name is at 102, the attributes are at 8.
        bytes[try offset(ofName: name) - 102 + 9] |= attributes
        try seal()
    }

    /// Changes the bytes of the entry of the file or folder `name`, its name included.
    mutating func change(_ name: String, _ body: (inout ChangedBytes) throws -> Void) throws {
        let start = try offset(ofName: name) - 102
        var entry = ChangedBytes(Array(bytes[start..<start + 104 + 2 * name.utf16.count]))
        try body(&entry)
        bytes.replaceSubrange(start..<start + entry.count, with: entry.bytes)
        try seal()
    }

    /// Changes the bytes of the whole metadata.
    mutating func changeMetadata(_ body: (inout ChangedBytes) throws -> Void) throws {
        var all = ChangedBytes(Array(bytes[metadata]))
        try body(&all)
        bytes.replaceSubrange(metadata, with: all.bytes)
        try seal()
    }

    /// Puts another text of the same length in the place of `text` in the metadata.
    mutating func replace(_ text: String, by other: String) throws {
        let needle = Text.encodeUTF16LittleEndian(text)
        let start = try #require(metadata.first { bytes[$0...].starts(with: needle) })
        bytes.replaceSubrange(start..<start + needle.count, with: Text.encodeUTF16LittleEndian(other))
        try seal()
    }

    /// Changes a byte of the first security descriptor.
    mutating func changeDescriptor() throws {
        let count = Int(try #require(ByteReader(bytes).littleEndian(UInt32.self, at: metadata.lowerBound + 4)))
        try #require(count > 0)
        bytes[metadata.lowerBound + 8 + 8 * count + 4] ^= 1
        try seal()
    }

    /// Where the list of the folder `name`, or of the root, begins in the metadata.
    func listOffset(of name: String?) throws -> UInt64 {
        let root =
            metadata.lowerBound
            + Int(try #require(ByteReader(bytes).littleEndian(UInt32.self, at: metadata.lowerBound)))
        let start =
            try name.map { try offset(ofName: $0) - 102 } ?? (root + 7 - metadata.lowerBound) / 8 * 8
            + metadata.lowerBound
        return try #require(ByteReader(bytes).littleEndian(at: start + 16))
    }

    /// Says that the list of the folder `name` begins at `offset` of the metadata.
    mutating func setList(of name: String, to offset: UInt64) throws {
        try change(name) { $0.set(offset, at: 16) }
    }

    /// Puts the first resource that is no metadata where the second one is.
    mutating func overlapResources() throws {
        let table = Int(try #require(ByteReader(bytes).littleEndian(UInt64.self, at: 56)))
        let entries = (0..<3).map { table + 50 * $0 }.filter { bytes[$0 + 7] & 2 == 0 }
        bytes.replaceSubrange(entries[0] + 8..<entries[0] + 16, with: bytes[entries[1] + 8..<entries[1] + 16])
    }

    private func offset(ofName name: String) throws -> Int {
        let needle = Text.encodeUTF16LittleEndian(name) + [0, 0]
        return try #require(metadata.first { bytes[$0...].starts(with: needle) })
    }

    /// Writes the SHA-1 of the changed metadata where libwim looks for it.
    private mutating func seal() throws {
        let result = try Program.run("openssl", ["dgst", "-sha1", "-binary"], input: Array(bytes[metadata]))
        bytes.replaceSubrange(lookupEntry + 30..<lookupEntry + 50, with: result.outputBytes)
    }
}

/// Bytes that a test changes.
struct ChangedBytes {
    fileprivate(set) var bytes: [UInt8]

    fileprivate init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    subscript(place: Int) -> UInt8 {
        get { bytes[place] }
        set { bytes[place] = newValue }
    }

    /// Writes `value` at `offset`.
    mutating func set(_ value: some FixedWidthInteger, at offset: Int) {
        withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }

    /// Gives an entry another name, no longer than its own.
    mutating func setName(_ name: String) {
        set(UInt16(2 * name.utf16.count), at: 100)
        bytes.replaceSubrange(102..<102 + 2 * name.utf16.count, with: Text.encodeUTF16LittleEndian(name))
    }
}
