// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import Testing

/// Reads and changes bytes of an image in place.
package enum ImageBytes {
    /// So many bytes from `offset` on.
    package static func read(_ path: FilePath, at offset: Int64, count: Int) throws -> ByteReader {
        let descriptor = try FileDescriptor.open(path, .readOnly)
        return try descriptor.closeAfter {
            ByteReader(try #require(try FileSource(descriptor, path: path).bytes(at: offset, length: count)))
        }
    }

    /// Puts `bytes` at `offset`.
    package static func write(_ bytes: [UInt8], to path: FilePath, at offset: Int64) throws {
        let descriptor = try FileDescriptor.open(path, .readWrite)
        try descriptor.closeAfter { _ = try descriptor.writeAll(toAbsoluteOffset: offset, bytes) }
    }
}
