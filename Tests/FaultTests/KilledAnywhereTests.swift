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
        for _ in 0..<Rounds.of(200, percent: 1) {
            let (at, isTorn) = (points.next(), points.flip())
            try tally.put(Death(at: at, isTorn: isTorn), on: bench)
        }
        tally.report()
        #expect(tally.happened > 0)
    }

    @Test(
        "a signal at any call ends a command with 130 and leaves nothing, or comes too late",
        arguments: WritingCommands.some(oneOf: 5))
    func interrupted(command: Named) throws {
        let bench = try FaultBench(command.command)
        var points = FaultPoints(seed: command.seed &+ 3_000, count: bench.callCount(of: CallClass.allCases))
        var tally = Tally(command.name, "interrupted")
        for round in 0..<Rounds.of(40, percent: 5) {
            let fault = Signal(at: points.next(), number: [SIGINT, SIGTERM, SIGHUP][round % 3])
            try tally.put(fault, on: bench)
        }
        tally.report()
    }
}
