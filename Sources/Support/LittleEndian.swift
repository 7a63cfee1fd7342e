// SPDX-License-Identifier: GPL-3.0-or-later

/// Bounds-checked reads of integers from bytes that came from outside.
///
/// Every read returns nil past the end instead of trapping, and offsets may be any value.
public struct ByteReader: Sendable {
    /// The bytes being read.
    public let bytes: ArraySlice<UInt8>

    /// Reads from `bytes`; offsets count from its first byte.
    public init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Reads from `bytes`.
    public init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    /// The number of bytes.
    public var count: Int { bytes.count }

    /// The `length` bytes at `offset`, or nil when they are not all there.
    public func slice(at offset: Int, length: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, length >= 0, offset <= bytes.count, length <= bytes.count - offset else { return nil }
        let start = bytes.startIndex + offset
        return bytes[start..<start + length]
    }

    /// The little-endian integer at `offset`, or nil when it is not all there.
    public func littleEndian<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type = Value.self, at offset: Int
    ) -> Value? {
        slice(at: offset, length: Value.bitWidth / 8)?.reversed().reduce(0) { $0 << 8 | Value($1) }
    }

    /// The big-endian integer at `offset`, or nil when it is not all there.
    public func bigEndian<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type = Value.self, at offset: Int
    ) -> Value? {
        slice(at: offset, length: Value.bitWidth / 8)?.reduce(0) { $0 << 8 | Value($1) }
    }
}

extension Array where Element == UInt8 {
    /// Appends `value` in little-endian byte order.
    public mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
