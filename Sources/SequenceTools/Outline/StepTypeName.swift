// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// What the types of steps are called in the task sequence editor.
package enum StepTypeName {
    private static let prefix = "SMS_TaskSequence_"
    private static let suffix = "Action"

    /// Names of the editor that the type does not spell out.
    private static let names = [
        "AutoApply": "Auto Apply Drivers", "InstallUpdate": "Install Software Updates", "Reboot": "Restart Computer",
        "SetupWindowsAndSMS": "Setup Windows and Configuration Manager", "SubTasksequence": "Run Task Sequence",
        "InstallSoftware": "Install Package", "CaptureSystemImage": "Capture Operating System Image",
        "PrepareOS": "Prepare Windows for Capture", "InstallDeployTools": "Install Deployment Tools",
        "PrepareSMSClient": "Prepare Configuration Manager Client for Capture",
        "PartitionDisk": "Format and Partition Disk", "SetVariable": "Set Task Sequence Variable",
        "OfflineEnableBitLocker": "Pre-provision BitLocker", "PrestartCheck": "Check Readiness",
        "ApplyOperatingSystem": "Apply Operating System Image", "JoinDomainWorkgroup": "Join Domain or Workgroup",
        "EnableBitLocker": "Enable BitLocker", "DisableBitLocker": "Disable BitLocker",
        "RunPowerShellScript": "Run PowerShell Script", "ConvertDisk": "Convert Disk to Dynamic",
        "ConnectNetworkFolder": "Connect to Network Folder",
    ]

    /// `type` without `SMS_TaskSequence_`.
    static func short(_ type: String) -> String { type.hasPrefix(prefix) ? String(type.dropFirst(prefix.count)) : type }

    /// `SMS_TaskSequence_RunCommandLineAction` as "Run Command Line"; MDT's types begin with BDD.
    package static func readable(_ type: String) -> String {
        var short = short(type)
        if short.hasSuffix(suffix), short.count > suffix.count { short.removeLast(suffix.count) }
        if let name = names[short] { return name }
        let isToolkit = short.hasPrefix("BDD_")
        if isToolkit { short.removeFirst(4) }
        var words = ""
        var previous: Character?
        for character in short {
            if character.isUppercase, let previous, previous.isLowercase { words.append(" ") }
            words.append(character)
            previous = character
        }
        return isToolkit ? "\(words) (MDT)" : words
    }
}
