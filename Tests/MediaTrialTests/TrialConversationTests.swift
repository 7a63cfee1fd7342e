// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing
import TrialChannel

@testable import MediaTrial

@Suite("What is said in a trial")
struct TrialConversationTests {
    private static func answer(_ name: String, _ value: String) throws -> TrialRequest.Answer {
        try TrialRequest.Answer(name: name, value: value)
    }

    private static func question(_ name: String) -> EngineReport { .question(name: name, text: "?", isSecret: true) }

    @Test("each question gets its answers in their order, then none; names are compared byte for byte")
    func answers() throws {
        var talk = TrialConversation(
            answers: [
                try Self.answer("password", "wrong"), try Self.answer("name", "PC"),
                try Self.answer("password", "right"),
            ], volumeCount: 1, leavesQuestionsOpen: false)
        func orders(_ name: String) -> [TrialConversation.Reaction] { talk.take(Self.question(name), seconds: 1) }
        #expect(orders("password").first == .order(.answer(name: "password", value: "wrong")))
        #expect(orders("password").first == .order(.answer(name: "password", value: "right")))
        #expect(talk.openQuestion == nil)
        #expect(orders("password").first == .order(.noAnswer(name: "password")))
        #expect(talk.openQuestion == "password")
        #expect(orders("NAME").first == .order(.noAnswer(name: "NAME")))
        #expect(orders("name").first == .order(.answer(name: "name", value: "PC")))
    }

    @Test("with a window, what is not known is left to whoever looks at it")
    func window() {
        var talk = TrialConversation(answers: [], volumeCount: 1, leavesQuestionsOpen: true)
        #expect(talk.take(Self.question("password"), seconds: 0) == [.tell(question: "password", isAnswered: false)])
    }

    @Test("a volume that there is is put in, any other is a question like others")
    func volumes() {
        var talk = TrialConversation(answers: [], volumeCount: 3, leavesQuestionsOpen: false)
        #expect(talk.take(Self.question("volume-2"), seconds: 0) == [.insert(.volume(2), question: "volume-2")])
        for name in ["volume-4", "volume-0", "volume--1", "volume-02", "volume-99999999999999999999", "volume-"] {
            #expect(talk.take(Self.question(name), seconds: 0).first == .order(.noAnswer(name: name)))
        }
    }

    @Test("files that answers name go in before the volume, and one that is not taken is put in three times at most")
    func insertions() throws {
        var talk = TrialConversation(
            answers: [try Self.answer("volume-2", "wrong.iso"), try Self.answer("volume-2", "torn.iso")],
            volumeCount: 2, leavesQuestionsOpen: false)
        func reaction(_ name: String) -> TrialConversation.Reaction? {
            talk.take(Self.question(name), seconds: 0).first
        }
        #expect(reaction("volume-2") == .insert(.file("wrong.iso"), question: "volume-2"))
        #expect(reaction("volume-2") == .insert(.file("torn.iso"), question: "volume-2"))
        for _ in 0..<3 { #expect(reaction("volume-2") == .insert(.volume(2), question: "volume-2")) }
        #expect(reaction("volume-2") == .order(.noAnswer(name: "volume-2")))
        #expect(talk.openQuestion == "volume-2")
        // Asked for again after another, it is a new question.
        #expect(reaction("volume-1") == .insert(.volume(1), question: "volume-1"))
        #expect(reaction("volume-2") == .insert(.volume(2), question: "volume-2"))
    }

    @Test("the first end counts, and what was said is told")
    func end() {
        var talk = TrialConversation(answers: [], volumeCount: 1, leavesQuestionsOpen: false)
        #expect(talk.phase == .silent)
        _ = talk.take(.started(version: "1", firmware: "uefi"), seconds: 0.5)
        #expect(talk.phase == .running)
        _ = talk.take(.sequence(name: "Windows", stepCount: 2), seconds: 1)
        _ = talk.take(.step(number: 1, count: 2, name: "a", group: "g"), seconds: 2)
        _ = talk.take(.problem(isError: true, step: "a", text: "t", nextStep: "n"), seconds: 3)
        for number in 0..<500 { _ = talk.take(.log(line: "line \(number)"), seconds: 3) }
        #expect(talk.take(.ended(outcome: .failed, text: "why"), seconds: 4) == [.end])
        #expect(talk.take(.ended(outcome: .succeeded, text: "after all"), seconds: 5) == [])
        #expect(talk.phase == .ended(.failed))
        let result = talk.result
        #expect(result.outcome == .failed && result.text == "why")
        #expect(result.steps == [.init(number: 1, name: "a", group: "g", start: 2)])
        #expect(result.problems == [.init(isError: true, step: "a", text: "t", nextStep: "n")])
        #expect(result.log.count == 200 && result.log.last == "line 499")
        #expect(result.engine?.version == "1" && result.taskSequence == "Windows" && result.stepCount == 2)
    }
}
