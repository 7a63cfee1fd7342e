// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// What the sources can say of errors: the codes that they declare, and the texts that they hold.
struct SourceMessages {
    /// Stands in a text for what is put into it when the program runs.
    static let placeholder: Character = "\u{1}"

    /// A file of the sources.
    struct File {
        /// The path from the root of the checkout.
        let path: String
        /// All of it.
        let text: String
        /// Its literals, with ``SourceMessages/placeholder`` for each interpolation; those that are added are one.
        let literals: [String]
    }

    /// A kind of error.
    struct Kind {
        /// `ContentLibraryError.corrupt`, or `LockError` where a type has no codes.
        let name: String
        /// What the sources say that it is.
        let summary: String
        /// Where it is declared.
        let place: String
    }

    /// Every file below Sources.
    let files: [File]
    /// Every kind of error that is declared there, but for those that pass on what another one says.
    let kinds: [Kind]

    /// Reads the sources of the checkout.
    init() throws {
        let list = try Program.succeed("find", ["Sources", "-name", "*.swift"], in: Repository.root).output
        files = try list.split(separator: "\n").sorted().map { path in
            let bytes = try SmallFile.read(Repository.file(String(path)))
            return File(
                path: String(path), text: String(decoding: bytes, as: UTF8.self),
                literals: SourceLiterals.literals(of: bytes).map(Self.withPlaceholders))
        }
        kinds = files.flatMap(Self.kinds)
    }

    /// The literals of files that may raise errors of `kind`: those that name it, all of its own library, and those of
    /// Support, whose texts others pass on.
    func literals(saidFor kind: String) -> [String] {
        let spelling = kind.firstIndex(of: ".").map { String(kind[$0...]) } ?? kind
        let library = kinds.first { $0.name == kind }?.place.split(separator: "/").prefix(2).joined(separator: "/")
        return files.filter { file in
            [library, "Sources/Support"].contains { $0.map { file.path.hasPrefix($0 + "/") } == true }
                || file.names(spelling)
        }.flatMap(\.literals)
    }

    /// The literals of a piece of source.
    static func literals(in source: String) -> [String] {
        SourceLiterals.literals(of: Array(source.utf8)).map(withPlaceholders)
    }

    /// `text` with a placeholder for each `<...>`, as pages write them; a text that has an element of XML has one too.
    static func withPlaceholders(_ text: String) -> String {
        guard text.contains("<") else { return text }
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

    private static func kinds(of file: File) -> [Kind] {
        guard file.text.contains("DiagnosticError") || file.text.contains(".Code {") else { return [] }
        var kinds: [Kind] = []
        var comment = ""
        var type: (name: String, summary: String, codes: Int)?
        func endType() {
            guard let type, type.codes == 0, !type.name.isEmpty else { return }
            kinds.append(Kind(name: type.name, summary: type.summary, place: file.path))
        }
        for line in file.text.split(separator: "\n", omittingEmptySubsequences: false) {
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
                kinds.append(Kind(name: "\(owner.name).\(name)", summary: comment, place: file.path))
            }
            comment = ""
        }
        endType()
        return kinds
    }
}

extension SourceMessages.File {
    /// Whether `kind`, `.corrupt` or `LockError`, stands in the file as a word of its own.
    func names(_ kind: String) -> Bool {
        text.ranges(of: kind).contains { range in
            guard range.upperBound < text.endIndex else { return true }
            let next = text[range.upperBound]
            return !next.isLetter && !next.isNumber && next != "_"
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
