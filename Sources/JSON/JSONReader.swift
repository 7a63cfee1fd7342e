// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Reads a JSON document (RFC 8259) from front to back: only what was asked for is in memory.
///
/// Hostile documents end in a ``JSONError``: too many levels, too many values in one ``node(limit:)``, names that stand twice
/// in an object, bytes that are no UTF-8. Half a surrogate pair is read as U+FFFD.
public struct JSONReader {
    /// How many objects and lists may stand in each other; answers of servers have some five.
    public static let levelLimit = 32

    private let bytes: [UInt8]
    private var place = 0
    private var level = 0

    /// A reader at the beginning of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark, which RFC 8259 8.1 allows to be ignored.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    // MARK: Parts of a document

    /// Reads an object, and has `body` read the value of each member, or ``skip()`` it.
    ///
    /// - Throws: ``JSONError``, also for what is no object; what `body` throws.
    public mutating func members(_ body: (_ name: String, _ reader: inout JSONReader) throws -> Void) throws {
        try enter("{", "an object")
        var isFirst = true
        while try isNext(before: "}", &isFirst) {
            let name = try text()
            try expect(":")
            try body(name, &self)
        }
        level -= 1
    }

    /// Reads a list, and has `body` read each element, or ``skip()`` it.
    ///
    /// - Throws: ``JSONError``, also for what is no list; what `body` throws.
    public mutating func elements(_ body: (_ reader: inout JSONReader) throws -> Void) throws {
        try enter("[", "a list")
        var isFirst = true
        while try isNext(before: "]", &isFirst) { try body(&self) }
        level -= 1
    }

    /// Reads the next value, whatever it is.
    ///
    /// - Parameter limit: more values than this in it are an error.
    /// - Throws: ``JSONError``.
    public mutating func node(limit: Int) throws -> JSONNode {
        var left = limit
        return try node(left: &left)
    }

    /// Passes over the next value.
    ///
    /// - Throws: ``JSONError``.
    public mutating func skip() throws {
        switch try peek() {
        case UInt8(ascii: "{"): try members { _, reader in try reader.skip() }
        case UInt8(ascii: "["): try elements { reader in try reader.skip() }
        default: _ = try scalar()
        }
    }

    /// Makes sure that nothing follows.
    ///
    /// - Throws: ``JSONError``.
    public mutating func end() throws {
        skipSpace()
        guard place == bytes.count else { throw failure("has more than one value") }
    }

    // MARK: Values

    private mutating func node(left: inout Int) throws -> JSONNode {
        left -= 1
        guard left >= 0 else { throw failure("holds more values than anything that was asked for") }
        var count = left
        defer { left = count }
        switch try peek() {
        case UInt8(ascii: "{"):
            var members: [JSONNode.Member] = []
            try self.members { name, reader in
                members.append(JSONNode.Member(name: name, value: try reader.node(left: &count)))
            }
            try refuseDoubles(members)
            return .object(members)
        case UInt8(ascii: "["):
            var list: [JSONNode] = []
            try elements { reader in list.append(try reader.node(left: &count)) }
            return .list(list)
        default: return try scalar()
        }
    }

    /// Which of two members of one name counts is not said anywhere (RFC 8259 section 4).
    private func refuseDoubles(_ members: [JSONNode.Member]) throws {
        var seen: Set<[UInt8]> = []
        for member in members where !seen.insert(Array(member.name.utf8)).inserted {
            throw failure("has the name '\(member.name.prefix(100))' twice in an object")
        }
    }

    private mutating func scalar() throws -> JSONNode {
        switch try peek() {
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .truth(true))
        case UInt8(ascii: "f"): return try word("false", .truth(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ node: JSONNode) throws -> JSONNode {
        guard bytes[place...].starts(with: word.utf8) else { throw failure("has a word that is none") }
        place += word.utf8.count
        return node
    }

    /// RFC 8259 section 6.
    private mutating func number() throws -> String {
        let start = place
        func isDigit(_ place: Int) -> Bool {
            place < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place])
        }
        func isOne(_ place: Int, of characters: String) -> Bool {
            place < bytes.count && characters.utf8.contains(bytes[place])
        }
        if isOne(place, of: "-") { place += 1 }
        guard isDigit(place) else { throw failure("has no value") }
        if isOne(place, of: "0"), isDigit(place + 1) { throw failure("has a number that begins with 0") }
        while isDigit(place) { place += 1 }
        if isOne(place, of: ".") {
            place += 1
            guard isDigit(place) else { throw failure("has a number without an end") }
            while isDigit(place) { place += 1 }
        }
        if isOne(place, of: "eE") {
            place += isOne(place + 1, of: "+-") ? 2 : 1
            guard isDigit(place) else { throw failure("has a number without an end") }
            while isDigit(place) { place += 1 }
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    // MARK: Texts

    private mutating func text() throws -> String {
        try expect("\"")
        let start = place
        guard let end = find(UInt8(ascii: "\""), from: start) else { throw failure("has a text without an end") }
        // Most texts have nothing that is escaped.
        guard let escape = find(UInt8(ascii: "\\"), from: start), escape < end else {
            place = end + 1
            return try validated(bytes[start..<end], start)
        }
        var found = Array(bytes[start..<escape])
        place = escape
        while true {
            guard place < bytes.count else { throw failure("has a text without an end") }
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place += 1
                return try validated(found[...], start)
            case UInt8(ascii: "\\"): found += try escaped()
            default:
                found.append(bytes[place])
                place += 1
            }
        }
    }

    private func validated(_ text: ArraySlice<UInt8>, _ start: Int) throws -> String {
        guard !text.contains(where: { $0 < 0x20 }) || !bytes[start..<place].contains(where: { $0 < 0x20 }) else {
            throw failure("has a control character in a text")
        }
        guard let valid = String(validating: text, as: UTF8.self) else { throw failure("has a text that is no UTF-8") }
        return valid
    }

    /// What stands behind a backslash, in UTF-8.
    private mutating func escaped() throws -> [UInt8] {
        place += 2
        guard place <= bytes.count else { throw failure("has a text without an end") }
        switch bytes[place - 1] {
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [bytes[place - 1]]
        case UInt8(ascii: "u"):
            var units = [try unit()]
            if UTF16.isLeadSurrogate(units[0]), place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
                bytes[place + 1] == UInt8(ascii: "u")
            {
                place += 2
                units.append(try unit())
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: throw failure("has an escape that is none")
        }
    }

    private mutating func unit() throws -> UInt16 {
        guard place + 4 <= bytes.count else { throw failure("has a text without an end") }
        var value: UInt16 = 0
        for byte in bytes[place..<(place + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("has an escape that is none")
            }
            value = value << 4 | UInt16(digit)
        }
        place += 4
        return value
    }

    // MARK: Places

    private func find(_ byte: UInt8, from start: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard start < buffer.count, let base = buffer.baseAddress,
                let found = memchr(base + start, Int32(byte), buffer.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private mutating func enter(_ mark: Character, _ noun: String) throws {
        guard try peek() == mark.asciiValue else { throw failure("is not \(noun)") }
        level += 1
        guard level <= Self.levelLimit else { throw failure("has more than \(Self.levelLimit) levels") }
        place += 1
    }

    /// Goes to the next element of an object or a list; false where `end` stands, which is passed over.
    private mutating func isNext(before end: Character, _ isFirst: inout Bool) throws -> Bool {
        if try peek() == end.asciiValue {
            place += 1
            return false
        }
        if !isFirst { try expect(",") }
        isFirst = false
        return true
    }

    private mutating func expect(_ character: Character) throws {
        guard try peek() == character.asciiValue else { throw failure("has no \(character) where one has to be") }
        place += 1
    }

    private mutating func peek() throws -> UInt8 {
        skipSpace()
        guard place < bytes.count else { throw failure("ends in the middle") }
        return bytes[place]
    }

    private mutating func skipSpace() {
        while place < bytes.count {
            let byte = bytes[place]
            guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
            place += 1
        }
    }

    private func failure(_ problem: String) -> JSONError {
        JSONError(byteOffset: min(place, bytes.count), problem: problem)
    }
}
