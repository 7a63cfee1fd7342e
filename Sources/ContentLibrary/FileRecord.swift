// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// What the INI of a file in DataLib says (content-library.md section 1).
struct FileRecord {
    let sha256: SHA256Digest
    let attributes: UInt32
    let modified: Timestamp
    /// nil when the INI names none: readers of real libraries need only the hash [R].
    let byteCount: Int64?

    /// 1980-01-01T00:00:00Z: the earliest time that FAT can hold, for files whose INI names none.
    private static let unknownTime = Timestamp(unixSeconds: 315_532_800)

    /// The first entry of each key in the sections `File`.
    private struct Entries {
        typealias Entry = (value: INIScanner.Bytes, line: Int)
        var hash: Entry?
        var attributes: Entry?
        var modified: Entry?
        var byteCount: Entry?

        mutating func add(_ key: INIScanner.Bytes, _ entry: Entry) {
            if key.isName("HASH") {
                hash = hash ?? entry
            } else if key.isName("SIZE") {
                byteCount = byteCount ?? entry
            } else if key.isName("ATTRIBUTES") {
                attributes = attributes ?? entry
            } else if key.isName("TIMEMODIFIED") {
                modified = modified ?? entry
            }
        }
    }

    /// Reads the file `name` of `folder` by way of `buffer`, which can be used again and again.
    ///
    /// - Throws: ``ContentLibraryError`` `.malformed`, `.file`, `.accessDenied`.
    static func read(
        _ name: String, in folder: borrowing OpenFolder, _ buffer: inout [UInt8]
    ) throws(ContentLibraryError) -> FileRecord {
        let place = folder.path
        func path() -> FilePath { place.appending(name) }
        let descriptor: FileDescriptor
        do {
            descriptor = try folder.open(name)
        } catch {
            throw INIDocument.unreadable(path(), error)
        }
        let count = try INIDocument.read(descriptor, path(), into: &buffer)
        return try buffer.withUnsafeBufferPointer { bytes throws(ContentLibraryError) in
            try FileRecord(UnsafeBufferPointer(rebasing: bytes[..<count]), path())
        }
    }

    /// Parses `bytes`; `path` is only for messages.
    ///
    /// - Throws: ``ContentLibraryError`` `.malformed`.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ path: @autoclosure () -> FilePath
    ) throws(ContentLibraryError) {
        self = try INIDocument.withText(of: bytes, path()) { text throws(ContentLibraryError) in
            var entries = Entries()
            var isInFile = false
            try INIScanner.scan(text, path()) { line in
                switch line {
                case .section(let name): isInFile = name.isName("FILE")
                case .entry(let key, let value, let line): if isInFile { entries.add(key, (value, line)) }
                }
            }
            return try FileRecord(entries, path())
        }
    }

    private init(_ entries: Entries, _ path: @autoclosure () -> FilePath) throws(ContentLibraryError) {
        func malformed(_ entry: Entries.Entry, _ what: String) -> ContentLibraryError {
            .malformed(path(), "has a malformed line \(entry.line): '\(entry.value.text)' is not \(what)")
        }
        guard let hash = entries.hash else { throw .malformed(path(), "has no Hash") }
        guard let digest = SHA256Digest(hexadecimal: hash.value) else { throw malformed(hash, "a SHA-256") }
        sha256 = digest
        if let entry = entries.attributes, !entry.value.isEmpty {
            guard let value = UInt32(entry.value.text, radix: 16) else {
                throw malformed(entry, "a set of file attributes")
            }
            attributes = value
        } else {
            attributes = ContentFile.normalAttributes
        }
        if let entry = entries.modified, !entry.value.isEmpty {
            guard let value = UInt64(entry.value.text), value <= UInt64(Int64.max) else {
                throw malformed(entry, "a time")
            }
            modified = Timestamp(fileTime: value)
        } else {
            modified = Self.unknownTime
        }
        if let entry = entries.byteCount {
            guard let value = Int64(entry.value.text), (0...Content.maximumByteCount).contains(value) else {
                throw malformed(entry, "a size")
            }
            byteCount = value
        } else {
            byteCount = nil
        }
    }
}
