// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import TSMediaTestSupport

/// The demo with an operating system image of 128 MiB, which takes long enough to write to be disturbed.
///
/// Made once.
enum LargeDemo {
    private static let made = Result {
        try demoDistributionPoint(in: try RunFolders.make().path, operatingSystemImageByteCount: 128 << 20)
    }

    /// The distribution point; tests only read it.
    static func distributionPoint() throws -> DemoDistributionPoint { try made.get() }
}
