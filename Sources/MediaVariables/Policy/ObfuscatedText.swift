// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// A text of a policy that a site has made unreadable at a glance: hexadecimal digits of a seed, the key's only secret, and
/// of what is encrypted under it (docs/formats/media.md section 1).
enum ObfuscatedText {
    /// The first four bytes.
    private static let magic: [UInt8] = [0x89, 0x13, 0x00, 0x00]
    private static let seedByteCount = 40
    private static let fieldsByteCount: UInt32 = 20
    /// CALG_3DES and CALG_AES_256.
    private static let ciphers: [UInt32: BlockDecryption] = [0x6603: .tripleDES, 0x6610: .aes256]

    /// Whether `text` says that it is one.
    static func isOne(_ text: String) -> Bool { text.hasPrefix("89130000") && text.utf8.count > 8 }

    /// What `text` says; nil when it is not one, or is damaged.
    static func reveal(_ text: String) -> String? {
        guard isOne(text), let bytes = [UInt8](hexadecimal: text.filter { !$0.isWhitespace }) else { return nil }
        let reader = ByteReader(bytes)
        let fields = magic.count + seedByteCount
        guard bytes.starts(with: magic), let seed = reader.slice(at: magic.count, length: seedByteCount),
            let length: UInt32 = reader.littleEndian(at: fields), length == fieldsByteCount,
            let plaintextByteCount: UInt32 = reader.littleEndian(at: fields + 4),
            let ciphertextByteCount: UInt32 = reader.littleEndian(at: fields + 8),
            let identifier: UInt32 = reader.littleEndian(at: fields + 12), let cipher = ciphers[identifier],
            // What follows is left-over memory.
            let ciphertext = reader.slice(at: fields + Int(fieldsByteCount), length: Int(ciphertextByteCount)),
            let plaintext = cipher.decrypt(
                Array(ciphertext), key: DerivedKey.bytes(from: Array(seed), byteCount: cipher.keyByteCount)),
            plaintextByteCount <= plaintext.count
        else { return nil }
        guard let revealed = Text.decodeUTF16LittleEndian(plaintext.prefix(Int(plaintextByteCount))) else { return nil }
        return String(revealed.unicodeScalars.prefix { $0 != "\0" })
    }
}
