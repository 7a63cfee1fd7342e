// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import SystemPackage

extension NTFSMount {
    /// Mounts the volume in `volume`, runs lines of Python on it, and leaves it unmounted.
    ///
    /// They have `place(path)`, and `keeping(*paths)` for a `with`, behind which these have the times of before.
    public static func change(_ volume: FilePath, _ lines: String) throws {
        let folder = try TestFolder()
        let root = folder.appending("mount").string
        try TestFolder.makeFolder(folder.appending("mount"))
        try Program.succeed("ntfs-3g", ["-o", "noatime", volume.string, root])
        defer { _ = try? Program.run("umount", [root]) }
        try Program.succeed("python3", ["-c", prelude + lines, root])
    }

    private static let prelude = """
        import contextlib, os, struct, sys
        def place(path):
            return os.path.join(sys.argv[1], path)
        @contextlib.contextmanager
        def keeping(*paths):
            name = 'system.ntfs_times'
            times = [(place(path), os.getxattr(place(path), name, follow_symlinks=False)) for path in paths]
            yield
            for path, value in times:
                os.setxattr(path, name, value, follow_symlinks=False)

        """
}
