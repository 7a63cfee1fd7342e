// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import VolumeCapture

/// What the wizard of capture media asks.
struct CaptureQuestions {
    private static let title = "Capture this computer"
    /// How often a question is asked again.
    private static let tries = 5

    let session: EngineSession

    /// Asks until the answer makes sense.
    private func ask<Answer>(
        _ name: String, _ text: [String], isSecret: Bool = false, _ read: (String) throws -> Answer
    ) throws -> Answer {
        var problem: String?
        for attempt in 1... {
            do {
                let typed = try session.presenter.ask(
                    name, title: Self.title, text: text, isSecret: isSecret, problem: problem,
                    interruption: session.interruption)
                return try read(typed)
            } catch let error as CaptureError {
                guard attempt < Self.tries else { throw error }
                session.log.warning("\(error)")
                let text: DiagnosticText = "\(error.object) \(error.problem): \(error.nextStep ?? "")"
                problem = text.description
            }
        }
        fatalError("the loop has no end of its own")
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

    /// Asks where the image goes, and for an account where that is a share.
    func destination() throws -> any CaptureDestination {
        let destinations = CaptureDestinations(session: session)
        let text = ["Where does the image go?", ""] + (try destinations.choices())
        let chosen = try ask("destination", text) { typed -> any CaptureDestination in
            let typed = typed.trimming(\.isWhitespace).description
            if let folder = NetworkFolder(typed) { return ShareDestination(folder: folder, account: "", password: "") }
            return try destinations.drive(typed)
        }
        guard let share = chosen as? ShareDestination else { return chosen }
        let account = try ask(
            "account", ["Who writes to \(share.title)?", "An account as DOMAIN\\USER, or nothing for a guest."]
        ) { $0.trimming(\.isWhitespace).description }
        guard !account.isEmpty else { return share }
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
            text += findings.warnings.flatMap { ["    \($0.problem.description).", "    What to do: \($0.remedy.description)."] }
        }
        try session.presenter.confirm(
            title: findings.warnings.isEmpty ? Self.title : "Capture this computer all the same?", text: text,
            keys: "Enter: capture    To stop, switch the computer off.", interruption: session.interruption)
    }
}
