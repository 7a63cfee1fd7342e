// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Identifiers
import Support

/// What is told of a UEFI loader, wherever it was found.
public struct LoaderInspection: Sendable, Equatable, Encodable {
    /// Its place.
    public let path: String
    /// Its architecture; nil when it is no program, or one that no media is made for.
    public let architecture: Architecture?
    /// The certificate authority that signed it; nil without a signature.
    public let certificate: String?
    /// The certificate that signed it; nil without a signature.
    public let signer: String?
    /// The certificate authorities of all signatures that firmware finds: when it trusts one of them, it starts the loader.
    public let certificates: [String]
    /// Its signatures, each held against the program.
    public let signatures: [LoaderSignature]
    /// Whether it has a certificate table, or a signature in it, that cannot be read.
    public let hasDamagedSignature: Bool
    /// The digest by which lists of revoked programs name it (SHA-256); nil when it is no whole program.
    public let digest: String?
    /// The generations that it states (SBAT).
    public let securityLevels: [SecurityLevel]
    /// Why firmware refuses it by the lists that were given; nil when none was given.
    public let revocations: [String]?

    /// True when it has signatures and none of them holds, so that it was changed, or is none of whom it names.
    public var isForged: Bool {
        let found = signatures.filter { !$0.isNested }
        return found.isEmpty ? hasDamagedSignature : !found.contains { $0.status.holds }
    }

    /// The loaders in `programs`, which are proved by each other as firmware does: what a shim starts by its certificate.
    ///
    /// - Parameters:
    ///   - programs: their places, and what they say; nil for what is no program.
    ///   - revocations: lists of what firmware refuses; nil when none was given.
    public static func all(
        _ programs: [(path: String, evidence: LoaderEvidence?)], revocations: RevocationList? = nil,
        now: Timestamp = FileIdentity.Instant.now.timestamp
    ) -> [LoaderInspection] {
        let vendors = programs.flatMap { $0.evidence?.trustedCertificates ?? [] }
        return programs.map { LoaderInspection($0, $1, vendors, revocations, now) }
    }

    private init(
        _ path: String, _ evidence: LoaderEvidence?, _ vendors: [Certificate], _ lists: RevocationList?,
        _ now: Timestamp
    ) {
        self.path = path
        signatures = evidence?.signatures(provenBy: vendors, now: now) ?? []
        let outer = signatures.filter { !$0.isNested }
        (certificate, signer) = (outer.first?.certificateAuthority, outer.first?.signer)
        certificates = outer.map(\.certificateAuthority)
        architecture = evidence?.architecture
        hasDamagedSignature = evidence?.hasDamagedSignature ?? false
        digest = evidence?.digests[.sha256]?.hexadecimal()
        securityLevels = evidence?.securityLevels ?? []
        revocations = lists.map { lists in evidence.map { lists.reasons(for: $0, provenBy: vendors) } ?? [] }
    }
}
