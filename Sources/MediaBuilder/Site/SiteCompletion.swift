// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Identifiers
import Site
import Support
import SystemPackage
import TaskSequence

/// Where a value of a request came from, for whoever looks at its plan.
public struct ValueOrigin: Sendable, Equatable {
    /// The field that has the value.
    public let field: RequestField
    /// The value, as it could have been given.
    public let value: String
    /// What it is called at the site, when it was named; else how the site has it.
    public let detail: String
    /// Where it came from: the site, or the request.
    public let source: String
}

/// Completes a request with what a site knows: names become IDs, and what nobody gave is taken from there.
///
/// Every answer is asked for once, and every value is noted with where it came from. Used by one thread.
public final class SiteCompletion {
    private let lookup: SiteLookup
    /// Where each value came from, in the order in which it was looked up.
    public private(set) var origins: [ValueOrigin] = []

    private static let given = "the request"

    /// Nothing is asked yet.
    public init(_ service: AdminService) { lookup = SiteLookup(service) }

    /// The site that is asked.
    public var service: AdminService { lookup.service }
    private var source: String { "the site \(service.location.host)" }

    func note(_ field: RequestField, _ value: String, _ detail: String, isGiven: Bool = false) {
        note(field, value, detail, source: isGiven ? Self.given : source)
    }

    func note(_ field: RequestField, _ value: String, _ detail: String, source: String) {
        let origin = ValueOrigin(field: field, value: value, detail: detail, source: source)
        // Models of a fleet may name the same.
        if !origins.contains(origin) { origins.append(origin) }
    }

    /// A file that is there, or a path: nobody asks a site for it.
    private static func isFile(_ text: String) -> Bool { text.contains("/") || access(text, F_OK) == 0 }

    // MARK: Names

    /// The boot image that `text` names: a file that is there, or one of the site by its ID or name.
    ///
    /// - Throws: `SiteError`; `InterruptedError`.
    public func bootImage(_ text: String) throws -> BootImageReference {
        if Self.isFile(text) {
            note(.bootImage, text, "a file", isGiven: true)
            return .file(FilePath(text))
        }
        let image = try lookup.package(text, of: [.bootImage], noun: "boot image")
        note(.bootImage, image.id.description, image.name)
        return .package(image.id)
    }

    /// The operating system image that `text` names by its ID or name.
    ///
    /// - Throws: `SiteError`; `InterruptedError`.
    public func operatingSystemImage(_ text: String) throws -> PackageID {
        try package(text, [.operatingSystemImage], "operating system image", .operatingSystemImage)
    }

    /// The package that `text` names by its ID or name: one with files of whatever kind.
    ///
    /// - Throws: `SiteError`; `InterruptedError`.
    public func package(_ text: String) throws -> PackageID {
        // Images and upgrade packages are packages too, where somebody adds one.
        let others: [SiteCatalog.PackageType] = [.operatingSystemImage, .operatingSystemUpgradePackage, .bootImage]
        return try package(
            text, [.package, .driverPackage] + (PackageID(text) == nil ? [] : others), "package", .package)
    }

    /// The driver package that `text` names by its ID or name.
    ///
    /// - Throws: `SiteError`; `InterruptedError`.
    public func driverPackage(_ text: String) throws -> PackageID {
        try package(text, [.driverPackage], "driver package", .driverPackage)
    }

    private func package(
        _ text: String, _ types: [SiteCatalog.PackageType], _ noun: String, _ field: RequestField
    ) throws -> PackageID {
        let package = try lookup.package(text, of: types, noun: noun)
        note(field, package.id.description, package.name)
        return package.id
    }

    // MARK: Task sequences

    /// Puts the task sequence that `text` names into `content`: a file that is there, or one of the site by its ID or name.
    ///
    /// - Throws: `SiteError`; `TaskSequenceError`; `InterruptedError`.
    public func addTaskSequence(_ text: String, to content: inout SequenceContent) throws {
        guard !Self.isFile(text) else {
            note(.taskSequence, text, "a file", isGiven: true)
            content.taskSequence = FilePath(text)
            return
        }
        let packages = try service.taskSequence(text, includingChildren: true)
        content.fetched = packages.knowingEachOther[0]
        note(.taskSequence, packages[0].packageID ?? "", packages[0].name)
        for child in packages.dropFirst() {
            note(.taskSequence, child.packageID ?? "", "\(child.name), which it calls")
        }
    }

    /// Gives `content` the catalog of the site, unless it has one: of applications with what is needed of them.
    ///
    /// - Throws: `SiteError`; `TaskSequenceError`; `InterruptedError`.
    public func addCatalog(to content: inout SequenceContent) throws {
        guard content.catalog == nil || content.hasSiteCatalog else { return }
        content.hasSiteCatalog = true
        let named = try content.read()?.references().compactMap { reference -> String? in
            if case .application(let name, _) = reference.kind { name } else { nil }
        }
        content.catalog = try lookup.catalog(
            applications: content.applications + (named ?? []),
            followsDependencies: content.includesApplicationDependencies)
        for text in content.applications {
            let found = content.catalog?.applications(text)
            if let application = found?.first, found?.count == 1 {
                note(.application, application.packageID ?? application.modelName, application.name)
            }
        }
    }

    // MARK: The site

    /// Gives `management` the code and the management points of the site, where it has none.
    ///
    /// - Throws: `SiteError`; ``MediaBuilderError`` where the site has none, and for what cannot be made at a central
    ///   administration site; `InterruptedError`.
    public func complete(_ management: inout Management) throws {
        let own = try service.identity().siteCode
        if let code = management.siteCode {
            note(.siteCode, code, "", isGiven: true)
            if code.uppercased() != own.uppercased() {
                management.contradictions.append("the site that is asked is \(own), and the media is for \(code)")
            }
        } else {
            management.siteCode = own
            note(.siteCode, own, "")
        }
        for point in management.points { note(.managementPoint, point, "", isGiven: true) }
        guard management.points.isEmpty else { return try check(management) }
        let points = try service.managementPoints().filter { $0.siteCode == nil || $0.siteCode == own }
        guard !points.isEmpty else {
            throw MediaBuilderError(
                .missing, "site \(own)",
                "has no management point: it is a central administration site, or has none yet",
                nextStep: "ask the AdminService of a primary site, or add \(.managementPoint)")
        }
        // One for media that knows one; what a list does not say is whether a server wants https (docs/site.md).
        let wanted = management.mode == .siteBased ? points.prefix(1) : points.prefix(points.count)
        management.points = wanted.map { "http://\($0.serverName)" }
        for point in management.points { note(.managementPoint, point, "") }
    }

    /// Refuses media for management points over https at a central administration site, which has not the root that they
    /// prove themselves by (docs/formats/media.md section 3).
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest`; `SiteError`; `InterruptedError`.
    func check(_ management: Management) throws {
        guard let point = management.securePoints.first else { return }
        let own = try service.identity().siteCode
        guard try service.isCentral(own) else { return }
        throw MediaRequest.bad(
            .managementPoint,
            "\(point) is one over https, and the site \(own) is a central administration site, which does not have the root"
                + " certificate authority for it", "name the AdminService of its primary site with \(.site)")
    }

    /// Names distribution points of the site that have what `request` needs, unless `isGiven`; then every origin is in the
    /// request.
    ///
    /// - Throws: `SiteError`; errors of reading what the request names; `InterruptedError`.
    public func complete(_ request: inout MediaRequest, hasDistributionPoints isGiven: Bool) throws {
        var requests = [request]
        try complete(&requests, hasDistributionPoints: isGiven)
        request = requests[0]
    }

    /// Names distribution points of the site that have what all `requests` need together, unless `isGiven`; then every
    /// origin is in each.
    ///
    /// - Throws: `SiteError`; errors of reading what requests name; `InterruptedError`.
    public func complete(_ requests: inout [MediaRequest], hasDistributionPoints isGiven: Bool) throws {
        if !isGiven {
            let ids = Set(try requests.flatMap(Self.packages))
            let places = try service.places(of: Array(ids))
            for index in requests.indices { requests[index].distributionPoints += places.map(\.location) }
            for place in places {
                note(.distributionPoint, place.location, "has \(place.packages.count) of \(ids.count) packages")
            }
        }
        for index in requests.indices { requests[index].origins = origins }
    }

    /// The packages that `request` needs from a distribution point.
    private static func packages(_ request: MediaRequest) throws -> [PackageID] {
        let needs = try request.kind.rules.needs(of: request)
        var ids = needs.packages.map(\.id)
        if case .package(let id)? = request.bootImage ?? needs.bootImage { ids.append(id) }
        if let id = request.prestart?.package { ids.append(id) }
        return ids
    }
}
