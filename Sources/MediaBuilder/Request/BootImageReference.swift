// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import SystemPackage

/// Where the boot image of media comes from.
public enum BootImageReference: Sendable, Equatable {
    /// A boot image package on a distribution point.
    case package(PackageID)
    /// A WIM file.
    case file(FilePath)

    /// What `text` names: a package by its ID, a file by anything that holds a separator or an extension; else nil.
    public init?(_ text: String) {
        if let id = PackageID(text) {
            self = .package(id)
        } else if text.contains("/") || text.contains(".") {
            self = .file(FilePath(text))
        } else {
            return nil
        }
    }
}
