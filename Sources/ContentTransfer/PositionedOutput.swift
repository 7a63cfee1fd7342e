// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// An open file or device that is written at any place, past the page cache where that can be.
public struct PositionedOutput: Sendable {
    /// The open file or device.
    public let descriptor: FileDescriptor
    /// What it is called in errors.
    public let path: FilePath
    let direct: DirectWriter?

    init(_ descriptor: FileDescriptor, path: FilePath, direct: DirectWriter?) {
        self.descriptor = descriptor
        self.path = path
        self.direct = direct
    }

    /// Writes to `descriptor`, which is called `path` in errors and must stay open; whole blocks go past the page
    /// cache if the file system or the device says that it can do that.
    public init(_ descriptor: FileDescriptor, path: FilePath) {
        self.init(descriptor, path: path, direct: DirectWriter(descriptor))
    }

    /// True when whole blocks are written past the page cache.
    public var isDirect: Bool { direct != nil }

    /// Writes all of `bytes` at `offset`.
    ///
    /// Past the page cache go whole blocks of 4 KiB, when both `bytes` and `offset` begin with one.
    ///
    /// - Throws: `FileError`.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) {
        try FileError.wrap("written", path) {
            let written = try direct?.writeBlocks(bytes, at: offset) ?? 0
            _ = try descriptor.writeAll(
                toAbsoluteOffset: offset + Int64(written), UnsafeRawBufferPointer(rebasing: bytes[written...]))
        }
    }

    /// Gives a file that is written past the page cache the blocks for `range`; no room for them is an error.
    ///
    /// - Throws: `FileError`.
    public func allocate(_ range: Range<Int64>) throws(FileError) {
        try FileError.wrap("written", path) { try direct?.allocate(range) }
    }

    /// Waits until everything that was written is on the medium: fsync(2).
    ///
    /// - Throws: `FileError`.
    public func synchronize() throws(FileError) {
        guard fsync(descriptor.rawValue) == 0 else { throw FileError("written", path, Errno(rawValue: errno)) }
    }
}
