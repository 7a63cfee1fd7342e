// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// An INI file of the content library's dialect (content-library.md section 1).
///
/// Single-byte text with CRLF, `[Section]`, `Key=Value`; values may be empty, sections and keys have no case, and the
/// first of several equal keys counts, as Windows reads them. A byte order mark, UTF-16, bare LF and `;` comments are
/// read as well. Anything else is malformed: a line that is not understood may be the one that matters.
public struct INIDocument: Sendable, Equatable {
    /// Enough for the user list of a file that 50,000 contents share.
    static let maximumByteCount = 4 << 20

    struct Entry: Sendable, Equatable {
        var key: String
        var value: String
        /// The line it stands on, from 1; 0 for an entry that was not read.
        var line = 0
    }

    struct Section: Sendable, Equatable {
        var name: String
        var entries: [Entry]
    }

    /// The sections in file order; sections of the same name are kept apart.
    var sections: [Section]

    init(sections: [Section] = []) { self.sections = sections }

    /// Reads the file at `path`, which must be a regular file.
    init(path: FilePath) throws(ContentLibraryError) {
        let bytes: [UInt8]
        do {
            bytes = try FileError.wrap("read", path) {
                let descriptor = try FileDescriptor.open(
                    path, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
                return try descriptor.closeAfter {
                    guard try Stat(descriptor).type == .regular else { throw Errno.invalidArgument }
                    return try SmallFile.read(descriptor, limit: Self.maximumByteCount)
                }
            }
        } catch {
            switch error.errno {
            case .fileTooLarge:
                throw .malformed(path, "has more than \(Self.maximumByteCount) bytes", underlying: error)
            case .tooManySymbolicLinkLevels: throw .malformed(path, "is a symbolic link", underlying: error)
            case .invalidArgument: throw .malformed(path, "is not a regular file", underlying: error)
            default: throw ContentLibraryError(error)
            }
        }
        try self.init(bytes: bytes, path: path)
    }

    /// Parses `bytes`; `path` is only for messages.
    ///
    /// - Throws: ``ContentLibraryError`` `.malformed` with the line.
    public init(bytes: [UInt8], path: FilePath) throws(ContentLibraryError) {
        guard let text = Self.decode(bytes) else { throw .malformed(path, "is not text") }
        sections = []
        var number = 0
        // Not Character.isNewline: it takes the single byte 0x85, an ellipsis in code page 1252, for a line end.
        for line in text.split(
            omittingEmptySubsequences: false, whereSeparator: { "\r\n" == $0 || "\n" == $0 || "\r" == $0 })
        {
            number += 1
            func malformed(_ problem: String) -> ContentLibraryError {
                .malformed(path, "has a malformed line \(number): \(problem)")
            }
            let content = line.trimmed
            guard !content.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }) else {
                throw malformed("it holds a control character")
            }
            guard let first = content.first, first != ";" else { continue }
            if first == "[" {
                guard content.last == "]", content.count > 2 else {
                    throw malformed("a section needs a name between '[' and ']'")
                }
                sections.append(Section(name: String(content.dropFirst().dropLast().trimmed), entries: []))
                continue
            }
            guard let equals = content.firstIndex(of: "=") else { throw malformed("there is no '='") }
            let key = content[..<equals].trimmed
            guard !key.isEmpty else { throw malformed("there is nothing before '='") }
            guard !sections.isEmpty else { throw malformed("it stands before the first section") }
            let value = content[content.index(after: equals)...].trimmed
            sections[sections.count - 1].entries.append(Entry(key: String(key), value: String(value), line: number))
        }
    }

    private static func decode(_ bytes: [UInt8]) -> String? {
        // UTF-16 without its mark: no single-byte INI has a zero as its second byte.
        if bytes.count >= 2, bytes[0] != 0, bytes[1] == 0 { return Text.decodeUTF16LittleEndian(bytes[...]) }
        return Text.decode(bytes, fallback: .singleByte)
    }

    /// The file's bytes: single-byte text where it can be, CRLF.
    var bytes: [UInt8] {
        var text = ""
        for section in sections {
            text += "[\(section.name)]\r\n"
            for entry in section.entries { text += "\(entry.key)=\(entry.value)\r\n" }
        }
        let single = text.unicodeScalars.map { UInt8(exactly: $0.value) }
        let bytes = single.compactMap { $0 }
        return bytes.count == single.count && Text.decode(bytes, fallback: .singleByte) == text
            ? bytes : Array(text.utf8)
    }

    /// Every entry of every section called `name`.
    func entries(in name: String) -> [Entry] {
        sections.lazy.filter { $0.name.ordinalUpperCased == name.ordinalUpperCased }.flatMap(\.entries)
    }

    /// The value of the first entry `key` of section `name`.
    public func value(of key: String, in name: String) -> String? { entry(key, in: name)?.value }

    /// The first entry `key` of section `name`.
    func entry(_ key: String, in name: String) -> Entry? {
        entries(in: name).first { $0.key.ordinalUpperCased == key.ordinalUpperCased }
    }
}

extension Substring {
    /// Without spaces and tabs at either end.
    fileprivate var trimmed: Substring {
        var rest = self
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
