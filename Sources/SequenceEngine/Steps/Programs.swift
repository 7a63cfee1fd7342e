// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Programs of the environment that commands of task sequences run.
package struct Programs: Sendable {
    /// The shell that runs commands.
    private static let shell: FilePath = "/bin/sh"
    /// Words that the shell knows itself (POSIX.1-2017, 2.14 and XCU 1.6).
    private static let builtins: Set<String> = [
        ".", ":", "[", "break", "case", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export", "false",
        "for",
        "if", "kill", "printf", "pwd", "read", "return", "set", "shift", "test", "time", "trap", "true", "type",
        "ulimit",
        "umask", "unset", "until", "wait", "while", "{", "!", "(",
    ]

    /// The environment of programs, as NAME=VALUE.
    private let environment: [String]
    /// Where programs are looked for.
    private let folders: [FilePath]
    private let workFolder: FilePath

    /// Programs that are found in `folders`; what they put out passes through a file in `workFolder`.
    package init(folders: [FilePath] = ["/bin", "/sbin", "/usr/bin", "/usr/sbin"], workFolder: FilePath = "/tmp") {
        self.folders = folders
        self.workFolder = workFolder
        environment = ["PATH=" + folders.map(\.string).joined(separator: ":"), "LC_ALL=C.UTF-8", "HOME=/"]
    }

    /// Whether the shell finds `program`.
    package func has(_ program: String) -> Bool {
        if Self.builtins.contains(program) || program.contains("=") { return true }
        if program.contains("/") { return access(program, X_OK) == 0 }
        return folders.contains { access($0.appending(program).string, X_OK) == 0 }
    }

    /// Runs `command` in the shell, to its end.
    ///
    /// - Returns: its exit code, or that of a shell for a signal, and what it put out, cut after `outputLimit` bytes.
    /// - Throws: ``EngineError`` `.command` when it takes longer than `timeoutSeconds`; `FileError`; `InterruptedError`.
    package func run(
        _ command: String, in directory: FilePath, timeoutSeconds: Int?, outputLimit: Int, interruption: Interruption
    ) throws -> (code: Int32, output: String) {
        let log = workFolder.appending("tsengine-command-\(getpid()).log")
        defer { unlink(log.string) }
        let code = try OtherProgram.run(
            Self.shell, ["-c", "cd \"$0\" && eval \"$1\"", directory.string, command], environment: environment,
            log: log,
            timeout: timeoutSeconds.map { .seconds($0) }, interruption: interruption)
        let output = Self.start(of: log, limit: outputLimit)
        guard let code else {
            throw EngineError(
                .command, "the command",
                "took longer than the \(timeoutSeconds ?? 0) seconds that the step gives it, and was ended",
                nextStep: "give it more time, or see what it waits for")
        }
        return (code, output)
    }

    private static func start(of file: FilePath, limit: Int) -> String {
        guard let descriptor = try? FileDescriptor.open(file, .readOnly) else { return "" }
        defer { try? descriptor.close() }
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit,
            let read = try? bytes.withUnsafeMutableBytes({ try descriptor.read(into: .init(rebasing: $0[count...])) }),
            read > 0
        {
            count += read
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
