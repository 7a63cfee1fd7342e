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
        var hasBar = false
        var logger: Logger?
    }

    private let state = Mutex(State())

    /// Chooses how progress is shown.
    func configure(_ mode: ProgressMode) { state.withLock { $0.mode = mode.resolved } }

    /// Repeats every message in `logger`.
    func mirror(to logger: Logger) { state.withLock { $0.logger = logger } }

    // MARK: Messages

    /// Something that went wrong and ended the command.
    func error(_ message: DiagnosticText) { say("error", .error, message.withOptions) }

    /// An error that ended the command, or a part of it.
    func error(_ error: any Error) { say("error", .error, ExitStatus.message(of: error)) }

    /// Something that may keep the result from working as expected.
    func warning(_ message: DiagnosticText) { say("warning", .warning, message.withOptions) }

    /// Something the user should know.
    func note(_ message: DiagnosticText) { say("note", .info, message.withOptions) }

    private func say(_ kind: String, _ level: Logger.Level, _ message: String) {
        state.withLock { state in
            state.logger?.log(level: level, "\(message)")
            eraseBar(&state)
            if state.mode == .json {
                put(JSONLine.message(kind, message))
            } else {
                print("\(kind): \(message)")
            }
        }
    }

    /// Lines of the program's own, below an error: how a command is used.
    func usage(_ lines: [String]) {
        state.withLock { state in
            eraseBar(&state)
            for line in lines { print(line) }
        }
    }

    // MARK: Progress

    func update(_ update: ProgressUpdate) {
        state.withLock { state in
            guard state.mode != .none else { return }
            let now = Self.now()
            if state.phase != update.phase {
                state.phase = update.phase
                state.phaseStart = now
                state.nextDrawing = now + (Self.interval[state.mode] ?? 0)
            }
            state.last = update
            guard now >= state.nextDrawing else { return }
            state.nextDrawing = now + (Self.interval[state.mode] ?? 0)
            draw(update, seconds: Double(now - state.phaseStart) / 1e9, &state)
        }
    }

    func finish(phase: String) {
        state.withLock { state in
            guard state.mode != .none, state.phase == phase, let last = state.last else { return }
            let seconds = Double(Self.now() - state.phaseStart) / 1e9
            eraseBar(&state)
            switch state.mode {
            case .json: put(JSONLine.progress(last, isFinished: true))
            default: print(ProgressText.summary(last, seconds: seconds))
            }
            state.phase = nil
            state.last = nil
        }
    }

    private func draw(_ update: ProgressUpdate, seconds: Double, _ state: inout State) {
        switch state.mode {
        case .ansi:
            put("\r\u{1B}[K" + ProgressText.bar(update, seconds: seconds, width: Self.width()).onOneLine)
            state.hasBar = true
        case .plain: print(ProgressText.line(update, seconds: seconds))
        case .json: put(JSONLine.progress(update, isFinished: false))
        case .auto, .none: break
        }
    }

    private func eraseBar(_ state: inout State) {
        guard state.hasBar else { return }
        put("\r\u{1B}[K")
        state.hasBar = false
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

    private static func width() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return 80 }
        return Int(size.ws_col)
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
