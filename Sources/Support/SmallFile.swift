// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// Whole small files in memory, with a limit so that a hostile file cannot fill it.
public enum SmallFile {
    /// The default limit: 64 MiB.
    public static let defaultLimit = 64 << 20

    /// Reads all of the file at `path`, which may be a pipe; a signal ends waiting for its other end.
    ///
    /// - Throws: ``FileError``; `.fileTooLarge` when it has more than `limit` bytes, `.interrupted` after a signal.
    public static func read(
        _ path: FilePath, limit: Int = defaultLimit, interruption: Interruption = .ofProcess
    ) throws(FileError) -> [UInt8] {
        try FileError.wrap("read", path) {
            let descriptor = try FileDescriptor.openPatiently(path, .readOnly, interruption: interruption)
            return try descriptor.closeAfter {
                try read(descriptor, limit: limit, interruption: interruption)
            }
        }
    }

    /// Reads `descriptor`, which may be a pipe or a terminal, to its end; a signal ends waiting.
    ///
    /// - Throws: `Errno`; `.fileTooLarge` when there are more than `limit` bytes. ``InterruptedError``.
    public static func read(
        _ descriptor: FileDescriptor, limit: Int = defaultLimit, interruption: Interruption = .ofProcess
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let isRegular = try Stat(descriptor).type == .regular
        let count = try read(
            descriptor, into: &bytes, limit: limit, byteCount: nil, waiting: isRegular ? nil : interruption)
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Reads the regular file `descriptor` to its end into `buffer`, which grows when it is too small and can be used
    /// again and again.
    ///
    /// - Parameter byteCount: its size, where that is known: that there is no more need not be asked.
    /// - Returns: how many bytes of `buffer` were read.
    /// - Throws: `Errno`; `.fileTooLarge` when there are more than `limit` bytes.
    public static func read(
        _ descriptor: FileDescriptor, into buffer: inout [UInt8], limit: Int = defaultLimit, byteCount: Int64? = nil
    ) throws -> Int {
        try read(descriptor, into: &buffer, limit: limit, byteCount: byteCount, waiting: nil)
    }

    /// - Parameter interruption: looked at before every read of what may have to be waited for; else nil.
    private static func read(
        _ descriptor: FileDescriptor, into buffer: inout [UInt8], limit: Int, byteCount: Int64?,
        waiting interruption: Interruption?
    ) throws -> Int {
        var count = 0
        while true {
            if count == buffer.count { buffer += zeros(max(smallestStep, count)) }
            if let interruption { try Waiting.until(descriptor, POLLIN, interruption) }
            let read: Int
            do {
                read = try buffer.withUnsafeMutableBytes { bytes in
                    try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
                }
            } catch Errno.resourceTemporarilyUnavailable where interruption != nil {
                continue
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
