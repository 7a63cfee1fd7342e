// SPDX-License-Identifier: GPL-3.0-or-later

/// Why an archive cannot be read or written, as the second half of a sentence that begins with what it is.
///
/// Whoever opens an archive says what it is and what to do then: the same fault of a download and of an export have
/// different remedies.
public struct ArchiveFault: Error, Equatable, Sendable {
    /// What is wrong: "is damaged".
    public let problem: String
    /// Whether the archive is damaged, and not of another kind or out of reach.
    public var isDamage: Bool { problem == Self.damage }
    static let damage = "is damaged"
    /// What libarchive says of it; nil where it says nothing.
    public let reason: String?

    init(_ problem: String, reason: String? = nil) {
        self.problem = problem
        self.reason = reason
    }

    /// Both: "is damaged: truncated gzip input".
    public func text() -> String { problem + (reason.map { ": \($0)" } ?? "") }
}
