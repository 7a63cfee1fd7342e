// SPDX-License-Identifier: GPL-3.0-or-later

/// A method of the SMS Provider that is called, by its own name, and what is handed over to it.
///
/// These are all that writes to a site; a test holds them against docs/formats/site.md.
enum SiteMethod: String, CaseIterable, Sendable {
    /// A certificate becomes known.
    case submitRegistrationRecord = "SMS_Site.SubmitRegistrationRecord"
    /// A certificate is blocked, or not any more.
    case blockCertificate = "SMS_CertificateInfo.BlockCertificate"

    /// The names of what is handed over.
    var inputs: [String] {
        switch self {
        case .submitRegistrationRecord: ["SMSID", "Certificate", "Type", "UdaSetting"]
        case .blockCertificate: ["SMSID", "Blocked"]
        }
    }
}

/// What is handed over to a method: a value of its own kind.
enum SiteArgument: Encodable, Sendable {
    /// A text.
    case text(String)
    /// A number.
    case number(Int)
    /// A truth value.
    case truth(Bool)

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .truth(let truth): try container.encode(truth)
        }
    }
}

extension SiteLocation {
    /// The URL by which a method is called.
    func url(of method: SiteMethod) -> String { route + method.rawValue }
}
