// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import Identifiers
import Support
import SystemPackage

/// What a distribution point has listed before, kept in the store: `lists/<SHA-256 of the location>/<ID>.package` and
/// `.content`.
///
/// Text, a line for each thing, the SHA-256 of all lines at the end. A list that is missing, damaged or somebody else's is
/// none, and failing to keep one is no failure: it is read again.
struct RememberedLists: Sendable {
    private let folder: FilePath
    private static let head = "tsmedia list 1"

    /// The lists of what is called `name`.
    init(named name: String, in store: ContentStore) {
        folder = store.folder.appending("lists").appending(SHA256.digest(of: name.utf8).description)
    }

    // MARK: Packages

    func remember(_ package: LibraryPackage) {
        var lines = ["package \(package.id)"]
        if let version = package.version { lines.append("version \(version)") }
        lines += package.listedContentIDs.map { "content \($0)" }
        write(lines, to: "\(package.id).package")
    }

    func package(_ id: PackageID) -> LibraryPackage? {
        var (version, listed): (Int?, [ContentID]) = (nil, [])
        guard let lines = read("\(id).package"), lines.first ?? "" == "package \(id)" else { return nil }
        for line in lines.dropFirst() {
            let (key, value) = Self.parts(line)
            switch key {
            case "version": version = Int(value)
            case "content":
                guard let content = ContentID(String(value)) else { return nil }
                listed.append(content)
            default: return nil
            }
        }
        return listed.isEmpty ? nil : LibraryPackage(id: id, version: version, listed: listed)
    }

    // MARK: Contents

    /// Remembers a list.
    ///
    /// - Parameter witness: what must be the same when it is used again, if the content hash does not say enough.
    func remember(_ content: Content, witness: SHA256Digest? = nil) {
        // What is odd should be told again, and read again: it may have been mended.
        guard let hash = content.contentHash, content.warnings.isEmpty else { return }
        var lines = ["content \(content.id)", "hash \(hash)"]
        if let witness { lines.append("witness \(witness)") }
        lines.reserveCapacity(content.files.count + content.folders.count + 2)
        lines += content.folders.map { "folder \($0)" }
        lines += content.files.map { file in
            "file \(file.sha256) \(file.byteCount) \(file.attributes) \(file.modified.fileTime) \(file.path)"
        }
        write(lines, to: Self.name(of: content.id))
    }

    func content(_ id: ContentID) -> Content? { remembered(id)?.content }

    /// Forgets a list that led to files which are not what it says: the next run reads it again.
    func forget(_ id: ContentID) { try? Folder.removeFile(folder.appending(Self.name(of: id))) }

    private static func name(of id: ContentID) -> String { "\(id.description.uppercased()).content" }

    /// A list, and the witness that it was remembered with.
    func remembered(_ id: ContentID) -> (content: Content, witness: SHA256Digest?)? {
        guard let lines = read(Self.name(of: id)), lines.count >= 2,
            Self.parts(lines[0]).key == "content", ContentID(String(Self.parts(lines[0]).value)) == id,
            Self.parts(lines[1]).key == "hash"
        else { return nil }
        let hash = String(Self.parts(lines[1]).value)
        var witness: SHA256Digest?
        var (files, folders): ([ContentFile], [MediaPath]) = ([], [])
        files.reserveCapacity(lines.count)
        for line in lines.dropFirst(2) {
            if line.utf8.starts(with: Self.fileKey) {
                guard let file = Self.file(line.utf8.dropFirst(Self.fileKey.count)) else { return nil }
                files.append(file)
                continue
            }
            let (key, value) = Self.parts(line)
            switch key {
            case "folder":
                guard let path = try? MediaPath(String(value)) else { return nil }
                folders.append(path)
            case "witness":
                guard let digest = SHA256Digest(hexadecimal: value) else { return nil }
                witness = digest
            default: return nil
            }
        }
        return (Content(id: id, contentHash: hash, files: files, folders: folders), witness)
    }

    /// A content whose files the store has, where no server is asked.
    ///
    /// - Parameter location: the server, for messages.
    /// - Throws: ``DistributionPointError`` `.contentMissing`.
    func completeContent(
        _ id: ContentID, in store: ContentStore, location: String
    ) throws(DistributionPointError) -> Content {
        guard let content = content(id) else { throw .notAsked("\(id.noun)", location) }
        // An empty file has no bytes that anybody could have.
        let missing = content.files.filter {
            $0.byteCount > 0 && store.kept($0.sha256, byteCount: $0.byteCount) == nil
        }
        guard missing.isEmpty else {
            throw DistributionPointError(
                .contentMissing, .notFound, "\(id.noun)",
                "is not in the store: \(missing.count) of its \(content.files.count) files are missing, the first is '\(missing[0].path)'",
                nextStep: "fetch it first, or leave out \(.offline)")
        }
        return content
    }

    private static let fileKey = Array("file ".utf8)

    /// The file of a line behind its key: very many are read.
    private static func file(_ text: Substring.UTF8View) -> ContentFile? {
        var rest = text
        func next() -> Substring.UTF8View? {
            guard let end = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
            defer { rest = rest[rest.index(after: end)...] }
            return rest[..<end]
        }
        guard let digits = next(),
            let digest = digits.withContiguousStorageIfAvailable({ SHA256Digest(hexadecimal: $0) }) ?? nil,
            let byteCount = next().flatMap({ number($0) }), byteCount <= UInt64(Content.maximumByteCount),
            let attributes = next().flatMap({ number($0) }).flatMap({ UInt32(exactly: $0) }),
            let time = next().flatMap({ number($0) }), let path = try? MediaPath(String(Substring(rest)))
        else { return nil }
        return ContentFile(
            MediaFile(
                path: path, byteCount: Int64(byteCount), sha256: digest, modified: Timestamp(fileTime: time)),
            attributes: attributes)
    }

    /// A number in decimal.
    private static func number(_ digits: Substring.UTF8View) -> UInt64? {
        var value: UInt64 = 0
        guard !digits.isEmpty else { return nil }
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (product, isTooMuch) = value.multipliedReportingOverflow(by: 10)
            let (sum, isMore) = product.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !isTooMuch, !isMore else { return nil }
            value = sum
        }
        return value
    }

    // MARK: Files

    private static func parts(_ line: Substring) -> (key: Substring, value: Substring) {
        let key = line.prefix { $0 != " " }
        return (key, line[key.endIndex...].dropFirst())
    }

    private func write(_ lines: [String], to name: String) {
        var bytes: [UInt8] = []
        for line in [Self.head] + lines {
            bytes += line.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        bytes += "sha256 \(SHA256.digest(of: bytes))\n".utf8
        do {
            // What is believed must be ours alone to write.
            for folder in [
                folder.removingLastComponent().removingLastComponent(), folder.removingLastComponent(), folder,
            ] {
                try Folder.create(folder, permissions: .ownerReadWriteExecute)
            }
            try AtomicFile.write(bytes, to: folder.appending(name), isSecret: true)
        } catch {
            // It is read again.
        }
    }

    /// The lines between the head and the hash.
    private func read(_ name: String) -> [Substring]? {
        guard let bytes = OwnFile.read(folder.appending(name)), let text = String(validating: bytes, as: UTF8.self),
            let last = text.utf8.dropLast().lastIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let end = text.utf8.index(after: last)
        guard String(text[end...]) == "sha256 \(SHA256.digest(of: text[..<end].utf8))\n" else { return nil }
        let lines = text[..<last].split(separator: "\n", omittingEmptySubsequences: false)
        return lines.first ?? "" == Self.head ? Array(lines.dropFirst()) : nil
    }
}
