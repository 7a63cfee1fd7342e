// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

extension LintStep {
    /// The command line of a Run Command Line step, else the action.
    var commandLine: String {
        let line = self["CommandLine"]
        return line.isEmpty ? step.action ?? "" : line
    }

    /// True for steps that run what their author wrote; those of MDT and of others are no types of Configuration Manager.
    var hasOwnCommandLine: Bool {
        type == "RunCommandLineAction" || type == "RunPowerShellScriptAction" || type == step.type ?? ""
    }

    /// The inline script of a Run PowerShell Script step, or nil when there is none.
    var script: String? { InlineScript.decode(self[InlineScript.property]) }
}
