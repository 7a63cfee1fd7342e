// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Support
import SystemPackage
import TaskSequence

/// A task sequence, and what is asked for beside what it names.
public struct SequenceContent: Sendable {
    /// The task sequence: an export, an XML file or a folder.
    public var taskSequence: FilePath?
    /// The task sequence itself, where a site handed it over; it counts more than a file.
    public var fetched: TaskSequencePackage?
    /// Which task sequence of the export, when it holds several.
    public var taskSequenceID: String?
    /// Packages and driver packages to add to what the task sequence references.
    public var additionalPackages: [PackageID] = []
    /// Applications to add: names, model names or package IDs.
    public var applications: [String] = []
    /// Whether the applications that needed applications depend on are added too.
    public var includesApplicationDependencies = false
    /// What the site knows about packages and applications.
    public var catalog: SiteCatalog?
    /// Whether a site told ``catalog``, which then knows those applications alone that were asked for.
    var hasSiteCatalog = false

    /// Nothing.
    public init() {}

    /// The task sequence, read; nil when none is named.
    ///
    /// - Throws: errors of reading.
    func read() throws -> TaskSequencePackage? {
        if let fetched { return fetched }
        return try taskSequence.map { try SequenceMemory.ofProcess.read($0).chosen(id: taskSequenceID) }
    }

    /// Whether a task sequence is named, in a file or at a site.
    var namesTaskSequence: Bool { fetched != nil || taskSequence != nil }

    /// What `package` needs with what is asked for beside it.
    ///
    /// - Throws: ``MediaBuilderError`` `.missing` for content that cannot be told.
    func required(by package: TaskSequencePackage?) throws -> RequiredContent {
        let required = RequiredContent(
            of: package, catalog: catalog,
            request: RequiredContent.Request(
                applications: applications, packages: additionalPackages.map(\.description),
                includesApplicationDependencies: includesApplicationDependencies))
        if let error = Self.error(required.problems.filter(\.isError)) { throw error }
        return required
    }

    /// Refuses what contradicts itself.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest`, naming the field.
    public func check() throws(MediaBuilderError) {
        guard includesApplicationDependencies, catalog == nil else { return }
        throw MediaBuilderError(
            .badRequest, "\(.includeApplicationDependencies)",
            "needs \(.catalog): an export does not tell dependencies", nextStep: nil)
    }

    /// What `problems` say, all at once.
    private static func error(_ problems: [RequiredContent.Problem]) -> MediaBuilderError? {
        guard let first = problems.first else { return nil }
        func text(_ problem: RequiredContent.Problem) -> String {
            "\(problem.problem) (needed by \(MediaNeeds.Package.reason(problem.needs)))"
        }
        let others = problems.dropFirst().map { "; \($0.object) \(text($0))" }.joined()
        var nextSteps: [DiagnosticText] = []
        for problem in problems where !nextSteps.contains(problem.nextStep) { nextSteps.append(problem.nextStep) }
        return MediaBuilderError(
            first.code == .malformedIdentifier ? .badContent : .missing, DiagnosticText(first.object),
            DiagnosticText(text(first) + others),
            nextStep: nextSteps.joined(separator: "; "))
    }
}

extension RequiredContent {
    /// What the user should know about what is needed, a line each.
    var warnings: [DiagnosticText] { problems.map { "\($0.object) \($0.problem); \($0.nextStep)" } }

    /// The packages of all items, in order; applications without content have none.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` for an ID that is none.
    func packages() throws -> [MediaNeeds.Package] { try items.compactMap(MediaNeeds.Package.init(needed:)) }
}

extension MediaNeeds.Package {
    /// The package of `item`; nil for an application without content.
    fileprivate init?(needed item: RequiredContent.Item) throws {
        guard let text = item.packageID else { return nil }
        let reason = Self.reason(item.needs)
        self.init(
            id: try Self.packageID(text, neededBy: reason), reason: reason, use: Self.use(of: item),
            imageUses: Self.uses(of: item).filter { $0.imageIndex != nil })
    }

    /// The steps that name `item`.
    private static func uses(of item: RequiredContent.Item) -> [ReferenceUse] {
        item.needs.compactMap { need in
            if case .step(let use) = need { use } else { nil }
        }
    }

    /// What a package is used for: what catalog or export call it, else what the steps do with it.
    private static func use(of item: RequiredContent.Item) -> ContentUse {
        switch item.kind {
        case .package(.operatingSystemImage): return .operatingSystemImage
        case .package, .application: return .other
        case .unknown: break
        }
        let properties = uses(of: item).map(\.property)
        if properties.contains(ReferenceProperty.image.package) { return .operatingSystemImage }
        return properties.isEmpty ? .unknown : .other
    }

    static func packageID(_ text: String, neededBy reason: String) throws -> PackageID {
        guard let id = PackageID(text) else {
            throw MediaBuilderError(
                .badContent, "package ID '\(text)'", "is not one (needed by \(reason))",
                nextStep: "mend the task sequence in the console and export it again")
        }
        return id
    }

    /// The first reason why something is needed, in words.
    static func reason(_ needs: [RequiredContent.Need]) -> String {
        needs.first?.description ?? "the task sequence"
    }
}
