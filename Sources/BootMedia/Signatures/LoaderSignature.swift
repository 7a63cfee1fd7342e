// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// A signature of a loader: who signed, under which authority, and whether it holds.
public struct LoaderSignature: Sendable, Encodable, Hashable {
    /// Whether a signature holds.
    public enum Status: String, Sendable, Encodable, Hashable, CaseIterable {
        /// The program is as it was signed, and the certificate of the authority proves the signer's.
        case valid
        /// The program is as it was signed, but the certificate of the authority is not at hand to prove the signer's.
        case unproven
        /// The program was changed after it was signed.
        case changed
        /// The signature was not made with the key of the certificate that it names.
        case broken

        /// Whether firmware may accept it.
        public var holds: Bool { self == .valid || self == .unproven }
    }

    /// Whether it holds.
    public let status: Status
    /// The common name of the issuer of the signing certificate: "Windows UEFI CA 2023" or "Microsoft Windows
    /// Production PCA 2011" for genuine loaders.
    public let certificateAuthority: String
    /// The SHA-256 of the certificate of that authority; nil when it is not at hand.
    public let authoritySha256: String?
    /// Whether that is the certificate of an authority of Microsoft's or Debian's, and not only one of the same name.
    public let isKnownAuthority: Bool
    /// The common name of the signing certificate: "Microsoft Windows" for genuine loaders.
    public let signer: String
    /// The SHA-256 of the signing certificate.
    public let signerSha256: String
    /// The hash that the signature is made over.
    public let hashAlgorithm: HashAlgorithm
    /// When the signing certificate begins to be valid, as YYYY-MM-DDThh:mm:ssZ.
    public let validFrom: String
    /// When it ceases to be valid.
    public let validUntil: String
    /// Whether today lies between; firmware does not look at it.
    public let isValidToday: Bool
    /// Whether it lies inside another signature, where Windows finds it and firmware does not.
    public let isNested: Bool

    /// The authority of the loaders that firmware trusts since 2023 (media.md section 2, "Secure Boot 2023").
    static let authorityOf2023 = "Windows UEFI CA 2023"

    /// The authorities of `generation`: of Windows' own loaders, and of those of others, which Microsoft signs too
    /// (learn.microsoft.com, "Windows Secure Boot certificate expiration and CA updates").
    static func authorities(of generation: LoaderGeneration) -> [String] {
        switch generation {
        case .windows2011: ["Microsoft Windows Production PCA 2011", "Microsoft Corporation UEFI CA 2011"]
        case .windows2023: [authorityOf2023, "Microsoft UEFI CA 2023"]
        case .automatic: []
        }
    }

    init(_ signature: CheckedSignature, chain: [Certificate], now: Timestamp) {
        let signer = signature.signature.signer
        let authority = chain.count > 1 ? chain[1] : nil
        status =
            !signature.signature.isOfSigner
            ? .broken
            : !signature.isOfProgram ? .changed : authority == nil && !signer.isSelfSigned ? .unproven : .valid
        certificateAuthority = signer.issuerCommonName
        authoritySha256 = (authority ?? (signer.isSelfSigned ? signer : nil))?.fingerprint.description
        // Of a certificate that issued none of the others nothing is known.
        isKnownAuthority = chain.contains { KnownAuthority.contains($0) }
        self.signer = signer.commonName
        signerSha256 = signer.fingerprint.description
        hashAlgorithm = signature.signature.algorithm
        (validFrom, validUntil) = (CivilTime(signer.validFrom).text, CivilTime(signer.validUntil).text)
        isValidToday = signer.validFrom <= now && now <= signer.validUntil
        isNested = signature.isNested
    }
}

/// Who signed `portableExecutable`, one for each signature that firmware finds; empty when it is unsigned.
///
/// UEFI firmware accepts a program when one of its signatures holds.
///
/// - Throws: ``BootMediaError``: `.notAnExecutable`, or `.damagedSignature` when it has a certificate table that cannot
///   be read.
public func loaderSignatures(of portableExecutable: [UInt8]) throws(BootMediaError) -> [LoaderSignature] {
    guard let evidence = LoaderEvidence(portableExecutable) else {
        throw BootMediaError(
            .notAnExecutable, "the loader", "is not a portable executable", nextStep: "use a genuine loader")
    }
    guard !evidence.hasDamagedSignature else {
        throw BootMediaError(
            .damagedSignature, "the loader", "has a signature that cannot be read", nextStep: "get a fresh copy of it")
    }
    return evidence.signatures(provenBy: [], now: FileIdentity.Instant.now.timestamp).filter { !$0.isNested }
}
