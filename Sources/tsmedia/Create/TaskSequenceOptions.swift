// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Support
import SystemPackage

/// Which task sequence, and which of the export that holds several.
struct TaskSequenceOptions: ParsableArguments {
    @Option(
        help: "Task sequence: the console's export zip, its folder, or an XML file; with --site its ID or name.",
        completion: .file())
    var taskSequence: String?

    @OptionGroup var choice: TaskSequenceChoice

    func validate() throws { try ForeignPath.refuse(taskSequence, "--task-sequence") }

    /// Adds what was chosen to `content`.
    func apply(to content: inout SequenceContent) {
        content.taskSequence = taskSequence.map { FilePath($0) }
        content.taskSequenceID = choice.taskSequenceID
    }
}

/// Which task sequence of an export.
struct TaskSequenceChoice: ParsableArguments {
    @Option(
        name: .customLong("task-sequence-id"),
        help: "Which task sequence of the export, when it holds several that no other one runs.")
    var taskSequenceID: String?
}
