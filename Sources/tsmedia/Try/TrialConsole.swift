// SPDX-License-Identifier: GPL-3.0-or-later

import MediaTrial
import Support
import TrialChannel

/// Shows a trial on the console: steps as notes, how far a step is as progress, everything else with --verbose.
final class TrialConsole: TrialObserver {
    /// How many lines of a log stand before a failure.
    private static let lastLineCount = 12

    private let media: String
    /// The step that runs, as it is called in progress.
    private var step: String?
    /// How much of a file has come out of the machine, and how much there is, in bytes.
    private var copied: (done: Int64, total: Int64) = (0, 0)

    init(media: String) { self.media = media }

    func take(_ event: TrialEvent) {
        switch event {
        case .machine(let firmware, let acceleration):
            let how = acceleration == .kvm ? "" : "; without KVM it is some ten times slower than a computer"
            Console.shared.note("starting \(media) with \(Self.title(of: firmware))\(how)")
        case .restart: Console.shared.detail("the machine restarts")
        case .powerCut: Console.shared.detail("the power of the machine was cut, and it starts again")
        case .report(let report): take(report)
        case .answered(let question, let isAnswered):
            Console.shared.detail(
                isAnswered ? "the question '\(question)' was answered" : "the question '\(question)' has no answer")
        case .inserted(let volume, let count): Console.shared.note("volume \(volume) of \(count) is in the machine")
        case .serial(let line): Console.shared.detail("serial: \(line)")
        case .note(let text): Console.shared.note(text)
        }
    }

    /// Nothing more will happen.
    func end() { endStep() }

    /// Shows the end of what was said before a failure.
    func tellWhatWasSaidLast(_ result: TrialResult) {
        let (title, lines) =
            result.log.isEmpty
            ? ("serial port", result.serial) : ("log", result.log.map { CMTraceLine($0).text })
        for line in lines.suffix(Self.lastLineCount) { Console.shared.note(DiagnosticText("\(title): \(line)")) }
    }

    private func take(_ report: EngineReport) {
        switch report {
        case .started(let version, let firmware): Console.shared.detail("tsengine \(version), started by \(firmware)")
        case .media(let type, let label, let id):
            Console.shared.detail("media '\(label)' (\(type))" + (id.map { ", task sequence \($0)" } ?? ""))
        case .sequence(let name, let stepCount):
            Console.shared.note(DiagnosticText("task sequence '\(name)', \(stepCount) steps"))
        case .step(let number, let count, let name, _):
            endStep()
            step = "step \(number) of \(count)"
            Console.shared.note(DiagnosticText("step \(number) of \(count): \(name)"))
        case .progress(let percent, let text):
            guard let percent else { return }
            Console.shared.update(ProgressUpdate(phase: step ?? text, percent: percent))
        case .log(let line): Console.shared.detail("log: \(CMTraceLine(line).text)")
        case .question(let name, let text, _): Console.shared.detail("the machine asks for '\(name)': \(text)")
        case .problem(let isError, let step, let text, let nextStep):
            let whole = (step.map { "step \($0): " } ?? "") + text + (nextStep.map { "; \($0)" } ?? "")
            if isError {
                Console.shared.note(DiagnosticText(whole))
            } else {
                Console.shared.warning(DiagnosticText(whole))
            }
        case .file(let name, let byteCount, _):
            Console.shared.detail("\(name): \(byteCount) bytes")
            endStep()
            step = "copying \(name.onOneLine)"
            copied = (0, byteCount)
        case .piece(_, let base64): takePiece(byteCount: Int64(base64.utf8.count / 4 * 3))
        case .unavailable: break
        case .restart(let text):
            endStep()
            Console.shared.note(DiagnosticText(text))
        case .ended(let outcome, _):
            endStep()
            Console.shared.detail("the run has ended: \(outcome.rawValue)")
        }
    }

    private func takePiece(byteCount: Int64) {
        guard let step, copied.total > 0 else { return }
        copied.done = min(copied.total, copied.done.addingReportingOverflow(byteCount).partialValue)
        Console.shared.update(
            ProgressUpdate(phase: step, percent: Int(Double(copied.done) / Double(copied.total) * 100)))
        if copied.done == copied.total { endStep() }
    }

    private func endStep() {
        if let step { Console.shared.finish(phase: step) }
        step = nil
    }

    private static func title(of firmware: TrialFirmware) -> String {
        switch firmware {
        case .uefi: "UEFI"
        case .secure: "UEFI and Secure Boot"
        case .bios: "a BIOS"
        }
    }
}

/// A line of a log in the form that CMTrace reads (docs/formats/media.md section 3).
private struct CMTraceLine {
    /// What it says.
    let text: String

    init(_ line: String) {
        guard let start = line.firstRange(of: "<![LOG["), let end = line.firstRange(of: "]LOG]!>"),
            start.upperBound <= end.lowerBound
        else {
            text = line
            return
        }
        text = String(line[start.upperBound..<end.lowerBound])
    }
}
