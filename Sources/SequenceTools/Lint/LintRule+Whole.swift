// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

extension LintRule {
    /// What the task sequence editor accepts: 2 MB (task-sequence.md section 4), taken as 2 MiB [I].
    private static let maximumByteCount = 2 << 20

    static let sequenceTooLarge = LintRule(
        "sequence-too-large", .warning, summary: "the sequence is over 2 MB",
        reason: "the console's editor refuses to open and to save it",
        remedy: "move parts into child task sequences, and long scripts into packages"
    ) { subject in
        subject.taskSequences.enumerated().compactMap { number, package in
            // Indented text is larger than what the site stores.
            guard package.sequenceXML.count > maximumByteCount else { return nil }
            let byteCount = SequenceWriter.write(package.sequence, layout: .canonical).count
            guard byteCount > maximumByteCount else { return nil }
            return LintDefect(taskSequence: number, "has \(byteCount) bytes, more than \(maximumByteCount)")
        }
    }

    static let toolkitSequence = LintRule(
        "toolkit-sequence", .warning, for: Set(LintPurpose.allCases), summary: "the file is MDT's ts.xml",
        reason: "its steps call scripts of MDT's deployment share, which Configuration Manager's media does not have",
        remedy: "export the task sequence from Configuration Manager"
    ) { subject in
        subject.root.format == .deploymentToolkit ? [LintDefect("is a task sequence of MDT")] : []
    }
}
