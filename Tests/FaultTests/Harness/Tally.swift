// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import TSMediaTestSupport
import Testing

/// Numbers of calls at which faults strike, the same for the same seed.
struct FaultPoints {
    private var generator: SeededGenerator
    private let count: Int

    /// Points among `count` calls; `TSMEDIA_FAULT_SEED` gives others than those of `seed`.
    init(seed: UInt64, count: Int) {
        let other = getenv("TSMEDIA_FAULT_SEED").flatMap { UInt64(String(cString: $0)) } ?? 0
        generator = SeededGenerator(seed: seed &+ other &* 1_000)
        self.count = max(1, count)
    }

    /// The next one.
    mutating func next() -> Int { Int(generator.next() % UInt64(count)) + 1 }

    /// One side of a coin.
    mutating func flip() -> Bool { generator.next() & 1 == 1 }
}

/// What came of many faults of one kind put to one command.
struct Tally {
    private let command: String
    private let kind: String
    private(set) var tried = 0
    private(set) var happened = 0
    private(set) var failed = 0
    private var endings: [Int32: Int] = [:]

    init(_ command: String, _ kind: String) { (self.command, self.kind) = (command, kind) }

    /// Puts `fault` to the command and expects that nothing is wrong; a message says how to do it again.
    mutating func put(_ fault: some Fault, on bench: FaultBench, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        let outcome = try bench.put(fault)
        tried += 1
        if outcome.happened { happened += 1 }
        if !outcome.problems.isEmpty { failed += 1 }
        endings[outcome.status, default: 0] += 1
        #expect(outcome.problems == [], "\(command), \(fault): \(outcome.message)", sourceLocation: sourceLocation)
    }

    /// Adds a line to the file that `TSMEDIA_FAULT_TALLY` names.
    func report() {
        guard let path = getenv("TSMEDIA_FAULT_TALLY"), let file = fopen(path, "a") else { return }
        let ends = endings.sorted { $0.key < $1.key }.map { "\($0.key) x \($0.value)" }.joined(separator: ", ")
        fputs("\(kind)\t\(command)\t\(tried)\t\(happened)\t\(failed)\t\(ends)\n", file)
        fclose(file)
    }
}
