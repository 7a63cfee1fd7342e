// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport

/// What the sources can say of errors: the kinds that they declare, and the texts that they hold.
struct SourceMessages {
    /// Stands in a text for what is put into it when the program runs.
    static let placeholder: Character = "\u{1}"

    /// A kind of error.
    struct Kind {
        /// `ContentLibraryError.corrupt`, or `LockError` where a type has no codes.
        let name: String
        /// What the sources say that it is.
        let summary: String
        /// The file that declares it.
        let place: String
    }

    /// A message that is given to an error without a kind, where it is made.
    struct Message {
        let text: String
        let place: String
    }

    /// The literals of the sources, each on a line of its own.
    private struct Literals {
        var bytes: [UInt8] = [UInt8(ascii: "\n")]
        var imports: Set<String> = []
    }

    /// Every kind of error that is declared, but for those that pass on what another one says.
    let kinds: [Kind]
    /// The messages about arguments of the command.
    let usageMessages: [Message]
    /// The literals of each library and of the program.
    private let literals: [String: Literals]

    /// What the checkout has, read once.
    static let all = Result { try SourceMessages() }

    private init() throws {
        let list = try Program.succeed("find", ["Sources", "-name", "*.swift"], in: Repository.root).output
        var kinds: [Kind] = []
        var messages: [Message] = []
        var literals: [String: Literals] = [:]
        for path in list.split(separator: "\n").sorted().map(String.init) {
            let bytes = try SmallFile.read(Repository.file(path))
            let library = Self.library(of: path)
            for literal in SourceLiterals.literals(of: bytes) {
                // A text of several lines counts as one.
                literals[library, default: Literals()].bytes +=
                    Self.withPlaceholders(literal).utf8.map { $0 == 0x0A ? 0x20 : $0 } + [0x0A]
            }
            if Self.contains(bytes, "DiagnosticError") || Self.contains(bytes, ".Code {") {
                kinds += Self.kinds(of: String(decoding: bytes, as: UTF8.self), at: path)
            }
            if Self.contains(bytes, "ValidationError(") {
                messages += Self.usageMessages(of: String(decoding: bytes, as: UTF8.self), at: path)
            }
            // Imports stand before everything else.
            let start = bytes.prefix(1_000).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
            for line in start {
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { continue }
                literals[library, default: Literals()].imports.insert(String(words[place + 1]))
            }
        }
        self.kinds = kinds
        usageMessages = messages
        self.literals = literals
    }

    // MARK: Looking

    /// The libraries that may raise errors of `kind`: its own, those that import it, and those whose texts others pass on.
    func libraries(raising kind: String) -> Set<String> {
        guard let own = kinds.first(where: { $0.name == kind }).map({ Self.library(of: $0.place) }) else {
            return ["tsmedia"]
        }
        return Set(literals.filter { $0.value.imports.contains(own) }.keys).union([own, "Servers", "Support"])
    }

    /// Whether a literal of `libraries`, of all when it is nil, is `text`, begins with it or holds it.
    func have(_ text: some StringProtocol, _ match: Match, in libraries: Set<String>? = nil) -> Bool {
        let sought =
            switch match {
            case .whole: "\n\(text)\n"
            case .beginning: "\n\(text)"
            case .end: "\(text)\n"
            case .part: String(text)
            }
        return literals.contains { library, value in
            libraries?.contains(library) != false && Self.contains(value.bytes, sought)
        }
    }

    /// How a text is compared with a literal.
    enum Match { case whole, beginning, end, part }

    /// `text` with a placeholder for each `<...>`, as pages write them; a text that has an element of XML has one too.
    static func withPlaceholders(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            let inside = rest[rest.index(after: start)...]
            guard let end = inside.firstIndex(where: { $0 == ">" || $0 == "<" }), inside[end] == ">" else {
                result += rest[...start]
                rest = inside
                continue
            }
            result += rest[..<start] + String(placeholder)
            rest = inside[inside.index(after: end)...]
        }
        return result + rest
    }

    /// Sources hold no NUL, so that C's search does, which is quick in debug builds too.
    private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        (bytes + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { all in
                all.baseAddress.map { strstr($0, text) != nil } ?? false
            }
        }
    }

    // MARK: Reading

    private static func library(of path: String) -> String {
        path.split(separator: "/").dropFirst().first.map(String.init) ?? path
    }

    private static func kinds(of text: String, at path: String) -> [Kind] {
        var kinds: [Kind] = []
        var comment = ""
        var type: (name: String, summary: String, codes: Int)?
        func endType() {
            guard let type, type.codes == 0, !type.name.isEmpty else { return }
            kinds.append(Kind(name: type.name, summary: type.summary, place: path))
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(separator: " ")
            if words.first == "///" {
                comment = comment.isEmpty ? words.dropFirst().joined(separator: " ") : comment
                continue
            }
            if let place = words.firstIndex(of: "struct"), words.contains(where: { $0.hasPrefix("DiagnosticError") }) {
                endType()
                type = (words[place + 1].filter { $0 != ":" }, comment, 0)
            } else if words.first == "extension", let name = words.dropFirst().first, name.hasSuffix(".Code") {
                endType()
                type = (String(name.dropLast(5)), comment, 1)
            } else if let place = words.firstIndex(of: "let"), words.contains("static"), line.contains("= Code("),
                place + 1 < words.count, let owner = type
            {
                type?.codes += 1
                let name = words[place + 1].prefix { $0 != ":" }
                kinds.append(Kind(name: "\(owner.name).\(name)", summary: comment, place: path))
            }
            comment = ""
        }
        endType()
        return kinds
    }

    /// The literals that are given to errors of usage.
    private static func usageMessages(of text: String, at path: String) -> [Message] {
        text.split(separator: "ValidationError(").dropFirst().flatMap { rest in
            var depth = 1
            var isInText = false
            var before: Character = " "
            let end = rest.firstIndex { character in
                defer { before = character }
                if character == "\"", before != "\\" { isInText.toggle() }
                // Parentheses of interpolations come in pairs.
                if !isInText { depth += character == "(" ? 1 : character == ")" ? -1 : 0 }
                return depth == 0
            }
            return SourceLiterals.literals(of: Array(rest[..<(end ?? rest.endIndex)].utf8)).map(withPlaceholders)
                // `--` and the like are no messages.
                .filter { $0.filter(\.isLetter).count > 3 }.map { Message(text: $0, place: path) }
        }
    }
}

/// Finds the literals of Swift, in so far as our sources use them.
private struct SourceLiterals {
    private let bytes: [UInt8]
    private var place = 0

    static func literals(of bytes: [UInt8]) -> [String] {
        var reader = SourceLiterals(bytes: bytes)
        var literals: [String] = []
        var isAdded = false
        while let byte = reader.next {
            if byte == UInt8(ascii: "/"), reader.byte(1) == byte {
                reader.skipLine()
            } else if byte == UInt8(ascii: "\"") {
                let literal = String(decoding: reader.literal(), as: UTF8.self)
                if isAdded, let last = literals.last {
                    literals[literals.count - 1] = last + literal
                } else {
                    literals.append(literal)
                }
                isAdded = reader.isFollowedByPlus()
            } else {
                reader.place += 1
            }
        }
        return literals
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { byte(0) }
    private func byte(_ offset: Int) -> UInt8? { place + offset < bytes.count ? bytes[place + offset] : nil }

    private mutating func skipLine() {
        while let byte = next, byte != UInt8(ascii: "\n") { place += 1 }
    }

    /// The literal that begins here, one of several lines too.
    private mutating func literal() -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        let isLong = byte(1) == quote && byte(2) == quote
        place += isLong ? 3 : 1
        var text: [UInt8] = []
        while let byte = next {
            if byte == quote, !isLong || (self.byte(1) == quote && self.byte(2) == quote) {
                place += isLong ? 3 : 1
                break
            }
            // Only a raw literal that ends in a backslash comes to the end of its line, and we have none to show.
            if byte == UInt8(ascii: "\n"), !isLong { break }
            guard byte == UInt8(ascii: "\\"), let escaped = self.byte(1) else {
                text.append(byte)
                place += 1
                continue
            }
            place += 2
            if escaped == UInt8(ascii: "(") {
                skipInterpolation()
                text.append(contentsOf: String(SourceMessages.placeholder).utf8)
            } else {
                text.append(escaped)
            }
        }
        return text
    }

    /// Goes behind the parenthesis that ends an interpolation.
    private mutating func skipInterpolation() {
        var depth = 1
        while depth > 0, let byte = next {
            if byte == UInt8(ascii: "\"") {
                _ = literal()
                continue
            }
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            place += 1
        }
    }

    /// Whether a `+` follows, behind which the place then is; only a literal that follows at once is added.
    private mutating func isFollowedByPlus() -> Bool {
        let start = place
        var hasPlus = false
        while let byte = next {
            if byte == UInt8(ascii: "+"), !hasPlus {
                hasPlus = true
            } else if byte == UInt8(ascii: "\""), hasPlus {
                return true
            } else if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\n") {
                break
            }
            place += 1
        }
        place = start
        return false
    }
}
