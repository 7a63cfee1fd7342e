// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SequenceTools
import Support
import SystemPackage
import TrialChannel

/// Shows a run to whoever is there: on the screen, on the serial port, and to `tsmedia try`.
package final class Presenter {
    /// Nobody will answer a question that has to be answered.
    package struct NobodyAnswers: DiagnosticError {
        let question: String

        package var failureClass: FailureClass { .refused }
        package var object: DiagnosticText { "the question '\(question.onOneLine)'" }
        package var problem: DiagnosticText { "has to be answered, and nobody is there" }
        package var nextStep: DiagnosticText? { "give the answer ahead" }
    }

    private let terminals: [Terminal]
    /// The channel of a trial; nil on a real computer.
    package let port: TrialPort?
    private let started = ContinuousClock.now
    private var running: Running?
    private var shownAt: ContinuousClock.Instant?
    private let heading: String

    /// How far a run has come.
    private struct Running {
        var sequence = ""
        var number = 0
        var count = 0
        var name = ""
        var type = ""
        var group = ""
        var text = ""
        var share: Double?
    }

    /// A presenter to `terminals` and `port`.
    package init(terminals: [Terminal], port: TrialPort?, heading: String = "tsmedia") {
        self.terminals = terminals
        self.port = port
        self.heading = heading
    }

    private var elapsedSeconds: Int { Int((ContinuousClock.now - started).components.seconds) }

    private func show(_ page: (Terminal) -> ScreenPage) {
        for terminal in terminals { terminal.show(page(terminal)) }
        shownAt = ContinuousClock.now
    }

    // MARK: Before the steps

    /// Says what is being done before the steps begin.
    package func say(_ text: String) {
        show { _ in ScreenPage(.calm, title: heading, body: [text], elapsedSeconds: elapsedSeconds) }
        port?.tell(.progress(percent: nil, text: text))
    }

    /// Asks for a text.
    ///
    /// - Parameters:
    ///   - name: what the question is called in answers that are given ahead.
    ///   - isSecret: stars stand for what is typed.
    ///   - problem: what was wrong with the last answer.
    /// - Throws: ``NobodyAnswers``; `InterruptedError`.
    package func ask(
        _ name: String, title: String, text: [String], isSecret: Bool, problem: String? = nil,
        interruption: Interruption
    ) throws -> String {
        port?.tell(.question(name: name, text: text.joined(separator: " "), isSecret: isSecret))
        var typed: [Character] = []
        func page() -> ScreenPage {
            let visible = isSecret ? String(repeating: "*", count: typed.count) : String(typed)
            return ScreenPage(
                .question, title: title, body: (problem.map { [$0, ""] } ?? []) + text + ["", "> " + visible + "_"],
                keys: "Enter: go on    Backspace: correct    Esc: clear")
        }
        show { _ in page() }
        while true {
            try interruption.check()
            switch port?.reply(to: name) {
            case .answer(let answer)?: return answer
            case .nobody?: throw NobodyAnswers(question: text.joined(separator: " "))
            case nil: break
            }
            for key in waitForKeys() {
                switch key {
                case .enter: return String(typed)
                case .backspace: _ = typed.popLast()
                case .escape: typed = []
                case .character(let character): if typed.count < 255 { typed.append(character) }
                }
                show { _ in page() }
            }
        }
    }

    /// What came of a request to put something in.
    enum Answer<Found> {
        /// What was found.
        case found(Found)
        /// Whoever tries media says that it is in, and nothing was found.
        case nothing
        /// Somebody pressed Esc.
        case givenUp
    }

    /// Asks for something to be put in, and looks for it until it is found.
    ///
    /// - Parameters:
    ///   - name: what the question is called in a trial, whose answer says that it is in.
    ///   - text: what the screen says, for a font that can show some names and not others.
    ///   - spoken: what a trial and the log are told.
    ///   - problem: what was wrong with what was put in before.
    ///   - patience: how long it may take in a trial to be found.
    ///   - again: called when somebody wants everything looked at once more.
    ///   - look: looks for it; called twice a second.
    /// - Throws: ``NobodyAnswers``; `InterruptedError`; what `look` throws.
    func request<Found>(
        _ name: String, title: String, text: (_ canShow: (String) -> Bool) -> String, spoken: String,
        problem: String?, patience: Duration, interruption: Interruption, again: () -> Void,
        look: () throws -> Found?
    ) throws -> Answer<Found> {
        port?.tell(.question(name: name, text: (problem.map { $0 + " " } ?? "") + spoken, isSecret: false))
        show { terminal in
            ScreenPage(
                problem == nil ? .question : .problem, title: title,
                body: (problem.map { [$0, ""] } ?? []) + [text { terminal.canShow($0) }],
                keys: "Enter: look again    Esc: end the task sequence", elapsedSeconds: elapsedSeconds)
        }
        // In a trial nothing is looked at before it is in: what was found before its answer would be asked for twice.
        var end: ContinuousClock.Instant?
        while true {
            try interruption.check()
            switch port?.reply(to: name) {
            case .answer?: end = .now + patience
            case .nobody?: throw NobodyAnswers(question: spoken)
            case nil: break
            }
            if port == nil || end != nil, let found = try look() { return .found(found) }
            if let end, ContinuousClock.now > end { return .nothing }
            for key in waitForKeys(milliseconds: Self.lookMilliseconds) {
                if key == .enter { again() }
                if key == .escape { return .givenUp }
            }
        }
    }

    private static let lookMilliseconds: Int32 = 500

    /// Shows `text` until somebody presses Enter; a trial presses it.
    package func confirm(title: String, text: [String], keys: String, interruption: Interruption) throws {
        show { _ in ScreenPage(.question, title: title, body: text, keys: keys) }
        guard port == nil else { return }
        while true {
            try interruption.check()
            if waitForKeys().contains(.enter) { return }
        }
    }

    private func waitForKeys(milliseconds: Int32 = 100) -> [Terminal.Key] {
        var waits = terminals.map { pollfd(fd: $0.rawDescriptor, events: Int16(POLLIN), revents: 0) }
        if let port { waits.append(pollfd(fd: port.rawDescriptor, events: Int16(POLLIN), revents: 0)) }
        if poll(&waits, nfds_t(waits.count), milliseconds) > 0, waits.allSatisfy({ $0.revents & Int16(POLLIN) == 0 }) {
            // Only a hang-up: it stays, so that waiting would not wait.
            usleep(UInt32(milliseconds) * 1000)
        }
        return terminals.flatMap { $0.keys() }
    }

    // MARK: Steps

    /// The steps of `sequence` begin.
    package func begin(sequence: String, stepCount: Int) {
        running = Running()
        running?.sequence = sequence
        running?.count = stepCount
        port?.tell(.sequence(name: sequence, stepCount: stepCount))
    }

    /// A step begins.
    package func step(number: Int, count: Int, name: String, type: String, group: String) {
        running?.number = number
        running?.count = count
        running?.name = name
        running?.type = type
        running?.group = group
        running?.text = ""
        running?.share = nil
        port?.tell(.step(number: number, count: count, name: name, group: group))
        showRunning()
    }

    /// How far the step is: called often, shown four times a second.
    package func progress(share: Double?, text: String) {
        let isNew = running?.text != text
        running?.share = share
        running?.text = text
        if !isNew, let shownAt, ContinuousClock.now - shownAt < .milliseconds(250) { return }
        let percent = share.map { min(max($0.isFinite ? $0 : 0, 0), 1) * 100 }.map(Int.init)
        port?.tell(.progress(percent: percent, text: text))
        showRunning()
    }

    private func showRunning(message: String? = nil) {
        guard let running else { return }
        let whole = running.count > 0 ? (Double(running.number - 1) + (running.share ?? 0)) / Double(running.count) : 0
        show { terminal in
            // A name that this font cannot show is replaced by what the step is.
            let type = running.type.isEmpty ? "Step" : StepTypeName.readable(running.type)
            let name = terminal.canShow(running.name) ? running.name : type
            let title = terminal.canShow(running.sequence) ? running.sequence : heading
            let group = terminal.canShow(running.group) ? running.group : ""
            return ScreenPage(
                .calm, title: title.isEmpty ? heading : title,
                body: [
                    "Step \(running.number) of \(running.count)", "", name, group.isEmpty ? "" : "in \(group)", "",
                    message ?? running.text,
                ], bars: [running.share, whole], keys: "Do not switch the computer off.", elapsedSeconds: elapsedSeconds
            )
        }
    }

    /// Waits, and says why; Enter ends the wait.
    package func wait(seconds: Int, saying message: String, interruption: Interruption) {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end, !interruption.isRequested {
            let left = (end - ContinuousClock.now).components.seconds + 1
            showRunning(message: "\(message) (\(left) s)")
            if waitForKeys(milliseconds: 250).contains(.enter) { return }
        }
    }

    // MARK: The end

    /// Tells of what is wrong.
    package func tell(isError: Bool, step: String?, text: String, nextStep: String?) {
        port?.tell(.problem(isError: isError, step: step, text: text, nextStep: nextStep))
    }

    /// Shows how the run ended, serves a trial, and waits for a key where nobody else decides.
    ///
    /// - Parameter waitSeconds: how long a person has; nil for as long as they take.
    package func end(
        _ outcome: EngineReport.Outcome, page: ScreenPage, text: String, waitSeconds: Int?,
        files: (String) -> FilePath?,
        interruption: Interruption
    ) {
        show { _ in page }
        if let port {
            port.tell(.ended(outcome: outcome, text: text))
            port.serve(files: files, seconds: 60)
            return
        }
        let end = waitSeconds.map { ContinuousClock.now + .seconds($0) }
        while !interruption.isRequested {
            if let end, ContinuousClock.now >= end { return }
            if waitForKeys(milliseconds: 250).contains(.enter) { return }
        }
    }
}
