// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// What is named in the place of a task sequence and can be told by its first bytes.
struct MistakenFile {
    /// What it is, with its article.
    let title: String

    /// Where a disc's first volume descriptor has its identifier: sector 16, byte 1 (ECMA-119 8.1.2), in bytes.
    private static let discIdentifierOffset: Int64 = 16 * 2048 + 1

    /// Looks at the file at `path`; nil when it may be a task sequence.
    ///
    /// - Throws: ``TaskSequenceError`` `.file`.
    init?(_ path: FilePath) throws(TaskSequenceError) {
        do throws(FileError) {
            title = try FileError.wrap("read", path) {
                let descriptor = try InputFile.open(path)
                return try descriptor.closeAfter {
                    if try Self.bytes(5, of: descriptor, at: Self.discIdentifierOffset) == Array("CD001".utf8) {
                        return "the image of a disc"
                    }
                    // The magic of a WIM: docs/formats/media.md.
                    let start = try Self.bytes(8, of: descriptor, at: 0)
                    return start == Array("MSWIM\0\0\0".utf8) ? "a WIM" : ""
                }
            }
        } catch {
            throw .file(error)
        }
        if title.isEmpty { return nil }
    }

    /// Up to `count` bytes; none behind the end.
    private static func bytes(_ count: Int, of descriptor: FileDescriptor, at offset: Int64) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = try descriptor.read(fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
