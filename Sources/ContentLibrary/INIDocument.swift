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
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
        } catch {
            throw Self.unreadable(path, error)
        }
        var bytes: [UInt8] = []
        let count = try Self.read(descriptor, path, into: &bytes)
        bytes.removeLast(bytes.count - count)
        try self.init(bytes: bytes, path: path)
    }

    /// Reads the whole INI that is open into `buffer`, which can be used again and again, and closes it.
    ///
    /// - Parameter path: is only for messages; that of very many files need never be put together.
    /// - Returns: how many bytes of `buffer` were read.
    static func read(
        _ descriptor: FileDescriptor, _ path: @autoclosure () -> FilePath, into buffer: inout [UInt8]
    ) throws(ContentLibraryError) -> Int {
        do {
            return try descriptor.closeAfter {
                let status = try Stat(descriptor)
                guard status.type == .regular else { throw Errno.invalidArgument }
                return try SmallFile.read(
                    descriptor, into: &buffer, limit: Self.maximumByteCount, byteCount: status.size)
            }
        } catch {
            throw unreadable(path(), error)
        }
    }

    /// Why the INI at `path` cannot be read.
    static func unreadable(_ path: FilePath, _ cause: any Error) -> ContentLibraryError {
        let error = FileError("read", path, cause as? Errno ?? .ioError)
        return switch error.errno {
        case .fileTooLarge:
            .malformed(path, "has more than \(Self.maximumByteCount) bytes", underlying: error)
        case .tooManySymbolicLinkLevels: .link(path)
        case .invalidArgument: .malformed(path, "is not a regular file", underlying: error)
        default: ContentLibraryError(error)
        }
    }

    /// Parses `bytes`; `path` is only for messages.
    ///
    /// - Throws: ``ContentLibraryError`` `.malformed` with the line.
    public init(bytes: [UInt8], path: FilePath) throws(ContentLibraryError) {
        var sections: [Section] = []
        try bytes.withUnsafeBufferPointer { bytes throws(ContentLibraryError) in
            try Self.withText(of: bytes, path) { text throws(ContentLibraryError) in
                try INIScanner.scan(text, path) { line in
                    switch line {
                    case .section(let name): sections.append(Section(name: name.text, entries: []))
                    case .entry(let key, let value, let line):
                        let entry = Entry(key: key.text, value: value.text, line: line)
                        sections[sections.count - 1].entries.append(entry)
                    }
                }
            }
        }
        self.sections = sections
    }

    /// Shows the text of the file with these `bytes`, in UTF-8, to `body`.
    ///
    /// - Parameter path: is only for messages.
    /// - Throws: ``ContentLibraryError`` `.malformed` when it is not text.
    static func withText<Result>(
        of bytes: UnsafeBufferPointer<UInt8>, _ path: @autoclosure () -> FilePath,
        _ body: (UnsafeBufferPointer<UInt8>) throws(ContentLibraryError) -> Result
    ) throws(ContentLibraryError) -> Result {
        if isPlain(bytes) { return try body(bytes) }
        guard let text = decode(Array(bytes)) else { throw .malformed(path(), "is not text") }
        return try Array(text.utf8).withUnsafeBufferPointer(body)
    }

    /// True for ASCII, as nearly all files are: every encoding that is read says so with another byte.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.allSatisfy { $0 < 0x80 } && !isUnmarkedUTF16(bytes)
    }

    /// UTF-16 without its mark: no single-byte INI has a zero as its second byte.
    private static func isUnmarkedUTF16(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.count >= 2 && bytes.first != 0 && bytes.dropFirst().first == 0
    }

    private static func decode(_ bytes: [UInt8]) -> String? {
        isUnmarkedUTF16(bytes)
            ? Text.decodeUTF16LittleEndian(bytes[...]) : Text.decode(bytes, fallback: .singleByte)
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
        sections.lazy.filter { $0.name.caseFolded == name.caseFolded }.flatMap(\.entries)
    }

    /// The value of the first entry `key` of section `name`.
    public func value(of key: String, in name: String) -> String? { entry(key, in: name)?.value }

    /// The first entry `key` of section `name`.
    func entry(_ key: String, in name: String) -> Entry? {
        entries(in: name).first { $0.key.caseFolded == key.caseFolded }
    }
}
