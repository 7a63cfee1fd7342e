// SPDX-License-Identifier: GPL-3.0-or-later

/// The CRC-32 of ISO 3309 and ITU-T V.42, which GUID partition tables use (UEFI 2.10, 5.3.2).
enum CRC32 {
    /// The generator polynomial, lowest power first.
    private static let polynomial: UInt32 = 0xEDB8_8320

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
    }

    /// The checksum of `bytes`.
    static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
}
