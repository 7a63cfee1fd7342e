// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// The checkout that the tests were built from.
public enum Repository {
    /// Its folder.
    public static let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    /// A file of it, by its path from the root.
    public static func file(_ path: String) -> FilePath { root.appending(path) }
}
