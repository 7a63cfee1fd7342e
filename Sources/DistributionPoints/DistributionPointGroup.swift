// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Servers
import Support

/// Distribution points in the order in which they were named.
public struct DistributionPointGroup: Sendable {
    /// The distribution points.
    public let points: [DistributionPointSession]
    /// What the sessions know of each other.
    private let siblings: Siblings
    private let prefersOrder: Bool

    init(_ points: [DistributionPointSession], siblings: Siblings, prefersOrder: Bool) {
        self.points = points
        self.siblings = siblings
        self.prefersOrder = prefersOrder
    }

    /// The same distribution points, whose progress `progress` sees.
    public func reporting(to progress: any ProgressObserver) -> DistributionPointGroup {
        DistributionPointGroup(
            points.map { $0.reporting(to: progress) }, siblings: siblings, prefersOrder: prefersOrder)
    }

    /// What the user should know of them that was not handed out before.
    public func takeWarnings() -> [DiagnosticText] { siblings.takeWarnings() }

    /// What came from each server until now, in the order in which they were named.
    public var served: [ServedContent] { siblings.served }

    /// A package and the distribution point that has it.
    public struct FoundPackage: Sendable {
        /// The package.
        public let package: LibraryPackage
        /// The distribution point.
        public let point: DistributionPointSession
        /// The place of the distribution point in ``DistributionPointGroup/points``.
        public let pointNumber: Int
        /// The others that have the same contents, in order.
        fileprivate let others: [(number: Int, point: DistributionPointSession)]
        fileprivate let siblings: Siblings
    }

    /// The package and the distribution point that has its newest version; of several the first.
    ///
    /// With `prefersOrder` the first that has any. One that is unreachable is passed over as long as another has the
    /// package, and from then on asked only for what no other has; one that refuses or whose lists are damaged is an error
    /// unless another had it before: passing it over could pick an older version.
    ///
    /// - Throws: ``DistributionPointError`` `.packageMissing`, `.unreachable`; whatever a distribution point throws.
    public func package(_ id: PackageID) throws -> FoundPackage {
        var found: [(number: Int, package: LibraryPackage)] = []
        var failures: [(number: Int, error: any DiagnosticError)] = []
        func ask(_ numbers: [Int]) throws {
            for number in numbers {
                do {
                    if let package = try points[number].package(id) { found.append((number, package)) }
                } catch let error as any DiagnosticError
                    where error.failureClass == .unreachable || (!found.isEmpty && error.failureClass != .interrupted)
                {
                    failures.append((number, error))
                }
            }
        }
        let gone = siblings.gone
        try ask(points.indices.filter { !gone.contains($0) })
        // Whoever says nothing takes minutes to do so, and there may be a hundred packages.
        if found.isEmpty { try ask(gone.sorted()) }
        guard var best = found.first else { throw missing(id, failures.map(\.error)) }
        for (number, error) in failures {
            siblings.failed(number, points[number].location, error)
            if error.failureClass == .unreachable { siblings.noteGone(number) }
        }
        for other in found.dropFirst() where !prefersOrder && other.package.isNewer(than: best.package) { best = other }
        for other in found where other.number != best.number { tell(id, best, other) }
        let same = found.filter { $0.number != best.number && $0.package.contentIDs == best.package.contentIDs }
        for content in best.package.contentIDs {
            siblings.note(content, on: [best.number] + same.map(\.number))
        }
        return FoundPackage(
            package: best.package, point: points[best.number], pointNumber: best.number,
            others: same.map { ($0.number, points[$0.number]) }, siblings: siblings)
    }

    /// A stale distribution point must not go unnoticed.
    private func tell(
        _ id: PackageID, _ best: (number: Int, package: LibraryPackage), _ other: (number: Int, package: LibraryPackage)
    ) {
        let (mine, theirs) = (points[best.number].location, points[other.number].location)
        if best.package.isNewer(than: other.package) {
            siblings.warn(
                "package \(id): \(theirs) has \(other.package.versionText), older than \(best.package.versionText) on \(mine), which is used"
            )
        } else if other.package.isNewer(than: best.package) {
            siblings.warn(
                "package \(id): \(mine) has \(best.package.versionText) and is used for \(.preferOrder), \(theirs) has \(other.package.versionText)"
            )
        }
    }

    /// The store knows nothing of a package, and nobody else may be asked.
    private func notAsked(_ id: PackageID) -> DistributionPointError {
        let place = points.count == 1 ? "\(points[0].location) is" : "the servers are"
        return DistributionPointError(
            .packageMissing, .notFound, "package \(id)", "is not in the store, and \(place) not asked",
            nextStep: "fetch it first, or leave out \(.offline)")
    }

    private func missing(_ id: PackageID, _ failures: [any DiagnosticError]) -> any Error {
        if failures.isEmpty, points.contains(where: { !$0.isAsked }) { return notAsked(id) }
        if let first = failures.first {
            guard points.count > 1 else { return first }
            return DistributionPointError(
                .unreachable, .unreachable, "package \(id)",
                failures.count == points.count
                    ? "cannot be looked for: none of the \(points.count) distribution points answers: \(first.object) \(first.problem)"
                    : "is on none of the distribution points that answer, and \(first.object) \(first.problem)",
                nextStep: first.nextStep)
        }
        let problem =
            switch points.count {
            case 0: "cannot be looked for: no distribution point was named"
            case 1: "is not on the distribution point \(points[0].location)"
            default: "is on none of the \(points.count) distribution points"
            }
        return DistributionPointError(
            points.isEmpty ? .noDistributionPoint : .packageMissing, points.isEmpty ? .usage : .notFound,
            "package \(id)", DiagnosticText(problem),
            nextStep: points.isEmpty ? "add \(.distributionPoint)" : "distribute it or add \(.distributionPoint)")
    }
}

/// A content and the distribution point that has it.
public struct FoundContent: Sendable {
    /// The content.
    public let content: Content
    /// The distribution point.
    public let point: DistributionPointSession
    /// The place of the distribution point in ``DistributionPointGroup/points``.
    public let pointNumber: Int
}

extension DistributionPointGroup.FoundPackage {
    /// The files and folders of a content of the package, from the first distribution point with this version that has it
    /// and answers.
    ///
    /// - Parameter keepsRefused: as for ``DistributionPointSession/content(_:keepsRefused:)``.
    /// - Throws: the error of the first.
    public func content(_ id: ContentID, keepsRefused: Bool = false) throws -> FoundContent {
        try first(having: id) { number, point in
            FoundContent(
                content: try point.content(id, keepsRefused: keepsRefused), point: point, pointNumber: number)
        }
    }

    /// Makes sure that all of its contents are there.
    ///
    /// - Throws: as ``content(_:)``.
    func requireContents() throws {
        for id in package.contentIDs { try first(having: id) { try $1.require(id) } }
    }

    /// What `look` finds on the first distribution point on which it finds anything; one that failed before comes last.
    private func first<Result>(
        having id: ContentID, _ look: (_ number: Int, _ point: DistributionPointSession) throws -> Result
    ) throws -> Result {
        var failures: [(number: Int, location: String, error: any DiagnosticError)] = []
        let all = [(number: pointNumber, point: point)] + others
        let failed = siblings.failed(for: id)
        for (number, point) in all.filter({ !failed.contains($0.number) }) + all.filter({ failed.contains($0.number) })
        {
            do {
                let result = try look(number, point)
                for failure in failures {
                    siblings.failed(failure.number, failure.location, failure.error, for: id)
                }
                return result
            } catch let error as any DiagnosticError
                where [.unreachable, .notFound, .refused, .malformed].contains(error.failureClass)
            {
                failures.append((number, point.location, error))
            }
        }
        guard let first = failures.first else { fatalError("the first distribution point was asked") }
        throw first.error
    }
}

extension LibraryPackage {
    /// True when a content of this one is of a later version than that of the other, and none of an earlier one.
    fileprivate func isNewer(than other: LibraryPackage) -> Bool {
        if let version, let otherVersion = other.version { return version > otherVersion }
        var isNewer = false
        for content in contentIDs {
            guard let theirs = other.contentIDs.first(where: { $0.hasSameBase(as: content) }) else { continue }
            if content.version < theirs.version { return false }
            isNewer = isNewer || content.version > theirs.version
        }
        return isNewer
    }

    /// "version 3", or the contents with their versions.
    fileprivate var versionText: String {
        version.map { "version \($0)" } ?? contentIDs.map(\.description).joined(separator: ", ")
    }
}
