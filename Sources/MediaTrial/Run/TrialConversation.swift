// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TrialChannel

/// Our side of the channel: takes reports, and says what is told in turn.
///
/// Knows nothing of machines.
struct TrialConversation {
    /// How far it is.
    enum Phase: Equatable {
        /// Nothing has reported.
        case silent
        /// The program runs.
        case running
        /// It has ended, and gives files away.
        case ended(EngineReport.Outcome)
    }

    /// Something that has to be done in turn.
    enum Reaction: Equatable {
        /// A line for the program.
        case order(TrialOrder)
        /// Put a volume in; the answer follows when it is.
        case insert(Insertion, question: String)
        /// Tell whoever watches that a question could be answered, or not.
        case tell(question: String, isAnswered: Bool)
        /// The machine starts from the media again: put the first volume in, where another is.
        case putFirstIn
        /// The run is over: look at the screen, then have the files copied.
        case end
    }

    /// What is put in where a volume was asked for.
    enum Insertion: Equatable {
        /// The volume of this number.
        case volume(Int)
        /// What an answer names, to see what becomes of it.
        case file(String)
    }

    /// How often a volume is put in again that is not taken.
    private static let insertionLimit = 3
    /// Lines of the log that are kept, and how much of each; steps and problems that are kept.
    private static let (logLineCount, logLineLength, entryCount) = (200, 2_000, 10_000)

    private(set) var phase = Phase.silent
    /// What is told of the run in the end.
    private(set) var result = TrialResult()
    /// The question that nobody could answer, and behind which nothing came.
    private(set) var openQuestion: String?

    private var answers: [ExactText: [String]] = [:]
    private var lastAnswers: [ExactText: String] = [:]
    private let volumeCount: Int
    /// The volume that was put in last, and how often it was in a row.
    private var inserted = (number: 0, count: 0)
    private let leavesQuestionsOpen: Bool

    /// A conversation in which questions get `answers`.
    ///
    /// - Parameters:
    ///   - volumeCount: how many volumes can be put in.
    ///   - leavesQuestionsOpen: whether somebody at the machine may type what we do not know.
    init(answers: [TrialRequest.Answer], volumeCount: Int, leavesQuestionsOpen: Bool) {
        for answer in answers { self.answers[ExactText(answer.name), default: []].append(answer.value) }
        lastAnswers = self.answers.compactMapValues(\.last)
        self.volumeCount = volumeCount
        self.leavesQuestionsOpen = leavesQuestionsOpen
    }

    /// Takes a report that came `seconds` after the machine was started.
    mutating func take(_ report: EngineReport, seconds: Double) -> [Reaction] {
        if phase == .silent { phase = .running }
        switch report {
        case .started(let version, let firmware):
            result.engine = (version, firmware)
            // A person who is asked again when the computer starts again says the same again.
            for (name, last) in lastAnswers where answers[name]?.isEmpty != false { answers[name] = [last] }
        case .restart: return [.putFirstIn]
        case .sequence(let name, let stepCount): (result.taskSequence, result.stepCount) = (name, stepCount)
        case .step(let number, _, let name, let group):
            // It goes on without the answer.
            openQuestion = nil
            guard result.steps.count < Self.entryCount else { break }
            result.steps.append(.init(number: number, name: name, group: group, start: seconds))
        case .log(let line):
            result.log.append(String(line.prefix(Self.logLineLength)))
            if result.log.count > Self.logLineCount { result.log.removeFirst() }
        case .problem(let isError, let step, let text, let nextStep):
            guard result.problems.count < Self.entryCount else { break }
            result.problems.append(.init(isError: isError, step: step, text: text, nextStep: nextStep))
        case .question(let name, let text, _): return answer(name, text)
        case .ended(let outcome, let text):
            if case .ended = phase { break }
            phase = .ended(outcome)
            result.text = text
            result.outcome =
                switch outcome {
                case .succeeded: .succeeded
                case .restarting: .restarting
                case .failed: .failed
                case .refused: .refused
                }
            return [.end]
        case .media, .progress, .file, .piece, .unavailable: break
        }
        return []
    }

    private mutating func answer(_ name: String, _ text: String) -> [Reaction] {
        let key = ExactText(name)
        if let number = TrialChannel.volumeNumber(ofQuestion: name) {
            if let file = answers[key]?.first {
                answers[key]?.removeFirst()
                return [.insert(.file(file), question: name)]
            }
            inserted = (number, inserted.number == number ? inserted.count + 1 : 1)
            if (1...max(1, volumeCount)).contains(number), inserted.count <= Self.insertionLimit {
                return [.insert(.volume(number), question: name)]
            }
        }
        openQuestion = nil
        if var left = answers[key], !left.isEmpty {
            let value = left.removeFirst()
            answers[key] = left
            return [.order(.answer(name: name, value: value)), .tell(question: name, isAnswered: true)]
        }
        if leavesQuestionsOpen { return [.tell(question: name, isAnswered: false)] }
        openQuestion = name
        return [.order(.noAnswer(name: name)), .tell(question: name, isAnswered: false)]
    }
}
