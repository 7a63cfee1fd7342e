// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support
import SystemPackage
import TaskSequence

/// Policies that are not our own, and where they come from.
public struct GivenPolicies: Sendable {
    /// The policies.
    public let policies: MediaPolicies
    /// Where they come from, for messages: "the site cm01", or a file.
    public let source: String

    /// Policies that `source` handed over.
    public init(_ policies: MediaPolicies, source: String) {
        self.policies = policies
        self.source = source
    }

    /// Files are some kilobytes; a task sequence is at most 2 MB (docs/formats/task-sequence.md section 4).
    private static let byteLimit = 64 << 20

    /// Reads the file at `path`, which `site policies` wrote.
    ///
    /// - Throws: `FileError`; `MediaVariablesError` for what is none, and for what would not be understood on the media.
    public init(_ path: FilePath) throws {
        let bytes = try SmallFile.read(path, limit: Self.byteLimit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MediaBuilderError(
                .badContent, "\(path)", "is not text in UTF-8", nextStep: "write it with tsmedia site policies")
        }
        self.init(try MediaPolicies(document: text, source: path.string), source: path.string)
    }

    /// Refuses policies that are not those of `packages`: each of them once, with the same name and the same steps, and no
    /// other; the one that runs first.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent`; `TaskSequenceError` for a sequence that cannot be read.
    public func check(_ packages: [TaskSequencePackage]) throws {
        var left = policies.taskSequences
        for (number, package) in packages.enumerated() {
            guard let id = package.packageID else {
                throw MediaBuilderError(
                    .badContent, "task sequence '\(package.name)'",
                    "does not say its package ID, so that nothing tells which policy from \(source) is its own",
                    nextStep: "take what tsmedia sequence fetch wrote as a zip, or the console's export")
            }
            guard let place = left.firstIndex(where: { $0.taskSequenceID.caseFolded == id.caseFolded }) else {
                throw wrong("hold no policy of task sequence '\(package.name)' (\(id))")
            }
            guard number > 0 || place == 0 else { throw wrong("do not begin with task sequence '\(package.name)'") }
            let found = left.remove(at: place)
            guard found.taskSequenceName.isExactly(package.name) else {
                throw wrong(
                    "call task sequence \(id) '\(found.taskSequenceName.prefix(200))', and it is '\(package.name)'")
            }
            let held = try TaskSequencePackage(
                xml: Array(found.sequence.utf8), source: "the policy of \(id) from \(source)", stem: id)
            guard held.sequence == package.sequence else {
                throw wrong("hold other steps of task sequence '\(package.name)' (\(id)) than it has")
            }
        }
        if let other = left.first {
            throw wrong("hold task sequence '\(other.taskSequenceName.prefix(200))', which is not called")
        }
    }

    private func wrong(_ problem: DiagnosticText) -> MediaBuilderError {
        MediaBuilderError(
            .badContent, "the policies from \(source)", problem,
            nextStep:
                "fetch task sequence and policies again, or make the media with those of tsmedia: \(.policies, "own")")
    }

    /// What is said of them where media is planned.
    func warnings(hasPassword: Bool) -> [DiagnosticText] {
        let count = "\(policies.assignedCount) of task sequences and \(policies.settingsCount) of client settings"
        let origin: DiagnosticText =
            "Policy.xml holds policies of a site (\(count), from \(source)): what a site was handed for them, and how they stand"
            + " together, is inferred; try the media on one computer first"
        guard !hasPassword, !policies.secretKinds.isEmpty else { return [origin] }
        return [
            origin,
            "the policies of the site hold secrets that whoever has this media can read:"
                + " \(policies.secretKinds.joined(separator: ", ")); add \(.password)",
        ]
    }
}

extension SiteCompletion {
    /// The policies of the site for stand-alone media with `packages`: the task sequence that runs, then those that it calls.
    ///
    /// - Returns: nil where the site does not have the methods.
    /// - Throws: `SiteError`; `MediaVariablesError` and ``MediaBuilderError`` for what is not theirs; `InterruptedError`.
    public func policies(of packages: [TaskSequencePackage]) throws -> GivenPolicies? {
        let source = "the site \(service.location.host)"
        var assigned: [(policy: String, assignment: String)] = []
        func put(_ settings: [String]) throws -> MediaPolicies {
            try MediaPolicies(
                assigned: assigned, settings: settings, first: packages.first?.packageID ?? "", source: source)
        }
        for (number, package) in packages.enumerated() {
            let id = try MediaNeeds.Package.packageID(package.packageID ?? "", neededBy: "its policy")
            // Whether those that are called come along is not known.
            if number > 0,
                try put([]).taskSequences.contains(where: { $0.taskSequenceID.caseFolded == id.description.caseFolded })
            {
                continue
            }
            guard let found = try service.standalonePolicies(of: id, name: package.name) else { return nil }
            // What came along before comes again; what one answer has twice is for whoever reads it.
            let known = assigned
            for one in found {
                let isKnown = known.contains {
                    $0.policy.isExactly(one.policy) && $0.assignment.isExactly(one.assignment)
                }
                if !isKnown { assigned.append((one.policy, one.assignment)) }
            }
        }
        guard let settings = try service.clientSettingsPolicies() else { return nil }
        let given = GivenPolicies(try put(settings), source: source)
        try given.check(packages)
        return given
    }

    /// The policies of the site for the task sequence that `text` names by its ID or name.
    ///
    /// - Throws: as ``policies(of:)``; ``MediaBuilderError`` `.missing` where the site does not have the methods.
    public func policies(ofTaskSequence text: String) throws -> GivenPolicies {
        var content = StandaloneContent()
        content.sequence.fetched = try service.taskSequence(text, includingChildren: true).knowingEachOther.first
        try addPolicies(to: &content, isRequired: true)
        guard let policies = content.policies else { throw noPolicies }
        return policies
    }

    /// Gives `content` the policies of the site; where it does not have them, our own and a warning.
    ///
    /// - Parameter isRequired: whether a site without them is an error.
    /// - Throws: as ``policies(of:)``; ``MediaBuilderError`` `.missing`; `.badRequest` for a task sequence of a file.
    public func addPolicies(to content: inout StandaloneContent, isRequired: Bool) throws {
        guard let package = content.sequence.fetched else {
            guard isRequired else { return }
            throw MediaRequest.bad(
                .policies, "'site' has the policies of task sequences of the site, and this one is a file",
                "name the task sequence by its ID, or leave it out")
        }
        let packages = [package] + package.siblings.filter { $0.packageID?.caseFolded != package.packageID?.caseFolded }
        if let found = try policies(of: packages) {
            content.policies = found
            note(
                .policies, "site",
                "\(found.policies.assignedCount) of task sequences, \(found.policies.settingsCount) of client settings;"
                    + " how they stand together is inferred")
        } else if isRequired {
            throw noPolicies
        } else {
            note(.policies, "own", "the site does not hand them over", source: "tsmedia")
            content.policiesWarning =
                "the site \(service.location.text) does not hand over policies for stand-alone media (its AdminService has no such"
                + " method): Policy.xml holds those of tsmedia"
        }
    }

    private var noPolicies: MediaBuilderError {
        MediaBuilderError(
            .missing, "the site \(service.location.text)",
            "does not hand over policies for stand-alone media: its AdminService has no such method",
            nextStep: "make the media with those of tsmedia: \(.policies, "own")")
    }

    /// Notes that the request says whose policies the media has.
    public func notePolicies(_ value: String) { note(.policies, value, "", isGiven: true) }
}
