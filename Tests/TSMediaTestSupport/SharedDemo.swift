// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Fixtures
import Glibc

/// The demo distribution point, made once for all tests of a run and removed when the run ends.
///
/// Tests only read it: one that damages a library makes its own, with ``demoDistributionPoint(in:bootImage:operatingSystemImageByteCount:)``.
public enum SharedDemo {
    private static let made = Result {
        let folder = try TemporaryFolder()
        let demo = try demoDistributionPoint(in: folder.path)
        // What a static constant holds is never let go of.
        atexit { SharedDemo.remove() }
        return (folder: folder, demo: demo)
    }

    /// The distribution point.
    public static func distributionPoint() throws -> DemoDistributionPoint { try made.get().demo }

    private static func remove() {
        if let folder = try? made.get().folder { _ = tsm_remove_tree(folder.path.string) }
    }
}
