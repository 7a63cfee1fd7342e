// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Identifiers
import Support

/// A signature of a program, held against the program.
struct CheckedSignature: Sendable {
    let signature: AuthenticodeSignature
    /// Whether it was made over the program as it is.
    let isOfProgram: Bool
    let isNested: Bool
}

/// What a UEFI program says of itself and what was computed of it, without its bytes: by this loaders are judged.
public struct LoaderEvidence: Sendable {
    /// The architecture that it is for; nil for one that no media is made for.
    public let architecture: Architecture?
    /// The generations that it states.
    public let securityLevels: [SecurityLevel]
    /// The certificates by which it, a shim, proves what it starts.
    let vendorCertificates: [Certificate]
    let signatures: [CheckedSignature]
    /// Whether it has a certificate table, or a signature in it, that cannot be read.
    let hasDamagedSignature: Bool
    /// The digests by which lists name it: SHA-256, and those of its signatures.
    let digests: [HashAlgorithm: [UInt8]]

    /// More signatures than any firmware looks at.
    private static let signatureLimit = 16

    /// Looks into a program and computes what its signatures must state; nil for what is no portable executable.
    public init?(_ bytes: [UInt8]) {
        guard let program = PortableExecutable(bytes) else { return nil }
        var found: [(signature: AuthenticodeSignature, isNested: Bool)] = []
        let structures = program.signedData.flatMap { $0.count <= Self.signatureLimit ? $0 : nil }
        for structure in structures ?? [] {
            guard let signature = AuthenticodeSignature(signedData: structure) else { continue }
            found.append((signature, false))
            found += signature.nested.map { ($0, true) }
        }
        hasDamagedSignature = found.count { !$0.isNested } != structures?.count
        var digests: [HashAlgorithm: [UInt8]] = [:]
        for algorithm in Set(found.map(\.signature.algorithm)).union([.sha256]) {
            digests[algorithm] = program.signatureDigest(algorithm)
        }
        self.digests = digests
        signatures = found.map { signature, isNested in
            CheckedSignature(
                signature: signature, isOfProgram: digests[signature.algorithm] == signature.programDigest,
                isNested: isNested)
        }
        architecture = program.architecture
        securityLevels = SecurityLevel.levels(of: program)
        vendorCertificates = program.vendorCertificates
    }

    /// The certificates by which it proves what it starts, when its own signature holds: firmware starts no other shim.
    var trustedCertificates: [Certificate] {
        signatures.contains { $0.isOfProgram && $0.signature.isOfSigner } ? vendorCertificates : []
    }

    /// The chain of `signature` from its signer's certificate on, of what it brings along and of `others`.
    func chain(of signature: CheckedSignature, provenBy others: [Certificate]) -> [Certificate] {
        signature.signature.signer.chain(among: signature.signature.certificates + others)
    }

    /// The signatures in words; certificates in `others` prove signers as well as those in the signatures do.
    func signatures(provenBy others: [Certificate], now: Timestamp) -> [LoaderSignature] {
        signatures.map { LoaderSignature($0, chain: chain(of: $0, provenBy: others), now: now) }
    }
}
