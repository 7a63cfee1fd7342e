// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// An open file or device that is read at any place from its medium, past the page cache where that can be.
public final class PositionedInput: Sendable {
    /// What it is called in errors.
    public let path: FilePath
    private let descriptor: FileDescriptor
    private let direct: FileDescriptor?

    /// Reads `descriptor`, which is called `path` in errors and must stay open.
    ///
    /// Where the file system cannot read past the page cache, what it holds there is dropped before it is read.
    public init(_ descriptor: FileDescriptor, path: FilePath) {
        self.descriptor = descriptor
        self.path = path
        let direct = tsm_open_direct(descriptor.rawValue, false)
        self.direct = direct >= 0 ? FileDescriptor(rawValue: direct) : nil
    }

    deinit { try? direct?.close() }

    /// True when whole blocks are read past the page cache.
    public var isDirect: Bool { direct != nil }

    /// Reads up to the size of `buffer` from `offset`, both multiples of 4 KiB in aligned memory; returns how many
    /// bytes these were, fewer only at the end.
    ///
    /// - Throws: `FileError`.
    public func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        try FileError.wrap("read", path) {
            if let direct {
                do {
                    return try direct.read(fromAbsoluteOffset: offset, into: buffer)
                } catch Errno.invalidArgument {
                    // A file system that said it could and cannot, or blocks larger than ours.
                }
            }
            posix_fadvise(descriptor.rawValue, off_t(offset), off_t(buffer.count), POSIX_FADV_DONTNEED)
            return try descriptor.read(fromAbsoluteOffset: offset, into: buffer)
        }
    }
}
