// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// docs/guide/troubleshooting.md, held against the sources: what can be said has an entry, and what an entry says can be.
///
/// An entry is a point of a list: messages in backticks, behind them in a comment the kinds of errors that say them, and then
/// what they mean and what to do:
///
///     - `<file> is not a WIM`, `<file> is not a file`<!-- WindowsImagingError.notAnImage -->: name a .wim or .esd file.
@Suite("troubleshooting by error message")
struct TroubleshootingTests {
    /// What the command says of its arguments; these messages have no codes.
    private static let usage = "ValidationError"
    /// Passes on what another error says.
    private static let passingOn = [
        "PackageFailure", "FleetModelError", "ManifestEntryError", "Failure", "VolumeReadingError",
    ]
    private static let page: FilePath = "docs/guide/troubleshooting.md"

    /// A message of an entry.
    private struct Entry {
        let message: String
        let kinds: [String]
        /// The message with the placeholder of sources for what stands in angle brackets.
        let pattern: String

        private init(message: Substring, kinds: [String]) {
            self.message = String(message)
            self.kinds = kinds
            pattern = SourceMessages.withPlaceholders(String(message))
        }

        /// The messages of the point of a list `text`.
        static func entries(of text: String) -> [Entry] {
            let parts = text.split(separator: "<!-- ", omittingEmptySubsequences: false)
            return zip(parts, parts.dropFirst()).flatMap { before, after in
                let messages = before.firstRange(of: "-->").map { before[$0.upperBound...] } ?? before
                let kinds = after.firstRange(of: "-->").map { after[..<$0.lowerBound] } ?? ""
                return messages.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                    .filter { !$0.offset.isMultiple(of: 2) }
                    .map { Entry(message: $0.element, kinds: kinds.split(separator: " ").map(String.init)) }
            }
        }

        /// The words that have to be somewhere in the sources.
        var fixedParts: [String] {
            pattern.split(separator: SourceMessages.placeholder).map { part in
                part.drop { !$0.isLetter && !$0.isNumber }.description.trimmingTrailing { !$0.isLetter && !$0.isNumber }
            }.filter { $0.count > 3 }
        }

        /// Whether a literal of `libraries` is the end of the message, or begins with it: what is before is the object.
        func ends(in sources: SourceMessages, _ libraries: Set<String>?) -> Bool {
            let starts = [pattern.startIndex] + pattern.indices.filter { pattern[$0] == " " }.map(pattern.index(after:))
            return starts.contains { start in
                let end = pattern[start...]
                guard end.contains(where: \.isLetter) else { return false }
                let isLong = end.count { $0 != SourceMessages.placeholder } > 10
                return sources.have(end, isLong ? .beginning : .whole, in: libraries)
            }
        }
    }

    private let sources: SourceMessages
    private let entries: [Entry]

    init() throws {
        sources = try SourceMessages.all.get()
        entries = try DocumentationPage(Self.page).prose.reduce(into: [String]()) { bullets, line in
            if line.hasPrefix("- ") || line.isEmpty {
                bullets.append(String(line.dropFirst(2)))
            } else if line.hasPrefix("  "), !bullets.isEmpty {
                bullets[bullets.count - 1] += line.dropFirst()
            }
        }.flatMap(Entry.entries)
    }

    @Test("every kind of error has an entry, and no entry has one that is gone")
    func kinds() {
        let declared = sources.kinds.filter { !Self.passingOn.contains($0.name) }
        #expect(declared.count > 100)
        let described = Set(entries.flatMap(\.kinds))
        for kind in declared where !described.contains(kind.name) {
            Issue.record(
                """
                \(Self.page) has no entry for \(kind.name) of \(kind.place) (\(kind.summary)). Add this line where a person \
                meets it:
                - `<object> <problem>`<!-- \(kind.name) -->: what it means. What to do.
                """)
        }
        let names = Set(declared.map(\.name) + [Self.usage])
        for entry in entries {
            for kind in entry.kinds where !names.contains(kind) {
                Issue.record("\(Self.page) has an entry for \(kind), which is gone: `\(entry.message)`")
            }
        }
    }

    @Test("every message of an entry is one that the sources have")
    func messages() {
        #expect(entries.count > 300)
        for entry in entries {
            let libraries = Set(entry.kinds.flatMap(sources.libraries))
            if !entry.ends(in: sources, libraries) {
                let others = entry.ends(in: sources, nil) ? "; another library says it" : ""
                Issue.record(
                    """
                    nothing that raises \(entry.kinds.joined(separator: " or ")) says `\(entry.message)`\(others): correct \
                    \(Self.page)
                    """)
            }
            for part in entry.fixedParts where !sources.have(part, .part) {
                // Object and problem are two literals with a space between them.
                let words = part.split(separator: " ")
                let isDivided = (1..<max(words.count, 1)).contains { count in
                    sources.have(words[..<count].joined(separator: " "), .end)
                        && sources.have(words[count...].joined(separator: " "), .beginning)
                }
                if !isDivided {
                    Issue.record("no text of the sources has '\(part)' of `\(entry.message)`: correct \(Self.page)")
                }
            }
        }
    }

    @Test("every message about the arguments of a command has an entry")
    func usageMessages() {
        let described = entries.filter { $0.kinds.contains(Self.usage) }.map(\.pattern)
        for message in sources.usageMessages where !described.contains(where: message.text.hasPrefix) {
            Issue.record(
                """
                \(Self.page) has no entry for this message of \(message.place). Add this line to its options:
                - `\(message.text.replacing(String(SourceMessages.placeholder), with: "<...>"))`<!-- \(Self.usage) -->: what it \
                means. What to do.
                """)
        }
    }
}
