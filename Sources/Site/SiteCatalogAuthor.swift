// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import TaskSequence

extension AdminService {
    /// Applications that are read at once: what came of them is in memory together.
    private static let batchCount = 256

    /// The catalog of the site: its packages, and its applications with their contents, what they need and what they take
    /// the place of.
    ///
    /// Each application is read once more, for its SDMPackageXML: of 20,000 that takes a site some minutes.
    ///
    /// - Parameter progress: is told how many applications of how many were read.
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func catalog(progress: (_ read: Int, _ all: Int) -> Void = { _, _ in }) throws -> SiteCatalog {
        var packages: [SiteCatalog.Package] = []
        for type in SiteCatalog.PackageType.allCases {
            packages += try self.packages(type).map(\.catalogEntry)
        }
        let applications = try self.applications()
        let holders = try applicationPackages()
        var entries: [SiteCatalog.Application] = []
        entries.reserveCapacity(applications.count)
        for start in stride(from: 0, to: applications.count, by: Self.batchCount) {
            let batch = Array(applications[start..<min(start + Self.batchCount, applications.count)])
            entries += zip(batch, try digests(of: batch)).map { $0.catalogEntry($1, holders) }
            progress(entries.count, applications.count)
        }
        return SiteCatalog(packages: packages.sorted { $0.id < $1.id }, applications: entries)
    }

    /// What each of `applications` says of itself, in their order.
    func digests(of applications: [SiteApplication]) throws -> [ApplicationDigest] {
        var found = [ApplicationDigest?](repeating: nil, count: applications.count)
        try objects(.application, applications.map { .number($0.item) }) { number, entity in
            let name = applications[number].name
            guard let text = try entity.optionalText(.sdmPackageXML, limit: 16 << 20) else {
                throw SiteError.malformed("application \(name)", "comes without its SDMPackageXML")
            }
            found[number] = try ApplicationDigest(text, name: name)
        }
        return try found.enumerated().map { number, digest in
            guard let digest else {
                throw SiteError(
                    .missing, .notFound, "application \(applications[number].name)", "is gone from the site",
                    nextStep: "try again: somebody is changing it")
            }
            return digest
        }
    }
}
