// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import TSMediaTestSupport
import Testing

/// Programs that end in the middle.
@Suite("Killed at any call")
struct KilledAnywhereTests {
    @Test(
        "whatever the last call of a command: outputs are the old or the new, and the next run leaves nothing stray",
        arguments: WritingCommands.all)
    func killed(command: Named) throws {
        let bench = try FaultBench(command.command)
        var points = FaultPoints(seed: command.seed, count: bench.callCount(of: CallClass.changes))
        var tally = Tally(command.name, "killed")
        for _ in 0..<Rounds.of(200, percent: 2) {
            let (at, isTorn) = (points.next(), points.flip())
            try tally.put(Death(at: at, isTorn: isTorn), on: bench)
        }
        tally.report()
        #expect(tally.happened > 0)
    }
}
