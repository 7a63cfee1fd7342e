// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import TaskSequence

/// The kinds of steps that the engine runs: the one list.
package struct StepActions: Sendable {
    private let actions: [String: any StepAction.Type]

    /// Those of `types`.
    package init(_ types: [any StepAction.Type]) {
        var actions: [String: any StepAction.Type] = [:]
        for type in types {
            for name in type.stepTypes { actions[name] = type }
        }
        self.actions = actions
    }

    /// What runs steps of `type`; nil when nothing here does.
    package subscript(type: String) -> (any StepAction.Type)? { actions[type] }

    /// The types of steps that are run.
    package var types: [String] { actions.keys.sorted() }

    /// What the engine comes with.
    package static let standard = StepActions([
        RunCommandLine.self, SetVariable.self, SetDynamicVariables.self, ConnectNetworkFolder.self,
        RestartComputer.self, FormatDisk.self, ApplyOperatingSystem.self, ApplyDataImage.self,
        ApplyWindowsSettings.self, ApplyNetworkSettings.self, ApplyDriverPackage.self, SetupWindows.self,
        InstallPackage.self, CaptureSystemImage.self,
    ])
}
