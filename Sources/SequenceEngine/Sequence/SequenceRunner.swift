// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Support
import TaskSequence

/// Runs the steps of a task sequence in their order.
package final class SequenceRunner {
    /// Task sequences call each other so deep; a circle ends here.
    private static let depthLimit = 32
    /// Seconds before a step is tried again.
    private static let retryPause = 5
    /// What a step's failure is called that no command's code tells: E_FAIL, as the genuine engine has it.
    private static let failureCode: UInt32 = 0x8000_4005

    private let session: EngineSession
    private let actions: StepActions
    private let children: [CaseFoldedName: SequenceDefinition]
    /// How many steps there are that are enabled.
    package let stepCount: Int
    private var stepNumber = 0
    private var groups: [String] = []
    private var depth = 0
    /// The last step that was over before the computer was started, and the one that had begun then: 0 for none.
    private let (over, begun): (Int, Int)

    /// How a run ends that does not fail.
    package enum End: Sendable, Equatable {
        /// Behind the last step.
        case ended
        /// A step restarts the computer before.
        case restart
        /// A step restarts the computer from the media, and the run goes on behind it.
        case restartIntoMedia
    }

    /// A step that failed, and that nothing above it lets go on.
    package struct Failure: DiagnosticError {
        /// The step.
        package let step: String
        /// Why.
        package let cause: any DiagnosticError
        /// What is left half done, in the imperative.
        package let afterwards: String?

        package var failureClass: FailureClass { cause.failureClass }
        package var object: DiagnosticText { "step '\(step.onOneLine)' failed: \(cause.object)" }
        package var problem: DiagnosticText { cause.problem }
        package var nextStep: DiagnosticText? {
            guard let afterwards else { return cause.nextStep }
            return cause.nextStep.map { "\($0); \(afterwards)" } ?? DiagnosticText(afterwards)
        }
    }

    /// The end before the last step: the computer restarts.
    private struct Restart: Error {
        let end: End
    }

    /// A runner of `sequence`, which may call `children` by their package IDs.
    package init(
        _ session: EngineSession, _ sequence: SequenceDefinition,
        children: [(id: String, sequence: SequenceDefinition)],
        actions: StepActions = .standard
    ) {
        self.session = session
        self.actions = actions
        self.children = Dictionary(children.map { ($0.id.caseFolded, $0.sequence) }) { first, _ in first }
        stepCount = SequencePlan(sequence, children: self.children).stepCount
        let state = session.keeper?.state
        (over, begun) = (state?.done ?? 0, state?.begun?.number ?? 0)
    }

    /// Runs `sequence`, from where the session's keeper says that it was.
    ///
    /// - Throws: ``Failure``; `InterruptedError`.
    package func run(_ sequence: SequenceDefinition) throws -> End {
        Self.setGlobalVariables(sequence, session)
        session.log.note(
            over + begun == 0
                ? "the task sequence begins: \(stepCount) steps"
                : "the task sequence goes on: \(over) of \(stepCount) steps are over")
        do {
            try run(sequence.items)
        } catch let restart as Restart {
            return restart.end
        }
        return .ended
    }

    /// The variables of the whole sequence, which a variable that is set wins over.
    static func setGlobalVariables(_ sequence: SequenceDefinition, _ session: EngineSession) {
        for variable in sequence.globalVariables?.variables ?? [] where session.variables[variable.name] == nil {
            session.variables.set(variable.name, to: variable.value)
        }
    }

    private func run(_ items: [SequenceItem]) throws {
        for item in items {
            try session.interruption.check()
            switch item {
            case .group(let group): try run(group)
            case .step(let step): try run(step)
            case .unknown: break
            }
        }
    }

    private func run(_ group: SequenceGroup) throws {
        let count = SequencePlan(group.items, children: children).stepCount
        guard !group.isDisabled else {
            session.log.note("group '\(group.name)' is disabled")
            return
        }
        if stepNumber + count <= over, count > 0 {
            stepNumber += count
            return
        }
        do {
            // Conditions of what had begun were asked then: steps may have changed since what they ask.
            guard try wasEntered(stepNumber + 1) || session.evaluator.holds(group.condition) else {
                session.log.note("group '\(group.name)' is skipped: its condition does not hold")
                stepNumber += count
                return
            }
        } catch {
            stepNumber += count
            try failed(group.name, error, continuesOnError: group.continuesOnError, afterwards: nil)
            return
        }
        session.log.note("group '\(group.name)' begins")
        groups.append(group.name)
        let end = stepNumber + count
        defer { groups.removeLast() }
        do {
            try run(group.items)
        } catch let failure as Failure {
            guard group.continuesOnError else { throw failure }
            session.log.warning("group '\(group.name)' goes on after an error: the rest of it is skipped")
        }
        stepNumber = end
        session.log.note("group '\(group.name)' has ended")
    }

    private func run(_ step: SequenceStep) throws {
        guard !step.isDisabled else {
            session.log.note("step '\(step.name)' is disabled")
            return
        }
        stepNumber += 1
        if step.element == .subtasksequence {
            let last = stepNumber - 1 + SequencePlan([.step(step)], children: children).stepCount
            if last <= over {
                stepNumber = last
                return
            }
        } else if stepNumber <= over {
            return
        }
        do {
            guard try wasEntered(stepNumber) || session.evaluator.holds(step.condition) else {
                session.log.note("step '\(step.name)' is skipped: its condition does not hold")
                if step.element == .subtasksequence {
                    stepNumber += SequencePlan([.step(step)], children: children).stepCount - 1
                }
                return
            }
        } catch {
            try failed(step.name, error, continuesOnError: step.continuesOnError, afterwards: nil)
            return
        }
        session.presenter.step(
            number: min(stepNumber, stepCount), count: stepCount, name: step.name, type: step.type ?? "",
            group: groups.last ?? "")
        session.log.note("step \(stepNumber) of \(stepCount) begins: '\(step.name)' (\(step.type ?? "no type"))")
        if step.element == .subtasksequence { return try runChildren(of: step) }
        try runAction(step)
    }

    /// Whether the step with this number, the first of a group or the group's own, had begun before the computer was started.
    private func wasEntered(_ number: Int) -> Bool { number <= over || number == begun }

    private func runAction(_ step: SequenceStep) throws {
        let action = actions[step.type ?? ""]
        let number = stepNumber
        let changesTarget = action?.changesTarget ?? false
        var attempt = 0
        while true {
            do {
                guard let action else { throw SequencePlan.unsupported(step) }
                let values = StepValues(step, session.variables)
                let made = try action.init(values)
                let isAgain = number == begun && attempt == 0
                if isAgain {
                    session.log.warning("step '\(step.name)' had begun, and was interrupted: it begins again")
                }
                if changesTarget { session.keeper?.stepBegins(number, step.name) }
                let outcome = try isAgain ? made.runAgain(session) : made.run(session)
                let (code, said): (Int32, String) =
                    if case .exitCode(let code, let said) = outcome { (code, said) } else { (0, "") }
                guard values.successCodes.contains(code) || outcome.isDone else {
                    record(UInt32(bitPattern: code), step, succeeded: false)
                    throw EngineError(
                        .command, "its command",
                        said.isEmpty
                            ? "ended with \(code), and the step takes \(Self.list(values.successCodes)) for success"
                            : "ended with \(code) and said '\(said.onOneLine)', and the step takes \(Self.list(values.successCodes)) for success",
                        nextStep: "see what it says in the log")
                }
                record(UInt32(bitPattern: code), step, succeeded: true)
                session.log.note("step '\(step.name)' has ended well")
                switch outcome {
                case .restart: throw Restart(end: .restart)
                case .restartIntoMedia:
                    try session.keeper?.restarts(behind: number)
                    throw Restart(end: .restartIntoMedia)
                case .done, .exitCode: session.keeper?.stepEnded(number, changesTarget: changesTarget)
                }
                return
            } catch let error as InterruptedError {
                throw error
            } catch let restart as Restart {
                throw restart
            } catch {
                if session.variables["_SMSTSLastActionName"] != step.name
                    || session.variables["_SMSTSLastActionSucceeded"] == "true"
                {
                    record(Self.failureCode, step, succeeded: false)
                }
                let values = StepValues(step, session.variables)
                if attempt < values.retryCount {
                    attempt += 1
                    session.log.warning(
                        "step '\(step.name)' failed and is tried again (\(attempt) of \(values.retryCount)): \(error)"
                    )
                    session.wait(seconds: Self.retryPause, saying: "The step failed and is tried again.")
                    try session.interruption.check()
                    continue
                }
                return try failed(
                    step.name, error, continuesOnError: step.continuesOnError,
                    afterwards: session.hasWritten ? action?.afterFailure : nil)
            }
        }
    }

    private func runChildren(of step: SequenceStep) throws {
        guard depth < Self.depthLimit else {
            return try failed(
                step.name,
                EngineError(
                    .step, "the task sequences", "call each other in a circle", nextStep: "remove one of the calls"),
                continuesOnError: step.continuesOnError, afterwards: nil)
        }
        depth += 1
        defer { depth -= 1 }
        for id in SequencePlan.children(of: step) {
            guard let child = children[id.caseFolded] else {
                return try failed(
                    step.name, SequencePlan.missingChild(id), continuesOnError: step.continuesOnError, afterwards: nil)
            }
            do {
                Self.setGlobalVariables(child, session)
                try run(child.items)
            } catch let failure as Failure {
                guard step.continuesOnError else { throw failure }
                session.log.warning("step '\(step.name)' goes on after an error in its task sequence")
            }
        }
    }

    /// Lets the sequence go on after `error` where it may, and else ends it.
    private func failed(_ name: String, _ error: any Error, continuesOnError: Bool, afterwards: String?) throws {
        let cause =
            (error as? any DiagnosticError)
            ?? EngineError(.step, "the step", DiagnosticText("\(error)"), nextStep: "see the log")
        let failure = Failure(step: name, cause: cause, afterwards: afterwards)
        guard continuesOnError else {
            session.log.error(session.variables.redacted(failure.description))
            throw failure
        }
        session.log.warning("\(session.variables.redacted(failure.description)); the task sequence goes on")
    }

    /// Sets what the next conditions ask about the last step (docs/formats/task-sequence.md section 5).
    private func record(_ code: UInt32, _ step: SequenceStep, succeeded: Bool) {
        session.variables.set("_SMSTSLastActionName", to: step.name)
        session.variables.set("_SMSTSLastActionRetCode", to: "\(code)")
        session.variables.set("_SMSTSLastActionSucceeded", to: succeeded ? "true" : "false")
    }

    private static func list(_ codes: Set<Int32>) -> String { codes.sorted().map { "\($0)" }.joined(separator: ", ") }
}
