// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import TaskSequence

/// An application of a site, in its latest revision.
public struct SiteApplication: Sendable, Equatable, Encodable {
    /// The model name, `ScopeId_.../Application_...`, by which task sequences know it.
    public let id: String
    /// The name.
    public let name: String
    /// The number of the revision.
    public let revision: Int64?
    /// Whether another one takes its place.
    public let isSuperseded: Bool
    /// Whether it was retired.
    public let isExpired: Bool
    /// Whether it has content.
    public let hasContent: Bool
    /// The number of its configuration item, by which it is read.
    let item: Int64

    private enum CodingKeys: String, CodingKey {
        case id, name, revision, isSuperseded, isExpired, hasContent
    }

    init(_ entity: SiteEntity) throws(SiteError) {
        id = try entity.text(.modelName, limit: 512)
        name = try entity.optionalText(.localizedDisplayName) ?? id
        revision = try entity.optionalNumber(.ciVersion)
        isSuperseded = try entity.flag(.isSuperseded)
        isExpired = try entity.flag(.isExpired)
        hasContent = try entity.flag(.hasContent)
        item = try entity.number(.ciID)
    }
}

extension SiteApplication {
    /// The application as a catalog has it, by what `digest` says of it and the packages that hold contents.
    func catalogEntry(
        _ digest: ApplicationDigest, _ holders: [CaseFoldedName: PackageID]
    ) -> SiteCatalog.Application {
        SiteCatalog.Application(
            name: name, modelName: id, packageID: holders[id.caseFolded]?.description, version: digest.version,
            contents: digest.contents, dependencies: digest.dependencies, supersedes: digest.supersedes)
    }
}

extension AdminService {
    /// The applications in their latest revisions, by their names.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func applications() throws -> [SiteApplication] {
        var found: [SiteApplication] = []
        try list(.application, where: .isTrue(.isLatest)) { found.append(try SiteApplication($0)) }
        // Keys of their own: each comparison would fold both names again.
        let order = found.indices.map { (ExactText(found[$0].name), ExactText(found[$0].id), $0) }
        return order.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { found[$0.2] }
    }

    /// The packages that hold the contents of applications, by model name.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    func applicationPackages() throws -> [CaseFoldedName: PackageID] {
        var found: [CaseFoldedName: PackageID] = [:]
        try list(.contentInfo) { entity in
            // Of packages the object is the package itself.
            let name = try entity.text(.objectID, limit: 512)
            guard name.utf8.contains(UInt8(ascii: "/")) else { return }
            found[name.caseFolded] = try entity.optionalPackageID(.packageID)
        }
        return found
    }
}
