// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import VolumeCapture

/// What the wizard of capture media asks.
struct CaptureQuestions {
    private static let title = "Capture this computer"
    /// The account that wants no password.
    private static let guest: CaseFoldedName = "guest"
    /// How often a question is asked again.
    private static let tries = 5

    let session: EngineSession

    /// Asks until the answer makes sense.
    private func ask<Answer>(
        _ name: String, _ text: [String], isSecret: Bool = false, _ read: (String) throws -> Answer
    ) throws -> Answer {
        var failure: CaptureError?
        for _ in 0..<Self.tries {
            do {
                let typed = try session.presenter.ask(
                    name, title: Self.title, text: text, isSecret: isSecret, problem: failure.map { Self.sentence($0) },
                    interruption: session.interruption)
                return try read(typed)
            } catch let error as CaptureError {
                session.log.warning("\(error)")
                failure = error
            } catch let error as Presenter.NobodyAnswers {
                // What was answered made no sense.
                if let failure { throw failure }
                throw error
            }
        }
        throw failure ?? CaptureError(.badDestination, "the question", "has no answer", nextStep: "start again")
    }

    /// What is wrong, and what to do, on one line.
    private static func sentence(_ error: any DiagnosticError) -> String {
        let text: DiagnosticText = "\(error.object) \(error.problem): \(error.nextStep ?? "try again")"
        return text.description
    }

    /// Asks for what may be left out: nobody there is as good as nothing typed.
    private func askOptional(_ name: String, _ text: String, limit: Int) throws -> String {
        do {
            return try ask(name, [text, "Enter alone leaves it out."]) { typed in
                guard typed.count <= limit else {
                    throw CaptureError(
                        .badDestination, "the text", "is longer than \(limit) characters", nextStep: "write less")
                }
                return typed.trimming(\.isWhitespace).description
            }
        } catch is Presenter.NobodyAnswers {
            return ""
        }
    }

    /// Asks where the image goes until that can be reached.
    func destination() throws -> any CaptureDestination {
        var failure: (any DiagnosticError)?
        for _ in 0..<Self.tries {
            do {
                let chosen = try askForDestination(failure)
                try checkSomethingRemains(beside: chosen)
                if let share = chosen as? ShareDestination { _ = try share.open(session) }
                return chosen
            } catch let error as InterruptedError {
                throw error
            } catch let error as Presenter.NobodyAnswers {
                throw failure ?? error
            } catch let error as any DiagnosticError {
                session.log.warning("\(error)")
                failure = error
            }
        }
        throw failure ?? CaptureError(.badDestination, "the destination", "is not known", nextStep: "start again")
    }

    /// Refuses the disk with all that could be captured: a destination is never captured.
    private func checkSomethingRemains(beside destination: any CaptureDestination) throws {
        func survey(_ destinations: Set<Int>) throws -> CaptureSurvey {
            try CaptureSurvey(session.disks(), destinations: destinations, others: [], imageName: "")
        }
        guard !destination.disks.isEmpty, !(try survey([])).isEmpty, (try survey(destination.disks)).isEmpty else {
            return
        }
        throw CaptureError(
            .badDestination, DiagnosticText(destination.title),
            "has all that could be captured, and where an image goes is never captured",
            nextStep: "choose another drive, or a share")
    }

    /// Asks where the image goes, and for an account where that is a share.
    ///
    /// - Parameter failure: what was wrong with the one that was chosen before.
    private func askForDestination(_ failure: (any DiagnosticError)?) throws -> any CaptureDestination {
        let destinations = CaptureDestinations(session: session)
        let text =
            (failure.map { [Self.sentence($0), ""] } ?? []) + ["Where does the image go?", ""]
            + (try destinations.choices())
        let chosen = try ask("destination", text) { typed -> any CaptureDestination in
            let typed = typed.trimming(\.isWhitespace).description
            if let folder = NetworkFolder(typed) { return ShareDestination(folder: folder, account: "", password: "") }
            return try destinations.drive(typed)
        }
        guard let share = chosen as? ShareDestination else { return chosen }
        let account = try ask(
            "account", ["Who writes to \(share.title)?", "An account as DOMAIN\\USER, or guest."]
        ) { $0.trimming(\.isWhitespace).description }
        guard !account.isEmpty, account.caseFolded != Self.guest else { return share }
        let password = try ask("password", ["The password of \(account):"], isSecret: true) { $0 }
        return ShareDestination(folder: share.folder, account: account, password: password)
    }

    /// Asks for the name of the file.
    func fileName() throws -> String {
        try ask("name", ["What is the file called? One of this name is replaced once the new one is whole."]) {
            try CaptureFileName.read($0)
        }
    }

    /// Asks what the image says of itself.
    func description() throws -> CaptureDescription {
        CaptureDescription(
            createdBy: try askOptional(
                "created-by", "Who makes the image?", limit: CaptureDescription.createdByLimit),
            version: try askOptional("version", "Which version is it?", limit: CaptureDescription.versionLimit),
            description: try askOptional("description", "What is it?", limit: CaptureDescription.descriptionLimit))
    }

    /// Shows what will be captured and what speaks against it, until somebody lets it begin.
    func confirm(_ work: CaptureWork, _ findings: CaptureWork.Findings) throws {
        var text = ["To \(work.destination.title), as \(work.fileName):", ""]
        for captured in findings.survey.captured {
            text.append("    \(captured.volume.title), \(captured.capture.fileSystem.rawValue.uppercased())")
        }
        if !findings.survey.skipped.isEmpty {
            text += ["", "Left out:"]
            text += findings.survey.skipped.map { "    \($0.title): \($0.reason)" }
        }
        if !findings.warnings.isEmpty {
            text += ["", "What speaks against it:"]
            text += findings.warnings.flatMap {
                ["    \($0.problem.description).", "    What to do: \($0.remedy.description)."]
            }
        }
        try session.presenter.confirm(
            title: findings.warnings.isEmpty ? Self.title : "Capture this computer all the same?", text: text,
            keys: "Enter: capture    To stop, switch the computer off.", interruption: session.interruption)
    }
}
