// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import TSMediaTestSupport
import Testing

/// Disks that fail.
@Suite("Files that fail")
struct FailingFilesTests {
    @Test(
        "a call that fails ends a command with an exit code and a message of the contract, and outputs are old or new",
        arguments: WritingCommands.some(oneOf: 5))
    func errors(command: Named) throws {
        let bench = try FaultBench(command.command)
        for (number, (classes, error)) in Self.kinds.enumerated() {
            let count = bench.callCount(of: classes)
            guard count > 0 else { continue }
            var points = FaultPoints(seed: command.seed &+ UInt64(number) &* 97, count: count)
            var tally = Tally(command.name, "error \(error) of \(classes.map(\.rawValue).joined())")
            for round in 0..<Rounds.of(24, percent: 5) {
                let fault = Failure(classes: classes, at: points.next(), error: error, goesOn: round % 3 == 2)
                try tally.put(fault, on: bench)
            }
            tally.report()
        }
    }

    private static let kinds: [([CallClass], Int32)] = [
        ([.write], EIO), ([.write], ENOSPC), ([.read], EIO), ([.flush], EIO), ([.name], EIO), ([.name], EACCES),
        ([.facts], EPERM),
    ]

    @Test(
        "reads and writes that are done by halves, or interrupted, change nothing of what comes out",
        arguments: WritingCommands.some(oneOf: 5))
    func halves(command: Named) throws {
        let bench = try FaultBench(command.command)
        var tally = Tally(command.name, "short")
        var interruptions = Tally(command.name, "EINTR")
        for round in 0..<UInt64(Rounds.of(8, percent: 13)) {
            try tally.put(ShortTransfers(seed: command.seed &* 100 &+ round), on: bench)
            guard command.command.goesOnWhenInterrupted else { continue }
            try interruptions.put(Interruptions(seed: command.seed &* 100 &+ round), on: bench)
        }
        tally.report()
        interruptions.report()
        #expect(tally.happened == tally.tried && interruptions.happened == interruptions.tried)
    }
}
