// SPDX-License-Identifier: GPL-3.0-or-later

/// A method of the SMS Provider that is called, by its own name, and what is handed over to it.
///
/// The first two are all that writes to a site; a test holds them against docs/formats/site.md.
enum SiteMethod: String, CaseIterable, Sendable {
    /// A certificate becomes known.
    case submitRegistrationRecord = "SMS_Site.SubmitRegistrationRecord"
    /// A certificate is blocked, or not any more.
    case blockCertificate = "SMS_CertificateInfo.BlockCertificate"
    /// The policies of a task sequence on stand-alone media.
    case policiesOfStandaloneMedia = "SMS_TaskSequencePackage.GetTsPoliciesSaMedia"
    /// The policies of the settings of clients.
    case policiesOfClientSettings = "SMS_TaskSequencePackage.GetClientConfigPolicies"

    /// The names of what is handed over.
    var inputs: [String] {
        switch self {
        case .submitRegistrationRecord: ["SMSID", "Certificate", "Type", "UdaSetting"]
        case .blockCertificate: ["SMSID", "Blocked"]
        case .policiesOfStandaloneMedia:
            [
                "PackageID", "AdvertisementID", "AdvertisementName", "AdvertisementComment", "AdvertisementFlags",
                "SourceSite",
            ]
        case .policiesOfClientSettings: []
        }
    }

    /// The names of what is read of the answer, beside what the method returns.
    var outputs: [String] {
        switch self {
        case .submitRegistrationRecord, .blockCertificate: []
        case .policiesOfStandaloneMedia: [Self.policies, Self.assignments]
        case .policiesOfClientSettings: [Self.policies]
        }
    }

    /// The output with policies.
    static let policies = "PolicyXmls"
    /// The output with their assignments, in the same order.
    static let assignments = "PolicyAssignmentXmls"
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
