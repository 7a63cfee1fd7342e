// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import Synchronization
import SystemPackage

/// The files of a store that running programs use, so that none is removed under them.
///
/// Each run has a file `files/uses/<random>`, locked as long as it lives, with the SHA-256 of every file that it has
/// counted on, a line each. Who writes a line or removes files holds `files/uses.lock` meanwhile: a file is either on the
/// list before it is looked for, or gone before it is counted on.
final class StoreUse: Sendable {
    private struct State {
        var noted: Set<SHA256Digest> = []
        var own: (file: FileDescriptor, path: FilePath)?
        var lock: FileDescriptor?
        /// A store that cannot be written: then nobody of us can remove anything from it either.
        var isImpossible = false
    }

    private let folder: FilePath
    private let state = Mutex(State())

    /// The uses of the store whose files lie in `folder`.
    init(of folder: FilePath) { self.folder = folder }

    deinit {
        state.withLock { state in
            if let own = state.own {
                try? Folder.removeFile(own.path)
                try? own.file.close()
            }
            try? state.lock?.close()
        }
    }

    private static let head = "tsmedia uses 1\n"
    private static let byteLimit = 1 << 28

    private var usesFolder: FilePath { folder.appending("uses") }

    /// Notes that the files with the SHA-256 `digests` are used.
    ///
    /// Whoever looks for one of them does so afterwards: whoever removes files reads the lists first.
    func note(_ digests: some Sequence<SHA256Digest>) {
        state.withLock { state in
            let new = digests.filter { !state.noted.contains($0) }
            guard !new.isEmpty, !state.isImpossible else { return }
            do {
                if state.own == nil { try begin(&state) }
                guard let own = state.own, let lock = state.lock else { return }
                while flock(lock.rawValue, LOCK_SH) != 0, errno == EINTR {}
                defer { flock(lock.rawValue, LOCK_UN) }
                try own.file.writeAll(new.map { "\($0)\n" }.joined().utf8)
                state.noted.formUnion(new)
            } catch {
                state.isImpossible = true
            }
        }
    }

    private func begin(_ state: inout State) throws {
        guard (try? Stat(folder)) != nil else { return }
        try Folder.create(usesFolder, permissions: .ownerReadWriteExecute)
        let lock = try openLock()
        state.lock = lock
        // Whoever looks for the lists of dead runs must not find ours before it is locked.
        while flock(lock.rawValue, LOCK_SH) != 0, errno == EINTR {}
        defer { flock(lock.rawValue, LOCK_UN) }
        let path = usesFolder.appending(String(UInt64.random(in: .min ... .max), radix: 36))
        let file = try FileDescriptor.open(
            path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
            permissions: .ownerReadWrite)
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else { throw Errno(rawValue: errno) }
        try file.writeAll(Self.head.utf8)
        state.own = (file, path)
    }

    private func openLock() throws -> FileDescriptor {
        try FileDescriptor.open(
            folder.appending("uses.lock"), .readWrite, options: [.create, .closeOnExec, .noFollow],
            permissions: .ownerReadWrite)
    }

    /// Calls `body` with the files that other runs use, while none can begin to use another.
    ///
    /// - Throws: `FileError`; what `body` throws.
    func withoutNewUses<Result>(
        _ interruption: Interruption, _ body: (Set<SHA256Digest>) throws -> Result
    ) throws -> Result {
        try FileLock.withLock(
            at: folder.appending("uses.lock"), permissions: .ownerReadWrite, interruption: interruption
        ) {
            try body(usedByOthers())
        }
    }

    /// What the lists of runs that live name; those of others are removed.
    private func usedByOthers() -> Set<SHA256Digest> {
        var used: Set<SHA256Digest> = []
        for entry in (try? FolderEntry.entries(of: usesFolder)) ?? [] where entry.kind == .file {
            let path = usesFolder.appending(entry.component)
            guard let file = try? FileDescriptor.open(path, .readWrite, options: [.closeOnExec, .noFollow]) else {
                continue
            }
            defer { try? file.close() }
            let isAlive = flock(file.rawValue, LOCK_EX | LOCK_NB) != 0
            let text = String(decoding: (try? SmallFile.read(path, limit: Self.byteLimit)) ?? [], as: UTF8.self)
            guard text.hasPrefix(Self.head) else { continue }
            guard isAlive else {
                try? Folder.removeFile(path)
                continue
            }
            for line in text.split(separator: "\n").dropFirst() {
                if let digest = SHA256Digest(hexadecimal: line) { used.insert(digest) }
            }
        }
        return used
    }
}
