// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// What a kind of step does: each kind is a type of its own.
///
/// A step is made anew for each time that it is asked or runs, from its values as they are then.
package protocol StepAction: SendableMetatype {
    /// The types of steps that it runs, as SMS_TaskSequence_RebootAction.
    static var stepTypes: [String] { get }
    /// When it runs.
    static var phase: StepPhase { get }
    /// Whether it changes more than what is in memory: then it is written before and after it how far the run is.
    static var changesTarget: Bool { get }
    /// What to do when it failed, in the imperative, besides what the error says; nil where nothing is left half done.
    static var afterFailure: String? { get }

    /// Reads the step.
    ///
    /// - Throws: ``EngineError`` `.step` for values that make no sense.
    init(_ values: StepValues) throws

    /// What would keep it from doing its work: asked before anything is written, when values may still change.
    func preflight(_ session: EngineSession) throws -> [PreflightFinding]

    /// Does its work.
    ///
    /// - Throws: `DiagnosticError` with what kept it; `InterruptedError`.
    func run(_ session: EngineSession) throws -> StepOutcome

    /// Does its work that had begun, and was cut.
    ///
    /// - Throws: as ``run(_:)``.
    func runAgain(_ session: EngineSession) throws -> StepOutcome

    /// Makes again what it had left in memory when it ended well, for a run that goes on behind it.
    ///
    /// Variables that are no secrets come by themselves.
    ///
    /// - Throws: `DiagnosticError` when that is not possible any more; `InterruptedError`.
    func restore(_ session: EngineSession) throws
}

extension StepAction {
    package static var phase: StepPhase { .beforeWindows }
    package static var changesTarget: Bool { true }
    package static var afterFailure: String? { nil }
    package func preflight(_ session: EngineSession) throws -> [PreflightFinding] { [] }
    package func runAgain(_ session: EngineSession) throws -> StepOutcome { try run(session) }
    package func restore(_ session: EngineSession) throws {}
}

/// When a step can run.
package enum StepPhase: Sendable {
    /// Only before Setup Windows.
    case beforeWindows
    /// At any time; behind Setup Windows it becomes a line of what Windows runs when it has set itself up.
    case anyTime
}

/// What became of a step that did not fail.
package enum StepOutcome: Sendable, Equatable {
    /// It has done its work.
    case done
    /// Its command ended with this code, and said this last; the step's list of codes tells whether that is success.
    case exitCode(Int32, said: String = "")
    /// The computer restarts now, and the applied system starts.
    case restart
    /// The computer restarts now, and starts from the media again: the run goes on behind the step.
    case restartIntoMedia

    /// Whether it is done whatever codes mean success.
    var isDone: Bool { if case .exitCode = self { false } else { true } }
}

/// Something that keeps a task sequence from ending well, found before anything is written.
package struct PreflightFinding: Sendable, Equatable {
    /// The step; nil for what concerns the whole.
    package let step: String?
    /// What is wrong, as a sentence without its end.
    package let problem: DiagnosticText
    /// What to do about it, in the imperative.
    package let remedy: DiagnosticText

    /// Describes what is wrong.
    package init(step: String? = nil, _ problem: DiagnosticText, remedy: DiagnosticText) {
        self.step = step
        self.problem = problem
        self.remedy = remedy
    }

    /// What `error` says, of `step`.
    package init(step: String?, _ error: any Error) {
        self.step = step
        if let error = error as? any DiagnosticError {
            problem = "\(error.object) \(error.problem)"
            remedy = error.nextStep ?? "change the task sequence"
        } else {
            problem = DiagnosticText("\(error)")
            remedy = "change the task sequence"
        }
    }
}
