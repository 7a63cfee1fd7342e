// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TrialChannel
import VolumeCapture

/// Capture media: asks where the image of this computer goes, and captures it.
struct CaptureRun: MediaRun {
    private static let steps = ["Look at the volumes", "Capture the volumes"]
    private static let type = "SMS_TaskSequence_CaptureSystemImageAction"

    let session: EngineSession

    func run() throws -> EngineReport.Outcome {
        session.work = "capture"
        session.presenter.begin(sequence: "Capture this computer", stepCount: Self.steps.count)
        let questions = CaptureQuestions(session: session)
        let destination = try questions.destination()
        session.log.note("the image goes to \(destination.title)")
        let work = CaptureWork(
            session: session, destination: destination, fileName: try questions.fileName(),
            description: try questions.description())
        step(1)
        let findings = try work.look()
        for warning in findings.warnings {
            session.presenter.tell(
                isError: false, step: nil, text: warning.problem.description, nextStep: warning.remedy.description)
        }
        try questions.confirm(work, findings)
        step(2)
        _ = try work.capture(findings)
        session.completion = EngineSession.Completion(
            title: "The computer has been captured",
            body: [
                "The image is whole: \(work.fileName) on \(destination.title).", "",
                "The computer is switched off now. Remove the media before it starts again.",
            ], text: "the image is whole: \(work.fileName) on \(destination.title)", powersOff: true)
        return .succeeded
    }

    private func step(_ number: Int) {
        session.presenter.step(
            number: number, count: Self.steps.count, name: Self.steps[number - 1], type: Self.type, group: "")
    }
}
