// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import DistributionPoints
import Identifiers
import SequenceTools
import Support
import TaskSequence

/// Where the content of a needed package or application is.
public enum ContentAvailability: Sendable {
    /// A distribution point has all of it.
    case found(location: String, contents: [ContentID], byteCount: Int64)
    /// A distribution point has the package, without some contents that the catalog lists.
    case incomplete(location: String, missing: [String])
    /// No distribution point has it, for the reason given.
    case missing(DiagnosticText)
    /// It has no content.
    case noContent

    /// Looks for the content of `item` as a build does.
    ///
    /// - Throws: what a distribution point throws that cannot answer.
    public init(of item: RequiredContent.Item, on points: DistributionPointGroup) throws {
        guard let text = item.packageID else {
            self = item.isResolved ? .noContent : .missing("its package is not known")
            return
        }
        guard let id = PackageID(text) else {
            self = .missing("'\(text)' is not a package ID")
            return
        }
        let found: DistributionPointGroup.FoundPackage
        do {
            found = try points.package(id)
        } catch let error as any DiagnosticError where error.saysContentIsMissing {
            self = .missing(error.problem)
            return
        }
        let contents = found.package.contentIDs
        let missing = item.contents.filter { listed in !contents.contains { $0 == ContentID(listed) } }
        guard missing.isEmpty else {
            self = .incomplete(location: found.point.location, missing: missing)
            return
        }
        let byteCount = ByteTotal.clampedSum(try contents.map { try found.content($0).content.byteCount })
        self = .found(location: found.point.location, contents: contents, byteCount: byteCount)
    }
}
