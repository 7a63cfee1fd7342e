// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport

/// Something that goes wrong while the program runs.
protocol Fault: Sendable, CustomStringConvertible {
    /// The calls among which it strikes.
    var classes: [CallClass] { get }
    /// What faults.c is told.
    var settings: [String: String] { get }
    /// How the program may end.
    var mayEnd: Ending { get }
    /// Whether it changes what the program reads, which is put back before the next run.
    var changesSources: Bool { get }
    /// Runs the program with it.
    func run(_ arguments: [String], on stage: Stage) throws -> (result: ProgramResult, counts: CallCounts)
}

extension Fault {
    var changesSources: Bool { false }

    func run(_ arguments: [String], on stage: Stage) throws -> (result: ProgramResult, counts: CallCounts) {
        try stage.run(arguments, self)
    }
}

/// How the program may end.
enum Ending: Sendable {
    /// By SIGKILL, or done if the fault came too late.
    case killed
    /// With an error that the contract knows, or done: then all is as it should be.
    case refused
    /// As if nothing had been.
    case done
    /// As an interrupted command does, with nothing left, or done if the signal came too late.
    case interrupted
}

/// The program ends at a call, before it, or with half of a write done.
struct Death: Fault {
    var at: Int
    var isTorn: Bool

    var classes: [CallClass] { CallClass.changes }
    var settings: [String: String] { ["FAULT_KIND": isTorn ? "torn" : "kill", "FAULT_AT": "\(at)"] }
    var mayEnd: Ending { .killed }
    var description: String { "SIGKILL \(isTorn ? "in" : "before") call \(at)" }
}

/// A signal that asks the program to end comes at a call.
struct Signal: Fault {
    var at: Int
    var number: Int32

    var classes: [CallClass] { CallClass.allCases }
    var settings: [String: String] { ["FAULT_KIND": "signal", "FAULT_AT": "\(at)", "FAULT_ERROR": "\(number)"] }
    var mayEnd: Ending { .interrupted }
    var description: String { "signal \(number) at call \(at)" }
}

/// A call fails, or all from one on.
struct Failure: Fault {
    var classes: [CallClass]
    var at: Int
    var error: Int32
    var goesOn: Bool

    var settings: [String: String] {
        ["FAULT_KIND": "error", "FAULT_AT": "\(at)", "FAULT_ERROR": "\(error)", "FAULT_ON": goesOn ? "1" : "0"]
    }
    var mayEnd: Ending { .refused }
    var description: String {
        let kinds = classes.map(\.rawValue).joined()
        return "error \(error) \(goesOn ? "from" : "at") call \(at) of \(kinds)"
    }
}

/// A third of all reads and writes is done by halves.
struct ShortTransfers: Fault {
    var seed: UInt64

    var classes: [CallClass] { [.read, .write] }
    var settings: [String: String] { ["FAULT_KIND": "short", "FAULT_SEED": "\(seed)"] }
    var mayEnd: Ending { .done }
    var description: String { "short reads and writes, seed \(seed)" }
}

/// A third of all reads and writes is interrupted by a signal.
struct Interruptions: Fault {
    var seed: UInt64

    var classes: [CallClass] { [.read, .write] }
    var settings: [String: String] { ["FAULT_KIND": "interrupt", "FAULT_SEED": "\(seed)"] }
    var mayEnd: Ending { .done }
    var description: String { "interrupted reads and writes, seed \(seed)" }
}

/// Somebody else does something when the program is at a call.
struct Disturbance: Fault {
    var classes: [CallClass]
    var at: Int
    /// What a shell does.
    var script: String
    /// What that is called.
    var label: String

    var settings: [String: String] { ["FAULT_KIND": "command", "FAULT_AT": "\(at)", "FAULT_COMMAND": script] }
    var mayEnd: Ending { .refused }
    var changesSources: Bool { true }
    var description: String { "at call \(at) of \(classes.map(\.rawValue).joined()), \(label)" }
}

/// The clock is wrong, from the beginning or from a question on.
struct WrongClock: Fault {
    var seconds: Int64
    var from: Int

    /// No call of files.
    var classes: [CallClass] { [] }
    var settings: [String: String] { ["FAULT_CLOCK": "\(seconds):\(from)"] }
    var mayEnd: Ending
    var description: String { "the clock is wrong by \(seconds) s from question \(from) on" }
}

/// A disk of 64 MiB that has so much room left when the program starts.
struct SmallDisk: Fault {
    var fileSystem: String
    var freeByteCount: Int

    var classes: [CallClass] { CallClass.changes }
    var settings: [String: String] { [:] }
    var mayEnd: Ending { .refused }
    var description: String { "\(freeByteCount) bytes free on \(fileSystem)" }

    func run(_ arguments: [String], on stage: Stage) throws -> (result: ProgramResult, counts: CallCounts) {
        try stage.runOnDisk(arguments, self)
    }
}

/// Nothing goes wrong; calls are counted.
struct NoFault: Fault {
    var classes: [CallClass] = CallClass.changes
    var settings: [String: String] { [:] }
    var mayEnd: Ending { .done }
    var description: String { "no fault" }
}
