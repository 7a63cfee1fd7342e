// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// Who signed a loader, by the names in its Authenticode signature.
///
/// The names are read, not proved: only firmware with Secure Boot decides whether a signature holds.
public struct LoaderSignature: Sendable, Codable, Hashable {
    /// The common name of the issuer of the signing certificate: "Windows UEFI CA 2023" or "Microsoft Windows
    /// Production PCA 2011" for genuine loaders.
    public let certificateAuthority: String
    /// The common name of the signing certificate: "Microsoft Windows" for genuine loaders.
    public let signer: String

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
}

/// Who signed `portableExecutable`: its first signature, or nil when it is unsigned.
///
/// - Throws: ``BootMediaError``: `.notAnExecutable`, or `.damagedSignature` when it has a certificate table that cannot
///   be read.
public func loaderSignature(of portableExecutable: [UInt8]) throws(BootMediaError) -> LoaderSignature? {
    try loaderSignatures(of: portableExecutable).first
}

/// Who signed `portableExecutable`, one for each signature that it carries; empty when it is unsigned.
///
/// UEFI firmware accepts a program when one of its signatures holds.
///
/// - Throws: ``BootMediaError`` as ``loaderSignature(of:)``.
public func loaderSignatures(of portableExecutable: [UInt8]) throws(BootMediaError) -> [LoaderSignature] {
    guard let program = PortableExecutable(portableExecutable) else {
        throw BootMediaError(
            .notAnExecutable, "the loader", "is not a portable executable", nextStep: "use a genuine loader")
    }
    let damaged = BootMediaError(
        .damagedSignature, "the loader", "has a signature that cannot be read", nextStep: "get a fresh copy of it")
    guard let structures = program.signedData else { throw damaged }
    var signatures: [LoaderSignature] = []
    for structure in structures {
        guard let signer = Authenticode.signer(ofSignedData: structure) else { throw damaged }
        signatures.append(
            LoaderSignature(certificateAuthority: signer.certificateAuthority, signer: signer.commonName))
    }
    return signatures
}
