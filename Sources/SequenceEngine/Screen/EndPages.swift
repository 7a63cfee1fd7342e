// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What the screen shows when a run is over.
enum EndPages {
    /// Findings that fit on the screen.
    private static let shownCount = 5

    static func refused(_ refusal: PreflightRefusal, work: String) -> ScreenPage {
        var body = ["Nothing on this computer was changed.", ""]
        for finding in refusal.findings.prefix(shownCount) {
            let step = finding.step.map { "Step '\($0)': " } ?? ""
            body.append(step + sentence(finding.problem.description, isWhole: finding.step == nil))
            body += ["    \(sentence(finding.remedy.description))", ""]
        }
        if refusal.findings.count > shownCount {
            body.append("... and \(refusal.findings.count - shownCount) more: see the log.")
        }
        return ScreenPage(
            .problem, title: "The \(work) cannot run on this computer", body: body, keys: "Enter: switch off")
    }

    static func failed(
        work: String, step: String?, problem: String, nextStep: String?, hasWritten: Bool, isCapturing: Bool,
        powersOff: Bool
    ) -> ScreenPage {
        var body: [String] = []
        if let step { body += ["Step: \(step)", ""] }
        body += ["What is wrong: \(sentence(problem))", ""]
        if let nextStep { body += ["What to do: \(sentence(nextStep))", ""] }
        body.append(
            hasWritten
                ? "The disk of this computer was changed. The log is on it where there is a volume for it."
                : isCapturing
                    ? "What was to be captured is as it was. The log lies where the image was to go, if it could be written there."
                    : "Nothing on this computer was changed.")
        return ScreenPage(
            .problem, title: "The \(work) has failed", body: body,
            keys: powersOff ? "Enter: switch off" : "Enter: restart the computer")
    }

    /// - Parameter ofDisk: whether the computer was started from its own disk, so that there is nothing to take out.
    static func succeeded(restarts: Bool, ofDisk: Bool) -> ScreenPage {
        ScreenPage(
            .success, title: "The task sequence has ended well",
            body: [
                restarts
                    ? "The computer restarts now, and the new system sets itself up."
                    : "The computer restarts now."
            ] + (ofDisk ? [] : ["", "Remove the media when the computer starts again."]), keys: "Enter: restart now")
    }

    private static func sentence(_ text: String, isWhole: Bool = true) -> String {
        guard let first = text.first else { return "" }
        return (isWhole ? first.uppercased() : String(first)) + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
    }
}
