// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// Something whose bytes can be read at any place: what the structures of a disc or a drive are read from.
public protocol ByteSource: Sendable {
    /// The number of bytes there are.
    var byteCount: Int64 { get }
    /// Exactly `length` bytes from `offset`, or nil when they are not all there.
    func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]?
}

/// Bytes in memory.
public struct MemorySource: ByteSource {
    private let bytes: [UInt8]

    /// Reads from `bytes`.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The number of bytes there are.
    public var byteCount: Int64 { Int64(bytes.count) }

    /// Exactly `length` bytes from `offset`, or nil when they are not all there.
    public func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]? {
        guard let offset = Int(exactly: offset) else { return nil }
        return ByteReader(bytes).slice(at: offset, length: length).map(Array.init)
    }
}

/// The bytes of an open file or device.
public struct FileSource: ByteSource {
    private let descriptor: FileDescriptor
    private let path: FilePath
    /// The number of bytes there are.
    public let byteCount: Int64

    /// Reads an open file or device, which has the name `path` in errors and must stay open.
    public init(_ descriptor: FileDescriptor, path: FilePath) throws(FileError) {
        self.descriptor = descriptor
        self.path = path
        byteCount = try FileError.wrap("read", path) { try descriptor.seek(offset: 0, from: .end) }
    }

    /// Exactly `length` bytes from `offset`, or nil when they are not all there.
    public func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]? {
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
