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
