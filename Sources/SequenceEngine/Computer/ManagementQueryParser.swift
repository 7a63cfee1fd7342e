// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads a query from front to back.
struct ManagementQueryParser {
    private enum Token: Equatable {
        case word(String)
        case text(String)
        case symbol(String)
    }

    /// How deep brackets and "not" go.
    private static let depthLimit = 64

    private var tokens: [Token] = []
    private var place = 0
    private var tokenProblem: ManagementQuery.Problem?

    init(_ text: String) {
        do throws(ManagementQuery.Problem) { tokens = try Self.tokens(text) } catch { tokenProblem = error }
    }

    /// The class and what must hold of its instances.
    mutating func query() throws(ManagementQuery.Problem) -> (String, ManagementQuery.Term?) {
        if let tokenProblem { throw tokenProblem }
        try expect("select")
        while let token = next(), !Self.isWord(token, "from") {
            guard place < tokens.count else { throw Self.problem("names no class") }
        }
        guard case .word(let name)? = next() else { throw Self.problem("names no class") }
        guard place < tokens.count else { return (name, nil) }
        try expect("where")
        let term = try disjunction(0)
        guard place == tokens.count else { throw Self.problem("does not end where its conditions do") }
        return (name, term)
    }

    private mutating func disjunction(_ depth: Int) throws(ManagementQuery.Problem) -> ManagementQuery.Term {
        var term = try conjunction(depth)
        while accept("or") { term = .or(term, try conjunction(depth)) }
        return term
    }

    private mutating func conjunction(_ depth: Int) throws(ManagementQuery.Problem) -> ManagementQuery.Term {
        var term = try negation(depth)
        while accept("and") { term = .and(term, try negation(depth)) }
        return term
    }

    private mutating func negation(_ depth: Int) throws(ManagementQuery.Problem) -> ManagementQuery.Term {
        guard depth < Self.depthLimit else { throw Self.problem("has too many brackets") }
        if accept("not") { return .not(try negation(depth + 1)) }
        if acceptSymbol("(") {
            let term = try disjunction(depth + 1)
            guard acceptSymbol(")") else { throw Self.problem("lacks a closing bracket") }
            return term
        }
        return try comparison()
    }

    private mutating func comparison() throws(ManagementQuery.Problem) -> ManagementQuery.Term {
        guard case .word(let written)? = next() else { throw Self.problem("lacks the name of a property") }
        // Win32_BIOS.Manufacturer: the class may stand before.
        let property = written.lowercased().split(separator: ".").last.map(String.init) ?? ""
        if accept("is") {
            let isNegated = accept("not")
            guard accept("null") else { throw Self.problem("compares with IS what is not null") }
            return .comparison(property: property, isNegated ? .notEqual : .equal, nil)
        }
        let comparison: ManagementQuery.Comparison
        if accept("like") {
            comparison = .like
        } else if accept("not") {
            guard accept("like") else { throw Self.problem("has a NOT where none can be") }
            comparison = .notLike
        } else {
            guard case .symbol(let symbol)? = next(), let known = Self.comparisons[symbol] else {
                throw Self.problem("lacks a comparison behind \(written)")
            }
            comparison = known
        }
        switch next() {
        case .text(let text)?: return .comparison(property: property, comparison, .text(text))
        case .word(let word)?:
            switch word.lowercased() {
            case "null": return .comparison(property: property, comparison, nil)
            case "true": return .comparison(property: property, comparison, .truth(true))
            case "false": return .comparison(property: property, comparison, .truth(false))
            default:
                guard let number = Int64(word) else { throw Self.problem("compares with \(word), which is no value") }
                return .comparison(property: property, comparison, .number(number))
            }
        default: throw Self.problem("lacks a value behind \(written)")
        }
    }

    private static let comparisons: [String: ManagementQuery.Comparison] = [
        "=": .equal, "<>": .notEqual, "!=": .notEqual, "<": .less, "<=": .lessOrEqual, ">": .greater,
        ">=": .greaterOrEqual,
    ]

    // MARK: Tokens

    private mutating func next() -> Token? {
        guard place < tokens.count else { return nil }
        place += 1
        return tokens[place - 1]
    }

    private static func isWord(_ token: Token, _ word: String) -> Bool {
        if case .word(let written) = token { written.lowercased() == word } else { false }
    }

    private mutating func accept(_ word: String) -> Bool {
        guard place < tokens.count, Self.isWord(tokens[place], word) else { return false }
        place += 1
        return true
    }

    private mutating func acceptSymbol(_ symbol: String) -> Bool {
        guard place < tokens.count, tokens[place] == .symbol(symbol) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ word: String) throws(ManagementQuery.Problem) {
        guard accept(word) else { throw Self.problem("lacks \(word.uppercased())") }
    }

    private static func problem(_ text: String) -> ManagementQuery.Problem { ManagementQuery.Problem(text: text) }

    private static func tokens(_ text: String) throws(ManagementQuery.Problem) -> [Token] {
        var tokens: [Token] = []
        var rest = Array(text.unicodeScalars)[...]
        while let first = rest.first {
            if first.properties.isWhitespace {
                rest.removeFirst()
            } else if first == "'" || first == "\"" {
                rest.removeFirst()
                var value = String.UnicodeScalarView()
                // A backslash takes the meaning from what follows it (WQL).
                while let scalar = rest.first, scalar != first {
                    rest.removeFirst()
                    if scalar == "\\", let escaped = rest.popFirst() {
                        value.append(escaped)
                    } else {
                        value.append(scalar)
                    }
                }
                guard rest.popFirst() != nil else { throw problem("lacks a closing quote") }
                tokens.append(.text(String(value)))
            } else if "<>=!".unicodeScalars.contains(first) {
                let symbol = rest.prefix { "<>=!".unicodeScalars.contains($0) }
                rest = rest[symbol.endIndex...]
                tokens.append(.symbol(String(String.UnicodeScalarView(symbol))))
            } else if "(),*".unicodeScalars.contains(first) {
                rest.removeFirst()
                tokens.append(.symbol(String(first)))
            } else {
                let word = rest.prefix { !$0.properties.isWhitespace && !"()<>=!,*'\"".unicodeScalars.contains($0) }
                rest = rest[word.endIndex...]
                tokens.append(.word(String(String.UnicodeScalarView(word))))
            }
        }
        return tokens
    }
}
