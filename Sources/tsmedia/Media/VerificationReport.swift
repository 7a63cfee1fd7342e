// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support

/// What `verify` reports of several media.
struct VerificationReport: Encodable {
    private let result: MediaSetVerification
    private let set: SetReport
    /// The media in the order in which they were named.
    private let order: [String]

    init(_ result: MediaSetVerification, order: [String]) {
        (self.result, self.order) = (result, order)
        set = SetReport(result.relation, failures: result.failures, names: order)
    }

    func encode(to encoder: any Encoder) throws {
        try set.encode(result.volumes, certificates: nil, isComplete: result.isComplete, to: encoder)
    }

    /// Prints what is wrong, then a table of all media, then what they are to each other.
    func print() throws {
        for volume in result.volumes {
            for line in volume.findingLines + volume.loaderLines {
                try StandardOutput.print("\(volume.media): \(line)")
            }
        }
        let several = result.relation?.groups.contains { $0.volumeCount > 1 } ?? false
        try TextTable(
            header: ["MEDIA"] + (several ? ["VOLUME"] : []) + ["FILES", "SIZE", "RESULT"],
            numeric: several ? [2, 3] : [1, 2],
            rows: order.map { row($0, several: several) }
        ).print()
        for line in set.lines(damagedCount: result.volumes.count { !$0.isIntact }) { try StandardOutput.print(line) }
    }

    private func row(_ name: String, several: Bool) -> [String] {
        guard let volume = result.volumes.first(where: { $0.media == name }) else {
            return [name] + (several ? ["-"] : []) + ["-", "-", "not verified"]
        }
        let number = "\(volume.volume) of \(volume.volumeCount)"
        let verdict = volume.isIntact ? "intact" : "\(volume.findings.count) differ"
        return [name] + (several ? [number] : [])
            + [String(volume.fileCount), Amounts.bytes(volume.size), verdict]
    }

    /// Throws what decides the exit code, after the errors of all others have been told.
    func requireComplete() throws {
        let failures = result.volumes.compactMap { volume in volume.failure.map { (volume.media, $0) } }
        try set.requireSound(Dictionary(failures) { first, _ in first }, needsWholeSets: true)
    }
}

extension MediaVerification.Finding {
    /// What is wrong, where, and why.
    var line: String { "\(problem.rawValue)  \(path)\(reason.map { ": \($0)" } ?? "")" }
}

extension MediaVerification {
    /// A line for each finding.
    var findingLines: [String] { findings.map(\.line) }

    /// A line for each loader, and what is to be known of its signatures below.
    var loaderLines: [String] {
        loaders.flatMap { loader in
            ["loader  \(loader.path)  \(loader.certificates.signatureText)"] + loader.facts.map { "  \($0)" }
        }.map(\.onOneLine)
    }

    /// What is wrong in one sentence.
    private var problem: DiagnosticText {
        let revokedCount = Set(findings.filter { $0.problem == .revoked }.map(\.path)).count
        guard revokedCount == 0 else {
            return "has \(revokedCount == 1 ? "a loader" : "\(revokedCount) loaders") that firmware refuses"
        }
        let fileCount = findings.count(where: \.isFile)
        if fileCount == 0 { return "is damaged in what leads to its files" }
        return "differs from its manifest in \(Amounts.files(fileCount))"
            + (fileCount < findings.count ? " and is damaged in what leads to its files" : "")
    }

    /// Why the media is not intact, and what helps with media of its kind; nil when it is.
    var failure: MediaFormatError? {
        guard !isIntact else { return nil }
        if let untrusted = findings.first(where: { $0.problem == .untrusted }) {
            return MediaFormatError(
                .verificationFailed, DiagnosticText(media), "is not to be trusted: \(untrusted.line)",
                nextStep: "do not use it before you know why; get it from whoever made it")
        }
        return MediaFormatError(
            .verificationFailed, DiagnosticText(media), problem,
            nextStep: findings.contains { $0.problem == .revoked }
                ? "build it again from a boot image with newer loaders"
                : isDrive
                    ? findings.allSatisfy(\.isMendedByUpdate)
                        ? "mend it with update, or write it again"
                        : "write it again: what starts it is damaged, which update does not mend"
                    : volumeCount > 1
                        ? "copy this volume again, or build the set again" : "copy it again, or build it again")
    }
}
