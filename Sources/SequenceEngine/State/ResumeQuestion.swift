// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What is to become of what earlier runs have left.
enum ResumeDecision: Equatable {
    /// Nothing was left.
    case begin
    /// The run goes on from this.
    case goOn(RunState, on: DiskVolume)
    /// The run begins anew; what was left is removed.
    case beginAnew
}

/// Asks what is to become of what earlier runs have left; unattended media decides by itself.
struct ResumeQuestion {
    /// What the question is called in answers that are given ahead.
    static let name = "resume"

    /// A choice, by the word and the key that stand for it.
    private enum Choice: String, CaseIterable {
        case goOn = "go-on"
        case beginAnew = "begin-anew"
        case stop
    }

    private let session: EngineSession
    private let identity: RunState.Identity

    /// A question for a run of `identity`.
    init(_ session: EngineSession, _ identity: RunState.Identity) {
        self.session = session
        self.identity = identity
    }

    /// Decides.
    ///
    /// - Parameter problem: why a run cannot go on that should have; nil for none.
    /// - Throws: ``EngineError`` `.state` when a person wants to stop; `Presenter.NobodyAnswers`; `InterruptedError`.
    func decide(_ found: [StateSearch.Found], problem: String? = nil) throws -> ResumeDecision {
        guard !found.isEmpty else { return .begin }
        for found in found { session.log.note("found on \(found.volume.title): \(Self.describe(found.kind))") }
        // The latest, where a computer has the disks of several.
        let own = problem == nil ? found.compactMap(own).max { $0.state.written < $1.state.written } : nil
        if let own, own.state.isRestarting || session.isUnattended {
            return .goOn(own.state, on: own.volume)
        }
        guard !session.isUnattended else {
            session.log.note("it is not this run's, or cannot go on: the task sequence begins anew")
            return .beginAnew
        }
        switch try ask(found, own?.state, problem) {
        case .goOn: return own.map { .goOn($0.state, on: $0.volume) } ?? .beginAnew
        case .beginAnew: return .beginAnew
        case .stop:
            throw EngineError(
                .state, "the run", "was stopped by whoever was asked; all is as it was",
                nextStep: "start the computer from this media again to go on, or from its disk")
        }
    }

    private func own(_ found: StateSearch.Found) -> (state: RunState, volume: DiskVolume)? {
        guard case .run(let state) = found.kind, state.identity.isSame(as: identity) else { return nil }
        return (state, found.volume)
    }

    private static func describe(_ kind: StateSearch.Found.Kind) -> String {
        switch kind {
        case .run(let state):
            let step = state.begun.map { ", in '\($0.name)'" } ?? ""
            return
                "task sequence '\(state.identity.name)', interrupted at step \(state.next) of \(state.stepCount)\(step)"
        case .damaged(let reason): return "how far a task sequence had come, which \(reason)"
        case .client: return "a task sequence of Configuration Manager that is not over"
        }
    }

    private func ask(_ found: [StateSearch.Found], _ own: RunState?, _ problem: String?) throws -> Choice {
        let choices = own == nil ? [Choice.beginAnew, .stop] : Choice.allCases
        var text = ["A task sequence was not finished on this computer:", ""]
        for found in found.prefix(4) { text += ["    \(found.volume.title): \(Self.describe(found.kind))"] }
        text.append("")
        for (number, choice) in choices.enumerated() {
            text.append("\(number + 1)  \(choice.rawValue): \(Self.explain(choice, own, identity))")
        }
        var told = problem
        while true {
            let answer = try session.presenter.ask(
                Self.name, title: "What is to be done?", text: text, isSecret: false, problem: told,
                interruption: session.interruption)
            let typed = answer.trimming(\.isWhitespace).lowercased()
            if let number = Int(typed), choices.indices.contains(number - 1) { return choices[number - 1] }
            if let choice = choices.first(where: { $0.rawValue.isExactly(typed) }) { return choice }
            told = "Type a number from 1 to \(choices.count)."
        }
    }

    private static func explain(_ choice: Choice, _ own: RunState?, _ identity: RunState.Identity) -> String {
        switch choice {
        case .goOn:
            own.map { "with step \($0.next) of \($0.stepCount)\($0.begun.map { ", '\($0.name)'" } ?? "")" } ?? ""
        case .beginAnew: "'\(identity.name)' from its first step; what was left is removed"
        case .stop: "nothing is changed"
        }
    }
}
