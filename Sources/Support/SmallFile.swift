// SPDX-License-Identifier: GPL-3.0-or-later

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
        let step = 1 << 16
        while true {
            let chunk = try [UInt8](unsafeUninitializedCapacity: step) { buffer, count in
                count = try descriptor.read(
                    into: UnsafeMutableRawBufferPointer(buffer), retryOnInterrupt: retryOnInterrupt)
            }
            if chunk.isEmpty { return bytes }
            guard bytes.count + chunk.count <= limit else { throw Errno.fileTooLarge }
            bytes += chunk
        }
    }
}
