// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// What firmware, or a shim, refuses.
protocol Revocation: Sendable {
    /// How many entries it has.
    var count: Int { get }

    /// Why `loader`, of which certificates in `others` prove the signers, is refused by it; empty when it is not.
    func reasons(for loader: LoaderEvidence, provenBy others: [Certificate]) -> [String]
}

/// Programs that are refused by their digests.
struct RevokedPrograms: Revocation {
    let algorithm: HashAlgorithm
    let digests: Set<[UInt8]>

    var count: Int { digests.count }

    func reasons(for loader: LoaderEvidence, provenBy others: [Certificate]) -> [String] {
        guard let digest = loader.digests[algorithm], digests.contains(digest) else { return [] }
        return ["its digest is on the list: \(algorithm.rawValue) \(digest.hexadecimal())"]
    }
}

/// Certificates with which no signature counts, nor with any that they issued.
struct RevokedCertificates: Revocation {
    let certificates: [Certificate]

    var count: Int { certificates.count }

    func reasons(for loader: LoaderEvidence, provenBy others: [Certificate]) -> [String] {
        // Firmware proves a signature up to the certificate of the list: what holds there is refused.
        loader.signatures.filter { !$0.isNested && $0.isOfProgram && $0.signature.isOfSigner }.flatMap { signature in
            let chain = loader.chain(of: signature, provenBy: others)
            return certificates.filter { listed in
                chain.contains(listed) || chain.last?.isIssued(by: listed) ?? false
            }.map { "it is signed under \($0.commonName), whose certificate is on the list" }
        }
    }
}

/// Certificates with which no signature counts, by the digests of what their issuers signed.
struct RevokedCertificateDigests: Revocation {
    let algorithm: HashAlgorithm
    /// The digests, with the time from which signatures do not count; nil for all of them.
    let digests: [[UInt8]: String?]

    var count: Int { digests.count }

    func reasons(for loader: LoaderEvidence, provenBy others: [Certificate]) -> [String] {
        loader.signatures.filter { !$0.isNested }.flatMap { signature in
            // Firmware looks at all certificates that the signature brings along.
            let certificates = loader.chain(of: signature, provenBy: others) + signature.signature.certificates
            return certificates.reduce(into: [String]()) { reasons, certificate in
                guard let time = digests[algorithm.digest(of: [certificate.toBeSigned])] else { return }
                let reason =
                    "the certificate of \(certificate.commonName) in its signature is on the list"
                    + (time.map { ", from \($0) on" } ?? "")
                if !reasons.contains(reason) { reasons.append(reason) }
            }
        }
    }
}

/// Components that a shim refuses when their generation is too old.
struct OutdatedComponents: Revocation {
    let minimums: [SecurityLevel]

    var count: Int { minimums.count }

    func reasons(for loader: LoaderEvidence, provenBy others: [Certificate]) -> [String] {
        minimums.flatMap { minimum in
            loader.securityLevels.filter { $0.component == minimum.component && $0.generation < minimum.generation }
                .map { "\($0.component) \($0.generation) is older than \(minimum.generation), which the list asks for" }
        }
    }
}
