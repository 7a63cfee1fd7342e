// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Sources that somebody changes while they are read.
@Suite("Sources that change")
struct ChangingSourceTests {
    /// What happens to a file.
    enum Change: String, CaseIterable {
        case halved, emptied, flipped, grown, removed, replaced

        /// The line of a shell that does it to the file in `$f`; times are put back where somebody could do that.
        var line: String {
            switch self {
            case .halved: "s=$(stat -c %s \"$f\"); truncate -s $((s / 2)) \"$f\""
            case .emptied: ": > \"$f\""
            case .flipped:
                "s=$(stat -c %s \"$f\"); printf 'X' | dd of=\"$f\" bs=1 seek=$((s / 2)) conv=notrunc 2>/dev/null"
            case .grown: "head -c 70000 /dev/zero >> \"$f\""
            case .removed: "rm -f \"$f\""
            case .replaced:
                "s=$(stat -c %s \"$f\"); head -c $s /dev/zero > \"$f.x\"; touch -r \"$f\" \"$f.x\"; mv \"$f.x\" \"$f\""
            }
        }
    }

    @Test(
        "a source that changes, shrinks or goes while it is read makes no wrong output: all is done as before, or refused",
        arguments: WritingCommands.some(oneOf: 3).filter { !$0.command.sources.isEmpty })
    func changes(command: Named) throws {
        let bench = try FaultBench(command.command, ownLibrary: true)
        let files = try bench.sourceFiles()
        try #require(!files.isEmpty)
        var points = FaultPoints(seed: command.seed, count: bench.callCount(of: CallClass.allCases))
        var picks = FaultPoints(seed: command.seed &+ 500, count: files.count * Change.allCases.count)
        var tally = Tally(command.name, "changed source")
        for _ in 0..<Rounds.of(60, percent: 3) {
            let pick = picks.next() - 1
            let change = Change.allCases[pick % Change.allCases.count]
            let file = files[pick / Change.allCases.count]
            let fault = Disturbance(
                classes: CallClass.allCases, at: points.next(), script: "f='\(file)'; \(change.line)",
                label: "\(file.lastComponent?.string ?? "") \(change.rawValue)")
            try tally.put(fault, on: bench)
        }
        tally.report()
        #expect(tally.happened > 0)
    }
}
