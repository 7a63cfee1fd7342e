// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import JSON
import Provenance
import Support

/// The signature of a manifest, beside it on the media: ours, not Configuration Manager's (docs/formats/ours.md section 1a).
///
/// What is signed is a statement with the SHA-256 of the manifest, so that it has the same size whatever the media holds.
public struct ManifestSignature: Sendable, Equatable {
    /// Where it lies on the media.
    public static let path = "SMS/data/MediaManifest.json.dsse"
    /// No signature of ours has more bytes; nor has one with several keys.
    static let byteLimit = 64 << 10
    /// What is said of a manifest by signing it: that it is the list of a volume of media.
    static let predicateType = "urn:tsmedia:media-manifest:1"
    /// The variable with the key that the manifests of the media must be signed with: SubjectPublicKeyInfo in Base64.
    public static let variableName = "TSMediaManifestKey"

    /// The envelope.
    public let envelope: SignedEnvelope
    /// The manifest that was signed.
    let manifest: SHA256Digest

    /// Signs the manifest that has these bytes.
    ///
    /// - Throws: nothing that a manifest could cause.
    package init(signing manifest: [UInt8], with key: SigningKey) throws {
        self.manifest = SHA256.digest(of: manifest)
        let statement = Statement(
            [ResourceDescriptor(name: MediaManifest.path, [.sha256(self.manifest)])], predicateType: Self.predicateType,
            .object([]))
        envelope = SignedEnvelope(
            signing: try statement.encoded(), type: SignedEnvelope.inTotoType, with: key)
    }

    /// The signature in `bytes`; nil when they are none.
    package init?(_ bytes: [UInt8]) {
        guard let envelope = SignedEnvelope(bytes), envelope.payloadType == SignedEnvelope.inTotoType,
            let statement = StatementSubjects(envelope.payload), statement.predicateType == Self.predicateType,
            statement.subjects.count == 1, let digest = statement.subjects[0].sha256
        else { return nil }
        self.envelope = envelope
        manifest = digest
    }

    /// What the keys are called that it says to be by; nothing of it was checked.
    public var statedKeys: [String] { envelope.signatures.compactMap(\.keyID) }
}

/// What there is to say of the signature of a manifest.
public enum SignatureVerdict: String, Sendable, Encodable, CaseIterable {
    /// The key signed this manifest.
    case signed
    /// There is a signature of this manifest, and no key to check it with was named.
    case unchecked
    /// There is none.
    case unsigned
    /// There is one, and it is not by the key.
    case otherKey
    /// The key signed another manifest.
    case changed
    /// What has its name is no signature.
    case damaged

    /// What the signature `found`, nil for something that is none, says of the manifest `digest` to somebody who believes
    /// `key`, nil for nobody.
    init(_ found: ManifestSignature?, of digest: SHA256Digest, key: VerificationKey?) {
        guard let found else {
            self = .damaged
            return
        }
        if let key, !found.envelope.isSigned(by: key) {
            self = .otherKey
        } else if found.manifest != digest {
            self = .changed
        } else {
            self = key == nil ? .unchecked : .signed
        }
    }

    /// Why the media is not to be believed, as the end of a sentence; nil where it is, or nobody asked.
    func problem(_ found: ManifestSignature?, key: VerificationKey?) -> String? {
        switch self {
        case .signed, .unchecked: nil
        case .unsigned: key == nil ? nil : "is not signed"
        case .otherKey:
            "is not signed by this key"
                + (found?.statedKeys.first.map { ", but, as it says, by \($0.onOneLine)" } ?? "")
        case .changed: "is another one than that which was signed"
        case .damaged: "has a signature that cannot be read"
        }
    }
}

/// The signature of the manifest of media, as it was found.
package struct FoundSignature {
    /// What there is to say of it.
    package let verdict: SignatureVerdict
    /// The signature; nil where there is none that can be read.
    package let signature: ManifestSignature?
    /// The SHA-256 of the file that holds it; nil where there is none.
    package let sha256: SHA256Digest?

    /// Looks for the signature of the manifest of `media`, whose SHA-256 is `manifest`.
    ///
    /// - Parameter key: who is believed; nil for nobody.
    /// - Throws: `InterruptedError`.
    package init(of media: any OpenedMedia, manifest: SHA256Digest, key: VerificationKey?) throws {
        try self.init(manifest: manifest, key: key) { path, limit in
            try media.file(path).map { try media.contents(of: $0, limit: limit) }
        }
    }

    /// Looks for the signature of the manifest with the SHA-256 `manifest`.
    ///
    /// - Parameter file: reads a file of the media, which has at most so many bytes.
    /// - Throws: `InterruptedError`.
    package init(
        manifest: SHA256Digest, key: VerificationKey?, file: (_ path: String, _ limit: Int) throws -> [UInt8]?
    ) throws {
        do {
            guard let bytes = try file(ManifestSignature.path, ManifestSignature.byteLimit) else {
                (verdict, signature, sha256) = (.unsigned, nil, nil)
                return
            }
            signature = ManifestSignature(bytes)
            sha256 = SHA256.digest(of: bytes)
        } catch let error as any DiagnosticError {
            if error is InterruptedError { throw error }
            (signature, sha256) = (nil, nil)
        }
        verdict = SignatureVerdict(signature, of: manifest, key: key)
    }

    /// Why the media is not to be believed; nil where it is, or nobody asked.
    package func problem(key: VerificationKey?) -> String? { verdict.problem(signature, key: key) }
}

extension MediaManifest {
    /// The files that no manifest lists: itself and its signature.
    package static let unlistedPaths = [path, ManifestSignature.path]
}
