// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Servers
import Support

/// A package that is needed.
public struct NeededPackage: Sendable {
    /// Its ID.
    public let id: PackageID
    /// Who needs it, for messages; nil when nobody but the user does.
    public let reason: String?

    /// The package `id`, which `reason` needs.
    public init(_ id: PackageID, reason: String? = nil) {
        (self.id, self.reason) = (id, reason)
    }
}

extension DistributionPointGroup {
    /// Finds `packages`, each once, and makes sure that all of their contents are there too: what is missing is told at once.
    ///
    /// - Throws: ``DistributionPointError`` `.packageMissing`; what a distribution point throws that cannot answer.
    @discardableResult
    public func require(_ packages: [NeededPackage]) throws -> [FoundPackage] {
        var seen: Set<PackageID> = []
        var found: [FoundPackage] = []
        var missing: [Missing] = []
        for package in packages where seen.insert(package.id).inserted {
            do {
                let located = try self.package(package.id)
                try located.requireContents()
                found.append(located)
            } catch let error as any DiagnosticError where error.saysContentIsMissing {
                missing.append(Missing(package: package, error: error))
            }
        }
        if let first = missing.first { throw missing.count > 1 ? error(of: missing) : first.asError }
        return found
    }

    /// A package that is not to be had.
    private struct Missing {
        let package: NeededPackage
        let error: any DiagnosticError

        /// Who needs it, in parentheses.
        var need: String { package.reason.map { " (needed by \($0))" } ?? "" }

        /// Whether the package itself is on no distribution point.
        var isOnNone: Bool { (error as? DistributionPointError)?.code == .packageMissing }

        var asError: any Error {
            guard package.reason != nil else { return error }
            return DistributionPointError(
                .packageMissing, .notFound, error.object, "\(error.problem)\(need)", nextStep: error.nextStep)
        }
    }

    private func error(of missing: [Missing]) -> DistributionPointError {
        let object: DiagnosticText = "\(missing.count) packages"
        let isOffline = points.contains { !$0.isAsked }
        guard isOffline || !missing.allSatisfy(\.isOnNone) else {
            let place = points.count == 1 ? "the distribution point \(points[0].location)" : "any distribution point"
            return DistributionPointError(
                .packageMissing, .notFound, object,
                "are not on \(place): \(missing.map { "\($0.package.id)\($0.need)" }.joined(separator: ", "))",
                nextStep: "distribute them or add \(.distributionPoint)")
        }
        let texts = missing.map { "\($0.error.object) \($0.error.problem)\($0.need)" as DiagnosticText }
        return DistributionPointError(
            .packageMissing, .notFound, object, "are missing: \(texts.joined(separator: ", "))",
            nextStep: isOffline ? "fetch them first, or leave out \(.offline)" : missing[0].error.nextStep)
    }
}
