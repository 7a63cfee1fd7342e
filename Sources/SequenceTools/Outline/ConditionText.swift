// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

extension ConditionPhrase.Span {
    /// The piece as plain text: names in back-quotes, values in double quotes, on one line.
    var plain: String {
        switch self {
        case .words(let words): words.onOneLine
        case .code(let name): "`\(name.onOneLine)`"
        case .value(let value): "\"\(value.onOneLine)\""
        }
    }
}

extension ConditionPhrase {
    /// The condition as one line: `` `_SMSTSInWinPE` equals "false" and ... ``.
    public var oneLine: String { inline(isNested: false) }

    /// The condition as lines; a long one has a line for each statement, indented below "all of", "any of", "none of".
    ///
    /// - Parameters:
    ///   - width: how long one line may be before it is divided.
    public func lines(width: Int = 110) -> [String] {
        // Counted first: a condition of hundreds of statements is not put together only to be thrown away.
        if statementCount <= 4 {
            let line = oneLine
            if line.count <= width { return [line] }
        }
        switch self {
        case .statement(let spans): return [Self.joined(spans.map(\.plain))]
        case .all(let phrases): return Self.list("all of these hold:", phrases, width)
        case .any(let phrases): return Self.list("any of these holds:", phrases, width)
        case .none(let phrases): return Self.list("none of these holds:", phrases, width)
        }
    }

    private static func list(_ head: String, _ phrases: [ConditionPhrase], _ width: Int) -> [String] {
        [head]
            + phrases.flatMap { phrase in
                phrase.lines(width: width).enumerated().map { ($0 == 0 ? "  - " : "    ") + $1 }
            }
    }

    private func inline(isNested: Bool) -> String {
        switch self {
        case .statement(let spans): return Self.joined(spans.map(\.plain))
        case .all(let phrases) where phrases.isEmpty: return "nothing is asked"
        case .any(let phrases) where phrases.isEmpty: return "any of nothing holds"
        case .none(let phrases) where phrases.isEmpty: return "none of nothing holds"
        case .none(let phrases) where phrases.count == 1: return "not (\(phrases[0].inline(isNested: false)))"
        case .none(let phrases):
            return "none of (\(phrases.map { $0.inline(isNested: true) }.joined(separator: "; ")))"
        case .all(let phrases): return Self.joined(phrases, by: " and ", isNested)
        case .any(let phrases): return Self.joined(phrases, by: " or ", isNested)
        }
    }

    private static func joined(_ phrases: [ConditionPhrase], by word: String, _ isNested: Bool) -> String {
        let text = phrases.map { $0.inline(isNested: true) }.joined(separator: word)
        return isNested && phrases.count > 1 ? "(\(text))" : text
    }

    /// Words joined by spaces, none before a comma.
    private static func joined(_ words: [String]) -> String {
        words.reduce(into: "") { text, word in text += (text.isEmpty || word.hasPrefix(",") ? "" : " ") + word }
    }
}
