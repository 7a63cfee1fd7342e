// SPDX-License-Identifier: GPL-3.0-or-later

import MediaTrial
import Support

/// What `tsmedia try` reports.
struct TryReport: Encodable {
    /// A step that began.
    struct Step: Encodable {
        let number: Int
        let name: String
        let group: String
        let secondsBefore: Int64
    }

    /// Something that was wrong.
    struct Problem: Encodable {
        let isError: Bool
        let step: String?
        let text: String
        let nextStep: String?
    }

    /// A file that was copied out.
    struct File: Encodable {
        let name: String
        let path: String
        let size: Int64
        let sha256: String
    }

    let media: [String]
    let firmware: String
    let acceleration: String
    let outcome: String
    let text: String
    let engineVersion: String?
    let engineFirmware: String?
    let taskSequence: String?
    let stepCount: Int?
    let steps: [Step]
    let problems: [Problem]
    let waitFor: String?
    let textCame: Bool
    let files: [File]
    let screenshot: String?
    let keptDisk: String?
    let seconds: Int64
    let log: [String]
    let serial: [String]

    init(_ request: TrialRequest, _ result: TrialResult) {
        media = request.media.map(\.string)
        firmware = request.firmware.rawValue
        acceleration = result.acceleration.rawValue
        outcome = result.outcome.rawValue
        text = result.text
        engineVersion = result.engine?.version
        engineFirmware = result.engine?.firmware
        taskSequence = result.taskSequence
        stepCount = result.stepCount
        steps = result.steps.map {
            Step(number: $0.number, name: $0.name, group: $0.group, secondsBefore: Int64($0.start))
        }
        problems = result.problems.map {
            Problem(isError: $0.isError, step: $0.step, text: $0.text, nextStep: $0.nextStep)
        }
        waitFor = request.awaitedText
        textCame = result.hasText
        files = result.files.map {
            File(name: $0.name, path: $0.path.string, size: $0.byteCount, sha256: $0.sha256.description)
        }
        screenshot = result.screenshot?.string
        keptDisk = result.kept?.string
        seconds = Int64(result.seconds)
        log = result.log
        serial = result.serial
    }

    /// Prints how it went, and what it has left.
    func print() throws {
        if let line = verdict { try StandardOutput.success(line) }
        for file in files { try StandardOutput.success("\(file.path): \(file.name), \(Amounts.bytes(file.size))") }
        if let screenshot { try StandardOutput.success("\(screenshot): the screen at the end") }
        if let keptDisk { try StandardOutput.success("\(keptDisk): the first disk") }
    }

    /// How it went, in a sentence; nil for a failure, which the error tells.
    private var verdict: String? {
        let time = Amounts.duration(seconds)
        let name = media.joined(separator: ", ")
        let sequence = taskSequence.map { "task sequence '\($0)'" } ?? "its task sequence"
        let text = textCame ? "; '\(waitFor ?? "")' came" : ""
        guard waitFor == nil || textCame else { return nil }
        return switch TrialResult.Outcome(rawValue: outcome) {
        case .succeeded: "\(name): \(sequence) ran to its end in \(time)\(text)"
        case .restarting: "\(name): \(sequence) restarts into the system that it applied after \(time)\(text)"
        case .textCame: "\(name): '\(waitFor ?? "")' came after \(time)"
        default: nil
        }
    }
}
