// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Testing

/// The suite that starts computers: `make test-target`.
public enum TargetSuite {
    /// Whether it runs: every suite of Tests/TargetTests has ``Trait/inTargetSuite``.
    public static let isWanted = getenv("TSMEDIA_TEST_TARGET") != nil
}

extension Trait where Self == ConditionTrait {
    /// Only with `make test-target`.
    public static var inTargetSuite: Self {
        .enabled(if: TargetSuite.isWanted, "make test-target sets TSMEDIA_TEST_TARGET=1")
    }
}
