// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Looks for start tags that are too large before libxml2 reads them.
///
/// It compares every attribute of an element with every other before it tells of the element: 100,000 of them in a file
/// of a megabyte keep it busy for seconds.
struct StartTagBounds {
    /// What is too large.
    struct Excess {
        /// Where the start tag begins.
        let offset: Int
        let problem: String
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: XMLLimits

    /// The first start tag in `text`, which is UTF-8, that is larger than `limits` allow.
    ///
    /// Text that is not well-formed is looked at as far as it can be; the parser says what is wrong with it.
    static func excess(in text: [UInt8], limits: XMLLimits) -> Excess? {
        text.withUnsafeBufferPointer { StartTagBounds(bytes: $0, limits: limits).search() }
    }

    private func search() -> Excess? {
        var index = 0
        while let start = find(UInt8(ascii: "<"), from: index) {
            let rest = start + 1
            guard rest < bytes.count else { return nil }
            switch bytes[rest] {
            case UInt8(ascii: "!"):
                // A document type declaration is refused by the parser.
                guard let end = end(of: "<!--", "-->", at: start) ?? end(of: "<![CDATA[", "]]>", at: start) else {
                    return nil
                }
                index = end
            case UInt8(ascii: "?"):
                guard let end = end(of: "<?", "?>", at: start) else { return nil }
                index = end
            case UInt8(ascii: "/"): index = rest
            default:
                switch startTag(at: start) {
                case .ends(let end): index = end
                case .exceeds(let problem): return Excess(offset: start, problem: problem)
                }
            }
        }
        return nil
    }

    private enum StartTag {
        case ends(Int)
        case exceeds(String)
    }

    private func startTag(at start: Int) -> StartTag {
        var index = start + 1
        var attributeCount = 0
        var quote: UInt8?
        let bound = min(bytes.count, start + limits.startTagByteCount)
        while index < bound {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else {
                switch byte {
                case UInt8(ascii: ">"): return .ends(index + 1)
                case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
                case UInt8(ascii: "="):
                    attributeCount += 1
                    if attributeCount > limits.attributeCount {
                        return .exceeds("has an element with more than \(limits.attributeCount) attributes")
                    }
                default: break
                }
            }
            index += 1
        }
        guard bound < bytes.count else { return .ends(bytes.count) }
        return .exceeds("has a start tag of more than \(limits.startTagByteCount) bytes")
    }

    /// Where the part that begins with `opening` at `start` ends; nil when it is another or does not end.
    private func end(of opening: StaticString, _ closing: StaticString, at start: Int) -> Int? {
        guard has(opening, at: start) else { return nil }
        var index = start + opening.utf8CodeUnitCount
        while let place = find(closing.utf8Start[0], from: index) {
            if has(closing, at: place) { return place + closing.utf8CodeUnitCount }
            index = place + 1
        }
        return nil
    }

    private func has(_ text: StaticString, at start: Int) -> Bool {
        guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<text.utf8CodeUnitCount where bytes[start + index] != text.utf8Start[index] { return false }
        return true
    }

    private func find(_ byte: UInt8, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }
}
