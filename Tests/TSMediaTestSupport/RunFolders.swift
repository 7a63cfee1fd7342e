// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization

/// Folders that all tests of a run share: a static constant is never let go of, and these are gone when the run ends.
public enum RunFolders {
    private static let folders = Mutex<[TestFolder]>([])
    private static let removal: Void = { atexit { RunFolders.folders.withLock { $0 = [] } } }()

    /// A new one.
    public static func make() throws -> TestFolder {
        _ = removal
        let folder = try TestFolder()
        folders.withLock { $0.append(folder) }
        return folder
    }
}
