// SPDX-License-Identifier: GPL-3.0-or-later

import Servers
import Site
import Support

/// Asks a management point what media has to know of its site: the site code, the other management points, which of them
/// want https, and the records of unknown computers.
///
/// What is given counts more, but for the scheme: a management point knows best over what it answers.
public struct ManagementPointInquiry {
    private let access: ServerAccess
    private let interruption: Interruption

    /// Servers are asked as `access` says.
    public init(_ access: ServerAccess, interruption: Interruption = .ofProcess) {
        self.access = access
        self.interruption = interruption
    }

    /// Completes `management` with what its first management point says.
    ///
    /// - Parameter site: the site that was asked too; nil for none.
    /// - Throws: `SiteError`; ``MediaBuilderError``; `InterruptedError`.
    public func complete(_ management: inout Management, _ site: SiteCompletion? = nil) throws {
        guard let first = management.points.first else {
            throw MediaRequest.bad(
                .askManagementPoint, "asks one, and none is known", "add \(.managementPoint) or \(.site)")
        }
        guard let location = ManagementPointLocation(first) else {
            throw MediaRequest.bad(
                .managementPoint, "'\(ManagementPointURL.shown(first))' is not the URL of a management point",
                "write it as http://server.example.com or https://server.example.com")
        }
        let service = ManagementPointService(location, access, interruption: interruption)
        let listed = try service.points()
        let keys = try service.keys()
        let source = "the management point \(location.host)"
        takePoints(listed, &management, source)
        takeSite(keys, &management, location, source)
        if management.unknownComputers.areAllowed, management.unknownComputers.records.isEmpty {
            for record in keys.unknownComputers {
                try management.unknownComputers.add(record.architecture, record.guid)
                management.note(.unknownMachineGUID, "\(record.architecture.rawValue)=\(record.guid)", "", source)
            }
        }
        if !keys.others.isEmpty {
            management.remarks.append(
                "\(source) also says \(keys.others.joined(separator: ", ")), and what these mean is not known: nothing of it"
                    + " is on the media; \(.siteSigningCertificate), \(.trustedRootKey) and \(.rootCA) give keys and"
                    + " certificates")
        }
        try site?.check(management)
    }

    /// Takes over which management points want https, and where one was known the others of the list too.
    private func takePoints(
        _ listed: [ListedManagementPoint], _ management: inout Management, _ source: String
    ) {
        let addsOthers = management.mode == .dynamic && management.points.count == 1
        var seen: Set<CaseFoldedName> = []
        for index in management.points.indices {
            let url = management.points[index]
            guard let location = ManagementPointLocation(url),
                let entry = listed.first(where: { $0.isCalled(location.host) })
            else { continue }
            seen.insert(entry.fullName.caseFolded)
            guard let scheme = entry.scheme else {
                management.contradictions.append(Self.unknownState(entry, "stays \(url)"))
                continue
            }
            guard scheme == "https", !location.isEncrypted else { continue }
            management.points[index] = "https://\(location.host)"
            management.note(
                .managementPoint, management.points[index], "takes https alone: SSLState \(entry.sslState)", source)
        }
        guard addsOthers else { return }
        if seen.isEmpty {
            management.contradictions.append(
                "\(management.points[0]) is not on its own list of management points, which are added to the media")
        }
        for entry in listed where seen.insert(entry.fullName.caseFolded).inserted {
            guard let scheme = entry.scheme else {
                management.contradictions.append(Self.unknownState(entry, "is left out"))
                continue
            }
            let url = "\(scheme)://\(entry.fullName)"
            // The certificate of media goes with one scheme (docs/formats/media.md section 3).
            guard ManagementPointURL(url)?.isSecure == ManagementPointURL(management.points[0])?.isSecure else {
                management.contradictions.append(
                    "\(url) is on the list of management points and left out: media asks over http or over https, and"
                        + " \(management.points[0]) was named; name both with \(.managementPoint) to have both")
                continue
            }
            management.points.append(url)
            management.note(.managementPoint, url, "on its list", source)
        }
    }

    private static func unknownState(_ entry: ListedManagementPoint, _ consequence: String) -> DiagnosticText {
        "management point \(entry.fullName) has the SSLState '\(entry.sslState)', and what that means is not known: it"
            + " \(consequence)"
    }

    private func takeSite(
        _ keys: ManagementPointKeys, _ management: inout Management, _ location: ManagementPointLocation,
        _ source: String
    ) {
        guard let code = keys.siteCode else {
            if management.siteCode == nil {
                management.contradictions.append(
                    "\(location.text) does not say its site code in a way that is known; add \(.siteCode)")
            }
            return
        }
        guard let given = management.siteCode else {
            management.siteCode = code
            return management.note(.siteCode, code, "", source)
        }
        guard given.uppercased() != code.uppercased() else { return }
        management.contradictions.append(
            "\(location.text) is a management point of the site \(code), and the media is for \(given)")
    }
}

extension Management {
    fileprivate mutating func note(_ field: RequestField, _ value: String, _ detail: String, _ source: String) {
        origins.append(ValueOrigin(field: field, value: value, detail: detail, source: source))
    }
}

extension ListedManagementPoint {
    /// Whether `host` is one of its names.
    fileprivate func isCalled(_ host: String) -> Bool {
        [name, fullName].contains { $0.caseFolded == host.caseFolded }
    }
}
