// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Reads long runs of bytes through one buffer.
package enum MediaBuffer {
    private static let byteCount = 1 << 20

    /// Lends a buffer to `body`.
    package static func withBuffer<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) rethrows -> Result
    {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 4096)
        defer { buffer.deallocate() }
        return try body(buffer)
    }

    /// Hands `byteCount` bytes of `descriptor` from `offset` on to `body`, or fewer where the file ends before.
    package static func read(
        _ descriptor: FileDescriptor, _ path: FilePath, from offset: Int64, byteCount: Int64,
        buffer: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var done: Int64 = 0
        while done < byteCount {
            let step = Int(min(Int64(buffer.count), byteCount - done))
            let count = try FileError.wrap("read", path) {
                try descriptor.read(
                    fromAbsoluteOffset: offset + done, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<step]))
            }
            guard count > 0 else { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            done += Int64(count)
        }
    }
}
