// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// The systems in which a step may find itself.
struct RunningSystem: OptionSet, Sendable {
    let rawValue: UInt8
    static let windowsPE = RunningSystem(rawValue: 1)
    static let full = RunningSystem(rawValue: 2)
}

extension LintRule {
    static let bootImageMissing = LintRule(
        "boot-image-missing", .error, summary: "the task sequence restarts in Windows PE and names no boot image",
        reason: "there is nothing to restart into", remedy: "choose a boot image in the task sequence's properties"
    ) { subject in
        // A bare sequence cannot name one.
        guard !subject.hasBootImage, [.instance, .wrapper].contains(subject.root.format),
            ReferenceProperty.values(subject.root.bootImageID ?? "").isEmpty
        else { return [] }
        return subject.steps("RebootAction").filter(\.restartsInWindowsPE)
            .map { LintDefect($0, "restarts in Windows PE, and the task sequence names no boot image") }
    }

    static let windowsPEStepInFullSystem = LintRule(
        "winpe-step-in-full-os", .error, summary: "a step for Windows PE runs after Setup Windows",
        reason: "the new operating system is running by then, and the step runs in Windows PE only",
        remedy: "move the step before Setup Windows and Configuration Manager, or restart in Windows PE before it"
    ) { subject in
        subject.misplaced(runIn: "WinPE", in: .full).map {
            LintDefect($0, "runs in Windows PE only, and comes where the full operating system runs")
        }
    }

    static let fullSystemStepInWindowsPE = LintRule(
        "full-os-step-in-winpe", .warning, summary: "a step for the full operating system comes where Windows PE runs",
        reason: "Windows PE is running by then, and the step runs in the full operating system only",
        remedy: "move the step behind Setup Windows and Configuration Manager"
    ) { subject in
        subject.misplaced(runIn: "FullOS", in: .windowsPE).map {
            LintDefect($0, "runs in the full operating system only, and comes where Windows PE runs")
        }
    }
}

extension LintStep {
    var restartsInWindowsPE: Bool {
        type == "RebootAction"
            && (self["Target"].lowercased() == "winpe" || step.action?.lowercased().contains("/target:winpe") == true)
    }

    /// What runs after the step, or nil when it changes nothing.
    ///
    /// Prepare OS ends in Windows PE: the build-and-capture sequence has no restart between it and the capture, which
    /// runs in Windows PE only (task-sequence.md section 4).
    fileprivate var nextSystem: RunningSystem? {
        switch type {
        case "RebootAction": restartsInWindowsPE ? .windowsPE : .full
        case "SetupWindowsAndSMSAction": .full
        case "PrepareOSAction": .windowsPE
        case "UpgradeOperatingSystemAction": self["ScanOnly"].lowercased() == "true" ? nil : .full
        // What a child does that is not looked at here is not known.
        case "SubTasksequence": callsElsewhere ? [.windowsPE, .full] : nil
        default:
            // A script may ask for a restart, and where to.
            asksForRestart ? [.windowsPE, .full] : nil
        }
    }

    private var asksForRestart: Bool {
        let variable = "smstsrebootrequested"
        switch type {
        case "SetVariableAction", "SetDynamicVariablesAction":
            return assignments.contains { $0.name.lowercased() == variable }
        case "RunCommandLineAction": return commandLine.lowercased().contains(variable)
        case "RunPowerShellScriptAction":
            // A script in a package can do what it likes.
            return script.map { $0.lowercased().contains(variable) } ?? true
        default: return false
        }
    }
}

extension LintSubject {
    /// The steps that run only in `runIn`, where nothing but `system` can be running.
    fileprivate func misplaced(runIn: String, in system: RunningSystem) -> [LintStep] {
        // MDT's engine is asked by scripts that restart by themselves.
        guard root.format != .deploymentToolkit else { return [] }
        var running: RunningSystem = [.windowsPE, .full]
        var misplaced: [LintStep] = []
        for step in steps {
            if running == system, step.step.runIn == runIn,
                known.inWindowsPE(system == .windowsPE).evaluate(step.conditions) != .no
            {
                misplaced.append(step)
            }
            guard let next = step.nextSystem else { continue }
            var after: RunningSystem = []
            for before in [RunningSystem.windowsPE, .full] where running.contains(before) {
                switch known.inWindowsPE(before == .windowsPE).evaluate(step.conditions) {
                case .yes: after.formUnion(next)
                case .no: after.formUnion(before)
                case .unknown: after.formUnion([before, next])
                }
            }
            running = after
        }
        return misplaced
    }
}
