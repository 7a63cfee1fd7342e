// SPDX-License-Identifier: GPL-3.0-or-later

/// Base64 (RFC 4648 section 4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The values of the alphabet by byte; 255 for what is not in it.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (index, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(index) }
        return values
    }()

    /// The text of `bytes`, padded.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        bytes.withContiguousStorageIfAvailable(text) ?? Array(bytes).withUnsafeBufferPointer(text)
    }

    private static func text(of bytes: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
            alphabet.withUnsafeBufferPointer { alphabet in
                var (source, target) = (0, 0)
                func write(_ value: Int, _ count: Int) {
                    for index in 0..<4 {
                        text[target + index] =
                            index <= count ? alphabet[value >> (18 - 6 * index) & 63] : UInt8(ascii: "=")
                    }
                    target += 4
                }
                while source + 3 <= bytes.count {
                    write(
                        Int(bytes[source]) << 16 | Int(bytes[source + 1]) << 8 | Int(bytes[source + 2]), 3)
                    source += 3
                }
                switch bytes.count - source {
                case 1: write(Int(bytes[source]) << 16, 1)
                case 2: write(Int(bytes[source]) << 16 | Int(bytes[source + 1]) << 8, 2)
                default: break
                }
                return target
            }
        }
    }

    /// The bytes of `text`, or nil when it is not Base64; white space is skipped.
    public static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8(bytes)
    }

    private static func bytes(of text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var isSound = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 3) { bytes, written in
            values.withUnsafeBufferPointer { values in
                var group: UInt32 = 0
                var (count, padding) = (0, 0)
                for byte in text {
                    let value = values[Int(byte)]
                    guard value < 64 else {
                        if byte == 0x20 || (0x9...0xD).contains(byte) { continue }
                        guard byte == UInt8(ascii: "=") else { return isSound = false }
                        padding += 1
                        continue
                    }
                    guard padding == 0 else { return isSound = false }
                    group = group << 6 | UInt32(value)
                    count += 1
                    guard count == 4 else { continue }
                    bytes[written] = UInt8(truncatingIfNeeded: group >> 16)
                    bytes[written + 1] = UInt8(truncatingIfNeeded: group >> 8)
                    bytes[written + 2] = UInt8(truncatingIfNeeded: group)
                    written += 3
                    (group, count) = (0, 0)
                }
                switch (count, padding) {
                case (0, 0): break
                case (2, 2):
                    bytes[written] = UInt8(truncatingIfNeeded: group >> 4)
                    written += 1
                case (3, 1):
                    bytes[written] = UInt8(truncatingIfNeeded: group >> 10)
                    bytes[written + 1] = UInt8(truncatingIfNeeded: group >> 2)
                    written += 2
                default: isSound = false
                }
            }
        }
        return isSound ? bytes : nil
    }
}
