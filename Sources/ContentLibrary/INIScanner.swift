// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Goes through the lines of an INI (``INIDocument``) as bytes: a library has very many, and few of their texts are kept.
///
/// Windows knows no grapheme clusters, and neither does this: only bytes of ASCII have a meaning.
struct INIScanner {
    /// A part of the text.
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// What a line says.
    enum Line {
        /// The name of a section begins one.
        case section(Bytes)
        /// A key and its value, and the number of the line, from 1.
        case entry(key: Bytes, value: Bytes, line: Int)
    }

    private struct MalformedLine: Error {
        let line: Int
        let problem: String
    }

    private static let (carriageReturn, lineFeed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))

    /// Shows every section and entry of `text`, which is UTF-8, to `visit`; an entry has a section before it.
    ///
    /// - Parameter path: is only for messages.
    /// - Throws: ``ContentLibraryError`` `.malformed` with the line.
    static func scan(
        _ text: UnsafeBufferPointer<UInt8>, _ path: @autoclosure () -> FilePath, _ visit: (Line) -> Void
    ) throws(ContentLibraryError) {
        do throws(MalformedLine) {
            try scanLines(text, visit)
        } catch {
            throw .malformed(path(), "has a malformed line \(error.line): \(error.problem)")
        }
    }

    /// Lines end with CR LF, CR or LF.
    private static func scanLines(
        _ text: UnsafeBufferPointer<UInt8>, _ visit: (Line) -> Void
    ) throws(MalformedLine) {
        var start = 0
        var number = 0
        var isInSection = false
        while start <= text.count {
            var end = start
            while end < text.count, text[end] != lineFeed, text[end] != carriageReturn { end += 1 }
            number += 1
            if let line = try line(trimmed(text, start, end), number, isInSection: isInSection) {
                isInSection = true
                visit(line)
            }
            let isPair = end + 1 < text.count && text[end] == carriageReturn && text[end + 1] == lineFeed
            start = end + (isPair ? 2 : 1)
        }
    }

    private static func line(
        _ content: Bytes, _ number: Int, isInSection: Bool
    ) throws(MalformedLine) -> Line? {
        func malformed(_ problem: String) -> MalformedLine { MalformedLine(line: number, problem: problem) }
        guard !content.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7F }) else {
            throw malformed("it holds a control character")
        }
        guard let first = content.first, first != UInt8(ascii: ";") else { return nil }
        if first == UInt8(ascii: "[") {
            guard content.last == UInt8(ascii: "]"), content.count > 2 else {
                throw malformed("a section needs a name between '[' and ']'")
            }
            return .section(trimmed(content, 1, content.count - 1))
        }
        guard let equals = content.firstIndex(of: UInt8(ascii: "=")) else { throw malformed("there is no '='") }
        let key = trimmed(content, 0, equals)
        guard !key.isEmpty else { throw malformed("there is nothing before '='") }
        guard isInSection else { throw malformed("it stands before the first section") }
        return .entry(key: key, value: trimmed(content, equals + 1, content.count), line: number)
    }

    /// The bytes from `start` to `end` without spaces and tabs at either end.
    private static func trimmed(_ bytes: Bytes, _ start: Int, _ end: Int) -> Bytes {
        Bytes(rebasing: bytes[start..<end].trimming { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
    }
}

extension INIScanner.Bytes {
    /// The part as text.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// True when the part is `name`, which is ASCII in upper case, without case.
    func isName(_ name: StaticString) -> Bool {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var isASCII = true
        var isEqual = count == name.count
        for index in indices {
            let byte = self[index]
            isASCII = isASCII && byte < 0x80
            isEqual = isEqual && byte.asciiUpperCased == name[index]
        }
        // No letter beyond ASCII has one of ASCII as its capital.
        return isASCII && isEqual
    }
}
