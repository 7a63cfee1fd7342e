// SPDX-License-Identifier: GPL-3.0-or-later

/// An element of DER (X.690): a tag of one octet, a definite length, and that many octets.
struct DERElement {
    /// Tags that are looked for (X.690 8, X.680 8.4).
    enum Tag {
        static let octetString: UInt8 = 0x04
        static let objectIdentifier: UInt8 = 0x06
        static let sequence: UInt8 = 0x30
    }

    /// The identifier octet.
    let tag: UInt8
    /// What it holds.
    let content: ArraySlice<UInt8>
    /// All of it, its head included.
    let whole: ArraySlice<UInt8>
}

/// Takes elements of DER from the front of bytes that came from outside.
struct DERReader {
    private var rest: ArraySlice<UInt8>
    /// No structure that is read has more bytes than four octets count.
    private static let lengthOctetLimit = 4

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next element; nil at the end, and when it is not whole, of indefinite length or of a tag of several octets.
    mutating func next() -> DERElement? {
        let head = Array(rest.prefix(2 + Self.lengthOctetLimit))
        guard head.count >= 2, head[0] & 0x1F != 0x1F else { return nil }
        var (headCount, length) = (2, Int(head[1]))
        if head[1] & 0x80 != 0 {
            let count = Int(head[1] & 0x7F)
            guard (1...Self.lengthOctetLimit).contains(count), head.count >= 2 + count else { return nil }
            headCount += count
            length = head[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
        }
        guard length <= rest.count - headCount else { return nil }
        let whole = rest.prefix(headCount + length)
        rest = rest.dropFirst(headCount + length)
        return DERElement(tag: head[0], content: whole.dropFirst(headCount), whole: whole)
    }

    /// The next element, which must have `tag`.
    mutating func next(_ tag: UInt8) -> DERElement? {
        guard let element = next(), element.tag == tag else { return nil }
        return element
    }
}
