// SPDX-License-Identifier: GPL-3.0-or-later

/// Bounds-checked reads of integers from bytes that came from outside.
///
/// Every read returns nil past the end instead of trapping, and offsets may be any value.
public struct ByteReader: Sendable {
    /// The bytes being read.
    public let bytes: ArraySlice<UInt8>

    /// Reads from `bytes`; offsets count from its first byte.
    @inlinable public init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Reads from `bytes`.
    @inlinable public init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    /// The number of bytes.
    @inlinable public var count: Int { bytes.count }

    /// The `length` bytes at `offset`, or nil when they are not all there.
    @inlinable public func slice(at offset: Int, length: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, length >= 0, offset <= bytes.count, length <= bytes.count - offset else { return nil }
        let start = bytes.startIndex + offset
        return bytes[start..<start + length]
    }

    /// The little-endian integer at `offset`, or nil when it is not all there.
    @inlinable public func littleEndian<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self, at offset: Int
    ) -> Value? {
        load(at: offset).map { Value(littleEndian: $0) }
    }

    /// The big-endian integer at `offset`, or nil when it is not all there.
    @inlinable public func bigEndian<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self, at offset: Int
    ) -> Value? {
        load(at: offset).map { Value(bigEndian: $0) }
    }

    @inlinable func load<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(at offset: Int) -> Value? {
        slice(at: offset, length: Value.bitWidth / 8)?.withUnsafeBytes { $0.loadUnaligned(as: Value.self) }
    }
}

extension Array where Element == UInt8 {
    /// Appends `value` in little-endian byte order.
    public mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
