// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TSMediaTestSupport
import Testing

/// Clocks that jump, or never were right.
@Suite("Wrong clocks")
struct WrongClockTests {
    private static let year: Int64 = 31_556_952
    /// Days and years forth and back, before 1970 had ended and beyond what 32 bits count (in 2038 and 2106).
    private static let jumps: [Int64] = [86_400, -86_400, 12 * year, -10 * year, -56 * year, 80 * year]

    @Test(
        "a clock that jumps meanwhile, or is wrong from the beginning, changes nothing",
        arguments: WritingCommands.some(oneOf: 6))
    func jumps(command: Named) throws {
        let bench = try FaultBench(command.command)
        var points = FaultPoints(seed: command.seed, count: max(1, bench.counts.questionsOfTime))
        var tally = Tally(command.name, "clock")
        for seconds in Rounds.some(Self.jumps, oneOf: 5) {
            try tally.put(WrongClock(seconds: seconds, from: 0, mayEnd: .done), on: bench)
            try tally.put(WrongClock(seconds: seconds, from: points.next(), mayEnd: .done), on: bench)
        }
        tally.report()
    }
}
