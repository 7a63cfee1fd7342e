// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// A private folder (mode 0700) for intermediate files, gone with its contents when it is let go of.
///
/// A program that was killed leaves its folder: the next folder made in the same place removes it.
public final class TemporaryFolder: Sendable {
    /// What the names of our folders begin with; the rest is random.
    private static let namePrefix = "tsmedia-work-"
    private static let variable = "TMPDIR"

    /// Where the folder is.
    public var path: FilePath { work.content }
    private let work: WorkFolder

    /// Makes an empty folder in `parent`, by default ``defaultParent(else:)``.
    public init(in parent: FilePath? = nil) throws(FileError) {
        let parent = parent ?? Self.defaultParent()
        WorkFolder.removeAbandoned(in: parent, prefix: Self.namePrefix)
        do throws(FileError) {
            work = try WorkFolder(in: parent, prefix: Self.namePrefix)
        } catch {
            let isFromEnvironment = parent == Self.environmentFolder
            throw FileError("written to", parent, error.errno, variable: isFromEnvironment ? Self.variable : nil)
        }
        try Folder.create(work.content, permissions: .ownerReadWriteExecute)
    }

    /// The path of `name` inside the folder.
    public func appending(_ name: String) -> FilePath { path.appending(name) }

    /// Where temporary files go: `$TMPDIR`, or `fallback` when that is not set.
    public static func defaultParent(else fallback: FilePath = "/tmp") -> FilePath { environmentFolder ?? fallback }

    private static var environmentFolder: FilePath? {
        guard let value = getenv(variable), value.pointee != 0 else { return nil }
        return FilePath(platformString: value)
    }
}
