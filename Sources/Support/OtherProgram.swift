// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// Programs of others that do a part of the work.
public enum OtherProgram {
    /// How long a program may take to end when it is asked to, in looks at it of up to 20 milliseconds.
    private static let patience = 100

    /// Runs the program at `path` to its end.
    ///
    /// It gets a process group of its own: a Ctrl-C of the terminal is for us, who then end it in order, instead of
    /// finding it failed for no reason.
    ///
    /// - Parameters:
    ///   - environment: all of its environment, as NAME=VALUE.
    ///   - log: the file that receives what it says.
    /// - Returns: its exit status, or that of a shell for one that a signal ended.
    /// - Throws: ``FileError`` when it cannot be started; ``InterruptedError``, and then it has ended too.
    public static func run(
        _ path: FilePath, _ arguments: [String], environment: [String], log: FilePath,
        interruption: Interruption = .ofProcess
    ) throws -> Int32 {
        let process = try start(path, arguments, environment, log)
        do {
            return try Waiting.until(interruption) { try status(of: process, path) }
        } catch let error as InterruptedError {
            try end(process, path)
            throw error
        }
    }

    /// Runs the program at `path` until it ends, or until `timeout` has passed; nil is no limit.
    ///
    /// - Returns: its exit status as ``run(_:_:environment:log:interruption:)``; nil when it was ended because time was up. What
    ///   it had started is ended with it.
    /// - Parameter look: called now and then while it runs; what it throws ends the program.
    /// - Throws: as there; what `look` throws.
    public static func run(
        _ path: FilePath, _ arguments: [String], environment: [String], log: FilePath, timeout: Duration?,
        interruption: Interruption = .ofProcess, look: () throws -> Void = {}
    ) throws -> Int32? {
        let process = try start(path, arguments, environment, log)
        let started = ContinuousClock.now
        do {
            let result = try Waiting.until(interruption) { () -> Int32?? in
                if let status = try status(of: process, path) { return .some(status) }
                try look()
                guard let timeout, ContinuousClock.now - started > timeout else { return nil }
                return .some(nil)
            }
            if result == nil { try end(process, path) }
            return result
        } catch {
            try end(process, path)
            throw error
        }
    }

    /// Asks the program and all of its group to end, waits, and ends them.
    private static func end(_ process: pid_t, _ path: FilePath) throws {
        kill(-process, SIGTERM)
        var looks = 0
        _ = try Waiting.until(Interruption()) { () -> Int32? in
            looks += 1
            if looks == patience { kill(-process, SIGKILL) }
            return try status(of: process, path)
        }
        kill(-process, SIGKILL)
    }

    private static func start(
        _ path: FilePath, _ arguments: [String], _ environment: [String], _ log: FilePath
    ) throws(FileError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        _ = log.withPlatformString {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, $0, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var words = ([path.string] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var variables = environment.map { strdup($0) } + [nil]
        defer { for variable in variables { free(variable) } }
        var process = pid_t()
        let error = path.withPlatformString { posix_spawn(&process, $0, &actions, &attributes, &words, &variables) }
        guard error == 0 else { throw FileError("started", path, Errno(rawValue: error)) }
        return process
    }

    /// The exit status of `process`; nil while it runs.
    private static func status(of process: pid_t, _ path: FilePath) throws -> Int32? {
        var status: Int32 = 0
        let ended = waitpid(process, &status, WNOHANG)
        guard ended != 0 else { return nil }
        guard ended == process else {
            if errno == EINTR { return nil }
            throw FileError("waited for", path, Errno(rawValue: errno))
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
