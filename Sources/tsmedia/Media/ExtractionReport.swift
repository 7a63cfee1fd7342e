// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support

extension MediaExtraction {
    /// A line for each finding.
    var findingLines: [String] { findings.map(\.line) }

    /// What was left out, in a sentence for one and for several.
    var warnings: [String] {
        let unverified = manifestProblem.map { ["\($0): no file was compared with it"] } ?? []
        guard let first = leftOut.first else { return unverified }
        let others = leftOut.count > 1 ? "; so are \(leftOut.count - 1) more, which --json names" : ""
        return unverified + ["\(first.path) is left out: it \(first.reason)\(others)"]
    }

    /// What was done.
    var summary: String {
        let verified =
            mediaGuid == nil
            ? "" : "; \(verifiedFileCount) of them \(verifiedFileCount == 1 ? "is" : "are") as the manifest says"
        return "\(output): \(Amounts.files(fileCount)), \(Amounts.bytes(size))\(verified)"
    }

    /// Why no folder was left; nil when one was.
    var failure: MediaFormatError? {
        guard let first = findings.first else { return nil }
        let what = "\(Amounts.files(findings.count)) that \(findings.count == 1 ? "is" : "are")"
        return MediaFormatError(
            .verificationFailed, DiagnosticText(media),
            "has \(what) damaged or missing, so that nothing was extracted",
            nextStep: "copy the media again, or leave out what is damaged, as with \(.skip, first.path)")
    }
}

extension MediaListing {
    /// A line for each file and folder: size, time, path; then what cannot be extracted.
    var lines: [String] {
        let width = entries.lazy.map { String($0.size).count }.max() ?? 0
        return entries.map { entry in
            let size = entry.isFolder ? "" : String(entry.size)
            return String(repeating: " ", count: width - size.count) + size + "  "
                + (entry.modifiedAt ?? "                    ") + "  \(entry.path)\(entry.isFolder ? "/" : "")"
        } + leftOut.map { "cannot be extracted: \($0.path) \($0.reason)" }
    }
}
