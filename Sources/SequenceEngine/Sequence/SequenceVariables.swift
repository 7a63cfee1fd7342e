// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The variables of a task sequence while it runs: names without case, in the spelling of whoever set them first.
package struct SequenceVariables: Sendable {
    /// A variable.
    private struct Entry: Sendable {
        let name: String
        var value: String
        var isSecret: Bool
    }

    /// What the names of variables begin with that the engine alone sets (docs/formats/task-sequence.md section 5).
    private static let readOnlyPrefix: CaseFoldedName = "_SMSTS"
    /// A step sets no longer value; those of genuine task sequences have some hundred bytes.
    private static let valueByteCountLimit = 256 << 10
    /// Variables in values of variables are expanded so often: more is a circle.
    private static let expansionLimit = 16
    /// A longer text is not expanded further: each expansion could double it.
    private static let expandedByteCountLimit = 1 << 20

    private var entries: [CaseFoldedName: Entry] = [:]

    /// No variables.
    package init() {}

    /// The value of the variable `name`; nil when it is not set.
    ///
    /// An empty value counts as not set, as it does for task sequences.
    package subscript(name: String) -> String? {
        guard let value = entries[name.caseFolded]?.value, !value.isEmpty else { return nil }
        return value
    }

    /// Sets a variable for the engine; an empty value removes it.
    package mutating func set(_ name: String, to value: String, isSecret: Bool = false) {
        let key = name.caseFolded
        guard !value.isEmpty else {
            entries[key] = nil
            return
        }
        if entries[key] == nil {
            entries[key] = Entry(name: name, value: value, isSecret: isSecret)
        } else {
            entries[key]?.value = value
            entries[key]?.isSecret = isSecret
        }
    }

    /// Sets a variable for a step.
    ///
    /// - Throws: ``EngineError`` `.variable` for a name that is empty or read-only.
    package mutating func setForStep(
        _ name: String, to value: String, isSecret: Bool = false
    ) throws(EngineError) {
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "%")) else {
            throw EngineError(
                .variable, "variable '\(name.onOneLine)'", "has a name that no variable can have",
                nextStep: "give it a name without percent signs")
        }
        guard !name.caseFolded.hasPrefix(Self.readOnlyPrefix) else {
            throw EngineError(
                .variable, "variable \(name.onOneLine)", "is read-only", nextStep: "use a name of your own")
        }
        guard value.utf8.count <= Self.valueByteCountLimit else {
            throw EngineError(
                .variable, "variable \(name.onOneLine)",
                "would get a value of \(value.utf8.count) bytes, and \(Self.valueByteCountLimit) are the limit",
                nextStep: "see whether variables name each other in a circle")
        }
        set(name, to: value, isSecret: isSecret)
    }

    /// `text` with the value of NAME where %NAME% stands.
    ///
    /// What is not set stays as it is written, so that a command's own percent signs do [inferred].
    package func expand(_ text: String) -> String {
        var text = text
        for _ in 0..<Self.expansionLimit {
            guard text.utf8.count <= Self.expandedByteCountLimit, let expanded = expandOnce(text) else { break }
            text = expanded
        }
        return text
    }

    /// Nil when there was nothing to expand.
    private func expandOnce(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return nil }
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        var hasChanged = false
        while let start = rest.firstIndex(of: UInt8(ascii: "%")) {
            result += rest[..<start]
            rest = rest[(start + 1)...]
            guard let end = rest.firstIndex(of: UInt8(ascii: "%")), end > rest.startIndex,
                let value = self[String(decoding: rest[..<end], as: UTF8.self)]
            else {
                result.append(UInt8(ascii: "%"))
                continue
            }
            result += value.utf8
            // It could double with each variable.
            guard result.count <= Self.expandedByteCountLimit else { return nil }
            rest = rest[(end + 1)...]
            hasChanged = true
        }
        return hasChanged ? String(decoding: result + rest, as: UTF8.self) : nil
    }

    /// Whether what the variable `name` holds may be shown.
    package func isSecret(_ name: String) -> Bool { entries[name.caseFolded]?.isSecret ?? false }

    /// `text` without the value of any secret variable.
    package func redacted(_ text: String) -> String {
        // The longest first, so that no part of one remains.
        let secrets = entries.values.filter { $0.isSecret && !$0.value.isEmpty }.map(\.value)
            .sorted { $0.utf8.count > $1.utf8.count }
        return secrets.reduce(text) { text, secret in
            Self.replacing(Array(secret.utf8), with: Array("(hidden)".utf8), in: text)
        }
    }

    private static func replacing(_ part: [UInt8], with other: [UInt8], in text: String) -> String {
        let bytes = Array(text.utf8)
        guard part.count <= bytes.count else { return text }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if index + part.count <= bytes.count, bytes[index..<index + part.count].elementsEqual(part) {
                result += other
                index += part.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Every variable, ordered by name.
    package var all: [(name: String, value: String, isSecret: Bool)] {
        entries.sorted { $0.key < $1.key }.map { ($0.value.name, $0.value.value, $0.value.isSecret) }
    }
}
