// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Support
import TaskSequence

/// Everything that would keep a task sequence from ending well, found before anything on the target is written.
package struct Preflight {
    private let session: EngineSession
    private let actions: StepActions
    private let children: [CaseFoldedName: SequenceDefinition]

    /// A preflight with `session` as it is before the first step.
    package init(
        _ session: EngineSession, children: [(id: String, sequence: SequenceDefinition)],
        actions: StepActions = .standard
    ) {
        self.session = session
        self.actions = actions
        self.children = Dictionary(children.map { ($0.id.caseFolded, $0.sequence) }) { first, _ in first }
    }

    /// All that is wrong with `sequence` on this computer, in the order of the steps.
    ///
    /// A step that may run counts as one that does; conditions are asked with what is certain now: what no earlier step sets.
    package func findings(_ sequence: SequenceDefinition) throws -> [PreflightFinding] {
        var findings: [PreflightFinding] = []
        var certain = CertainVariables(session)
        let isSetUp = session.isWindowsSetUp
        let state = session.keeper?.state
        session.installation.planned = state == nil ? Installation.Planned() : session.resumedPlan
        defer { session.isWindowsSetUp = isSetUp }
        for (index, entry) in SequencePlan(sequence, children: children).entries.enumerated() {
            // A run that goes on is looked at from where it goes on.
            if let state, index < state.done { continue }
            try session.interruption.check()
            var (runs, problem) = certain.evaluate(entry.conditions)
            if index + 1 == state?.begun?.number { (runs, problem) = (.yes, nil) }
            if let problem { findings.append(PreflightFinding(step: entry.step.name, problem)) }
            guard runs != .no else { continue }
            findings += try check(entry.step)
            certain.mayChange(by: entry.step)
            if entry.step.type == EngineSupport.setupType, runs == .yes { session.isWindowsSetUp = true }
        }
        return findings
    }

    private func check(_ step: SequenceStep) throws -> [PreflightFinding] {
        if step.element == .subtasksequence {
            return SequencePlan.children(of: step).filter { children[$0.caseFolded] == nil }
                .map { PreflightFinding(step: step.name, SequencePlan.missingChild($0)) }
        }
        guard let action = actions[step.type ?? ""] else {
            return [PreflightFinding(step: step.name, SequencePlan.unsupported(step))]
        }
        if session.isWindowsSetUp, action.phase == .beforeWindows {
            return [
                PreflightFinding(
                    step: step.name, "stands behind Setup Windows, where the new system runs already",
                    remedy: "move it before Setup Windows")
            ]
        }
        if action is ApplyOperatingSystem.Type { session.installation.planned.isImageWanted = true }
        do {
            return try action.init(StepValues(step, session.variables)).preflight(session)
                .map { PreflightFinding(step: $0.step ?? step.name, $0.problem, remedy: $0.remedy) }
        } catch let error as InterruptedError {
            throw error
        } catch {
            return [PreflightFinding(step: step.name, error)]
        }
    }
}
