// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TrialChannel

/// Says what became of a trial, and why.
struct TrialVerdict {
    let request: TrialRequest
    let media: TrialMedia
    let timeout: Duration
    let machine: RunningMachine
    let run: TrialRun

    /// Fields of others.
    private static let (timeoutField, passwordField) = (RequestField("timeout"), RequestField("password"))
    private static let passwordQuestion = "password"
    private static let logName = "\(TrialChannel.logFileName)=FILE"

    /// What is told of a run that ended so.
    func result(_ end: TrialRun.End) -> TrialResult {
        var result = run.conversation.result
        switch end {
        case .engine: break
        case .text: result.outcome = .textCame
        case .timeout: result.outcome = .timedOut
        case .failure, .machine, .stopped, .restarts: result.outcome = .stopped
        }
        result.hasText = run.serial.hasText
        result.serial = run.serial.lastLines
        result.seconds = run.seconds
        return result
    }

    /// Why such an end is no success; nil when it is one.
    func failure(_ end: TrialRun.End) -> MediaTrialError? {
        switch end {
        case .text, .engine(.succeeded), .engine(.restarting): nil
        case .engine(.failed): sequenceFailure { "failed: \($0)" }
        case .engine(.refused): sequenceFailure { "was refused: \($0)" }
        case .failure(let failure):
            MediaTrialError(.noReport, mediaName, failure.problem, nextStep: failure.nextStep)
        case .machine(let status): machineFailure(status)
        case .stopped(let state): stopFailure(state)
        case .restarts:
            MediaTrialError(
                .noReport, mediaName, "has the machine restart again and again",
                nextStep: "look at it with \(.window), or at its serial port with \(.copyOut, "serial.log=FILE")")
        case .timeout: timeoutFailure
        }
    }

    /// Why the text did not come that was waited for after the run; nil when it did.
    func failureOfText(_ end: TrialRun.End) -> MediaTrialError? {
        let text: DiagnosticText = "text '\(request.awaitedText ?? "")'"
        let nextStep: DiagnosticText =
            "look at the screen with \(.screenshot), or at all that was said with \(.copyOut, "serial.log=FILE")"
        switch end {
        case .text: return nil
        case .failure(let failure):
            return MediaTrialError(
                .textMissing, text, "cannot come any more: the system that was applied \(failure.problem)",
                nextStep: failure.nextStep)
        case .stopped(let state): return stopFailure(state)
        case .timeout:
            return MediaTrialError(
                .textMissing, text, "has not come within \(timeout.components.seconds) seconds",
                nextStep: "\(nextStep), or wait longer with \(Self.timeoutField)")
        default:
            return MediaTrialError(
                .textMissing, text, "cannot come any more: the machine was switched off", nextStep: nextStep)
        }
    }

    /// An error of the emulator with what it says itself.
    func explained(_ error: MediaTrialError) -> MediaTrialError {
        machine.statusAfterAll.map { machineFailure($0) } ?? error
    }

    // MARK: Parts

    private var mediaName: DiagnosticText { "media \(media.volumes[0])" }

    private var sequenceName: DiagnosticText {
        run.conversation.result.taskSequence.map { "task sequence '\($0)'" } ?? mediaName
    }

    private func sequenceFailure(_ problem: (String) -> DiagnosticText) -> MediaTrialError {
        let result = run.conversation.result
        let errors = result.problems.filter(\.isError)
        // Of several, each has been told with what to do about it.
        let only = errors.count == 1 ? errors.first : nil
        var text = result.text
        if text.isEmpty { text = errors.last?.text ?? "no reason is given" }
        text = text.trimmingTrailing { $0 == "." || $0.isWhitespace }
        // What to do is told behind, once.
        if let nextStep = only?.nextStep, text.hasSuffix("; \(nextStep)") { text.removeLast(nextStep.count + 2) }
        let several: DiagnosticText? = errors.count > 1 ? "do what each of them says" : nil
        return MediaTrialError(
            .sequenceFailed, sequenceName, problem(text),
            nextStep: answerAdvice ?? several ?? only?.nextStep.map { DiagnosticText($0) }
                ?? "read its log: \(.copyOut, Self.logName)")
    }

    /// What to do about a question that nobody answered.
    private var answerAdvice: DiagnosticText? {
        guard let question = run.conversation.openQuestion else { return nil }
        if question.isExactly(Self.passwordQuestion) { return "give the password with \(Self.passwordField)" }
        if let number = TrialChannel.volumeNumber(ofQuestion: question) {
            return number > media.volumes.count
                ? "name volume \(number) of the set as well"
                : "verify volume \(number), which was put in and not taken: 'tsmedia verify'"
        }
        return "answer it: \(.answer, "\(question)=VALUE")"
    }

    private func machineFailure(_ status: Int32) -> MediaTrialError {
        guard status != 0 else {
            return MediaTrialError(
                .noReport, mediaName, "has not come to an end: the machine was switched off, or its window closed",
                nextStep: "look at what it said: \(.copyOut, "serial.log=FILE")")
        }
        let complaint = machine.complaint
        if request.hasWindow, complaint.contains("isplay") {
            return MediaTrialError(
                .notInstalled, "\(.window)", "cannot be shown: \(complaint)",
                nextStep: "install the package qemu-system-gui")
        }
        return MediaTrialError(
            .machineFailed, "the virtual machine",
            "ended with \(status): \(complaint.isEmpty ? "no reason is given" : complaint)",
            nextStep: "check the memory and the room for temporary files (TMPDIR), then try again")
    }

    /// What QEMU calls the state of a machine that found no room to write to (QMP reference, RunState).
    private static let noRoom = "io-error"

    private func stopFailure(_ state: String) -> MediaTrialError {
        guard state != Self.noRoom else {
            return MediaTrialError(
                .machineFailed, "the virtual machine", "cannot write to its disks any more",
                nextStep: "make room where TMPDIR and kept disks are, then try again")
        }
        return MediaTrialError(
            .machineFailed, "the virtual machine", "was stopped by the emulator, as it says for: \(state.onOneLine)",
            nextStep: "try again, and without /dev/kvm if it stays so")
    }

    private var timeoutFailure: MediaTrialError {
        let seconds = timeout.components.seconds
        let result = run.conversation.result
        if run.conversation.phase != .silent {
            let step = result.steps.last.map { ": it is at step \($0.number), \($0.name)" } ?? ""
            return MediaTrialError(
                .sequenceFailed, sequenceName, "has not come to an end within \(seconds) seconds\(step)",
                nextStep: "give it more with \(Self.timeoutField)")
        }
        if let text = request.awaitedText, !media.hasEngine {
            return MediaTrialError(
                .textMissing, "text '\(text)'", "has not come within \(seconds) seconds",
                nextStep: "look at the screen with \(.screenshot), or wait longer with \(Self.timeoutField)")
        }
        guard media.hasEngine else {
            return MediaTrialError(
                .noReport, mediaName,
                "has run for \(seconds) seconds, and nothing in its boot image reports, so that nobody can tell how it went",
                nextStep:
                    "look at it with \(.window) or \(.screenshot), or say with \(.waitFor) what its serial port says when it is well"
            )
        }
        return MediaTrialError(
            .noReport, mediaName, "has reported nothing within \(seconds) seconds",
            nextStep: "look at the screen with \(.screenshot), or wait longer with \(Self.timeoutField)")
    }
}
