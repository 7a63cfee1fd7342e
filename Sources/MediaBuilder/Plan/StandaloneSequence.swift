// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import MediaVariables
import SequenceTools
import Support
import SystemPackage
import TaskSequence

/// What a stand-alone build takes from a task sequence.
struct StandaloneSequence {
    /// A package that must be on the media, and why.
    struct NeededPackage {
        let id: PackageID
        let reason: String
        let use: ContentUse
    }

    /// The package ID of the task sequence; empty when its file does not say one.
    let id: String
    let name: String
    let bootImage: BootImageReference?
    /// The packages in the order in which the task sequence first uses them.
    let packages: [NeededPackage]
    let policy: Policy

    /// What the user should know about the task sequence.
    let warnings: [String]

    /// Reads the task sequence of `request`, computes what it needs and looks for what would not work on the media.
    ///
    /// - Throws: errors of reading; ``MediaBuilderError`` `.missing` for content that cannot be told or found, `.badContent`
    ///   for what cannot run on stand-alone media.
    init?(_ request: MediaRequest) throws {
        guard let path = request.taskSequence else { return nil }
        let package = try TaskSequenceFile.read(path).chosen(id: request.taskSequenceID)
        let required = RequiredContent(of: package, catalog: request.catalog, request: request.requiredContent)
        if let error = Self.error(required.problems.filter(\.isError)) { throw error }
        let hasBootImage = request.bootImage != nil
        warnings =
            required.problems.map { "\($0.object) \($0.problem); \($0.nextStep)" }
            + (try Self.lint(package, hasBootImage: hasBootImage, path: path))
        id = package.packageID ?? ""
        name = package.name
        bootImage = try required.bootImage?.packageID.map { text in
            .package(try Self.packageID(text, neededBy: "task sequence \(package.name) as its boot image"))
        }
        packages = try required.items.compactMap(Self.needed)
        let instances = try required.taskSequences.map { sequence in
            try Policy.Instance(
                taskSequenceID: sequence.packageID ?? "", taskSequenceName: sequence.name,
                sequence: sequence.sequenceXML)
        }
        // The list begins with its root.
        policy = Policy(root: instances[0], children: Array(instances.dropFirst()))
    }

    /// The package of `item`; nil for an application without content.
    static func needed(_ item: RequiredContent.Item) throws -> NeededPackage? {
        guard let id = item.packageID else { return nil }
        let reason = reason(item.needs)
        return NeededPackage(id: try packageID(id, neededBy: reason), reason: reason, use: use(of: item))
    }

    /// What a package is used for: what catalog or export call it, else what the steps do with it.
    private static func use(of item: RequiredContent.Item) -> ContentUse {
        switch item.kind {
        case .package(.operatingSystemImage): return .operatingSystemImage
        case .package, .application: return .other
        case .unknown: break
        }
        let properties = item.needs.compactMap { need in
            if case .step(let use) = need { use.property } else { nil }
        }
        if properties.contains(imageProperty) { return .operatingSystemImage }
        return properties.isEmpty ? .unknown : .other
    }

    /// Names the image that a step applies (docs/formats/task-sequence.md section 3).
    private static let imageProperty = "ImagePackageID"

    /// What `problems` say, all at once.
    static func error(_ problems: [RequiredContent.Problem]) -> MediaBuilderError? {
        guard let first = problems.first else { return nil }
        func text(_ problem: RequiredContent.Problem) -> String {
            "\(problem.problem) (needed by \(reason(problem.needs)))"
        }
        let others = problems.dropFirst().map { "; \($0.object) \(text($0))" }.joined()
        var nextSteps: [String] = []
        for problem in problems where !nextSteps.contains(problem.nextStep) { nextSteps.append(problem.nextStep) }
        return MediaBuilderError(
            first.code == .malformedIdentifier ? .badContent : .missing, first.object, text(first) + others,
            nextStep: nextSteps.joined(separator: "; "))
    }

    /// Warnings of the linter; its errors end the build.
    private static func lint(
        _ package: TaskSequencePackage, hasBootImage: Bool, path: FilePath
    ) throws -> [String] {
        let findings = SequenceLinter(purpose: .standalone, hasBootImage: hasBootImage).lint(package)
        let errors = findings.filter { $0.severity == .error }
        guard errors.isEmpty else {
            let listed = errors.prefix(20).map { "'\($0.pathDescription)' \($0.problem) (\($0.rule.id))" }
            let more = errors.count > listed.count ? " and \(errors.count - listed.count) more" : ""
            throw MediaBuilderError(
                .badContent, "task sequence '\(package.name)'",
                "cannot run from stand-alone media: \(listed.joined(separator: ", "))\(more)",
                nextStep: "mend it; tsmedia sequence lint --for standalone \(path) says how")
        }
        return findings.filter { $0.severity == .warning }.map { finding in
            let subject = finding.path.isEmpty ? "task sequence" : "step"
            return "\(subject) '\(finding.pathDescription)' \(finding.problem) (\(finding.rule.id)): "
                + finding.rule.reason
        }
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
    private static func reason(_ needs: [RequiredContent.Need]) -> String {
        needs.first?.description ?? "the task sequence"
    }
}

extension MediaRequest {
    /// What is asked for beside what the task sequence names.
    var requiredContent: RequiredContent.Request {
        RequiredContent.Request(
            applications: applications, packages: additionalPackages.map(\.description),
            includesApplicationDependencies: includesApplicationDependencies)
    }
}
