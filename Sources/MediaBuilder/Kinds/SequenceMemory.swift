// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization
import SystemPackage
import TaskSequence

/// The task sequences that were read last: one run reads the same file for each of its media, and more than once.
final class SequenceMemory: Sendable {
    /// What all of a process shares.
    static let ofProcess = SequenceMemory()

    /// Media of one run holds few.
    private static let limit = 4
    /// Larger files are read again, so that memory does not grow with them.
    private static let byteLimit: Int64 = 4 << 20

    private let known = Mutex<[(path: FilePath, identity: FileIdentity, packages: [TaskSequencePackage])]>([])

    /// What the file or folder at `path` holds.
    ///
    /// - Throws: `TaskSequenceError`.
    func read(_ path: FilePath) throws(TaskSequenceError) -> [TaskSequencePackage] {
        guard let status = try? Stat(path), status.type == .regular, status.size <= Self.byteLimit else {
            return try TaskSequenceFile.read(path)
        }
        let identity = FileIdentity(status)
        if let known = known.withLock({ $0.first { $0.path == path && $0.identity == identity } }) {
            return known.packages
        }
        let packages = try TaskSequenceFile.read(path)
        known.withLock { known in
            if known.count == Self.limit { known.removeFirst() }
            known.append((path, identity, packages))
        }
        return packages
    }
}
