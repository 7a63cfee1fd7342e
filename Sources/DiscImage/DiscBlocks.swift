// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Something that a disc image's structures can be read from.
protocol DiscBlocks: Sendable {
    /// The number of bytes there are.
    var byteCount: Int64 { get }
    /// Exactly `length` bytes from `offset`, or nil when they are not all there.
    func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]?
}

/// The start of an image in memory.
struct MemoryBlocks: DiscBlocks {
    let bytes: [UInt8]
    var byteCount: Int64 { Int64(bytes.count) }

    func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]? {
        guard let offset = Int(exactly: offset) else { return nil }
        return ByteReader(bytes).slice(at: offset, length: length).map(Array.init)
    }
}

/// An image in a file or a device.
struct FileBlocks: DiscBlocks {
    let descriptor: FileDescriptor
    let path: FilePath
    let byteCount: Int64

    func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]? {
        guard offset >= 0, length >= 0, offset <= byteCount, Int64(length) <= byteCount - offset else { return nil }
        return try FileError.wrap("read", path) {
            var isWhole = true
            let bytes = try [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                while count < length {
                    let rest = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<length])
                    let read = try descriptor.read(fromAbsoluteOffset: offset + Int64(count), into: rest)
                    guard read > 0 else {
                        isWhole = false
                        return
                    }
                    count += read
                }
            }
            return isWhole ? bytes : nil
        }
    }
}
