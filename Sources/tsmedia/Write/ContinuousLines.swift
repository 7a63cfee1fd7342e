// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import MediaBuilder
import Support

/// Tells what becomes of drives while they are written as they come: a line each, at once.
struct ContinuousLines: ContinuousObserver {
    /// Whether standard output is for one JSON document, so that lines are messages.
    let isJSON: Bool

    func waits(leaving left: [PresentDrive]) throws {
        let nodes = left.map(\.node.string).joined(separator: ", ")
        Console.shared.note(
            "waiting for drives; \(left.isEmpty ? "" : "what is there stays as it is (\(nodes)); ")Ctrl-C ends it")
    }

    func wrote(_ outcome: NumberedOutcome, count: Int) throws {
        let drive = outcome.outcome.drive
        let name = [drive.node.string, drive.model, drive.serial].compactMap { $0 }.joined(separator: " ")
        if let failure = outcome.outcome.failure {
            Console.shared.error(failure)
            try say("\(name): FAILED; take it out")
        } else {
            let status = outcome.outcome.isVerified ? "verified" : "written"
            try say(
                "\(name): \(status)\(outcome.label.map { ", labelled \($0)" } ?? ""); take it out (\(count) written)")
        }
    }

    func leaves(_ drive: PresentDrive, because error: any Error) throws { Console.shared.error(error) }

    private func say(_ line: String) throws {
        if isJSON { Console.shared.note(DiagnosticText(line)) } else { try StandardOutput.print(line) }
    }
}
