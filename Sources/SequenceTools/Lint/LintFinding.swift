// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import TaskSequence

/// A place where a task sequence breaks a rule.
public struct LintFinding: Sendable {
    /// The rule.
    public let rule: LintRule
    /// How bad it is for the purpose at hand.
    public let severity: LintSeverity
    /// The task sequence's package ID, when it has one.
    public let taskSequenceID: String?
    /// The task sequence's name.
    public let taskSequenceName: String
    /// The names of the groups from the outermost, then of the step; empty for the task sequence as a whole.
    public let path: [String]
    /// The step's type.
    public let stepType: String?
    /// The file.
    public let source: String
    /// Where the step stands in the file.
    public let location: XMLLocation?
    /// What is wrong, as the predicate of a sentence about the step.
    public let problem: String

    /// The path for people: names joined by ` / `, or the task sequence's name.
    public var pathDescription: String { path.isEmpty ? taskSequenceName : path.joined(separator: " / ") }
}
