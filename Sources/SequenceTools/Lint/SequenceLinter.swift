// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// Looks for what task sequences should not do.
public struct SequenceLinter: Sendable {
    private let purpose: LintPurpose?
    private let hasBootImage: Bool
    private let catalog: SiteCatalog?

    /// A linter.
    ///
    /// - Parameters:
    ///   - purpose: what the task sequence is to be used for; nil for the rules that always apply, and those of
    ///     stand-alone media as notes.
    ///   - hasBootImage: true when a boot image is given beside the task sequence.
    ///   - catalog: what the site says about packages and applications.
    public init(purpose: LintPurpose?, hasBootImage: Bool = false, catalog: SiteCatalog? = nil) {
        self.purpose = purpose
        self.hasBootImage = hasBootImage
        self.catalog = catalog
    }

    /// What is wrong with `root` and with the children that are in its file, in the order of their steps; what concerns
    /// a task sequence as a whole comes first.
    public func lint(_ root: TaskSequencePackage) -> [LintFinding] {
        let subject = subject(root, purpose)
        var findings = LintRule.all.flatMap { rule in
            rule.purposes == nil || purpose.map { rule.purposes?.contains($0) == true } == true
                ? self.findings(
                    rule, subject, severity: purpose.flatMap { rule.severityByPurpose[$0] } ?? rule.severity)
                : []
        }
        if purpose == nil {
            let subject = self.subject(root, .standalone)
            for rule in LintRule.all where rule.purposes?.contains(.standalone) == true && rule.purposes?.count == 1 {
                findings += self.findings(rule, subject, severity: .note)
            }
        }
        let numbers = Dictionary(
            subject.taskSequences.enumerated().map { ($1.source + "\u{0}" + ($1.packageID ?? $1.name), $0) }
        ) { first, _ in first }
        func place(_ finding: LintFinding) -> (Int, Int, Int) {
            let key = finding.source + "\u{0}" + (finding.taskSequenceID ?? finding.taskSequenceName)
            return (numbers[key] ?? 0, finding.location?.line ?? 0, finding.location?.column ?? 0)
        }
        return findings.enumerated().sorted { left, right in
            let (first, second) = (place(left.element), place(right.element))
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }

    /// What is wrong with any of `packages`: those of one file, each looked at where it runs.
    public func lint(_ packages: [TaskSequencePackage]) -> [LintFinding] {
        var rest = packages
        var findings: [LintFinding] = []
        // Those that no other one calls first; what only circles call comes last.
        for root in packages.rootsFirst where rest.contains(where: { $0.source == root.source }) {
            findings += lint(root)
            let seen = Set(subject(root, purpose).taskSequences.map(\.source))
            rest.removeAll { seen.contains($0.source) }
        }
        return findings
    }

    private func subject(_ root: TaskSequencePackage, _ purpose: LintPurpose?) -> LintSubject {
        LintSubject(root, purpose: purpose, hasBootImage: hasBootImage, catalog: catalog)
    }

    private func findings(_ rule: LintRule, _ subject: LintSubject, severity: LintSeverity) -> [LintFinding] {
        rule.check(subject).map { defect in
            let package = subject.taskSequences[defect.taskSequence]
            return LintFinding(
                rule: rule, severity: severity, taskSequenceID: package.packageID, taskSequenceName: package.name,
                path: defect.place?.path ?? [], stepType: defect.place?.stepType, source: package.source,
                location: defect.place?.location, problem: defect.problem)
        }
    }
}

extension [TaskSequencePackage] {
    /// Those that no other one calls, then the others.
    fileprivate var rootsFirst: [TaskSequencePackage] {
        var called: Set<String> = []
        for package in self {
            package.forEachMention { mention in
                if mention.target == .taskSequence, mention.value.uppercased() != package.packageID?.uppercased() {
                    called.insert(mention.value.uppercased())
                }
            }
        }
        func isCalled(_ package: TaskSequencePackage) -> Bool {
            package.packageID.map { called.contains($0.uppercased()) } ?? false
        }
        return filter { !isCalled($0) } + filter(isCalled)
    }
}
