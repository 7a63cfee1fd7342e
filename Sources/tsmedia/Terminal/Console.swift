// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Logging
import Support
import Synchronization

/// Standard error: messages, and progress that messages do not tear.
///
/// Escapes whatever it is given, and calls fields by their options: nothing reaches standard error but through here.
final class Console: ProgressObserver {
    /// The console of the process.
    static let shared = Console()

    /// How often progress is drawn, in nanoseconds.
    private static let interval: [ProgressMode: UInt64] = [
        .ansi: 100_000_000, .plain: 5_000_000_000, .json: 250_000_000,
    ]

    private struct State {
        var mode = ProgressMode.none
        var phase: String?
        var phaseStart: UInt64 = 0
        var nextDrawing: UInt64 = 0
        var last: ProgressUpdate?
        /// The columns that the bar takes which was drawn last; 0 without one.
        var barWidth = 0
        var verbosity = Verbosity.usual
        var messagesAreJSON = false
        var logger: Logger?

        var talksJSON: Bool { messagesAreJSON || mode == .json }
    }

    private let state = Mutex(State())

    /// Chooses how progress is shown.
    func configure(_ mode: ProgressMode) {
        state.withLock { $0.mode = mode.resolved(inJSON: $0.messagesAreJSON) }
    }

    /// How much is said.
    enum Verbosity {
        /// Errors and warnings.
        case quiet
        /// Notes and progress too.
        case usual
        /// What the log has too.
        case verbose
    }

    /// Chooses how much is said.
    func configure(_ verbosity: Verbosity) { state.withLock { $0.verbosity = verbosity } }

    /// True when only errors and warnings are wanted, and what a command has to report.
    var isQuiet: Bool { state.withLock { $0.verbosity == .quiet } }

    /// Tells messages as JSON from now on, a line each, as the reports of the command are; progress too, unless somebody
    /// looks at it.
    func tellMessagesAsJSON() { state.withLock { $0.messagesAreJSON = true } }

    /// Repeats every message in `logger`.
    func mirror(to logger: Logger) { state.withLock { $0.logger = logger } }

    // MARK: Messages

    /// Something that went wrong and ended the command, for a reason that only the command line has.
    func error(usage message: String) {
        say(Message(.error, DiagnosticText(message).withOptions, exitCode: ExitStatus.code(for: .usage)))
    }

    /// An error that ended the command, or a part of it.
    func error(_ error: any Error) { say(Message(error)) }

    /// Something that may keep the result from working as expected.
    func warning(_ message: DiagnosticText) { say(Message(.warning, message.withOptions)) }

    /// Something the user should know.
    func note(_ message: DiagnosticText) { say(Message(.note, message.withOptions)) }

    /// A question to somebody at the terminal, who answers behind it.
    func ask(_ question: String) {
        state.withLock { state in
            eraseBar(&state)
            put(question)
        }
    }

    /// An error in words that are made already.
    func error(_ message: DiagnosticText) { say(Message(.error, message.withOptions)) }

    /// What the log has, for those who want to see it.
    func detail(_ text: String) {
        state.withLock { state in
            guard state.verbosity == .verbose else { return }
            eraseBar(&state)
            if state.talksJSON { put(JSONLine.message(Message(.detail, text))) } else { print(text) }
        }
    }

    /// Tells the log what was done, and the console where all of the log is wanted.
    func log(_ text: String) {
        state.withLock { $0.logger?.info("\(text)") }
        detail(text)
    }

    private func say(_ message: Message) {
        state.withLock { state in
            state.logger?.log(level: message.kind.level, "\(message.text)")
            guard message.kind != .note || state.verbosity != .quiet else { return }
            eraseBar(&state)
            if state.talksJSON { put(JSONLine.message(message)) } else { show(message) }
        }
    }

    /// The message on one line, for programs and files; for somebody who looks, between words and in colour.
    private func show(_ message: Message) {
        let terminal = Terminal.error
        let line = "\(message.kind.rawValue): \(message.text)".onOneLine
        guard let width = terminal.width else { return put(line + "\n") }
        var lines = Folding.lines(line, width: width, indent: "  ")
        if let colour = message.kind.colour, lines[0].hasPrefix("\(message.kind.rawValue):") {
            let word = "\(message.kind.rawValue):"
            lines[0] = colour.paint(word, on: terminal) + lines[0].dropFirst(word.count)
        }
        put(lines.map { $0 + "\n" }.joined())
    }

    // MARK: Progress

    func update(_ update: ProgressUpdate) {
        state.withLock { state in
            guard state.mode != .none, state.verbosity != .quiet else { return }
            let now = Self.now()
            if state.phase != update.phase {
                let next = now + (Self.interval[state.mode] ?? 0)
                // Phases that take turns must not keep each other from being shown.
                state.nextDrawing = state.phase == nil ? next : min(state.nextDrawing, next)
                (state.phase, state.phaseStart) = (update.phase, now)
            }
            state.last = update
            guard now >= state.nextDrawing else { return }
            state.nextDrawing = now + (Self.interval[state.mode] ?? 0)
            draw(update, seconds: Double(now - state.phaseStart) / 1e9, &state)
        }
    }

    func finish(phase: String) {
        state.withLock { state in
            guard state.mode != .none, state.verbosity != .quiet, state.phase == phase, let last = state.last else {
                return
            }
            let seconds = Double(Self.now() - state.phaseStart) / 1e9
            eraseBar(&state)
            switch state.mode {
            case .json: put(JSONLine.progress(last, seconds: seconds, isFinished: true))
            default: print(ProgressText.summary(last, seconds: seconds))
            }
            state.phase = nil
            state.last = nil
        }
    }

    private func draw(_ update: ProgressUpdate, seconds: Double, _ state: inout State) {
        switch state.mode {
        case .ansi:
            eraseBar(&state)
            let bar = ProgressText.bar(update, seconds: seconds, width: Terminal.error.width ?? 80).onOneLine
            put(bar)
            state.barWidth = bar.count
        case .plain: print(ProgressText.line(update, seconds: seconds))
        case .json: put(JSONLine.progress(update, seconds: seconds, isFinished: false))
        case .auto, .none: break
        }
    }

    private func eraseBar(_ state: inout State) {
        guard state.barWidth > 0 else { return }
        // In a window that has become narrower the bar takes several lines, or lost its end: who knows which. What is
        // there stays, and the next begins below it.
        let isWhole = state.barWidth < (Terminal.error.width ?? .max)
        put(isWhole ? "\r\u{1B}[K" : "\r\n")
        state.barWidth = 0
    }

    // MARK: The terminal

    /// The one way for text: a line that no name from outside can break or make drive the terminal.
    private func print(_ line: String) { put(line.onOneLine + "\n") }

    private func put(_ text: String) {
        // A message that cannot be shown must not end the work.
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
