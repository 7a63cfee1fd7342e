// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import JSON
import Support

/// A text with signatures of it: an envelope of DSSE (Dead Simple Signing Envelope, secure-systems-lab/dsse 1.0.2).
public struct SignedEnvelope: Sendable, Equatable {
    /// A signature.
    public struct Signature: Sendable, Equatable {
        /// What the key is called, as far as the envelope says: a hint, which nothing is decided by.
        public let keyID: String?
        /// Its bytes.
        public let bytes: [UInt8]
    }

    /// The type of the payload of attestations (in-toto Attestation Framework 1.0, envelope).
    public static let inTotoType = "application/vnd.in-toto+json"
    /// The bytes that are signed.
    public let payload: [UInt8]
    /// What they are, a media type.
    public let payloadType: String
    /// The signatures.
    public let signatures: [Signature]

    /// `payload`, signed with `key`.
    public init(signing payload: [UInt8], type: String, with key: SigningKey) {
        self.payload = payload
        payloadType = type
        let signature = key.signature(of: Self.signedBytes(payload, type: type))
        signatures = [Signature(keyID: key.verificationKey.fingerprint.description, bytes: signature)]
    }

    /// What a signature is of: the pre-authentication encoding (DSSE 1.0.2, protocol, "Signature Definition").
    static func signedBytes(_ payload: [UInt8], type: String) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }

    /// Whether one of the signatures is by `key`.
    public func isSigned(by key: VerificationKey) -> Bool {
        let signed = Self.signedBytes(payload, type: payloadType)
        return signatures.contains { key.accepts($0.bytes, of: signed) }
    }

    // MARK: As JSON

    /// The envelope as JSON on one line.
    ///
    /// - Throws: nothing that an envelope could cause.
    public func encoded() throws -> [UInt8] {
        let node = JSONNode.members([
            "payload": .text(Base64.encode(payload)), "payloadType": .text(payloadType),
            "signatures": .list(
                signatures.map {
                    .members(["keyid": $0.keyID.map { .text($0) }, "sig": .text(Base64.encode($0.bytes))])
                }),
        ])
        return try JSON.bytes(of: node, .line, escaping: .required) + [UInt8(ascii: "\n")]
    }

    /// No envelope of ours has more values.
    private static let valueLimit = 1_000
    /// No envelope has more signatures.
    private static let signatureLimit = 64

    /// The envelope in `bytes`; nil when they are none.
    ///
    /// Both alphabets of Base64 are read (DSSE 1.0.2, envelope: verifiers accept either).
    public init?(_ bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        guard let node = try? reader.node(limit: Self.valueLimit), (try? reader.end()) != nil,
            case .text(let payload)? = node["payload"], case .text(let type)? = node["payloadType"],
            case .list(let list)? = node["signatures"], (1...Self.signatureLimit).contains(list.count),
            let payloadBytes = Self.decode(payload)
        else { return nil }
        var signatures: [Signature] = []
        for element in list {
            guard case .text(let signature)? = element["sig"], let bytes = Self.decode(signature) else { return nil }
            var keyID: String?
            if case .text(let text)? = element["keyid"] { keyID = text }
            signatures.append(Signature(keyID: keyID, bytes: bytes))
        }
        self.payload = payloadBytes
        payloadType = type
        self.signatures = signatures
    }

    private static func decode(_ text: String) -> [UInt8]? {
        Base64.decode(text.replacing("-", with: "+").replacing("_", with: "/"))
    }
}
