// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// What tsengine, the engine that comes with open boot images, can run: the lint and the engine itself go by it.
package enum EngineSupport {
    /// The types of steps that it runs.
    package static let stepTypes: Set<String> = [
        "SMS_TaskSequence_ApplyDataImageAction", "SMS_TaskSequence_ApplyDriverPackageAction",
        "SMS_TaskSequence_ApplyNetworkSettingsAction", "SMS_TaskSequence_ApplyOperatingSystemAction",
        "SMS_TaskSequence_ApplyWindowsSettingsAction", "SMS_TaskSequence_CaptureSystemImageAction",
        "SMS_TaskSequence_ConnectNetworkFolderAction",
        "SMS_TaskSequence_InstallSoftwareAction", "SMS_TaskSequence_PartitionDiskAction",
        "SMS_TaskSequence_RebootAction",
        "SMS_TaskSequence_RunCommandLineAction", "SMS_TaskSequence_SetDynamicVariablesAction",
        "SMS_TaskSequence_SetVariableAction", "SMS_TaskSequence_SetupWindowsAndSMSAction",
        "SMS_TaskSequence_SubTasksequence",
    ]

    /// Of these the types that may stand behind Setup Windows.
    package static let stepTypesBehindSetup: Set<String> = [
        "SMS_TaskSequence_InstallSoftwareAction", "SMS_TaskSequence_RebootAction",
        "SMS_TaskSequence_RunCommandLineAction",
        "SMS_TaskSequence_SetDynamicVariablesAction", "SMS_TaskSequence_SetVariableAction",
        "SMS_TaskSequence_SubTasksequence",
    ]

    /// The step behind which steps are for the new Windows.
    package static let setupType = "SMS_TaskSequence_SetupWindowsAndSMSAction"

    /// The classes of management instrumentation that conditions may ask, in lower case.
    package static let managementClasses: Set<String> = [
        "win32_baseboard", "win32_battery", "win32_bios", "win32_computersystem", "win32_computersystemproduct",
        "win32_networkadapter", "win32_operatingsystem", "win32_portablebattery", "win32_processor",
        "win32_systemenclosure",
    ]

    /// The variable that tells a task sequence that tsengine runs it.
    package static let variable = "_TSMediaEngine"

    /// Why `expression` cannot be asked, as the predicate of a sentence about it; nil where it can.
    package static func problem(_ expression: ConditionExpression) -> String? {
        switch ConditionKind(expression) {
        case .variable, .file, .folder, .registry: return nil
        case .software: return "asks for installed software"
        case .management:
            let words = (expression.operand("Query") ?? "").split(whereSeparator: \.isWhitespace)
            guard let place = words.firstIndex(where: { $0.lowercased() == "from" }), place + 1 < words.endIndex else {
                return "has a query that names no class"
            }
            let name = words[place + 1].lowercased()
            return managementClasses.contains(name) ? nil : "asks for the class \(words[place + 1])"
        case nil: return "asks what is not known"
        }
    }
}
