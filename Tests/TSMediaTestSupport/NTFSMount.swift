// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage

/// A file system that lacks what those of networks lack too, and is a real one: NTFS through FUSE.
///
/// It cannot swap two names (RENAME_EXCHANGE), and it may be one of another computer as far as anyone can tell.
public final class NTFSMount: Sendable {
    /// True where it can be mounted: by root, with FUSE.
    public static var isPossible: Bool { geteuid() == 0 && access("/dev/fuse", W_OK) == 0 }
    /// Why the tests are skipped elsewhere.
    public static let reason = "mounting NTFS needs root and FUSE"

    /// The root of the file system, which is empty.
    public let root: FilePath
    /// The volume.
    public var image: FilePath { folder.appending("ntfs.img") }
    private let folder: TestFolder

    /// Makes and mounts one.
    public init() throws {
        folder = try TestFolder()
        root = folder.appending("mount")
        try TestFolder.makeFolder(root)
        try Program.succeed("truncate", ["--size", "16M", image.string])
        try Program.succeed("mkntfs", ["--quick", "--force", "--quiet", image.string])
        try Program.succeed("ntfs-3g", [image.string, root.string])
    }

    /// Ends the mount; the volume stays as long as this object.
    public func detached() throws -> NTFSMount {
        try Program.succeed("umount", [root.string])
        return self
    }

    deinit { _ = try? Program.run("umount", ["--lazy", root.string]) }
}
