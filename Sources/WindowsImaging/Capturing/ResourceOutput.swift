// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// Writes resources of an archive one behind the other, each compressed where that makes it smaller.
final class ResourceOutput {
    /// A resource that was written.
    struct Resource {
        var place: ArchiveFormat.Place
        let sha1: [UInt8]
    }

    /// Where the next resource goes.
    var position: Int64
    private let descriptor: FileDescriptor
    private let path: FilePath
    private let compressor: Compressor?
    private let plain: UnsafeMutableRawBufferPointer
    private let stored: UnsafeMutableRawBufferPointer

    /// Writes to `descriptor`, from `position` on.
    ///
    /// - Throws: ``WindowsImagingError``.
    init(
        _ descriptor: FileDescriptor, path: FilePath, position: Int64, compression: WindowsImageCompression
    ) throws(WindowsImagingError) {
        self.descriptor = descriptor
        self.path = path
        self.position = position
        let chunkByteCount = max(1, compression.chunkByteCount)
        compressor = try compression.type.map { type throws(WindowsImagingError) in
            try Compressor(type, chunkByteCount: chunkByteCount)
        }
        plain = .allocate(byteCount: chunkByteCount, alignment: 4096)
        stored = .allocate(byteCount: chunkByteCount, alignment: 4096)
    }

    deinit {
        plain.deallocate()
        stored.deallocate()
    }

    /// Writes the resource of `byteCount` bytes that `read` hands out, from the start each time that it is called.
    ///
    /// - Throws: `FileError`, `.ioError` when `read` gives more or fewer bytes; what `read` throws.
    func write(
        byteCount: Int64, _ read: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> Resource {
        let start = position
        var flags: UInt8 = 0
        var hash: [UInt8]
        if compressor != nil {
            hash = try writeCompressed(byteCount, read)
            flags = ArchiveFormat.ResourceFlag.compressed
            if position - start >= byteCount {
                position = start
                flags = 0
                hash = try writePlain(byteCount, read)
            }
        } else {
            hash = try writePlain(byteCount, read)
        }
        return Resource(
            place: ArchiveFormat.Place(
                storedByteCount: position - start, flags: flags, offset: start, byteCount: byteCount),
            sha1: hash)
    }

    /// Appends `bytes` as they are.
    ///
    /// - Throws: `FileError`.
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        try FileError.wrap("written", path) { _ = try descriptor.writeAll(toAbsoluteOffset: position, bytes) }
        position += Int64(bytes.count)
    }

    private func writePlain(
        _ byteCount: Int64, _ read: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> [UInt8] {
        let sha1 = SHA1()
        var done: Int64 = 0
        try read { bytes in
            done += Int64(bytes.count)
            sha1.update(bytes)
            try append(bytes)
        }
        guard done == byteCount else { throw FileError("read", path, .ioError) }
        return sha1.finalize()
    }

    /// Before the chunks stand the places of all but the first: in 4 bytes, or in 8 for more than 4 GiB.
    private func writeCompressed(
        _ byteCount: Int64, _ read: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> [UInt8] {
        let sha1 = SHA1()
        let chunkCount = (byteCount + Int64(plain.count) - 1) / Int64(plain.count)
        let width: Int64 = byteCount > UInt32.max ? 8 : 4
        let listPosition = position
        let start = position + (chunkCount - 1) * width
        position = start
        var ends: [UInt64] = []
        var filled = 0
        var done: Int64 = 0
        func flush() throws {
            let chunk = UnsafeRawBufferPointer(rebasing: plain[..<filled])
            let count = compressor?.compress(chunk, to: stored) ?? 0
            try append(count == 0 ? chunk : UnsafeRawBufferPointer(rebasing: stored[..<count]))
            ends.append(UInt64(position - start))
            filled = 0
        }
        try read { bytes in
            sha1.update(bytes)
            done += Int64(bytes.count)
            guard done <= byteCount else { throw FileError("read", path, .ioError) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = min(rest.count, plain.count - filled)
                UnsafeMutableRawBufferPointer(rebasing: plain[filled..<filled + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
                filled += count
                rest = rest.dropFirst(count)
                if filled == plain.count { try flush() }
            }
        }
        if filled > 0 { try flush() }
        guard done == byteCount else { throw FileError("read", path, .ioError) }
        var list: [UInt8] = []
        for end in ends.dropLast() {
            if width == 8 {
                list.append(littleEndian: end)
            } else {
                list.append(littleEndian: UInt32(truncatingIfNeeded: end))
            }
        }
        try FileError.wrap("written", path) {
            _ = try list.withUnsafeBytes { try descriptor.writeAll(toAbsoluteOffset: listPosition, $0) }
        }
        return sha1.finalize()
    }
}
