// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// The beginning of a run on a computer that earlier runs may have left something on.
final class Resumption {
    /// How the run begins.
    enum Beginning {
        /// As if nothing had been before.
        case first
        /// From its first step, as somebody has said who was asked, or unattended media by itself.
        case anew
        /// From where it was.
        case on
    }

    private let session: EngineSession
    private let identity: RunState.Identity
    private let sequence: SequenceDefinition
    private let children: [(id: String, sequence: SequenceDefinition)]
    private var leftovers: [StateSearch.Found] = []

    /// The beginning of a run of `identity` in `session`, which has the variables of the media.
    init(
        _ session: EngineSession, _ identity: RunState.Identity, _ sequence: SequenceDefinition,
        children: [(id: String, sequence: SequenceDefinition)]
    ) {
        self.session = session
        self.identity = identity
        self.sequence = sequence
        self.children = children
    }

    /// Looks for what was left, asks where somebody has to decide, and brings the session to where it goes on.
    ///
    /// - Throws: ``EngineError`` `.state` when a person wants to stop; `DeviceError`; `InterruptedError`.
    func begin() throws -> Beginning {
        session.presenter.say("Looking for what earlier task sequences have left on the disks.")
        let variables = session.variables
        let found = try StateSearch(session).found()
        var problem: String?
        while true {
            switch try ResumeQuestion(session, identity).decide(found, problem: problem) {
            case .begin:
                beginKeeping()
                return .first
            case .beginAnew:
                leftovers = found
                beginKeeping()
                return .anew
            case .goOn(let state, let volume):
                do {
                    try goOn(state, volume)
                    return .on
                } catch let error as EngineError where error.code == .state {
                    session.log.warning(error.description)
                    problem = error.description
                    try session.forgetSteps(variables: variables)
                }
            }
        }
    }

    private func beginKeeping() {
        let plan = SequencePlan(
            sequence, children: Dictionary(children.map { ($0.id.caseFolded, $0.sequence) }) { first, _ in first })
        session.keeper = StateKeeper(RunState(identity: identity, stepCount: plan.stepCount), session)
    }

    private func goOn(_ state: RunState, _ volume: DiskVolume) throws {
        let place = state.begun.map { "step \($0.number), '\($0.name)', which had begun" } ?? "step \(state.next)"
        session.log.note("the task sequence goes on with \(place)")
        session.presenter.say("Going on with step \(min(state.next, state.stepCount)) of \(state.stepCount).")
        try RunRestoration(session, sequence, children: children).restore(state)
        let keeper = StateKeeper(resuming: state, on: volume.node, session)
        session.keeper = keeper
        keeper.takeLog()
    }

    /// Removes what was left, once the run is about to write.
    ///
    /// - Throws: `InterruptedError`.
    func discard() throws {
        guard !leftovers.isEmpty else { return }
        try StateSearch(session).discard(leftovers)
        leftovers = []
    }
}
