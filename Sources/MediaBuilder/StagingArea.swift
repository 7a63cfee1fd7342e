// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization
import SystemPackage

/// Where files lie that must exist before they are written to media: the parts of split images, and boot images that get a
/// prestart command.
///
/// Nothing is made there until something is staged, and everything is gone when the area is let go of.
public final class StagingArea: Sendable {
    private struct State {
        var folder: TemporaryFolder?
        var count = 0
        /// What was made once for several builds.
        var files: [String: FilePath] = [:]
    }

    private let parent: FilePath
    private let state = Mutex(State())

    /// An area below the folder `parent`.
    public init(in parent: FilePath) { self.parent = parent }

    /// An empty folder with room for `byteCount` bytes.
    ///
    /// - Throws: `OutputError` `.noSpace`; `FileError`.
    func newFolder(for byteCount: Int64) throws -> FilePath {
        try state.withLock { state in
            let folder = try state.folder ?? TemporaryFolder(in: parent)
            state.folder = folder
            try PendingOutput.requireSpace(byteCount, for: folder.appending("part"))
            state.count += 1
            let path = folder.appending(String(state.count))
            try Folder.create(path)
            return path
        }
    }

    /// The file that `make` makes in an empty folder with room for `byteCount` bytes; what was made for the same `key`
    /// before, for another of several media, is that file.
    func file(_ key: String, byteCount: Int64, _ make: (FilePath) throws -> FilePath) throws -> FilePath {
        if let known = state.withLock({ $0.files[key] }) { return known }
        let made = try make(try newFolder(for: byteCount))
        state.withLock { $0.files[key] = made }
        return made
    }
}
