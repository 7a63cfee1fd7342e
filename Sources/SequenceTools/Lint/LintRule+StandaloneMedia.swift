// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

// What stand-alone media does not support (media.md section 3). A step whose conditions keep it from running where
// `_SMSTSMediaType` is FullMedia is not among `subject.steps`.

extension LintRule {
    private static let guardRemedy =
        "put the condition _SMSTSMediaType notEquals FullMedia on the step or on a group above it, or remove the step"

    static let autoApplyDrivers = LintRule(
        "standalone-auto-apply-drivers", .error, for: [.standalone],
        summary: "Auto Apply Drivers runs on stand-alone media",
        reason: "the step asks the site's driver catalog, and stand-alone media has no site",
        remedy: "use an Apply Driver Package step, and " + guardRemedy
    ) { subject in
        subject.steps("AutoApplyAction").map { LintDefect($0, "looks for drivers at the site") }
    }

    static let downloadPackageContent = LintRule(
        "standalone-download-package-content", .error, for: [.standalone],
        summary: "Download Package Content runs on stand-alone media",
        reason: "stand-alone media does not support the step", remedy: guardRemedy
    ) { subject in
        subject.steps("DownloadPackageContentAction").map { LintDefect($0, "downloads packages") }
    }

    static let softwareUpdates = LintRule(
        "standalone-software-updates", .error, for: [.standalone],
        summary: "Install Software Updates runs on stand-alone media",
        reason: "updates come from a software update point, and stand-alone media has none",
        remedy: "service the image instead, and " + guardRemedy
    ) { subject in
        subject.steps("InstallUpdateAction").map { LintDefect($0, "installs software updates") }
    }

    static let softwareBeforeOperatingSystem = LintRule(
        "standalone-software-before-os", .error, for: [.standalone],
        summary: "software is installed before the operating system",
        reason: "stand-alone media installs packages and applications only in the new operating system",
        remedy: "move the step behind Setup Windows and Configuration Manager, or " + guardRemedy
    ) { subject in
        let systems = ["ApplyOperatingSystemAction", "UpgradeOperatingSystemAction"]
        guard let system = subject.steps.firstIndex(where: { systems.contains($0.type) }) else { return [] }
        return subject.steps[..<system]
            .filter { ["InstallSoftwareAction", "InstallApplicationAction"].contains($0.type) }
            .map { LintDefect($0, "installs software before '\(subject.steps[system].step.name)'") }
    }

    static let dynamicList = LintRule(
        "standalone-dynamic-list", .error, for: [.standalone],
        summary: "packages or applications are taken from a list of variables",
        reason: "what such a list names is known only to the running task sequence, so that media cannot hold it",
        remedy: "name the packages or applications in the step, or " + guardRemedy
    ) { subject in
        subject.steps("InstallSoftwareAction", "InstallApplicationAction").compactMap { step in
            let base = step["BaseVariableName"]
            return base.isEmpty ? nil : LintDefect(step, "installs what the variables \(base)01, ... name")
        }
    }

    static let notOperatingSystemDeployment = LintRule(
        "standalone-not-os-deployment", .warning, for: [.standalone],
        summary: "the task sequence installs no operating system",
        reason: "stand-alone media supports operating system deployment only",
        remedy: "deploy it from a site, or add the steps that install an operating system"
    ) { subject in
        // Some apply an image with a script of their own; what remains theirs is to set it up.
        let systems = subject.steps(
            "ApplyOperatingSystemAction", "UpgradeOperatingSystemAction", "SetupWindowsAndSMSAction")
        guard systems.isEmpty, subject.root.format != .deploymentToolkit else { return [] }
        return [LintDefect("has no step that installs or upgrades an operating system")]
    }

    /// The variables of user-device affinity, from the documentation of task sequence variables.
    private static let affinityVariables = ["smstsudausers", "smstsassignusersmode"]

    static let userDeviceAffinity = LintRule(
        "standalone-user-device-affinity", .warning, for: [.standalone],
        summary: "users are assigned to the device",
        reason: "stand-alone media has no management point that could record user-device affinity", remedy: guardRemedy
    ) { subject in
        subject.steps.compactMap { step in
            step.assignments.first { affinityVariables.contains($0.name.lowercased()) }
                .map { LintDefect(step, "sets \($0.name)") }
        }
    }

    static let preProductionClient = LintRule(
        "standalone-pre-production-client", .warning, for: [.standalone],
        summary: "the pre-production client is installed",
        reason: "stand-alone media does not support the pre-production client",
        remedy: "clear the pre-production package in the step"
    ) { subject in
        // The property is documented at SMS_TaskSequence_SetupWindowsAndSMSAction; no sample has it.
        subject.steps("SetupWindowsAndSMSAction").compactMap { step in
            let package = ReferenceProperty.values(step["ClientPreProductionPackageID"])
            return package.first.map { LintDefect(step, "names the pre-production client package \($0)") }
        }
    }
}
