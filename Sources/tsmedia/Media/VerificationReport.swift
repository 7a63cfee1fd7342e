// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support

/// What `verify` reports of several media.
struct VerificationReport: Encodable {
    private struct Failure: Encodable {
        let media: String
        let error: String
    }

    private let relation: MediaRelation.Kind?
    private let groups: [MediaRelation.Group]
    private let mediaGuid: String?
    private let volumeCount: Int
    private let missing: [Int]
    private let foreign: [MediaSetMembership.Foreign]
    private let incomplete: [String]
    private let volumes: [MediaVerification]
    private let failures: [Failure]
    private let isComplete: Bool

    private let result: MediaSetVerification
    /// The media in the order in which they were named.
    private let order: [String]

    private enum CodingKeys: String, CodingKey {
        case relation, groups, mediaGuid, volumeCount, missing, foreign, incomplete, volumes, failures, isComplete
    }

    init(_ result: MediaSetVerification, order: [String]) {
        (self.result, self.order) = (result, order)
        let first = result.relation?.groups.first
        relation = result.relation?.kind
        groups = result.relation?.groups ?? []
        (mediaGuid, volumeCount) = (first?.mediaGuid, first?.volumeCount ?? 0)
        (missing, incomplete) = (first?.missing ?? [], first?.incomplete ?? [])
        foreign = result.relation?.foreign ?? []
        volumes = result.volumes
        failures = result.failures.map { Failure(media: $0.media, error: ExitStatus.message(of: $0.error)) }
        isComplete = result.isComplete
    }

    // MARK: Words

    /// Prints what is wrong, then a table of all media, then what they are to each other.
    func print() throws {
        for volume in volumes {
            for line in volume.findingLines { try StandardOutput.print("\(volume.media): \(line)") }
        }
        let several = groups.contains { $0.volumeCount > 1 }
        try TextTable(
            header: ["MEDIA"] + (several ? ["VOLUME"] : []) + ["FILES", "SIZE", "RESULT"],
            numeric: several ? [2, 3] : [1, 2],
            rows: order.map { row($0, several: several) }
        ).print()
        for line in relationLines { try StandardOutput.print(line) }
    }

    private func row(_ name: String, several: Bool) -> [String] {
        guard let volume = volumes.first(where: { $0.media == name }) else {
            return [name] + (several ? ["-"] : []) + ["-", "-", "not verified"]
        }
        let number = "\(volume.volume) of \(volume.volumeCount)"
        let result = volume.isIntact ? "intact" : "\(volume.findings.count) differ"
        return [name] + (several ? [number] : [])
            + [String(volume.fileCount), Amounts.bytes(volume.size), result]
    }

    private var relationLines: [String] {
        let notes =
            foreign.map { "other build      \($0.media) \($0.reason)" }
            + groups.filter { $0.volumeCount > 1 || !$0.isComplete }.flatMap { group in
                group.missing.map { "missing volume   \($0) of \(group.volumeCount) of \(group.mediaGuid)" }
                    + group.incomplete.map { "incomplete       \($0) of \(group.mediaGuid)" }
            }
        guard notes.isEmpty, let relation, let first = groups.first, order.count == volumes.count else { return notes }
        let damaged = volumes.count { !$0.isIntact }
        let rest = damaged > 0 ? ", \(damaged) of \(volumes.count) not intact" : ""
        return switch relation {
        case .set:
            ["\(damaged > 0 ? "a set" : "complete"): all \(first.volumeCount) volumes of \(first.mediaGuid)\(rest)"]
        case .copies: ["\(first.media.count) copies of \(first.mediaGuid)\(rest)"]
        case .separate: ["\(groups.count) separate media\(rest)"]
        }
    }

    // MARK: Verdict

    /// Throws what decides the exit code, after the errors of all others have been told.
    func requireComplete() throws {
        var errors: [any DiagnosticError] = order.compactMap { name in
            volumes.first { $0.media == name }?.failure ?? result.failures.first { $0.media == name }?.error
        }
        errors += foreign.map {
            MediaFormatError(
                .verificationFailed, DiagnosticText($0.media), DiagnosticText($0.reason),
                nextStep: "replace it by media of the same build")
        }
        for group in groups where !group.isComplete { errors.append(Self.failure(group)) }
        // What verification found comes before what could not be read.
        guard let worst = errors.first(where: { $0.failureClass == .malformed }) ?? errors.first else { return }
        let decisive = errors.firstIndex { $0.text == worst.text } ?? 0
        for (index, error) in errors.enumerated() where index != decisive { Console.shared.error(error) }
        throw worst
    }

    private static func failure(_ group: MediaRelation.Group) -> MediaFormatError {
        guard group.missing.isEmpty else {
            let numbers = group.missing.map(String.init).joined(separator: ", ")
            return MediaFormatError(
                .verificationFailed, "the set of \(group.volumeCount) volumes \(group.mediaGuid)",
                "lacks volume\(group.missing.count == 1 ? "" : "s") \(numbers)",
                nextStep: "find or build what is missing")
        }
        return MediaFormatError(
            .verificationFailed, "content \(group.incomplete.first ?? "")", "is not whole on these volumes",
            nextStep: "build the set again")
    }
}

extension MediaVerification {
    /// A line for each finding.
    var findingLines: [String] {
        findings.map { finding in
            "\(finding.problem.rawValue)  \(finding.path)\(finding.reason.map { ": \($0)" } ?? "")"
        }
    }

    /// Why the media is not intact, and what helps with media of its kind; nil when it is.
    var failure: MediaFormatError? {
        guard !isIntact else { return nil }
        return MediaFormatError(
            .verificationFailed, DiagnosticText(media), "differs from its manifest in \(Amounts.files(findings.count))",
            nextStep: findings.contains { !$0.isFile }
                ? "write it again: what starts it is damaged, which update does not mend"
                : isDrive
                    ? "mend it with update, or write it again"
                    : volumeCount > 1
                        ? "copy this volume again, or build the set again" : "copy it again, or build it again")
    }
}
