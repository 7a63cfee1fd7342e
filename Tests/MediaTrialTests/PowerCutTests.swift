// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TrialChannel

@testable import MediaTrial

@Suite("when the power of a machine is cut")
struct PowerCutTests {
    private let start = ContinuousClock.now

    @Test("a cut comes with its line of the log, for the time that was asked for, and the next one after it")
    func log() {
        var watch = PowerCutWatch([PowerCut(.log("kept", time: 2)), PowerCut(.log("applied"), delay: .seconds(1))])
        watch.take(.log(line: "kept 1"), now: start)
        watch.take(.progress(percent: 1, text: "kept"), now: start)
        #expect(!watch.isDue(now: start))
        watch.take(.log(line: "it is kept 2"), now: start)
        #expect(watch.isDue(now: start) && watch.remainingCount == 1)
        #expect(!watch.isDue(now: start))
        watch.take(.log(line: "applied"), now: start)
        #expect(!watch.isDue(now: start) && watch.isDue(now: start + .seconds(1)))
        #expect(watch.remainingCount == 0 && !watch.isDue(now: start + .seconds(9)))
    }

    @Test("a cut comes when a step has come so far in what it says")
    func progress() {
        var watch = PowerCutWatch([PowerCut(.progress(percent: 40, text: "applying"))])
        for report in [
            EngineReport.progress(percent: 39, text: "applying"), .progress(percent: nil, text: "applying"),
            .progress(percent: 90, text: "checking"), .log(line: "applying 40"),
        ] { watch.take(report, now: start) }
        #expect(!watch.isDue(now: start))
        watch.take(.progress(percent: 41, text: "applying the image"), now: start)
        #expect(watch.isDue(now: start))
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
        _ = conversation.take(.started(version: "1", firmware: "bios"), seconds: 0)
        #expect(answer("password") == .order(.answer(name: "password", value: "sesame")))
        #expect(answer("password") == .order(.noAnswer(name: "password")))
        #expect(answer("resume") == .order(.answer(name: "resume", value: "go-on")))
        #expect(conversation.take(.restart(text: ""), seconds: 0) == [.putFirstIn])
        _ = conversation.take(.started(version: "1", firmware: "bios"), seconds: 0)
        #expect(answer("password") == .order(.answer(name: "password", value: "sesame")))
        #expect(answer("resume") == .order(.answer(name: "resume", value: "begin-anew")))
        _ = conversation.take(.started(version: "1", firmware: "bios"), seconds: 0)
        #expect(answer("resume") == .order(.answer(name: "resume", value: "begin-anew")))
    }
}
