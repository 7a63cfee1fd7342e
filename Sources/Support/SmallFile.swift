// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// Whole small files in memory, with a limit so that a hostile file cannot fill it.
public enum SmallFile {
    /// The default limit: 64 MiB.
    public static let defaultLimit = 64 << 20

    /// Reads all of the file at `path`.
    ///
    /// - Throws: ``FileError``; `.fileTooLarge` when it has more than `limit` bytes.
    public static func read(_ path: FilePath, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
        try FileError.wrap("read", path) {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            return try descriptor.closeAfter { try read(descriptor, limit: limit) }
        }
    }

    /// Reads `descriptor` to its end.
    ///
    /// - Parameter retryOnInterrupt: false to give up with `Errno.interrupted` when a signal comes while it waits, as
    ///   whoever reads from a terminal or a pipe should.
    /// - Throws: `Errno`; `.fileTooLarge` when there are more than `limit` bytes.
    public static func read(
        _ descriptor: FileDescriptor, limit: Int = defaultLimit, retryOnInterrupt: Bool = true
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let count = try read(descriptor, into: &bytes, limit: limit, retryOnInterrupt: retryOnInterrupt)
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Reads `descriptor` to its end into `buffer`, which grows when it is too small and can be used again and again.
    ///
    /// - Parameter byteCount: the size of a regular file, where it is known: that there is no more need not be asked.
    /// - Returns: how many bytes of `buffer` were read.
    /// - Throws: `Errno`; `.fileTooLarge` when there are more than `limit` bytes.
    public static func read(
        _ descriptor: FileDescriptor, into buffer: inout [UInt8], limit: Int = defaultLimit,
        byteCount: Int64? = nil, retryOnInterrupt: Bool = true
    ) throws -> Int {
        var count = 0
        while true {
            if count == buffer.count { buffer += zeros(max(smallestStep, count)) }
            let read = try buffer.withUnsafeMutableBytes { bytes in
                try descriptor.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]), retryOnInterrupt: retryOnInterrupt)
            }
            count += read
            guard count <= limit else { throw Errno.fileTooLarge }
            // A size of 0 may mean that the file system makes the bytes up while they are read.
            if read == 0 || (count > 0 && Int64(count) == byteCount) { return count }
        }
    }

    private static let smallestStep = 1 << 16

    /// So many zeros, at once in builds without optimization too: tests read very much with them.
    private static func zeros(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress { memset(start, 0, count) }
            initialized = count
        }
    }
}
