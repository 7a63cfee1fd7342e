// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization
import SystemPackage

/// Remembers which files had which SHA-256, so that bytes that were verified before are not hashed again.
///
/// As git's index does: a file with the same device, inode, size, mtime and ctime is the same file. A file that is
/// missing, damaged or somebody else's is an empty index, never an error. Safe to use from several threads and
/// processes (docs/decisions/verified-content.md).
public final class VerificationIndex: Sendable {
    /// Files remembered at most, 9 MB on disk and some 60 MB while saving; those remembered longest ago go first.
    static let maximumFileCount = 100_000
    /// How long before hashing began a file must have changed last.
    ///
    /// FAT has the coarsest clock of the file systems we meet, 2 seconds ("FAT: General Overview of On-Disk Format").
    static let settlingSeconds: Int64 = 2

    private static let secondsPerDay: Int64 = 86_400

    private struct State {
        var table: VerificationTable?
        var remembered: [VerifiedFile.Key: VerifiedFile] = [:]
        var forgotten: Set<VerifiedFile> = []
    }

    /// The folder that holds the index and its lock.
    private let folder: FilePath
    private let state = Mutex(State())

    /// The index in `folder`, read when it is first asked.
    public init(folder: FilePath) { self.folder = folder }

    /// The index file.
    public var path: FilePath { folder.appending("verified.index") }

    /// True when a file that was `identity` had the SHA-256 `digest`.
    public func isVerified(_ identity: FileIdentity, _ digest: SHA256Digest) -> Bool {
        self.digest(of: identity) == digest
    }

    /// The SHA-256 that a file had when it was `identity`; nil when it is not remembered.
    public func digest(of identity: FileIdentity) -> SHA256Digest? {
        let key = VerifiedFile.Key(device: identity.device, inode: identity.inode)
        return state.withLock { state in
            guard let file = state.remembered[key] ?? loaded(&state).file(key), !state.forgotten.contains(file) else {
                return nil
            }
            return file.identity == identity ? file.sha256 : nil
        }
    }

    /// Remembers that the file at `path`, which was `identity` before and after it was hashed, has the SHA-256 `digest`.
    ///
    /// - Parameter hashingBegan: when its first byte was read. A file that changed within 2 seconds of that is not
    ///   remembered: it could change again in the same tick of its file system's clock and look the same.
    /// - Returns: whether it was remembered.
    @discardableResult
    public func remember(
        _ identity: FileIdentity, _ digest: SHA256Digest, path: FilePath, hashingBegan: FileIdentity.Instant
    ) -> Bool {
        let settled = FileIdentity.Instant(
            seconds: hashingBegan.seconds - Self.settlingSeconds, nanoseconds: hashingBegan.nanoseconds)
        guard identity.changed < settled else { return false }
        return add(identity, digest, path: path, now: hashingBegan)
    }

    /// Remembers a file of the store's own, which nobody changes once it is there: it need not have settled.
    func remember(ownFile identity: FileIdentity, _ digest: SHA256Digest, path: FilePath) {
        _ = add(identity, digest, path: path, now: .now)
    }

    /// Takes note that the file that is `identity` was used today.
    func use(_ identity: FileIdentity) {
        let key = VerifiedFile.Key(device: identity.device, inode: identity.inode)
        let today = Self.day(.now)
        state.withLock { state in
            guard let file = state.remembered[key] ?? loaded(&state).file(key), file.identity == identity,
                file.day < today, state.remembered.count < Self.maximumFileCount
            else { return }
            state.remembered[key] = VerifiedFile(
                path: file.path, identity: identity, sha256: file.sha256, day: today)
        }
    }

    /// The day that `instant` lies in, counted from 1970-01-01.
    static func day(_ instant: FileIdentity.Instant) -> UInt32 { UInt32(clamping: instant.seconds / secondsPerDay) }

    private func add(
        _ identity: FileIdentity, _ digest: SHA256Digest, path: FilePath, now: FileIdentity.Instant
    ) -> Bool {
        guard let absolute = path.absolute else { return false }
        let file = VerifiedFile(path: absolute, identity: identity, sha256: digest, day: Self.day(now))
        return state.withLock { state in
            // More would not be saved.
            guard state.remembered.count < Self.maximumFileCount || state.remembered[file.key] != nil else {
                return false
            }
            state.remembered[file.key] = file
            return true
        }
    }

    /// Every file that is remembered.
    public var files: [VerifiedFile] {
        state.withLock { state in Self.merge(loaded(&state), state.remembered, forgotten: state.forgotten) }
    }

    /// Forgets every file that is gone or has changed.
    ///
    /// A file that may not be looked at is kept: nothing is known about it.
    ///
    /// - Returns: the number of files forgotten; ``save()`` makes it last.
    public func prune() -> Int {
        let stale = files.filter { file in
            do throws(FileError) {
                return try FileIdentity(of: file.path) != file.identity
            } catch {
                return error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory
            }
        }
        state.withLock { state in
            for file in stale where state.remembered[file.key] == file { state.remembered[file.key] = nil }
            state.forgotten.formUnion(stale)
        }
        return stale.count
    }

    /// Saves what was remembered and forgotten, together with what other processes saved meanwhile.
    ///
    /// - Throws: ``FileError`` when the folder cannot be written, ``InterruptedError``.
    public func save() throws {
        try state.withLock { state in
            guard !state.remembered.isEmpty || !state.forgotten.isEmpty else { return }
            // What is believed without hashing must be ours alone to write.
            try Folder.create(folder, permissions: .ownerReadWriteExecute)
            try FileLock.withLock(at: folder.appending("verified.lock"), permissions: .ownerReadWrite) {
                let table = read()
                let files = Self.newest(Self.merge(table, state.remembered, forgotten: state.forgotten))
                let bytes = VerificationTable.encode(files)
                try AtomicFile.write(bytes, to: path, isSecret: true)
                state = State(table: VerificationTable(bytes: bytes))
            }
        }
    }

    private func loaded(_ state: inout State) -> VerificationTable {
        if let table = state.table { return table }
        let table = read()
        state.table = table
        return table
    }

    private func read() -> VerificationTable {
        OwnFile.read(path).flatMap { VerificationTable(bytes: $0) } ?? VerificationTable()
    }

    private static func merge(
        _ table: VerificationTable, _ remembered: [VerifiedFile.Key: VerifiedFile], forgotten: Set<VerifiedFile>
    ) -> [VerifiedFile] {
        var files = table.files.filter { remembered[$0.key] == nil && !forgotten.contains($0) }
        files += remembered.values
        return files.sorted { $0.key < $1.key }
    }

    static func newest(_ files: [VerifiedFile], limit: Int = maximumFileCount) -> [VerifiedFile] {
        files.count <= limit ? files : Array(files.sorted { ($1.day, $0.key) < ($0.day, $1.key) }.prefix(limit))
    }
}
