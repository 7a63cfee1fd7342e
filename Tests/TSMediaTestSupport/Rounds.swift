// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// How often a test tries at random: `make test-all` has time, `make test` takes the first few of the same numbers.
public enum Rounds {
    /// `count` with TSMEDIA_TEST_ALL, and `share` of a hundred of it without, but at least one.
    public static func of(_ count: Int, percent share: Int = 25) -> Int {
        getenv("TSMEDIA_TEST_ALL") == nil ? max(1, count * share / 100) : count
    }

    /// Of how many one is tried: `count` with TSMEDIA_TEST_ALL, and `step` without.
    public static func of(_ count: Int, step: Int) -> Int { getenv("TSMEDIA_TEST_ALL") == nil ? step : count }

    /// All `cases` with TSMEDIA_TEST_ALL, and without every one of `share`, the first and others spread over the list: for cases
    /// that each start a computer.
    public static func some<Case>(_ cases: [Case], oneOf share: Int) -> [Case] {
        getenv("TSMEDIA_TEST_ALL") == nil
            ? stride(from: 0, to: cases.count, by: max(1, share)).map { cases[$0] } : cases
    }
}
