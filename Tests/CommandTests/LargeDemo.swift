// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Fixtures
import Glibc
import TSMediaTestSupport

/// The demo with an operating system image of 128 MiB, which takes long enough to write to be disturbed.
///
/// Made once.
enum LargeDemo {
    private static let made = Result {
        let folder = try TestFolder()
        let demo = try demoDistributionPoint(in: folder.path, operatingSystemImageByteCount: 128 << 20)
        // What a static constant holds is never let go of.
        atexit { LargeDemo.remove() }
        return (folder: folder, demo: demo)
    }

    /// The distribution point; tests only read it.
    static func distributionPoint() throws -> DemoDistributionPoint { try made.get().demo }

    private static func remove() {
        if let folder = try? made.get().folder { _ = tsm_remove_tree(folder.path.string) }
    }
}
