// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Site
import Support

/// How bootable media finds its management point (docs/formats/media.md section 3).
public enum MediaMode: String, Sendable, CaseIterable {
    /// The media asks the management points in turn, and the client's boundary decides.
    case dynamic
    /// The media asks one management point only.
    case siteBased = "site-based"
}

/// What a task sequence may assume about a computer's users.
public enum UserDeviceAffinity: String, Sendable, CaseIterable {
    /// No affinity is set.
    case doNotAllow = "do-not-allow"
    /// An administrator approves it.
    case administratorApproval = "administrator-approval"
    /// It is approved at once.
    case autoApproval = "auto-approval"

    /// The value of ``Management/affinityVariable``, as the documentation of task sequence variables lists it.
    var variableValue: String {
        switch self {
        case .doNotAllow: "Disabled"
        case .administratorApproval: "Pending"
        case .autoApproval: "Auto"
        }
    }

    /// The same where a certificate is registered.
    var registered: SiteRegistration.UserDeviceAffinity {
        switch self {
        case .doNotAllow: .disabled
        case .administratorApproval: .pending
        case .autoApproval: .automatic
        }
    }
}

/// How media reaches the site, and what it may do there.
public struct Management: Sendable {
    /// How the media finds its management point.
    public var mode = MediaMode.dynamic
    /// URLs of management points, in order.
    public var points: [String] = []
    /// The three characters of the site.
    public var siteCode: String?
    /// What is allowed about users and devices.
    public var userDeviceAffinity: UserDeviceAffinity?
    /// As whom computers ask that the site does not know.
    public var unknownComputers = UnknownComputers()
    /// By what the media knows that a management point is one of the site.
    public var trust = SiteTrust()
    /// Where values came from that a management point told; empty where none was asked.
    var origins: [ValueOrigin] = []
    /// What a management point told and nobody understands.
    var remarks: [DiagnosticText] = []
    /// What contradicts what a management point told.
    var contradictions: [DiagnosticText] = []

    /// The variable that tells what may be done about users and devices.
    static let affinityVariable = "SMSTSAssignUsersMode"

    /// No management point.
    public init() {}

    /// What must be given and is not.
    var missing: [MissingField] {
        points.isEmpty ? [MissingField(.managementPoint, "give the URL of a management point")] : []
    }

    /// Refuses what no site has.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest`, naming the field.
    func check() throws(MediaBuilderError) {
        if mode == .siteBased, points.count > 1 {
            throw MediaRequest.bad(
                .managementPoint, "was given \(points.count) times, and site-based media knows one",
                "give one, or use \(.mediaMode, "dynamic")")
        }
        for url in points where ManagementPointURL(url) == nil {
            throw MediaRequest.bad(
                .managementPoint, "'\(ManagementPointURL.shown(url))' is not the URL of a management point",
                "write it as http://server.example.com or https://server.example.com")
        }
        if let siteCode, !Self.isSiteCode(siteCode) {
            throw MediaRequest.bad(
                .siteCode, "'\(siteCode)' is not three letters or digits", "give the site's code, as ABC")
        }
        try unknownComputers.check()
        try checkTrust()
    }

    /// Refuses roots that are none, and media that one root would have to suit.
    private func checkTrust() throws(MediaBuilderError) {
        try trust.check(now: FileIdentity.Instant.now.timestamp)
        let roots = trust.unrelatedRoots
        // Without a network nobody knows which management point is under which root.
        guard mode == .dynamic, roots.count > 1, securePoints.count > 1 else { return }
        throw MediaRequest.bad(
            .rootCA,
            "names \(roots.count) roots (\(roots.map { "'\($0)'" }.joined(separator: ", "))) for"
                + " \(securePoints.count) management points: dynamic media needs all sites to trust the same one",
            "use \(.mediaMode, "site-based") with one management point, or give the root of all of them alone")
    }

    /// The management points that are reached over https.
    var securePoints: [String] { points.filter { ManagementPointURL($0)?.isSecure == true } }

    /// What keeps the media from being believed by a management point, or from believing one.
    func warnings(hasCertificate: Bool) -> [DiagnosticText] {
        guard let point = securePoints.first else {
            guard let point = points.first, !hasCertificate else { return contradictions }
            return contradictions + [
                "\(ManagementPointURL.shown(point)) accepts media that proves what it is, and this media has no certificate:"
                    + " add \(.selfSignedCertificate)"
            ]
        }
        var warnings = contradictions
        if trust.rootCAs.isEmpty {
            warnings.append(
                "nothing tells this media whom to trust behind \(ManagementPointURL.shown(point)): add \(.rootCA), with the"
                    + " root that issued the certificate of that server")
        }
        if !hasCertificate {
            warnings.append(
                "\(ManagementPointURL.shown(point)) asks for a client certificate, and this media has none: add"
                    + " \(.certificate)")
        }
        return warnings
    }

    private static func isSiteCode(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy(\.isASCIILetterOrDigit)
    }

    /// The variables by which the media finds the site (docs/formats/media.md section 1).
    func addVariables(to list: inout MediaVariableList) throws(MediaVariablesError) {
        if let siteCode { try list.set("_SMSTSSiteCode", to: siteCode.uppercased()) }
        switch mode {
        case .dynamic: try list.set("SMSTSLocationMPs", to: points.joined(separator: "*"))
        case .siteBased: try list.set("SMSTSMP", to: points.first ?? "")
        }
        let urls = points.compactMap(ManagementPointURL.init)
        func port(isSecure: Bool) -> UInt16? { urls.first { $0.isSecure == isSecure && $0.port != nil }?.port }
        try list.set("_SMSTSHTTPPort", to: String(port(isSecure: false) ?? 80))
        try list.set("_SMSTSHTTPSPort", to: String(port(isSecure: true) ?? 443))
        if let userDeviceAffinity { try list.set(Self.affinityVariable, to: userDeviceAffinity.variableValue) }
        try unknownComputers.addVariables(to: &list)
        try trust.addVariables(to: &list)
    }

    /// What IIS asks of clients, and which certificate is taken of several, for media that proves itself or its site.
    func addCertificateVariables(to list: inout MediaVariableList) throws(MediaVariablesError) {
        // Both names are genuine and both values inferred (docs/formats/media.md section 1).
        try list.set("_SMSTSIISSSLState", to: securePoints.isEmpty ? "0" : "63")
        try list.set("_SMSTSUseFirstCert", to: "1")
    }
}
