// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support

/// Messages and progress as one JSON object per line, for programs that watch us.
enum JSONLine {
    private struct Progress: Encodable {
        let event: String
        let phase: String
        let completedSize: Int64?
        let totalSize: Int64?
        let rate: Int64?
        let secondsLeft: Int64?
        let percent: Int64?
    }

    private struct Line: Encodable {
        let event: String
        let message: String
    }

    private struct ErrorLine: Encodable {
        let event: String
        let message: String
        let object: String?
        let problem: String?
        let nextStep: String?
        let option: String?
        let exitCode: Int32
    }

    /// A progress object of a phase that has lasted for `seconds`.
    static func progress(_ update: ProgressUpdate, seconds: Double, isFinished: Bool) -> String {
        let figures = ProgressFigures(update, seconds: seconds, isFinished: isFinished)
        return line(
            Progress(
                event: isFinished ? "finished" : "progress", phase: update.phase,
                completedSize: update.isPercentage ? nil : update.completedByteCount,
                totalSize: update.isPercentage ? nil : update.totalByteCount, rate: figures.rate,
                secondsLeft: figures.secondsLeft, percent: update.isPercentage ? update.completedByteCount : nil))
    }

    /// A message object.
    static func message(_ message: Message) -> String {
        let kind = message.kind.rawValue
        guard let failure = message.failure else { return line(Line(event: kind, message: message.text)) }
        return line(
            ErrorLine(
                event: kind, message: message.text, object: failure.object, problem: failure.problem,
                nextStep: failure.nextStep, option: failure.option, exitCode: failure.exitCode))
    }

    private static func line(_ value: some Encodable) -> String {
        guard let bytes = try? JSON.bytes(of: value, .line) else { return "" }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
