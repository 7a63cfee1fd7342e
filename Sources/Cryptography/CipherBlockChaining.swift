// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto

/// AES in cipher block chaining mode with PKCS #7 padding (FIPS 197, NIST SP 800-38A, RFC 5652 section 6.3).
public enum AESCBC {
    /// The number of bytes of a block and of an initialisation vector.
    public static let blockByteCount = 16

    /// The ciphertext of `plaintext`, 1 to 16 bytes longer.
    ///
    /// - Parameters:
    ///   - key: 16, 24 or 32 bytes.
    ///   - initializationVector: 16 bytes.
    public static func encrypt(_ plaintext: [UInt8], key: [UInt8], initializationVector: [UInt8]) -> [UInt8] {
        guard
            let ciphertext = run(plaintext, key: key, initializationVector: initializationVector, encrypting: true)
        else { fatalError("libcrypto: AES encryption cannot fail for a valid key") }
        return ciphertext
    }

    /// The plaintext of `ciphertext`, or nil when its length or its padding is wrong.
    ///
    /// - Parameters:
    ///   - key: 16, 24 or 32 bytes.
    ///   - initializationVector: 16 bytes.
    public static func decrypt(_ ciphertext: [UInt8], key: [UInt8], initializationVector: [UInt8]) -> [UInt8]? {
        run(ciphertext, key: key, initializationVector: initializationVector, encrypting: false)
    }

    private static func run(
        _ input: [UInt8], key: [UInt8], initializationVector: [UInt8], encrypting: Bool
    ) -> [UInt8]? {
        precondition(initializationVector.count == blockByteCount, "an AES block has 16 bytes")
        return CipherBlockChaining(
            cipher: cipher(key), key: key, initializationVector: initializationVector, isPadded: true
        ).run(input, encrypting: encrypting)
    }

    private static func cipher(_ key: [UInt8]) -> OpaquePointer? {
        switch key.count {
        case 16: EVP_aes_128_cbc()
        case 24: EVP_aes_192_cbc()
        case 32: EVP_aes_256_cbc()
        default: preconditionFailure("an AES key has 16, 24 or 32 bytes")
        }
    }
}

/// Decryption of whole blocks whose length says where the plaintext ends, so that no padding is looked at.
public enum BlockDecryption: Sendable {
    /// Triple DES with three keys (NIST SP 800-67); the key has 24 bytes.
    case tripleDES
    /// AES (FIPS 197); the key has 32 bytes.
    case aes256

    /// The number of bytes of a key.
    public var keyByteCount: Int { self == .tripleDES ? 24 : 32 }

    /// The plaintext of `ciphertext` in cipher block chaining mode with an initialisation vector of zeros, padding and all;
    /// nil when its length is no number of blocks.
    public func decrypt(_ ciphertext: [UInt8], key: [UInt8]) -> [UInt8]? {
        precondition(key.count == keyByteCount, "a key has \(keyByteCount) bytes")
        return CipherBlockChaining(
            cipher: self == .tripleDES ? EVP_des_ede3_cbc() : EVP_aes_256_cbc(), key: key,
            initializationVector: [UInt8](repeating: 0, count: AESCBC.blockByteCount), isPadded: false
        ).run(ciphertext, encrypting: false)
    }
}

/// A cipher of libcrypto with what it needs for one message.
private struct CipherBlockChaining {
    let cipher: OpaquePointer?
    let key: [UInt8]
    /// At least one block.
    let initializationVector: [UInt8]
    let isPadded: Bool

    /// `input` encrypted or decrypted; nil when its length or its padding is wrong.
    func run(_ input: [UInt8], encrypting: Bool) -> [UInt8]? {
        let room = AESCBC.blockByteCount
        guard let count = Int32(exactly: input.count), count < Int32.max - Int32(room) else { return nil }
        guard let context = EVP_CIPHER_CTX_new() else { fatalError("libcrypto: no memory for a cipher context") }
        defer { EVP_CIPHER_CTX_free(context) }
        let started = EVP_CipherInit_ex(context, cipher, nil, key, initializationVector, encrypting ? 1 : 0)
        precondition(started == 1, "libcrypto: the cipher is not available")
        EVP_CIPHER_CTX_set_padding(context, isPadded ? 1 : 0)
        var output = [UInt8](repeating: 0, count: input.count + room)
        var written: Int32 = 0
        var rest: Int32 = 0
        let finished = output.withUnsafeMutableBufferPointer { buffer -> Bool in
            guard EVP_CipherUpdate(context, buffer.baseAddress, &written, input, count) == 1 else { return false }
            return EVP_CipherFinal_ex(context, buffer.baseAddress.map { $0 + Int(written) }, &rest) == 1
        }
        guard finished else {
            ERR_clear_error()
            return nil
        }
        output.removeLast(output.count - Int(written) - Int(rest))
        return output
    }
}
