// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization
import SystemPackage

/// Whether the kernel holds this process to less than its user may do, so that a refusal can say by whom.
public enum ProcessLimits {
    private static let state = Atomic<Bool>(false)

    /// Set by whoever asks the kernel for it.
    public static var areInForce: Bool {
        get { state.load(ordering: .relaxed) }
        set { state.store(newValue, ordering: .relaxed) }
    }

    /// Whether it must have been these limits by which the kernel refused `path`: its user may read it or, where nothing is
    /// there, write the folder.
    ///
    /// access(2) asks for the rights of files alone, which such limits do not change.
    static func explain(refusalOf path: FilePath) -> Bool {
        guard areInForce else { return false }
        if access(path.string, F_OK) == 0 { return access(path.string, R_OK) == 0 || access(path.string, W_OK) == 0 }
        return access(AtomicFile.parent(of: path).string, W_OK | X_OK) == 0
    }
}
