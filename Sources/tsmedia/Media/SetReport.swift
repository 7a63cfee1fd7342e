// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support

/// What several media are to each other, in words and as JSON, whatever was done to them.
struct SetReport {
    private struct Failure: Encodable {
        let media: String
        let error: String
    }

    private enum CodingKeys: String, CodingKey {
        case relation, groups, mediaGuid, volumeCount, missing, foreign, incomplete, volumes, certificates, failures
        case isComplete
    }

    private let relation: MediaRelation?
    private let failures: [MediaFailure]
    /// All media, in the order in which they were named.
    private let names: [String]

    init(_ relation: MediaRelation?, failures: [MediaFailure], names: [String]) {
        (self.relation, self.failures, self.names) = (relation, failures, names)
    }

    // MARK: JSON

    /// Encodes the relation, the report of each, and what could not be looked into.
    func encode(
        _ volumes: [some Encodable], certificates: [DatedCertificate]?, isComplete: Bool, to encoder: any Encoder
    ) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let first = relation?.groups.first
        try container.encode(relation?.kind, forKey: .relation)
        try container.encode(relation?.groups ?? [], forKey: .groups)
        try container.encode(first?.mediaGuid, forKey: .mediaGuid)
        try container.encode(first?.volumeCount ?? 0, forKey: .volumeCount)
        try container.encode(first?.missing ?? [], forKey: .missing)
        try container.encode(relation?.foreign ?? [], forKey: .foreign)
        try container.encode(first?.incomplete ?? [], forKey: .incomplete)
        try container.encode(volumes, forKey: .volumes)
        if let certificates { try container.encode(certificates, forKey: .certificates) }
        try container.encode(
            failures.map { Failure(media: $0.media, error: ExitStatus.message(of: $0.error)) }, forKey: .failures)
        try container.encode(isComplete, forKey: .isComplete)
    }

    // MARK: Words

    /// What is wrong with them together, or what they are when nothing is; `damagedCount` of them are not intact.
    func lines(damagedCount: Int = 0) -> [String] {
        let groups = relation?.groups ?? []
        let notes =
            (relation?.foreign ?? []).map { "other build      \($0.media) \($0.reason)" }
            + groups.filter { $0.volumeCount > 1 || !$0.isComplete }.flatMap { group in
                group.missing.map { "missing volume   \($0) of \(group.volumeCount) of \(group.mediaGuid)" }
                    + group.incomplete.map { "incomplete       \($0) of \(group.mediaGuid)" }
            }
        let told = groups.reduce(0) { $0 + $1.media.count }
        guard notes.isEmpty, let relation, let first = groups.first, told == names.count else {
            return notes.map(\.onOneLine)
        }
        let rest = damagedCount > 0 ? ", \(damagedCount) of \(names.count) not intact" : ""
        let line =
            switch relation.kind {
            case .set:
                "\(damagedCount > 0 ? "a set" : "complete"): all \(first.volumeCount) volumes of \(first.mediaGuid)\(rest)"
            case .copies: "\(first.media.count) copies of \(first.mediaGuid)\(rest)"
            case .separate: "\(groups.count) separate media\(rest)"
            }
        return [line.onOneLine]
    }

    // MARK: Verdict

    /// Throws what decides the exit code, after all other errors have been told.
    ///
    /// - Parameters:
    ///   - found: what is wrong with media that could be looked into, by their names.
    ///   - needsWholeSets: whether media of other builds and sets that lack something are errors.
    func requireSound(_ found: [String: any DiagnosticError] = [:], needsWholeSets: Bool) throws {
        var errors: [any DiagnosticError] = names.compactMap { name in
            found[name] ?? failures.first { $0.media == name }?.error
        }
        if needsWholeSets, let relation {
            errors += relation.foreign.map {
                MediaFormatError(
                    .verificationFailed, DiagnosticText($0.media), DiagnosticText($0.reason),
                    nextStep: "replace it by media of the same build")
            }
            for group in relation.groups where !group.isComplete { errors.append(Self.failure(group)) }
        }
        // What verification found comes before what could not be read.
        guard let decisive = errors.firstIndex(where: { $0.failureClass == .malformed }) ?? errors.indices.first else {
            return
        }
        for (index, error) in errors.enumerated() where index != decisive { Console.shared.error(error) }
        throw errors[decisive]
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
