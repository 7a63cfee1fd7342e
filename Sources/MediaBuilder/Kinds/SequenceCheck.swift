// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import SequenceTools
import Support
import TaskSequence

/// Whether the task sequence of media can run on it.
struct SequenceCheck {
    /// Errors that are named.
    private static let shownCount = 20

    /// The task sequence, with those that it calls.
    let package: TaskSequencePackage
    /// Whether a boot image is given beside it.
    let hasBootImage: Bool
    /// Its file, for messages.
    let file: String
    /// The kind of media.
    var media = MediaType.standalone

    /// The linter's warnings.
    ///
    /// - Parameter isOpen: whether the media starts with an open boot image, so that tsengine runs the task sequence.
    /// - Throws: ``MediaBuilderError`` `.badContent` for the linter's errors.
    func warnings(isOpen: Bool) throws(MediaBuilderError) -> [DiagnosticText] {
        let purpose: LintPurpose =
            switch (isOpen, media) {
            case (true, .prestaged): .prestagedTSEngine
            case (true, _): .tsengine
            case (false, _): .standalone
            }
        let findings = SequenceLinter(purpose: purpose, hasBootImage: hasBootImage).lint(package)
        let errors = findings.filter { $0.severity == .error }
        guard errors.isEmpty else {
            let listed = errors.prefix(Self.shownCount).map { "'\($0.pathDescription)' \($0.problem) (\($0.rule.id))" }
            let more = errors.count > listed.count ? " and \(errors.count - listed.count) more" : ""
            throw MediaBuilderError(
                .badContent, "task sequence '\(package.name)'",
                media == .standalone
                    ? "cannot run from stand-alone media\(isOpen ? " with an open boot image" : ""): \(listed.joined(separator: ", "))\(more)"
                    : "cannot run from \(media.title) with an open boot image: \(listed.joined(separator: ", "))\(more)",
                nextStep: "mend it; tsmedia sequence lint \(.purpose, purpose.rawValue) \(file) says how")
        }
        return findings.filter { $0.severity == .warning }.map { finding in
            let subject = finding.path.isEmpty ? "task sequence" : "step"
            return
                "\(subject) '\(finding.pathDescription)' \(finding.problem) (\(finding.rule.id)): \(finding.rule.reason)"
        }
    }
}
