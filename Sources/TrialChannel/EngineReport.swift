// SPDX-License-Identifier: GPL-3.0-or-later

/// What the program that runs the task sequence tells whoever watches.
public enum EngineReport: Sendable, Equatable {
    /// How a run ended.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The sequence ran to its end.
        case succeeded
        /// The computer restarts into the system that was applied.
        case restarting
        /// A step failed, or the run did.
        case failed
        /// It was refused before anything was written.
        case refused
    }

    /// The program runs: the first report of all.
    ///
    /// - `version`: that of the program.
    /// - `firmware`: what started it, such as `uefi`, `secure` or `bios`.
    case started(version: String, firmware: String)
    /// The media was found, with its type, its label, and the package ID of its task sequence if it holds one.
    case media(type: String, label: String, taskSequence: String?)
    /// The task sequence was read.
    case sequence(name: String, stepCount: Int)
    /// A step begins: its number from 1, how many there are, its name, and the groups that it stands in.
    case step(number: Int, count: Int, name: String, group: String)
    /// How far the step is, in hundredths of it if that is known, and what it is doing.
    case progress(percent: Int?, text: String)
    /// A line of the log in the form of CMTrace.
    case log(line: String)
    /// The program waits for ``TrialOrder/answer(name:value:)``; it asks again when the answer was wrong.
    case question(name: String, text: String, isSecret: Bool)
    /// Something is wrong: in which step, what it is, and what to do about it.
    case problem(isError: Bool, step: String?, text: String, nextStep: String?)
    /// A file that was asked for follows in pieces; its SHA-256 is 64 hexadecimal digits.
    case file(name: String, byteCount: Int64, sha256: String)
    /// The next bytes of a file, in Base64.
    case piece(name: String, base64: String)
    /// A file that was asked for cannot be had.
    case unavailable(name: String, reason: String)
    /// The computer restarts from the media now, and the run goes on: ``started(version:firmware:)`` follows.
    case restart(text: String)
    /// The run is over; the program waits for ``TrialOrder/finish``.
    case ended(outcome: Outcome, text: String)

    /// The report as a line without its end.
    public var line: String {
        switch self {
        case .started(let version, let firmware):
            ChannelLine("started", [("version", .text(version)), ("firmware", .text(firmware))]).text
        case .media(let type, let label, let taskSequence):
            ChannelLine(
                "media",
                [("mediaType", .text(type)), ("label", .text(label)), ("taskSequence", .optional(taskSequence))]
            ).text
        case .sequence(let name, let stepCount):
            ChannelLine("sequence", [("name", .text(name)), ("stepCount", .number(Int64(stepCount)))]).text
        case .step(let number, let count, let name, let group):
            ChannelLine(
                "step",
                [
                    ("number", .number(Int64(number))), ("count", .number(Int64(count))), ("name", .text(name)),
                    ("group", .text(group)),
                ]
            ).text
        case .progress(let percent, let text):
            ChannelLine("progress", [("percent", percent.map { .number(Int64($0)) } ?? .null), ("text", .text(text))])
                .text
        case .log(let line): ChannelLine("log", [("line", .text(line))]).text
        case .question(let name, let text, let isSecret):
            ChannelLine("question", [("name", .text(name)), ("text", .text(text)), ("isSecret", .truth(isSecret))]).text
        case .problem(let isError, let step, let text, let nextStep):
            ChannelLine(
                "problem",
                [
                    ("isError", .truth(isError)), ("step", .optional(step)), ("text", .text(text)),
                    ("nextStep", .optional(nextStep)),
                ]
            ).text
        case .file(let name, let byteCount, let sha256):
            ChannelLine(
                "file", [("name", .text(name)), ("byteCount", .number(byteCount)), ("sha256", .text(sha256))]
            ).text
        case .piece(let name, let base64):
            ChannelLine("piece", [("name", .text(name)), ("base64", .whole(base64))]).text
        case .unavailable(let name, let reason):
            ChannelLine("unavailable", [("name", .text(name)), ("reason", .text(reason))]).text
        case .restart(let text): ChannelLine("restart", [("text", .text(text))]).text
        case .ended(let outcome, let text):
            ChannelLine("ended", [("outcome", .text(outcome.rawValue)), ("text", .text(text))]).text
        }
    }

    /// Reads a line.
    ///
    /// - Throws: ``TrialChannelError`` also for numbers that cannot be: a step before the first, a percent above 100.
    public init(line: String) throws(TrialChannelError) {
        let members = try ChannelMembers(line: line)
        switch members.type {
        case "started":
            self = .started(version: try members.text("version"), firmware: try members.text("firmware"))
        case "media":
            self = .media(
                type: try members.text("mediaType"), label: try members.text("label"),
                taskSequence: try members.optionalText("taskSequence"))
        case "sequence":
            self = .sequence(name: try members.text("name"), stepCount: try members.count("stepCount"))
        case "step":
            let (number, count) = (try members.count("number"), try members.count("count"))
            guard number >= 1, number <= count else { throw .malformed("counts steps as nobody does") }
            self = .step(
                number: number, count: count, name: try members.text("name"), group: try members.text("group"))
        case "progress":
            let percent = try members.optionalNumber("percent", in: 0...100)
            self = .progress(percent: percent.map { Int($0) }, text: try members.text("text"))
        case "log": self = .log(line: try members.text("line"))
        case "question":
            self = .question(
                name: try members.text("name"), text: try members.text("text"), isSecret: try members.truth("isSecret"))
        case "problem":
            self = .problem(
                isError: try members.truth("isError"), step: try members.optionalText("step"),
                text: try members.text("text"), nextStep: try members.optionalText("nextStep"))
        case "file":
            self = .file(
                name: try members.text("name"), byteCount: try members.number("byteCount", in: 0...Int64.max),
                sha256: try members.text("sha256"))
        case "piece": self = .piece(name: try members.text("name"), base64: try members.text("base64"))
        case "unavailable": self = .unavailable(name: try members.text("name"), reason: try members.text("reason"))
        case "restart": self = .restart(text: try members.text("text"))
        case "ended":
            let outcome = try members.text("outcome")
            guard let known = Outcome(rawValue: outcome) else {
                throw .malformed("has the outcome '\(outcome)', which is none")
            }
            self = .ended(outcome: known, text: try members.text("text"))
        case let other: throw .unknownType(other)
        }
    }
}
