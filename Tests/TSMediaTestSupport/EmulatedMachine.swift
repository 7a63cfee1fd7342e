// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage

/// A running QEMU whose serial port is read line by line.
final class EmulatedMachine {
    private let process: pid_t
    private let serialPort: FileDescriptor
    private let errors: FilePath
    private let started = ContinuousClock.now
    private var pending: [UInt8] = []
    private var isRunning = true
    /// True when ``nextLine(within:)`` gave up.
    private(set) var deadlinePassed = false

    /// Starts QEMU, for a PC or as `program` says, with `arguments`, which connect the serial port to standard output; its
    /// messages go to `errors`.
    init(program: String = "qemu-system-x86_64", arguments: [String], errors: FilePath) throws {
        self.errors = errors
        let ends = try FileDescriptor.pipe()
        defer { try? ends.writeEnd.close() }
        serialPort = ends.readEnd
        for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends.writeEnd.rawValue, 1)
        posix_spawn_file_actions_addopen(&actions, 2, errors.string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        process = try Program.start(program, arguments, actions: &actions)
    }

    deinit {
        stop()
        try? serialPort.close()
    }

    /// The next line on the serial port, or nil when the machine has ended or `deadline` since its start has passed.
    func nextLine(within deadline: Duration) throws -> String? {
        while true {
            if let end = pending.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeSubrange(...end)
                return line
            }
            let left = deadline - (ContinuousClock.now - started)
            var wait = pollfd(fd: serialPort.rawValue, events: Int16(POLLIN), revents: 0)
            let ready = left > .zero ? poll(&wait, 1, Int32(clamping: left.components.seconds * 1_000 + 1_000)) : 0
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else {
                deadlinePassed = true
                return nil
            }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = try buffer.withUnsafeMutableBytes { try serialPort.read(into: $0) }
            if count == 0 { return nil }
            pending += buffer[..<count]
        }
    }

    /// What stands on the serial port behind the last line: programs that draw boxes end none.
    var unfinishedLine: String { String(decoding: pending, as: UTF8.self) }

    /// Ends QEMU if it still runs.
    func stop() {
        guard isRunning else { return }
        isRunning = false
        kill(process, SIGKILL)
        _ = try? Program.waitForEnd(of: process)
    }

    /// What QEMU itself complained of.
    var errorText: String { (try? SmallFile.read(errors)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
}
