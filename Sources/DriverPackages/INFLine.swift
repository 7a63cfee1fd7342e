// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// One entry of a section: `key = field, field, ...`, or fields alone.
///
/// Quotes are taken off, `""` in them is a quote, comments are gone; `%tokens%` stand as they are ("General Syntax Rules
/// for INF Files", learn.microsoft.com).
struct INFLine {
    /// What stands before the first `=`; nil without one.
    private(set) var key: [UInt8]?
    /// What commas separate.
    private(set) var fields: [[UInt8]] = []
    /// True when fields were left out, or cut, at a limit.
    private(set) var isCut = false

    /// Genuine lines have a few dozen fields.
    static let fieldLimit = 4_096
    /// SetupAPI holds 4,096 characters of a field at most (MAX_INF_STRING_LENGTH, setupapi.h).
    static let fieldByteLimit = 4_096

    /// True for a line with nothing but blanks and comments.
    var isEmpty: Bool { key == nil && fields.allSatisfy(\.isEmpty) }

    /// Reads the line of `bytes` at `place`, with those that it continues on, and moves `place` behind it; ends at `end`.
    init(_ bytes: UnsafeBufferPointer<UInt8>, at place: inout Int, end: Int) {
        var field = Field()
        while place < end {
            let byte = bytes[place]
            if field.isQuoted {
                guard !byte.endsLine else { break }  // A quote that nobody closed ends with its line.
                place += 1
                guard byte == UInt8(ascii: "\"") else {
                    field.append(byte, isVisible: true)
                    continue
                }
                if place < end, bytes[place] == byte {
                    field.append(byte, isVisible: true)
                    place += 1
                } else {
                    field.isQuoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
            case UInt8(ascii: ";"):
                while place < end, !bytes[place].endsLine { place += 1 }
                continue
            case UInt8(ascii: "\""):
                field.isQuoted = true
                place += 1
                continue
            case UInt8(ascii: "="):
                place += 1
                if key == nil, fields.isEmpty {
                    key = field.take(&isCut)
                } else {
                    field.append(byte, isVisible: true)
                }
                continue
            case UInt8(ascii: ","):
                place += 1
                append(field.take(&isCut))
                continue
            case UInt8(ascii: "\\"):
                place += 1
                if let next = Self.continuation(bytes, at: place, end: end) {
                    place = next
                } else {
                    field.append(byte, isVisible: true)
                }
                continue
            default:
                field.append(byte, isVisible: byte > 0x20)
                place += 1
                continue
            }
            break
        }
        append(field.take(&isCut))
        while place < end, bytes[place].endsLine { place += 1 }
    }

    private mutating func append(_ field: [UInt8]) {
        if fields.count < Self.fieldLimit { fields.append(field) } else { isCut = true }
    }

    /// Where the next line begins, when nothing but blanks and a comment stands from `place` to the end of this one.
    private static func continuation(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int, end: Int) -> Int? {
        var place = place
        while place < end, !bytes[place].endsLine, bytes[place] <= 0x20 { place += 1 }
        if place < end, bytes[place] == UInt8(ascii: ";") {
            while place < end, !bytes[place].endsLine { place += 1 }
        }
        guard place < end, bytes[place].endsLine else { return nil }
        // One line end only: a blank line ends the entry.
        let isPair = bytes[place] == UInt8(ascii: "\r") && place + 1 < end && bytes[place + 1] == UInt8(ascii: "\n")
        return place + (isPair ? 2 : 1)
    }

    /// A field while it is read: blanks at both ends are left out, those inside quotes kept.
    private struct Field {
        var isQuoted = false
        private var bytes: [UInt8] = []
        private var visibleCount = 0
        private var isCut = false

        mutating func append(_ byte: UInt8, isVisible: Bool) {
            if bytes.isEmpty, !isVisible { return }
            guard bytes.count < INFLine.fieldByteLimit else {
                isCut = true
                return
            }
            bytes.append(byte)
            if isVisible { visibleCount = bytes.count }
        }

        mutating func take(_ isCut: inout Bool) -> [UInt8] {
            defer { self = Field() }
            if self.isCut { isCut = true }
            bytes.removeLast(bytes.count - visibleCount)
            return bytes
        }
    }
}

extension UInt8 {
    /// True for both bytes that end lines.
    var endsLine: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
}
