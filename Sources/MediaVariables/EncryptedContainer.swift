// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The ciphers a container may use, by their CryptoAPI ALG_ID (media.md section 1).
public enum EncryptionAlgorithm: UInt32, CaseIterable, Sendable {
    /// CALG_AES_128.
    case aes128 = 0x660E
    /// CALG_AES_192.
    case aes192 = 0x660F
    /// CALG_AES_256.
    case aes256 = 0x6610

    /// The length of the key in bytes.
    public var keyByteCount: Int {
        switch self {
        case .aes128: 16
        case .aes192: 24
        case .aes256: 32
        }
    }
}

/// The container of Variables.dat and Policy.xml (media.md section 1).
///
/// A header of 24 bytes, the ciphertext, and a trailer that readers ignore. There is no salt and no authentication: the
/// same plaintext and password give the same bytes, and a flipped bit in the ciphertext may go unnoticed.
public enum EncryptedContainer {
    /// The first four bytes.
    private static let magic: [UInt8] = [0x00, 0x00, 0xED, 0xEC]
    /// The value of the second field: the length of the five fields from 4 to 23.
    private static let fieldsByteCount: UInt32 = 20
    private static let headerByteCount = 24
    /// Genuine files are at least this much longer than the plaintext [I: from the one sample with all numbers known].
    private static let inferredOverhead = 24 + 18
    private static let initializationVector = [UInt8](repeating: 0, count: AESCBC.blockByteCount)

    /// Encrypts `plaintext`, which is UTF-16LE text, so its length is even.
    public static func seal(
        _ plaintext: [UInt8], password: MediaPassword, algorithm: EncryptionAlgorithm = .aes256
    ) -> [UInt8] {
        precondition(plaintext.count.isMultiple(of: 2), "the plaintext is UTF-16LE")
        let ciphertext = AESCBC.encrypt(
            plaintext, key: password.key(byteCount: algorithm.keyByteCount), initializationVector: initializationVector)
        var bytes = magic
        bytes.append(littleEndian: fieldsByteCount)
        bytes.append(littleEndian: UInt32(plaintext.count))
        bytes.append(littleEndian: UInt32(ciphertext.count))
        bytes.append(littleEndian: algorithm.rawValue)
        bytes.append(littleEndian: UInt32(0))
        bytes += ciphertext
        let missing = plaintext.count + inferredOverhead - bytes.count
        if missing > 0 { bytes += [UInt8](repeating: 0, count: missing) }
        return bytes
    }

    /// Decrypts a container.
    ///
    /// The format has no check of its own, so a wrong password shows as bad padding or as text that does not begin like
    /// XML: both are reported as a wrong password. A broken structure is reported as damage.
    ///
    /// - Parameters:
    ///   - name: the file, for messages.
    /// - Returns: the plaintext: UTF-16LE that begins with `<?xml`.
    /// - Throws: ``MediaVariablesError`` `.damaged` or `.wrongPassword`.
    public static func open(
        _ bytes: [UInt8], password: MediaPassword, name: String = "the encrypted file"
    ) throws(MediaVariablesError) -> [UInt8] {
        let (algorithm, plaintextByteCount, ciphertext) = try parse(bytes, name: name)
        let key = password.key(byteCount: algorithm.keyByteCount)
        guard
            let plaintext = AESCBC.decrypt(
                Array(ciphertext), key: key, initializationVector: initializationVector),
            plaintext.count == plaintextByteCount, beginsLikeXML(plaintext)
        else {
            throw MediaVariablesError(
                .wrongPassword, "\(name)", "cannot be opened with this password",
                nextStep: "give the password of the media")
        }
        return plaintext
    }

    /// The cipher of a container, without opening it.
    ///
    /// - Throws: ``MediaVariablesError`` `.damaged`.
    public static func algorithm(
        of bytes: [UInt8], name: String = "the encrypted file"
    ) throws(MediaVariablesError) -> EncryptionAlgorithm {
        try parse(bytes, name: name).0
    }

    private static func parse(
        _ bytes: [UInt8], name: String
    ) throws(MediaVariablesError) -> (EncryptionAlgorithm, Int, ArraySlice<UInt8>) {
        func damaged(_ problem: DiagnosticText) -> MediaVariablesError {
            MediaVariablesError(.damaged, "\(name)", problem, nextStep: "copy it again or make the media again")
        }
        let reader = ByteReader(bytes)
        guard bytes.starts(with: magic) else { throw damaged("is not an encrypted container") }
        guard
            let fields: UInt32 = reader.littleEndian(at: 4),
            let plaintextByteCount: UInt32 = reader.littleEndian(at: 8),
            let ciphertextByteCount: UInt32 = reader.littleEndian(at: 12),
            let identifier: UInt32 = reader.littleEndian(at: 16),
            let reserved: UInt32 = reader.littleEndian(at: 20)
        else { throw damaged("ends inside its header") }
        guard fields == fieldsByteCount, reserved == 0 else { throw damaged("has a damaged header") }
        guard let algorithm = EncryptionAlgorithm(rawValue: identifier) else {
            throw damaged("uses the cipher 0x\(String(identifier, radix: 16)), which is not known")
        }
        let plaintextCount = Int(plaintextByteCount)
        let ciphertextCount = Int(ciphertextByteCount)
        guard plaintextCount.isMultiple(of: 2), ciphertextCount.isMultiple(of: AESCBC.blockByteCount),
            (1...AESCBC.blockByteCount).contains(ciphertextCount - plaintextCount)
        else { throw damaged("has lengths that do not fit each other") }
        guard let ciphertext = reader.slice(at: headerByteCount, length: ciphertextCount) else {
            throw damaged("is cut off: it has \(bytes.count - headerByteCount) of \(ciphertextCount) encrypted bytes")
        }
        return (algorithm, plaintextCount, ciphertext)
    }

    private static func beginsLikeXML(_ plaintext: [UInt8]) -> Bool {
        // Genuine plaintext has no byte order mark; one is tolerated, as other writers may add it.
        let body = plaintext.starts(with: [0xFF, 0xFE]) ? plaintext[2...] : plaintext[...]
        return body.starts(with: Text.encodeUTF16LittleEndian("<?xml"))
    }
}
