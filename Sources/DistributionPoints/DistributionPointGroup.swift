// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Support

/// Distribution points in the order in which they are asked.
public struct DistributionPointGroup: Sendable {
    /// The distribution points.
    public let points: [DistributionPointSession]

    init(_ points: [DistributionPointSession]) { self.points = points }

    /// The same distribution points, whose progress `progress` sees.
    public func reporting(to progress: any ProgressObserver) -> DistributionPointGroup {
        DistributionPointGroup(points.map { $0.reporting(to: progress) })
    }

    /// A package and the distribution point that has it.
    public struct FoundPackage: Sendable {
        /// The package.
        public let package: LibraryPackage
        /// The distribution point.
        public let point: DistributionPointSession
        /// The place of the distribution point in ``DistributionPointGroup/points``.
        public let pointNumber: Int
    }

    /// The package and the first distribution point that has it.
    ///
    /// A distribution point that refuses or cannot answer is an error: passing it over could pick an older version.
    ///
    /// - Throws: ``DistributionPointError`` `.packageMissing`, and whatever a distribution point throws.
    public func package(_ id: PackageID) throws -> FoundPackage {
        for (number, point) in points.enumerated() {
            if let package = try point.package(id) {
                return FoundPackage(package: package, point: point, pointNumber: number)
            }
        }
        let problem =
            switch points.count {
            case 0: "cannot be looked for: no distribution point was named"
            case 1: "is not on the distribution point \(points[0].location)"
            default: "is on none of the \(points.count) distribution points"
            }
        throw DistributionPointError(
            points.isEmpty ? .noDistributionPoint : .packageMissing, points.isEmpty ? .usage : .notFound,
            "package \(id)", DiagnosticText(problem),
            nextStep: points.isEmpty ? "add \(.distributionPoint)" : "distribute it or add \(.distributionPoint)")
    }
}
