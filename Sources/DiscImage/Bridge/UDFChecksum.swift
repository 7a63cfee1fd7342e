// SPDX-License-Identifier: GPL-3.0-or-later

/// The CRC of descriptors (ECMA-167 3/7.2.6): the polynomial x^16 + x^12 + x^5 + 1 of ITU-T V.41, beginning with 0.
enum UDFChecksum {
    private static let polynomial: UInt16 = 0x1021

    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { value, _ in value & 0x8000 == 0 ? value << 1 : value << 1 ^ polynomial }
    }

    /// The CRC of `bytes`.
    static func crc(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
        table.withUnsafeBufferPointer { table in
            var value: UInt16 = 0
            for byte in bytes { value = value << 8 ^ table[Int(UInt8(truncatingIfNeeded: value >> 8) ^ byte)] }
            return value
        }
    }
}
