// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// The one file of this process, in memory, for readers that want a path or a descriptor.
///
/// It has a name, because some readers follow no links, which /proc/self/fd has only.
enum ScratchFile {
    private static let folder = FilePath(getenv("TSMEDIA_FUZZ_SCRATCH").map { String(cString: $0) } ?? "/dev/shm")
    private static let name = "tsmedia-fuzz.\(getpid())"

    /// Calls `body` with the path of a file that holds `bytes`.
    static func with<Result>(
        _ bytes: [UInt8], suffix: String = "", _ body: (FilePath) throws -> Result
    ) throws -> Result {
        let path = folder.appending(name + suffix)
        let file = try FileDescriptor.open(
            path, .readWrite, options: [.create, .truncate, .closeOnExec, .noFollow], permissions: .ownerReadWrite)
        defer { unlink(path.string) }
        _ = try file.closeAfter { try file.writeAll(bytes) }
        return try body(path)
    }

    /// Calls `body` with the open file that holds `pieces`, and is `byteCount` long.
    static func with<Result>(
        _ image: SparseImage, _ body: (FilePath, FileDescriptor) throws -> Result
    ) throws -> Result {
        let path = folder.appending(name)
        let file = try FileDescriptor.open(
            path, .readWrite, options: [.create, .truncate, .closeOnExec, .noFollow], permissions: .ownerReadWrite)
        defer {
            unlink(path.string)
            try? file.close()
        }
        guard ftruncate(file.rawValue, off_t(image.byteCount)) == 0 else { throw Errno(rawValue: errno) }
        for piece in image.pieces { _ = try file.writeAll(toAbsoluteOffset: piece.offset, piece.bytes) }
        return try body(path, file)
    }
}
