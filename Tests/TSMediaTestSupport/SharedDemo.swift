// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures

/// The demo distribution point, made once for all tests of a run and removed when the run ends.
///
/// Tests only read it: one that damages a library makes its own, with ``demoDistributionPoint(in:bootImage:operatingSystemImageByteCount:)``.
public enum SharedDemo {
    private static let made = Result { try demoDistributionPoint(in: try RunFolders.make().path) }

    /// The distribution point.
    public static func distributionPoint() throws -> DemoDistributionPoint { try made.get() }
}
