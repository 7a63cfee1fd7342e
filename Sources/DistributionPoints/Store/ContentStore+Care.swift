// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Glibc
import Support
import Synchronization
import SystemPackage

/// Looking after the files that the store keeps.
extension ContentStore {
    /// What there is in the store besides what it remembers.
    public struct Stock: Sendable, Equatable {
        /// Files that are kept whole.
        public var keptFileCount = 0
        /// Their bytes.
        public var keptByteCount: Int64 = 0
        /// Files of which a part came before a run ended, and those that come now.
        public var partialFileCount = 0
        /// Their bytes.
        public var partialByteCount: Int64 = 0
    }

    /// A file of the store, whole or not.
    struct StoredFile: Sendable {
        let path: FilePath
        let digest: SHA256Digest
        let identity: FileIdentity
        let isPartial: Bool
    }

    /// Every file that the store keeps or that is on its way, by name; what has no name of ours is passed over.
    ///
    /// - Throws: `FileError` when a folder cannot be listed; `InterruptedError`.
    func storedFiles(_ interruption: Interruption) throws -> [StoredFile] {
        func entries(_ folder: FilePath) throws -> [FolderEntry] {
            do { return try FolderEntry.entries(of: folder) } catch  where error.errno == .noSuchFileOrDirectory {
                return []
            }
        }
        var files: [StoredFile] = []
        for entry in try entries(filesFolder) where entry.kind == .folder {
            try interruption.check()
            guard let name = entry.name, name == "incoming" || name.utf8.count == 2 else { continue }
            let folder = filesFolder.appending(name)
            for entry in try entries(folder) where entry.kind == .file {
                guard let text = entry.name else { continue }
                let isPartial = name == "incoming"
                let digest = isPartial ? PartialFile.digest(of: text) : SHA256Digest(hexadecimal: text)
                let path = folder.appending(entry.component)
                // Gone meanwhile is gone.
                guard let digest, isPartial || path == self.path(of: digest),
                    let identity = try? FileIdentity(of: path)
                else { continue }
                files.append(StoredFile(path: path, digest: digest, identity: identity, isPartial: isPartial))
            }
        }
        return files
    }

    /// How much there is in the store.
    ///
    /// - Throws: `FileError`, `InterruptedError`.
    public func stock(_ interruption: Interruption = .ofProcess) throws -> Stock {
        var stock = Stock()
        for file in try storedFiles(interruption) {
            if file.isPartial {
                stock.partialFileCount += 1
                stock.partialByteCount += file.identity.byteCount
            } else {
                stock.keptFileCount += 1
                stock.keptByteCount += file.identity.byteCount
            }
        }
        return stock
    }

    // MARK: Verifying

    /// What became of hashing all files of a store.
    public struct Verification: Sendable {
        /// Files that were hashed.
        public internal(set) var fileCount = 0
        /// Their bytes.
        public internal(set) var byteCount: Int64 = 0
        /// Those whose bytes do not have the hash that is their name, by name; they were removed.
        public internal(set) var damaged: [SHA256Digest] = []
        /// Why files could not be read, by name.
        public internal(set) var unreadable: [String] = []
    }

    /// Hashes every file that the store keeps, on `threadCount` threads, and removes those that are damaged: they will be
    /// fetched again.
    ///
    /// - Throws: `FileError` when a folder cannot be listed; `InterruptedError`.
    public func verify(
        threadCount: Int = WorkerThreads.processorCount, interruption: Interruption, progress: any ProgressObserver
    ) throws -> Verification {
        let files = try storedFiles(interruption).filter { !$0.isPartial }
        let meter = ProgressMeter(
            phase: "verifying", totalByteCount: ByteTotal.clampedSum(files.lazy.map(\.identity.byteCount)),
            observer: progress)
        defer { meter.finish() }
        let results = try WorkerThreads.map(count: files.count, threadCount: threadCount) {
            number throws(any Error) -> Result<Bool, any Error> in
            try interruption.check()
            let file = files[number]
            do {
                let isSound = try self.verify(file, interruption)
                meter.advance(by: Int(file.identity.byteCount))
                return .success(isSound)
            } catch let error as InterruptedError {
                throw error
            } catch {
                return .failure(error)
            }
        }
        var verification = Verification()
        for (file, result) in zip(files, results) {
            verification.fileCount += 1
            verification.byteCount += file.identity.byteCount
            switch result {
            case .success(true): break
            case .success(false): verification.damaged.append(file.digest)
            case .failure(let error): verification.unreadable.append("\(error)")
            }
        }
        return verification
    }

    /// Whether the bytes of `file` are those of its name; one that is not is removed.
    private func verify(_ file: StoredFile, _ interruption: Interruption) throws -> Bool {
        let hashed = try FileHasher(interruption: interruption).hash(file.path)
        guard hashed.sha256 != file.digest else {
            // What is found to be sound needs no hashing when it is used.
            index.remember(ownFile: hashed.identity, file.digest, path: file.path)
            return true
        }
        discard(FetchedFile(path: file.path, sha256: file.digest, isVerified: false, identity: hashed.identity))
        return false
    }

    // MARK: Pruning

    /// What may stay in a store.
    public struct Limits: Sendable {
        /// The bytes that may stay; nil for any number.
        public var byteCount: Int64?
        /// For how many days a file may have been of no use; nil for any number.
        public var unusedDayCount: Int?

        /// Everything may stay.
        public init() {}

        var areNone: Bool { byteCount == nil && unusedDayCount == nil }
    }

    /// What was removed from a store, and what is left.
    public struct Pruning: Sendable, Equatable {
        /// Files that were removed.
        public internal(set) var removedFileCount = 0
        /// Their bytes.
        public internal(set) var removedByteCount: Int64 = 0
        /// Files that would have been removed, and that a running program uses.
        public internal(set) var inUseFileCount = 0
    }

    /// Removes what is kept beyond `limits`, what was not used for the longest time first; what another run uses, or brings
    /// just now, stays.
    ///
    /// - Parameter today: counted from 1970-01-01.
    /// - Throws: `FileError`, `InterruptedError`.
    public func prune(_ limits: Limits, today: UInt32? = nil, interruption: Interruption) throws -> Pruning {
        guard !limits.areNone, (try? Stat(filesFolder)) != nil else { return Pruning() }
        let today = today ?? VerificationIndex.day(.now)
        return try use.withoutNewUses(interruption) { used in
            let days = Dictionary(index.files.map { ($0.identity, $0.day) }, uniquingKeysWith: max)
            let files = try storedFiles(interruption).map { file in
                // One that is not remembered came, or was changed, then.
                (file: file, day: days[file.identity] ?? VerificationIndex.day(file.identity.modified))
            }.sorted { ($0.day, $0.file.identity.modified) < ($1.day, $1.file.identity.modified) }
            var left = ByteTotal.clampedSum(files.lazy.map(\.file.identity.byteCount))
            var pruning = Pruning()
            for (file, day) in files {
                try interruption.check()
                let isOld = limits.unusedDayCount.map { Int(today) - Int(day) >= $0 } ?? false
                let isTooMuch = limits.byteCount.map { left > $0 } ?? false
                guard isOld || isTooMuch else { continue }
                guard !used.contains(file.digest), try remove(file) else {
                    pruning.inUseFileCount += 1
                    continue
                }
                left -= file.identity.byteCount
                pruning.removedFileCount += 1
                pruning.removedByteCount += file.identity.byteCount
            }
            return pruning
        }
    }

    /// Removes a file; false for one that another run brings.
    private func remove(_ file: StoredFile) throws -> Bool {
        guard file.isPartial else {
            try Folder.removeFile(file.path)
            Folder.removeEmpty(AtomicFile.parent(of: file.path))
            return true
        }
        do {
            guard let partial = try PartialFile.attempt(file.path, makes: false) else { return false }
            partial.discard()
            return true
        } catch  where error.errno == .noSuchFileOrDirectory {
            return true
        }
    }
}
