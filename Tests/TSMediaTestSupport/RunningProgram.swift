// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage

/// A program that a test watches and sends signals to; it is killed when the test lets go of it.
public final class RunningProgram {
    private let process: pid_t
    private let output: FilePath
    private let errors: FilePath
    private var ended: ProgramResult?

    /// Starts `program` with its standard input open and empty: it ends when ``closeInput()`` is called.
    ///
    /// - Parameters:
    ///   - work: receives what it says, and may not be shared with another program.
    ///   - output: takes what it says on standard output, instead of a file in `work`.
    ///   - ownSession: whether it gets a session and a process group of its own, as a shell's job has.
    public init(
        _ program: FilePath, _ arguments: [String], environment: [String: String], folder: FilePath, work: FilePath,
        output other: FilePath? = nil, ownSession: Bool = false
    ) throws {
        try TestFolder.makeFolder(work)
        output = work.appending("output")
        try TestFolder.write([], to: output)
        errors = work.appending("errors")
        let ends = try FileDescriptor.pipe()
        for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        input = ends.writeEnd
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends.readEnd.rawValue, 0)
        posix_spawn_file_actions_addopen(&actions, 1, (other ?? output).string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors.string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // glibc hides posix_spawn_file_actions_addchdir_np from Swift; env replaces itself with the program.
        process = try Program.start(
            "env", ["-C", folder.string] + (ownSession ? ["setsid"] : []) + [program.string] + arguments,
            environment: environment, actions: &actions)
        try ends.readEnd.close()
    }

    deinit {
        if ended == nil {
            kill(process, SIGKILL)
            _ = try? Program.waitForEnd(of: process)
        }
        closeInput()
    }

    private var input: FileDescriptor?
    /// True when it got a signal that asks it to end.
    private var wasTold = false

    /// Ends the program's standard input.
    public func closeInput() {
        try? input?.close()
        input = nil
    }

    /// Types `line` into the program's standard input.
    public func say(_ line: String) throws { try input?.writeAll(Array((line + "\n").utf8)) }

    /// What the program sees as the root of all files: another one when it has mounts of its own (proc(5)).
    public var root: FilePath { FilePath("/proc/\(process)/root") }

    /// Sends `signal`.
    public func send(_ signal: Int32) {
        if [SIGINT, SIGTERM, SIGHUP].contains(signal) { wasTold = true }
        if ended == nil { kill(process, signal) }
    }

    /// Sends `signal` to the program and to all that it started, as a terminal does; it must have a session of its own.
    public func sendToGroup(_ signal: Int32) {
        wasTold = true
        if ended == nil { kill(-process, signal) }
    }

    /// The nets for programs that never end: no test waits so long for one that does, and for one that was told to end
    /// by a signal even less, lest a suite that finds signals ignored takes hours to say so.
    private static let netSeconds = 300
    private static let netSecondsOnceTold = 40

    /// Waits until the program has ended.
    ///
    /// - Throws: ``NeverEnded`` for one that does not, and was killed then.
    @discardableResult
    public func waitForEnd() throws -> ProgramResult {
        if let ended { return ended }
        let seconds = wasTold ? Self.netSecondsOnceTold : Self.netSeconds
        let net = ContinuousClock.now + .seconds(seconds)
        if try wait(until: { ContinuousClock.now > net }) {
            kill(process, SIGKILL)
            _ = try Program.waitForEnd(of: process)
            ended = ProgramResult(status: 128 + SIGKILL, outputBytes: [], errorText: "")
            throw NeverEnded(seconds: seconds, wasTold: wasTold)
        }
        let status = try Program.waitForEnd(of: process)
        let result = ProgramResult(
            status: status, outputBytes: try SmallFile.read(output),
            errorText: String(decoding: try SmallFile.read(errors), as: UTF8.self))
        ended = result
        return result
    }

    /// What it has said on standard output so far.
    public func outputText() throws -> String { String(decoding: try SmallFile.read(output), as: UTF8.self) }

    /// What it has said on standard error so far.
    public func errorText() throws -> String { String(decoding: try SmallFile.read(errors), as: UTF8.self) }

    /// Waits until the program does nothing but wait, as one does that reads an empty pipe: for a tenth of a second it
    /// takes no time of a processor, but for looking now and then whether to go on.
    ///
    /// - Throws: ``EndedEarly``.
    public func waitUntilAsleep() throws {
        while true {
            var sleeping = 0
            var first: Int?
            var last = 0
            for _ in 0..<100 {
                // proc(5): the state follows the name in parentheses; user and system time are 11 fields behind it.
                let status = String(decoding: try SmallFile.read(FilePath("/proc/\(process)/stat")), as: UTF8.self)
                let fields = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
                    .dropFirst()
                    .map(String.init)
                guard fields.count > 12, fields[0] != "Z" else { throw EndedEarly() }
                if fields[0] == "S" { sleeping += 1 }
                last = (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
                first = first ?? last
                usleep(1_000)
            }
            // In ticks of a hundredth of a second.
            if sleeping > 50, last - (first ?? 0) <= 1 { return }
        }
    }

    /// Stops the program, and waits until all of its threads stand still; false when it ended first.
    public func stop() -> Bool {
        send(SIGSTOP)
        var status = siginfo_t()
        // WNOWAIT: the status of one that ended stays for waitForEnd.
        guard waitid(P_PID, id_t(process), &status, WSTOPPED | WEXITED | WNOWAIT) == 0 else { return false }
        return status.si_code == Int32(CLD_STOPPED)
    }

    /// Waits until `condition` holds; false when the program ended first.
    public func wait(until condition: () throws -> Bool) throws -> Bool {
        while true {
            if try condition() { return true }
            var status = siginfo_t()
            // WNOWAIT: the status stays for waitForEnd.
            if waitid(P_PID, id_t(process), &status, WEXITED | WNOHANG | WNOWAIT) == 0, status.si_signo != 0 {
                return false
            }
            usleep(200)
        }
    }

    /// True when the program has the file at `path` open.
    public func hasOpen(_ path: FilePath) -> Bool {
        let folder = FilePath("/proc/\(process)/fd")
        let names = (try? FolderEntry.entries(of: folder)) ?? []
        return names.contains { name in
            guard let target = realpath(folder.appending(name.component).string, nil) else { return false }
            defer { free(target) }
            return FilePath(platformString: target) == path
        }
    }

    /// How a program ends that gets `signal` at some moment of its work.
    ///
    /// It stands still while it gets it. One that had ended before, or had done its work, is no witness: another one is
    /// started then. When none of `attempts` is caught, or `ignored` of them got the signal in time and went on, they do
    /// not end for the signal.
    public static func end(
        by signal: Int32, attempts: Int = 20, ignored: Int = 6, start: () throws -> RunningProgram,
        when moment: (RunningProgram) throws -> Bool
    ) throws -> ProgramResult {
        var toldInTime = 0
        for _ in 0..<attempts where toldInTime < ignored {
            let program = try start()
            if try program.wait(until: { try moment(program) }), program.stop() {
                program.send(signal)
                toldInTime += 1
            }
            program.send(SIGCONT)
            let result = try program.waitForEnd()
            if result.status != 0 { return result }
        }
        throw Unstoppable(signal: signal, attempts: attempts)
    }

    /// A program did not end.
    public struct NeverEnded: Error {
        let seconds: Int
        let wasTold: Bool
    }

    /// A program ended that should have waited for something.
    public struct EndedEarly: Error {}

    /// None of many programs ended for a signal.
    public struct Unstoppable: Error {
        let signal: Int32
        let attempts: Int
    }
}
