// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import Synchronization
import SystemPackage

/// The SHA-1 of contents by their SHA-256, learned while WIMs were written, which tell files apart by it.
///
/// A content has one SHA-1 for ever: with it, a verified file is copied into the next WIM without being read.
/// `sha1.index` in the store: 16 bytes of head, records of 52 bytes, the SHA-256 of all that. It is a cache, and trusted
/// as the index of verified files is (docs/decisions/verified-content.md).
public final class SHA1Index: Sendable {
    private static let head = Array("tsmedia sha1 1\n\0".utf8)
    private static let recordByteCount = SHA256Digest.byteCount + SHA1.byteCount
    /// 26 MB of memory at most; when there are more, the index begins anew.
    private static let countLimit = 200_000

    private struct State {
        var table: [SHA256Digest: [UInt8]]?
        var learned: [SHA256Digest: [UInt8]] = [:]
    }

    private let folder: FilePath
    private let state = Mutex(State())

    init(folder: FilePath) { self.folder = folder }

    private var path: FilePath { folder.appending("sha1.index") }

    /// The SHA-1 of the content with the SHA-256 `digest`, if it is known.
    func sha1(of digest: SHA256Digest) -> [UInt8]? {
        state.withLock { state in
            let table = state.table ?? read()
            state.table = table
            return state.learned[digest] ?? table[digest]
        }
    }

    /// Remembers the SHA-1 of a content.
    public func remember(_ digest: SHA256Digest, sha1: [UInt8]) {
        state.withLock { $0.learned[digest] = sha1 }
    }

    /// Saves what was remembered, together with what other processes saved meanwhile.
    func save() throws {
        try state.withLock { state in
            guard !state.learned.isEmpty else { return }
            try Folder.create(folder, permissions: .ownerReadWriteExecute)
            try FileLock.withLock(at: folder.appending("sha1.lock"), permissions: .ownerReadWrite) {
                var table = read().merging(state.learned) { $1 }
                if table.count > Self.countLimit { table = state.learned }
                var bytes = Self.head
                bytes.reserveCapacity(bytes.count + table.count * Self.recordByteCount + SHA256Digest.byteCount)
                for (digest, sha1) in table { bytes += digest.bytes + sha1 }
                bytes += SHA256.digest(of: bytes).bytes
                try AtomicFile.write(bytes, to: path, isSecret: true)
                state = State(table: table)
            }
        }
    }

    /// What is saved; nothing when it is not whole.
    private func read() -> [SHA256Digest: [UInt8]] {
        guard let bytes = OwnFile.read(path) else { return [:] }
        let end = bytes.count - SHA256Digest.byteCount
        guard end >= Self.head.count, bytes.starts(with: Self.head),
            (end - Self.head.count) % Self.recordByteCount == 0,
            SHA256.digest(of: bytes[..<end]).bytes == Array(bytes[end...])
        else { return [:] }
        var table: [SHA256Digest: [UInt8]] = [:]
        for start in stride(from: Self.head.count, to: end, by: Self.recordByteCount) {
            let middle = start + SHA256Digest.byteCount
            guard let digest = SHA256Digest(bytes: bytes[start..<middle]) else { continue }
            table[digest] = Array(bytes[middle..<(start + Self.recordByteCount)])
        }
        return table
    }
}
