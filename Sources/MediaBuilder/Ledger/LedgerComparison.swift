// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import Identifiers
import Site
import Support
import TaskSequence

/// A content on media of which there is a newer version.
public struct OutdatedContent: Sendable, Equatable, Encodable {
    /// The content on the media.
    public let id: String
    /// Its version there.
    public let version: Int
    /// The newest version.
    public let newestVersion: Int
}

/// Tells which media is outdated: what is on it has newer versions.
///
/// Each package is asked for once. Used by one thread.
public final class LedgerComparison {
    private let newest: (PackageID) throws -> Int?
    private var known: [PackageID: Int?] = [:]

    private init(_ newest: @escaping (PackageID) throws -> Int?) { self.newest = newest }

    /// Compares with what `points` have; what they do not have tells nothing.
    public convenience init(_ points: DistributionPointGroup) {
        self.init { id in
            do {
                return try points.package(id).package.version
            } catch let error as DistributionPointError where error.code == .packageMissing {
                return nil
            }
        }
    }

    /// Compares with what the site says of its packages.
    ///
    /// - Throws: `SiteError`; `InterruptedError`.
    public convenience init(_ service: AdminService) throws {
        var versions: [PackageID: Int] = [:]
        for type in SiteCatalog.PackageType.allCases {
            for package in try service.packages(type) { versions[package.id] = package.version }
        }
        let all = versions
        self.init { all[$0] }
    }

    /// The boot image and the contents of `entry` of which there are newer versions; contents of applications have names of
    /// their own for each version and are not compared.
    ///
    /// - Throws: errors of distribution points.
    public func outdated(_ entry: LedgerEntry) throws -> [OutdatedContent] {
        let packages = entry.contents.filter { $0.id.caseFolded == $0.packageId.caseFolded }
        let all = (entry.bootImage.map { [($0.id, $0.version)] } ?? []) + packages.map { ($0.id, $0.version) }
        return try all.compactMap { (text, version) -> OutdatedContent? in
            guard let id = PackageID(text), let newest = try self.version(of: id), newest > version else { return nil }
            return OutdatedContent(id: text, version: version, newestVersion: newest)
        }
    }

    private func version(of id: PackageID) throws -> Int? {
        if let version = known[id] { return version }
        let version = try newest(id)
        known[id] = .some(version)
        return version
    }
}
