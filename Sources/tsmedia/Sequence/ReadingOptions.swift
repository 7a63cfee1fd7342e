// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SequenceTools
import SystemPackage
import TaskSequence

/// What the commands that show task sequences have in common.
struct ReadingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Which task sequence of the file: its package ID or name.", valueName: "id"))
    var taskSequenceId: String?

    @Flag(help: "Show passwords, keys and tokens, which are hidden otherwise.")
    var showSecrets = false

    /// What is hidden.
    var secrecy: SequenceSecrecy { showSecrets ? .shown : .redacted }

    /// The task sequence that was asked for, or all of `file`: first those that no other one calls.
    func packages(in file: String) throws -> [TaskSequencePackage] {
        let packages = try TaskSequenceFile.read(FilePath(file))
        guard taskSequenceId == nil else { return [try packages.chosen(id: taskSequenceId)] }
        guard packages.count > 1, let root = try? packages.chosen(id: nil) else { return packages }
        return [root] + packages.filter { $0.source != root.source }
    }
}
