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
    /// `work` receives what it says, and may not be shared with another program.
    public init(
        _ program: FilePath, _ arguments: [String], environment: [String: String], folder: FilePath, work: FilePath
    ) throws {
        try TestFolder.makeFolder(work)
        output = work.appending("output")
        errors = work.appending("errors")
        let ends = try FileDescriptor.pipe()
        for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        input = ends.writeEnd
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends.readEnd.rawValue, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors.string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // glibc hides posix_spawn_file_actions_addchdir_np from Swift; env replaces itself with the program.
        process = try Program.start(
            "env", ["-C", folder.string, program.string] + arguments, environment: environment, actions: &actions)
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

    /// Ends the program's standard input.
    public func closeInput() {
        try? input?.close()
        input = nil
    }

    /// Sends `signal`.
    public func send(_ signal: Int32) { if ended == nil { kill(process, signal) } }

    /// Waits until the program has ended.
    @discardableResult
    public func waitForEnd() throws -> ProgramResult {
        if let ended { return ended }
        let status = try Program.waitForEnd(of: process)
        let result = ProgramResult(
            status: status, outputBytes: try SmallFile.read(output),
            errorText: String(decoding: try SmallFile.read(errors), as: UTF8.self))
        ended = result
        return result
    }

    /// What it has said on standard error so far.
    public func errorText() throws -> String { String(decoding: try SmallFile.read(errors), as: UTF8.self) }

    /// Waits until the program sleeps in a system call, as one does that reads an empty pipe, for a tenth of a second.
    public func waitUntilAsleep() throws {
        var sleepingFor = 0
        while sleepingFor < 100 {
            // proc(5): the state follows the name in parentheses.
            let status = String(decoding: try SmallFile.read(FilePath("/proc/\(process)/stat")), as: UTF8.self)
            let state = status[(status.lastIndex(of: ")") ?? status.startIndex)...].dropFirst(2).first
            sleepingFor = state == "S" ? sleepingFor + 1 : 0
            usleep(1_000)
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
}
