// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

// What tsengine does not run (docs/engine.md). A step whose conditions keep it from running where `_TSMediaEngine` exists is not
// among `subject.steps`.

extension LintRule {
    private static let guardRemedy =
        "put the condition \(EngineSupport.variable) notExists on the step or on a group above it, or remove the step"

    static let engineStep = LintRule(
        "engine-step", .error, for: LintPurpose.engine, summary: "a step is not among those that tsengine runs",
        reason:
            "the step needs programs of Windows and of the site's client, and stops the task sequence before it begins",
        remedy: guardRemedy
    ) { subject in
        (subject.stepsBeforeSetup + subject.stepsBehindSetup).filter {
            !EngineSupport.stepTypes.contains($0.step.type ?? "")
        }.map {
            LintDefect($0, "is a step of the type \($0.step.type.map(StepTypeName.readable) ?? "none")")
        }
    }

    static let engineStepBehindSetup = LintRule(
        "engine-step-behind-setup", .error, for: LintPurpose.engine,
        summary: "a step behind Setup Windows cannot wait for Windows",
        reason: "the new Windows runs what stands there, by itself, and only commands and packages can be handed to it",
        remedy: "move the step before Setup Windows, or " + guardRemedy
    ) { subject in
        subject.stepsBehindSetup.filter { step in
            let type = step.step.type ?? ""
            return EngineSupport.stepTypes.contains(type) && !EngineSupport.stepTypesBehindSetup.contains(type)
        }.map { LintDefect($0, "stands behind Setup Windows") }
    }

    static let engineCommand = LintRule(
        "engine-command", .error, for: LintPurpose.engine, summary: "a command of Windows runs before Setup Windows",
        reason: "the environment of tsengine is Linux",
        remedy: "use a command of Linux, move the step behind Setup Windows, or " + guardRemedy
    ) { subject in
        subject.stepsBeforeSetup.filter { $0.type == "RunCommandLineAction" }.compactMap { step in
            WindowsCommand.program(of: step["CommandLine"]).map { LintDefect(step, "runs \($0)") }
        }
    }

    static let engineRestart = LintRule(
        "engine-restart", .error, for: LintPurpose.engine,
        summary: "the computer restarts into the boot image before a disk is divided, or behind Setup Windows",
        reason:
            "how far the task sequence has come is kept on a volume that it made, and behind Setup Windows the new Windows runs",
        remedy: "move the step between the first Format and Partition Disk and Setup Windows, or " + guardRemedy
    ) { subject in
        let making = ["PartitionDiskAction", "ApplyOperatingSystemAction"]
        let early = subject.stepsBeforeSetup.prefix { !making.contains($0.type) }
        return (early + subject.stepsBehindSetup).filter(\.restartsInWindowsPE)
            .map { LintDefect($0, "restarts into the boot image") }
    }

    static let engineCondition = LintRule(
        "engine-condition", .error, for: LintPurpose.engine, summary: "a condition asks what is known in Windows only",
        reason: "neither answer would be safe, so that the task sequence does not begin",
        remedy: "ask a variable, a file, the registry of the applied system or the hardware"
    ) { subject in
        subject.conditions.compactMap { held in
            var problem: String?
            held.condition.forEachTerm { term in
                switch term {
                case .expression(let expression): problem = problem ?? EngineSupport.problem(expression)
                case .unknown(.element(let element)) where element.name == "osConditionGroup":
                    problem = problem ?? "asks for the operating system that runs"
                default: break
                }
            }
            return problem.map { LintDefect(held.place, "has a condition that \($0)") }
        }
    }
}

extension LintSubject {
    /// The running steps before the first Setup Windows that is certain to run: there the engine says that Windows PE runs.
    fileprivate var stepsBeforeSetup: [LintStep] {
        running(steps[..<(setupIndex ?? steps.endIndex)], inWindowsPE: true)
    }

    /// The running steps behind it, where the engine says that Windows PE does not run.
    fileprivate var stepsBehindSetup: [LintStep] {
        setupIndex.map { running(steps[($0 + 1)...], inWindowsPE: false) } ?? []
    }

    private var setupIndex: Int? {
        let known = known.inWindowsPE(true)
        return steps.firstIndex { $0.step.type == EngineSupport.setupType && known.evaluate($0.conditions) == .yes }
    }

    private func running(_ steps: ArraySlice<LintStep>, inWindowsPE: Bool) -> [LintStep] {
        let known = known.inWindowsPE(inWindowsPE)
        return steps.filter { known.evaluate($0.conditions) != .no }
    }
}
