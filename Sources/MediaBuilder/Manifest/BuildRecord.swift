// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DistributionPoints
import Glibc
import JSON
import MediaFormat
import Support
import Synchronization
import SystemPackage

/// What a manifest has made on this computer: a JSON file of its own (docs/builds.md).
///
/// Whatever it says is true at every moment: what gets its name is announced before, by what tells it from any other file. So
/// nobody needs to say that it may be replaced later. Safe beside other processes.
public final class BuildRecord: Sendable {
    /// The file.
    public let path: FilePath
    /// The manifest, without links.
    private let manifest: String
    private let known: Mutex<[RecordedMedia]>

    /// The record at `path` of what `manifest` has made.
    ///
    /// - Throws: `FileError`; ``MediaBuilderError`` `.badContent` for what is no record, or that of another manifest.
    public init(_ path: FilePath, of manifest: FilePath) throws {
        self.path = path
        self.manifest = FilePlace(manifest).resolved.string
        known = Mutex([])
        let media = try read()
        known.withLock { $0 = media }
    }

    /// Where the record of `manifest` is unless somebody says so: below $XDG_STATE_HOME (XDG Base Directory Specification).
    public static func defaultPath(of manifest: FilePath) -> FilePath {
        func folder(_ variable: String) -> FilePath? {
            getenv(variable).map { FilePath(platformString: $0) }.flatMap { $0.isAbsolute ? $0 : nil }
        }
        let name = SHA256.digest(of: Array(FilePlace(manifest).resolved.string.utf8)).description.prefix(32) + ".json"
        let state = folder("XDG_STATE_HOME") ?? folder("HOME")?.appending(".local").appending("state")
        guard let state else {
            return FilePath(ContentStore.defaultFolder.string + ".builds").appending(String(name))
        }
        return state.appending("tsmedia").appending("builds").appending(String(name))
    }

    // MARK: Asking

    /// Whether the file or folder at `path` is exactly what the manifest made there.
    func owns(_ path: FilePath) -> Bool {
        let place = Self.name(path)
        let files = known.withLock { $0.flatMap(\.files) }.filter { $0.path.isExactly(place) }
        guard !files.isEmpty, let present = RecordedFile(path, named: place) else { return false }
        return files.contains { $0.isSame(as: present) }
    }

    /// The files of the media `key` that the manifest made for `output`, if all of them are there as it made them.
    func files(of output: FilePath, _ key: SHA256Digest) -> [FilePath]? {
        let place = Self.name(output)
        let media = known.withLock { $0.first { $0.output.isExactly(place) && $0.key == key.description } }
        guard let media, media.isPresent else { return nil }
        return media.files.map { FilePath($0.path) }
    }

    // MARK: Writing

    /// Takes note of `outputs`, which are whole and will get their names now: the media `key` of `output`.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    func announce(_ outputs: [PendingOutput], of output: FilePath, _ key: SHA256Digest) throws {
        let files = try outputs.map { pending in
            guard let file = RecordedFile(pending.temporaryPath, named: Self.name(pending.path)) else {
                throw FileError("read", pending.temporaryPath, .noSuchFileOrDirectory)
            }
            return file
        }
        let media = RecordedMedia(output: Self.name(output), key: key.description, files: files)
        try change { $0.append(media) }
    }

    /// Forgets of `output` what is not there: it got its name or did not.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    func settle(_ output: FilePath) throws {
        let place = Self.name(output)
        try change { media in
            media.removeAll { $0.output.isExactly(place) && !$0.isPresent }
        }
    }

    private func change(_ body: (inout [RecordedMedia]) -> Void) throws {
        try Folder.create(AtomicFile.parent(of: path))
        try FileLock.withLock(at: path, permissions: FilePermissions(rawValue: 0o600)) {
            var media = try read()
            body(&media)
            try AtomicFile.write(
                try JSON.bytes(of: RecordDocument(manifest: manifest, media: media), .line) + [UInt8(ascii: "\n")],
                to: path, isSecret: true)
            known.withLock { $0 = media }
        }
    }

    // MARK: Reading

    /// The most bytes of a record.
    private static let byteLimit = 256 << 20
    /// Values of a record.
    private static let valueLimit = 10_000_000

    private func read() throws -> [RecordedMedia] {
        guard access(path.string, F_OK) == 0 else { return [] }
        let bytes = try SmallFile.read(path, limit: Self.byteLimit)
        // A lock that nobody wrote behind yet.
        guard !bytes.isEmpty else { return [] }
        var reader = JSONReader(bytes)
        guard let node = try? reader.node(limit: Self.valueLimit), let document = RecordDocument(node) else {
            throw MediaBuilderError(
                .badContent, "record \(path)", "is no record of a build",
                nextStep: "name another file, or remove it: what it knew is not replaced then")
        }
        guard document.manifest.isExactly(manifest) else {
            throw MediaBuilderError(
                .badContent, "record \(path)", "is that of \(document.manifest)", nextStep: "name another file")
        }
        return document.media
    }

    /// What `path` is called from any folder, its links followed but for the last.
    private static func name(_ path: FilePath) -> String {
        let folder = FilePlace(AtomicFile.parent(of: path)).resolved
        return path.lastComponent.map { folder.appending($0) }?.string ?? folder.string
    }
}
