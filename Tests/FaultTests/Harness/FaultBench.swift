// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport

/// A command on its stage, with what it makes when nothing goes wrong: faults are put to it here.
final class FaultBench {
    let command: any WritingCommand
    let stage: Stage
    /// What was there before, and what the command makes of it.
    let old: FileTree
    let new: FileTree
    private let states: (old: [String: String], new: [String: String])
    /// The calls of a run without a fault.
    let counts: CallCounts

    /// Runs the command twice without a fault: it must be done, and done again come to the same.
    ///
    /// - Parameter ownLibrary: whether its library is a copy, which may be changed.
    init(_ command: any WritingCommand, ownLibrary: Bool = false) throws {
        self.command = command
        stage = try Stage(ownLibrary: command.changesLibrary || ownLibrary)
        for name in ["temporary", "home", "cache"] { try TestFolder.makeFolder(stage.session.work.appending(name)) }
        try command.prepare(stage)
        stage.program = command.program
        try stage.save()
        old = try stage.tree()
        let begun = try command.begin(stage)
        defer { withExtendedLifetime(begun) {} }
        stage.places = try command.places(stage)
        let oldStates = try command.states(in: stage)
        let first = try NoFault().run(command.arguments(stage), on: stage)
        guard first.result.status == 0 else {
            throw StageFailure("\(command.name) exited \(first.result.status): \(first.result.errorText)")
        }
        counts = first.counts
        new = try stage.tree()
        states = (oldStates, try command.states(in: stage))
        var problems = try command.problems(in: stage)
        if new.without(Self.isShared) == old.without(Self.isShared), states.old == states.new {
            problems.append("nothing was changed")
        }
        problems += try nextRun()
        guard problems.isEmpty else {
            throw StageFailure("\(command.name), without a fault: " + problems.joined(separator: "; "))
        }
    }

    private static func isShared(_ path: String) -> Bool { SharedPlaces.holds(path) }

    /// How many calls of `classes` a run makes.
    func callCount(of classes: [CallClass]) -> Int { classes.map { counts.ofClass[$0] ?? 0 }.reduce(0, +) }

    /// What came of a fault.
    struct Outcome {
        /// What is wrong; empty when all is as promised.
        var problems: [String]
        /// Whether the fault happened at all.
        var happened: Bool
        /// How the program ended.
        var status: Int32
        /// What it said at last.
        var message: String
    }

    /// Puts the old state back, runs the command with `fault`, then without one, and says what is wrong.
    ///
    /// - Parameter looksAgain: whether the next run is tried; it takes as long as all else.
    func put(_ fault: some Fault, looksAgain: Bool = true) throws -> Outcome {
        let begun = try begin()
        defer { withExtendedLifetime(begun) {} }
        let (result, counts) = try fault.run(command.arguments(stage), on: stage)
        let wasKilled = result.status == 128 + 9
        var problems = ending(result, fault)
        problems += try left(isDone: result.status == 0, wasKilled: wasKilled, fault)
        if fault.changesSources { try stage.restore(command.sources) }
        if looksAgain { problems += try nextRun().map { "the next run: \($0)" } }
        let happened = wasKilled || counts.happened > 0 || counts.questionsOfTime > 0 && fault.classes.isEmpty
        return Outcome(problems: problems, happened: happened, status: result.status, message: result.failure)
    }

    /// Puts the old state back and makes what the command needs while it runs, which is returned.
    func begin() throws -> AnyObject? {
        try stage.restore()
        let begun = try command.begin(stage)
        stage.places = try command.places(stage)
        return begun
    }

    // MARK: What is wrong

    /// The exit codes of the contract; 0 is done.
    private static let contract: Set<Int32> = [64, 65, 66, 69, 73, 74, 77]

    private func ending(_ result: ProgramResult, _ fault: some Fault) -> [String] {
        if result.status == Stage.hung { return ["it did not end"] }
        if result.status == 0 { return [] }
        switch fault.mayEnd {
        case .killed:
            return result.status == 128 + 9 ? [] : ["exited \(result.status): \(result.errorText.suffix(400))"]
        case .interrupted:
            return result.status == 130 ? [] : ["exited \(result.status): \(result.errorText.suffix(400))"]
        case .done: return ["exited \(result.status): \(result.errorText.suffix(400))"]
        case .refused:
            guard Self.contract.contains(result.status) else {
                return ["exited \(result.status): \(result.errorText.suffix(400))"]
            }
            return Self.isHelpful(result.failure) ? [] : ["says only: \(result.failure)"]
        }
    }

    /// True for a message that has an object with its problem, and a next step behind a semicolon.
    private static func isHelpful(_ message: String) -> Bool {
        message.hasPrefix("error: ") && message.contains("; ") && !message.contains("\n")
    }

    /// What is wrong with what is there after a run that may have come to nothing.
    private func left(isDone: Bool, wasKilled: Bool, _ fault: some Fault) throws -> [String] {
        let tree = try stage.tree()
        var problems: [String] = []
        for unit in command.units {
            let part = tree.part(unit)
            if isDone ? part == new.part(unit) : part == old.part(unit) || part == new.part(unit) { continue }
            problems.append(
                "\(unit) is neither old nor new: \(part.differences(from: new.part(unit)).prefix(5)) of the new")
        }
        // Names cannot be removed either when names fail.
        let mayLeave = wasKilled || fault.classes.contains(.name)
        let others = tree.without { path in
            isUnit(path) || command.isOwn(path) || fault.changesSources && isSource(path)
                || mayLeave && old.entries[path] == nil && SharedPlaces.isUnfinished(path)
        }
        problems += others.differences(
            from: old.without { isUnit($0) || command.isOwn($0) || fault.changesSources && isSource($0) })
        problems += try command.problems(in: stage)
        if fault.changesSources, command.takesSourcesAsTheyAre { return problems }
        let seen = try command.states(in: stage)
        for key in Set(seen.keys).union(states.old.keys).union(states.new.keys) {
            let state = seen[key]
            if state == states.new[key] { continue }
            if !isDone, state == states.old[key] || command.alsoAllowed.contains(state ?? "") { continue }
            problems.append("\(key) is \((state ?? "gone").prefix(300))")
        }
        return problems
    }

    private func isSource(_ path: String) -> Bool {
        command.sources.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// The files that the command reads and that somebody else may change, in full.
    func sourceFiles() throws -> [FilePath] {
        let places = command.sources.map { stage.root.pushing(FilePath($0)).string }
        let output = try Program.succeed("find", places + ["-type", "f", "-size", "+0", "-print0"]).output
        return output.split(separator: "\0").map { FilePath(String($0)) }.sorted { $0.string < $1.string }
    }

    /// About how many bytes of room the command needs.
    func roomNeeded() throws -> Int {
        let paths = command.units.filter { !new.part($0).entries.isEmpty }.map {
            stage.root.pushing(FilePath($0)).string
        }
        guard !paths.isEmpty else { return 4 << 20 }
        let output = try Program.succeed("du", ["-sk", "--total"] + paths).output
        let total = output.split(separator: "\n").last?.split(separator: "\t").first.flatMap { Int($0) } ?? 0
        return total << 10 + 2 << 20
    }

    private func isUnit(_ path: String) -> Bool {
        command.units.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// What is wrong with the run behind: it must be done, and all be as if nothing had been.
    private func nextRun() throws -> [String] {
        let result = try stage.run(command.arguments(stage))
        guard command.whenDone.union([0]).contains(result.status) else {
            return ["exited \(result.status): \(result.errorText.suffix(400))"]
        }
        let tree = try stage.tree()
        var problems = tree.without(command.isOwn).differences(from: new.without(command.isOwn))
        problems += try command.problems(in: stage)
        let seen = try command.states(in: stage)
        for key in Set(seen.keys).union(states.new.keys) where seen[key] != states.new[key] {
            problems.append("\(key) is \((seen[key] ?? "gone").prefix(300))")
        }
        return problems
    }
}
