// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TrialChannel

@testable import MediaTrial

@Suite("when the power of a machine is cut")
struct PowerCutTests {
    private let start = ContinuousClock.now

    /// Whether the power goes at each of these seconds.
    private func due(_ watch: inout PowerCutWatch, _ seconds: [Int]) -> [Bool] {
        seconds.map { watch.isDue(now: start + .seconds($0)) }
    }

    @Test("a cut comes with its line of the log, for the time that was asked for, and the next one after it")
    func log() {
        var watch = PowerCutWatch([PowerCut(.log("kept", time: 2)), PowerCut(.log("applied"), delay: .seconds(1))])
        watch.take(.log(line: "kept 1"), now: start)
        watch.take(.progress(percent: 1, text: "kept"), now: start)
        #expect(due(&watch, [0]) == [false])
        watch.take(.log(line: "it is kept 2"), now: start)
        #expect(due(&watch, [0, 0]) == [true, false])
        #expect(watch.remainingCount == 1)
        watch.take(.log(line: "applied"), now: start)
        #expect(due(&watch, [0, 1, 9]) == [false, true, false])
        #expect(watch.remainingCount == 0)
    }

    @Test("a cut comes when a step has come so far in what it says")
    func progress() {
        var watch = PowerCutWatch([PowerCut(.progress(percent: 40, text: "applying"))])
        for report in [
            EngineReport.progress(percent: 39, text: "applying"), .progress(percent: nil, text: "applying"),
            .progress(percent: 90, text: "checking"), .log(line: "applying 40"),
        ] { watch.take(report, now: start) }
        #expect(due(&watch, [0]) == [false])
        watch.take(.progress(percent: 41, text: "applying the image"), now: start)
        #expect(due(&watch, [0]) == [true])
    }

    @Test("a question of a machine that starts again gets its last answer again, and the first volume is put in")
    func answers() throws {
        var conversation = TrialConversation(
            answers: [
                try .init(name: "password", value: "sesame"), try .init(name: "resume", value: "go-on"),
                try .init(name: "resume", value: "begin-anew"),
            ], volumeCount: 2, leavesQuestionsOpen: false)
        func answer(_ name: String) -> TrialConversation.Reaction? {
            conversation.take(.question(name: name, text: "", isSecret: false), seconds: 0).first
        }
        func expect(_ name: String, _ reaction: TrialConversation.Reaction) {
            let told = answer(name)
            #expect(told == reaction)
        }
        func startsAgain() { _ = conversation.take(.started(version: "1", firmware: "bios"), seconds: 0) }
        startsAgain()
        expect("password", .order(.answer(name: "password", value: "sesame")))
        expect("password", .order(.noAnswer(name: "password")))
        expect("resume", .order(.answer(name: "resume", value: "go-on")))
        let reactions = conversation.take(.restart(text: ""), seconds: 0)
        #expect(reactions == [.putFirstIn])
        startsAgain()
        expect("password", .order(.answer(name: "password", value: "sesame")))
        expect("resume", .order(.answer(name: "resume", value: "begin-anew")))
        startsAgain()
        expect("resume", .order(.answer(name: "resume", value: "begin-anew")))
    }
}
