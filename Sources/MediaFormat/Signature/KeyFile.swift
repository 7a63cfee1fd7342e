// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// Files with keys.
public enum KeyFile {
    /// The public key in the file at `path`, in PEM.
    ///
    /// - Throws: `CryptographyError`; errors of reading.
    public static func publicKey(_ path: FilePath) throws -> VerificationKey {
        try VerificationKey(pem: try SmallFile.read(path), name: path.string)
    }

    /// The private key in the file at `path`, in PEM, that signs what media is.
    ///
    /// - Parameter password: what opens it; nil for one that is not encrypted.
    /// - Throws: `CryptographyError`; ``MediaFormatError`` for one whose password is missing; errors of reading.
    public static func signingKey(_ path: FilePath, password: String?) throws -> SigningKey {
        do {
            return try SigningKey(
                pem: try SmallFile.read(path), password: password.map { Array($0.utf8) }, name: path.string)
        } catch let error as CryptographyError where error.code == .wrongPassword && password == nil {
            throw MediaFormatError(
                .badKey, error.object, error.problem,
                nextStep: "name the file of its password with \(.signingKeyPassword)")
        }
    }
}
