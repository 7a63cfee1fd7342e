// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A site of a hierarchy.
public struct SiteIdentity: Sendable, Equatable, Encodable {
    /// The site code.
    public let siteCode: String
    /// The site server.
    public let serverName: String
    /// The version of the site.
    public let version: String?

    init(_ entity: SiteEntity) throws(SiteError) {
        siteCode = try entity.text(.siteCode, limit: 16)
        serverName = try entity.text(.serverName, limit: 255)
        version = try entity.optionalText(.version)
    }
}

/// A distribution point of a site.
public struct SiteDistributionPoint: Sendable, Equatable, Encodable {
    /// The server.
    public let serverName: String
    /// The site that it belongs to.
    public let siteCode: String
    /// `http` or `https`; nil where the site says something else.
    public let scheme: String?
    /// Whether it fetches content from others.
    public let isPull: Bool

    init(_ entity: SiteEntity) throws(SiteError) {
        serverName = try entity.text(.serverName, limit: 255)
        siteCode = try entity.text(.siteCode, limit: 16)
        // 0 HTTP, 1 HTTPS [I].
        scheme = try entity.optionalNumber(.communication).flatMap { [0: "http", 1: "https"][$0] }
        isPull = try entity.flag(.isPullDP)
    }
}

/// A management point of a site.
public struct SiteManagementPoint: Sendable, Equatable, Encodable {
    /// The server.
    public let serverName: String
    /// The site that it belongs to; nil where the site does not say it in a way that is known.
    public let siteCode: String?

    init(_ entity: SiteEntity) throws(SiteError) {
        serverName = try entity.text(.serverName, limit: 255)
        // `["Display=\\server\"]MSWNET:["SMS_SITE=ABC"]\\server\` [I].
        siteCode = try entity.optionalText(.nalPath)?.firstMatch(of: /\["SMS_SITE=([A-Za-z0-9]{3})"\]/)
            .map { String($0.output.1) }
    }
}

extension AdminService {
    /// The role of a management point, as a site calls it [I].
    private static let managementPointRole = "SMS Management Point"

    /// The site that answers.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func identity() throws -> SiteIdentity {
        var found: SiteIdentity?
        try list(.identification) { entity in
            if found == nil { found = try SiteIdentity(entity) }
        }
        guard let found else { throw SiteError.malformed("site \(location.text)", "does not say which site it is") }
        return found
    }

    /// The sites of the hierarchy that it knows, by their site codes.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func sites() throws -> [SiteIdentity] {
        var found: [SiteIdentity] = []
        try list(.site) { found.append(try SiteIdentity($0)) }
        return found.sorted { ExactText($0.siteCode) < ExactText($1.siteCode) }
    }

    /// SMS_Site.Type of a central administration site (docs/formats/site.md section 1) [I].
    private static let centralType: Int64 = 4

    /// Whether the site `code` is a central administration site, which has clients of other sites only.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func isCentral(_ code: String) throws -> Bool {
        var isCentral = false
        try list(.site, where: .text(.siteCode, code)) { entity in
            if try entity.optionalNumber(.type) == Self.centralType { isCentral = true }
        }
        return isCentral
    }

    /// The distribution points, by the names of their servers.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func distributionPoints() throws -> [SiteDistributionPoint] {
        var found: [SiteDistributionPoint] = []
        try list(.distributionPointInfo) { found.append(try SiteDistributionPoint($0)) }
        return found.sorted { $0.serverName.caseFolded < $1.serverName.caseFolded }
    }

    /// The management points, by the names of their servers.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func managementPoints() throws -> [SiteManagementPoint] {
        var found: [SiteManagementPoint] = []
        try list(.systemResource, where: .text(.roleName, Self.managementPointRole)) {
            found.append(try SiteManagementPoint($0))
        }
        return found.sorted { $0.serverName.caseFolded < $1.serverName.caseFolded }
    }
}
