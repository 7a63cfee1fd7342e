// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Goes through the tags and the text of a list that a server sends, XML or HTML, without making a tree of it.
struct MarkupScanner {
    /// What comes next.
    enum Event {
        /// The start of an element; an empty one has its end right behind.
        case start(String)
        case end(String)
        /// Text with its references replaced.
        case text(String)
        /// What no such list has: a document type declaration in XML, a tag that does not end.
        case malformed
    }

    private let bytes: [UInt8]
    private let isHTML: Bool
    private var place = 0
    private var tag = 0..<0
    private var pendingEnd: String?

    init(_ bytes: [UInt8], isHTML: Bool = false) {
        self.bytes = bytes
        self.isHTML = isHTML
    }

    /// The next event; nil at the end.
    mutating func next() -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name)
        }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else {
                let start = place
                while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
                return .text(Self.replacingReferences(bytes[start..<place]))
            }
            if starts(with: "<!--") {
                guard skip(to: "-->") else { return failed() }
            } else if starts(with: "<![CDATA[") {
                let start = place + 9
                guard skip(to: "]]>") else { return failed() }
                return .text(String(decoding: bytes[start..<(place - 3)], as: UTF8.self))
            } else if starts(with: "<?") {
                guard skip(to: ">") else { return failed() }
            } else if starts(with: "<!") {
                // Entities could make much of little, or read elsewhere.
                guard isHTML, skip(to: ">") else { return failed() }
            } else {
                return tagEvent()
            }
        }
        return nil
    }

    /// The value of attribute `name` of the tag that was last.
    func attribute(_ name: String) -> String? {
        var place = tag.lowerBound
        while place < tag.upperBound {
            while place < tag.upperBound, Self.isSpace(bytes[place]) || bytes[place] == UInt8(ascii: "/") { place += 1 }
            let start = place
            while place < tag.upperBound, !Self.isSpace(bytes[place]), bytes[place] != UInt8(ascii: "=") { place += 1 }
            let found = String(decoding: bytes[start..<place], as: UTF8.self).lowercased()
            while place < tag.upperBound, Self.isSpace(bytes[place]) { place += 1 }
            guard place < tag.upperBound, bytes[place] == UInt8(ascii: "=") else {
                if start == place { return nil }
                continue
            }
            place += 1
            while place < tag.upperBound, Self.isSpace(bytes[place]) { place += 1 }
            guard place < tag.upperBound else { return nil }
            let value: Range<Int>
            if bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'") {
                let quote = bytes[place]
                let first = place + 1
                place = first
                while place < tag.upperBound, bytes[place] != quote { place += 1 }
                value = first..<place
                place = min(place + 1, tag.upperBound)
            } else {
                let first = place
                while place < tag.upperBound, !Self.isSpace(bytes[place]) { place += 1 }
                value = first..<place
            }
            if found == name { return Self.replacingReferences(bytes[value]) }
        }
        return nil
    }

    private mutating func tagEvent() -> Event {
        let isEnd = place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: "/")
        let start = place + (isEnd ? 2 : 1)
        var end = start
        while end < bytes.count, !Self.isSpace(bytes[end]), bytes[end] != UInt8(ascii: ">"),
            bytes[end] != UInt8(ascii: "/")
        { end += 1 }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        // A ">" in quotes ends no tag.
        var quote: UInt8?
        var close = end
        while close < bytes.count {
            let byte = bytes[close]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                break
            }
            close += 1
        }
        guard close < bytes.count, !name.isEmpty else { return failed() }
        tag = end..<close
        place = close + 1
        if isEnd { return .end(name) }
        if close > end, bytes[close - 1] == UInt8(ascii: "/") { pendingEnd = name }
        return .start(name)
    }

    private mutating func failed() -> Event {
        place = bytes.count
        return .malformed
    }

    private func starts(with text: StaticString) -> Bool {
        let text = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return bytes.count - place >= text.count && text.indices.allSatisfy { bytes[place + $0] == text[$0] }
    }

    private mutating func skip(to text: StaticString) -> Bool {
        while place < bytes.count {
            if starts(with: text) {
                place += text.utf8CodeUnitCount
                return true
            }
            place += 1
        }
        return false
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static let references: [String: Unicode.Scalar] = [
        "lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'",
    ]

    /// Replaces the five entities of XML and references by number; a `;` may be missing [V].
    private static func replacingReferences(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "&") else {
                result.append(byte)
                continue
            }
            let name = rest.prefix(10).prefix { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "#") }
            guard let scalar = scalar(String(decoding: name, as: UTF8.self)) else {
                result.append(byte)
                continue
            }
            result += Array(String(Character(scalar)).utf8)
            rest = rest.dropFirst(name.count)
            if rest.first == UInt8(ascii: ";") { rest = rest.dropFirst() }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        if let known = references[name] { return known }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let value =
            digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap { Unicode.Scalar($0) }
    }
}
