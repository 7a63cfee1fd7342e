// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Support

extension LoaderInspection {
    /// What is to be known of its signatures, a line each: of signatures that hold, as well as of others.
    var facts: [String] {
        signatures.map(\.fact) + (hasDamagedSignature ? ["a signature that cannot be read"] : [])
            + (securityLevels.isEmpty
                ? []
                : ["SBAT: " + securityLevels.map { "\($0.component) \($0.generation)" }.joined(separator: ", ")])
            + (revocations ?? []).map { "revoked: \($0)" }
    }
}

extension LoaderSignature {
    /// Whether it holds, under which certificate, and until when.
    fileprivate var fact: String {
        let validity =
            isValidToday
            ? "certificate valid until \(Self.day(validUntil))"
            : "certificate not valid today: from \(Self.day(validFrom)) to \(Self.day(validUntil))"
        let place = isNested ? " (inside the one before, for Windows alone)" : ""
        return "\(signer)\(place): \(state); \(validity)"
    }

    private static func day(_ time: String) -> Substring { time.prefix { $0 != "T" } }

    private var state: String {
        switch status {
        case .valid:
            isKnownAuthority
                ? "signature holds" : "signature holds, under an authority that is not known beyond its name"
        case .unproven: "signature holds, but nothing here proves that \(certificateAuthority) issued its certificate"
        case .changed: "the program was changed after it was signed"
        case .broken: "the signature is not of the certificate that it names"
        }
    }
}
