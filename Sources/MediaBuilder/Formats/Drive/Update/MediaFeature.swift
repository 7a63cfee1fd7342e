// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Something that media has because an option asked for it, and that an update drops when nobody asks again.
public enum MediaFeature: Sendable, Hashable {
    /// The password that encrypts variables and task sequence.
    case password
    /// That the media asks nothing.
    case unattended
    /// When it begins to work.
    case start
    /// When it ceases to work.
    case expiration
    /// What runs before it asks for a task sequence.
    case prestart
    /// Its label.
    case label
    /// The site's code.
    case siteCode
    /// What it does about users and devices.
    case userDeviceAffinity
    /// That it serves computers which the site does not know.
    case unknownComputers
    /// That it asks one management point only.
    case mediaMode
    /// A management point, one of several.
    case managementPoint(String)
    /// A GUID that was not derived from the request.
    case mediaGUID
    /// A boot image that the task sequence does not name.
    case bootImage
    /// The certificate by which it proves who it is.
    case certificate
    /// The root certificate authorities that it trusts.
    case rootCA
    /// The certificate with which its site server signs.
    case siteSigningCertificate
    /// The trusted root key of its site.
    case trustedRootKey
    /// The policies that its site handed over.
    case policies
    /// The signature of its manifest.
    case signature
    /// The programs of a site's client.
    case clientBinaries
    /// The file by which Windows offers to start it.
    case autorun
    /// A variable.
    case variable(String)
    /// All variables of media whose variables cannot be read.
    case variables
    /// A package or an application that the task sequence of the media did not ask for.
    case package(String)
    /// A file of somebody else's, whose name the media needs for itself.
    case file(String)

    private static let simple: [(name: String, feature: MediaFeature, keeping: DiagnosticText?)] = [
        ("password", .password, "\(.password)"), ("unattended", .unattended, "\(.allowUnattended)"),
        ("start", .start, "\(.mediaStartDate)"), ("expiration", .expiration, "\(.mediaExpirationDate)"),
        ("prestart", .prestart, "\(.prestartCommand)"), ("label", .label, "\(.label)"),
        ("site-code", .siteCode, "\(.siteCode)"),
        ("user-device-affinity", .userDeviceAffinity, "\(.userDeviceAffinity)"),
        ("unknown-computers", .unknownComputers, "\(.allowUnknownMachine)"),
        ("media-mode", .mediaMode, "\(.mediaMode, "site-based")"), ("media-guid", .mediaGUID, "\(.mediaGUID)"),
        ("boot-image", .bootImage, "\(.bootImage)"), ("client-binaries", .clientBinaries, "\(.clientBinaries)"),
        ("certificate", .certificate, "\(.certificate) or \(.selfSignedCertificate)"),
        ("root-ca", .rootCA, "\(.rootCA)"),
        ("site-signing-certificate", .siteSigningCertificate, "\(.siteSigningCertificate)"),
        ("trusted-root-key", .trustedRootKey, "\(.trustedRootKey)"), ("policies", .policies, "\(.policies)"),
        ("signature", .signature, "\(.signingKey)"), ("autorun", .autorun, "\(.autorun)"),
        ("variables", .variables, nil),
    ]

    /// The names of features that have no value of their own, and the forms of the others.
    public static let names: [String] =
        simple.map(\.name) + ["management-point=URL", "variable=NAME", "package=ID", "file=PATH"]

    /// The feature that is called `name`, as `variable=NAME`; nil when there is none.
    public init?(named name: String) {
        if let match = Self.simple.first(where: { $0.name == name.lowercased() }) {
            self = match.feature
            return
        }
        guard let separator = name.firstIndex(of: "="), name.index(after: separator) < name.endIndex else { return nil }
        let value = String(name[name.index(after: separator)...])
        switch name[..<separator].lowercased() {
        case "management-point": self = .managementPoint(ManagementPointURL.shown(value))
        case "variable": self = .variable(value)
        case "package": self = .package(value)
        case "file": self = .file(value)
        default: return nil
        }
    }

    /// The name by which it is dropped.
    public var name: String {
        switch self {
        case .managementPoint(let url): "management-point=\(url)"
        case .variable(let name): "variable=\(name)"
        case .package(let id): "package=\(id)"
        case .file(let path): "file=\(path)"
        default: Self.simple.first { $0.feature == self }?.name ?? ""
        }
    }

    /// The fields of which one keeps it; nil when none does.
    var keeping: DiagnosticText? {
        switch self {
        case .managementPoint: "\(.managementPoint)"
        case .variable: "\(.variable)"
        case .package: "\(.package), \(.driverPackage), \(.application) or \(.prestartPackage)"
        case .file: nil
        default: Self.simple.first { $0.feature == self }?.keeping
        }
    }

    /// The key by which two are the same: names and IDs have no case.
    var key: CaseFoldedName { name.caseFolded }
}

/// What may be lost in an update.
public struct UpdateConsent: Sendable {
    /// What shall be dropped.
    public var dropped: [MediaFeature]
    /// What was stated anew, and may differ from what the media has.
    public var stated: [MediaFeature]

    /// Consents to losing `dropped`, and to another value of `stated`.
    public init(dropped: [MediaFeature] = [], stated: [MediaFeature] = []) {
        self.dropped = dropped
        self.stated = stated
    }
}
