// SPDX-License-Identifier: GPL-3.0-or-later

/// What whoever watches a trial tells the program that runs the task sequence.
public enum TrialOrder: Sendable, Equatable {
    /// What a person would type at the question `name`; it may be sent before that is asked, and is then kept.
    case answer(name: String, value: String)
    /// Nobody is there to answer the question `name`: the run fails with the question's text.
    case noAnswer(name: String)
    /// The file `name` is wanted, which follows as ``EngineReport/file(name:byteCount:sha256:)`` and pieces. Only behind
    /// ``EngineReport/ended(outcome:text:)``.
    case copyOut(name: String)
    /// Nothing more is wanted: the program restarts or powers off now.
    case finish

    /// The order as a line without its end.
    public var line: String {
        switch self {
        case .answer(let name, let value):
            ChannelLine("answer", [("name", .text(name)), ("value", .whole(value))]).text
        case .noAnswer(let name): ChannelLine("noAnswer", [("name", .text(name))]).text
        case .copyOut(let name): ChannelLine("copyOut", [("name", .text(name))]).text
        case .finish: ChannelLine("finish", []).text
        }
    }

    /// Reads a line.
    ///
    /// - Throws: ``TrialChannelError``.
    public init(line: String) throws(TrialChannelError) {
        let members = try ChannelMembers(line: line)
        switch members.type {
        case "answer": self = .answer(name: try members.text("name"), value: try members.text("value"))
        case "noAnswer": self = .noAnswer(name: try members.text("name"))
        case "copyOut": self = .copyOut(name: try members.text("name"))
        case "finish": self = .finish
        case let other: throw .unknownType(other)
        }
    }
}
