// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A run of the program under the eyes of the kernel: how it ended, how long it took, and how much memory it had.
struct WatchedRun {
    /// Longer runs count as ones that hang.
    static let secondLimit = 120
    /// The most memory of a run, in KiB: 96 MiB for optimised code (docs/benchmarks.md), and room for code that is not, and
    /// for the buffers of libwim.
    static let memoryLimit = 384 << 10
    /// What the program promises to end with, whatever it is given (docs/create.md).
    static let promised: Set<Int32> = [0, 64, 65, 66, 69, 73, 74, 77]

    /// The exit code, or 128 and the signal.
    let status: Int32
    /// The largest resident set that was seen, in KiB.
    ///
    /// What wait4(2) tells is none of it: a process begins with what its parent had.
    let memory: Int
    let errorText: String
    let isInTime: Bool

    /// Runs `tsmedia` with `arguments` in `folder`, with nothing on its standard input.
    init(_ arguments: [String], in folder: FilePath, home: FilePath) throws {
        let work = try TestFolder()
        let errors = work.appending("errors")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, errors.string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // env replaces itself with the program, so that what is waited for is the program's own end.
        let process = try Program.start(
            "env", ["-C", folder.string, try BuiltProgram.tsmedia.string] + arguments,
            environment: [
                "HOME": home.string, "XDG_CACHE_HOME": home.appending("cache").string, "SOURCE_DATE_EPOCH": "",
                "NO_COLOR": "1", "SWIFT_BACKTRACE": "enable=no",
            ], actions: &actions)
        var ended: Int32 = 0
        var largest = 0
        var isInTime = true
        let deadline = ContinuousClock.now + .seconds(Self.secondLimit)
        while waitpid(process, &ended, isInTime ? WNOHANG : 0) == 0 {
            largest = max(largest, Self.residentSet(of: process))
            if ContinuousClock.now >= deadline {
                isInTime = false
                kill(process, SIGKILL)
            } else {
                usleep(2_000)
            }
        }
        status = ended & 0x7F == 0 ? ended >> 8 & 0xFF : 128 + ended & 0x7F
        memory = largest
        self.isInTime = isInTime
        errorText = String(decoding: (try? SmallFile.read(errors, limit: 1 << 24)) ?? [], as: UTF8.self)
    }

    /// The largest resident set of `process` so far, in KiB (proc(5), VmHWM); none where it has just ended.
    private static func residentSet(of process: pid_t) -> Int {
        let file = FilePath("/proc/\(process)/status")
        guard let bytes = try? SmallFile.read(file, limit: 1 << 16) else { return 0 }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.firstMatch(of: /VmHWM:\s+([0-9]+)/).flatMap { Int($0.output.1) } ?? 0
    }

    /// What is wrong with it; nil when it ended as it may.
    var problem: String? {
        if !isInTime { return "does not end in \(Self.secondLimit) seconds" }
        if !Self.promised.contains(status) { return "ends with \(status): \(errorText.suffix(600))" }
        if memory > Self.memoryLimit { return "takes \(memory / 1024) MiB" }
        if status != 0, errorText.isEmpty { return "ends with \(status) without a word" }
        if errorText.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\r" && $0 != "\t" }) {
            return "writes control characters to the terminal"
        }
        return nil
    }
}
