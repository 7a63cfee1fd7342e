// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// A process that talks to a server for us, and the socket to it.
///
/// Nothing here waits for longer than 50 ms before it looks at the interruption again; letting go of it ends the process,
/// whatever it waits for.
///
/// Unchecked: ``ShareSession`` hands each to one thread at a time.
final class ShareProcess: @unchecked Sendable {
    private static let pollMilliseconds: Int32 = 50

    private let socket: Int32
    private let process: pid_t
    /// How long the server may say nothing.
    var stallSeconds: Double
    /// What errors are about when the process itself is at fault.
    private let place: String
    /// The shares that are connected.
    var shares: Set<String> = []
    /// Set when an answer was not read to its end: nothing else can be asked.
    var isBusy = false

    /// Starts the process.
    ///
    /// - Throws: ``ShareError`` `.broken` when that fails.
    init(_ program: FilePath, place: String, stallSeconds: Double) throws(ShareError) {
        self.stallSeconds = stallSeconds
        self.place = place
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw ShareError.call(errno, place)
        }
        defer { close(ends[1]) }
        socket = ends[0]
        var size = Int32(2 * ShareMessage.blockByteCount)
        for end in ends { setsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        do {
            process = try Self.start(program, ends[1], place)
        } catch {
            close(ends[0])
            throw error
        }
    }

    deinit {
        close(socket)
        kill(process, SIGKILL)
        while waitpid(process, nil, 0) < 0, errno == EINTR {}
    }

    /// Variables that the process gets: where tickets are, and where libraries are.
    private static let variables = ["KRB5CCNAME", "KRB5_CONFIG", "LD_LIBRARY_PATH"]

    private static func start(_ program: FilePath, _ end: Int32, _ place: String) throws(ShareError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO)
        // libsmbclient prints.
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A Ctrl-C of the terminal is for us.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var words = [strdup(ShareServant.processName), nil]
        defer { for word in words { free(word) } }
        var environment = variables.compactMap { name in
            getenv(name).map { strdup("\(name)=\(String(cString: $0))") }
        }
        environment += [strdup("LC_ALL=C.UTF-8"), nil]
        defer { for variable in environment { free(variable) } }
        var process = pid_t()
        let error = program.withPlatformString {
            posix_spawn(&process, $0, &actions, &attributes, &words, &environment)
        }
        guard error == 0 else {
            throw ShareError(
                .broken, place, "cannot be asked: \(program.string) does not start: \(Errno(rawValue: error))")
        }
        return process
    }

    // MARK: Messages

    /// Waits until the socket is ready, since `began` at most as long as a server may say nothing.
    private func wait(_ events: Int32, since began: Double, _ interruption: Interruption) throws {
        var ready = pollfd(fd: socket, events: Int16(events), revents: 0)
        while true {
            try interruption.check()
            if poll(&ready, 1, Self.pollMilliseconds) > 0 { return }
            guard ShareClock.seconds - began <= stallSeconds else {
                throw ShareError.stalled(place, seconds: stallSeconds)
            }
        }
    }

    func send(_ message: ShareMessage, _ interruption: Interruption) throws {
        try message.encoded.withUnsafeBytes { try send($0, interruption) }
    }

    func send(_ bytes: UnsafeRawBufferPointer, _ interruption: Interruption) throws {
        var rest = bytes
        var began = ShareClock.seconds
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Glibc.send(
                socket, start, rest.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                began = ShareClock.seconds
            } else if errno == EAGAIN {
                try wait(POLLOUT, since: began, interruption)
            } else if errno != EINTR {
                throw gone
            }
        }
    }

    /// Fills `buffer`.
    func receive(_ buffer: UnsafeMutableRawBufferPointer, _ interruption: Interruption) throws {
        var filled = 0
        var began = ShareClock.seconds
        while filled < buffer.count, let start = buffer.baseAddress {
            let count = recv(socket, start + filled, buffer.count - filled, Int32(MSG_DONTWAIT))
            if count > 0 {
                filled += count
                began = ShareClock.seconds
            } else if count < 0, errno == EAGAIN {
                try wait(POLLIN, since: began, interruption)
            } else if count == 0 || errno != EINTR {
                try interruption.check()
                throw gone
            }
        }
    }

    private func receive(_ count: Int, _ interruption: Interruption) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try receive(
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]), interruption)
            filled = count
        }
    }

    /// The head of the next message.
    func head(_ interruption: Interruption) throws -> (kind: ShareMessage.Kind, byteCount: Int) {
        let head = ShareMessage.parse(head: try receive(ShareMessage.headByteCount, interruption))
        guard let head, head.kind == .part || head.kind == .done else { throw gone }
        return head
    }

    /// The fields of a message whose head said so.
    func fields(_ byteCount: Int, _ interruption: Interruption) throws -> ShareFields {
        ShareFields(try receive(byteCount, interruption))
    }

    private var gone: ShareError {
        ShareError(.broken, place, "could not be used: the process that talks to it has ended")
    }

    /// Reads an answer to its end.
    ///
    /// - Returns: what its end says: 0 or a number of errno.h, and the fields behind it.
    func answer(
        _ interruption: Interruption, _ part: (inout ShareFields) throws -> Void = { _ in }
    ) throws -> (status: Int32, fields: ShareFields) {
        while true {
            let (kind, count) = try head(interruption)
            var fields = try fields(count, interruption)
            do {
                if kind == .done { return (Int32(clamping: try fields.number()), fields) }
                try part(&fields)
            } catch is ShareFields.Malformed {
                throw gone
            }
        }
    }
}

/// The time that stalls are measured by.
enum ShareClock {
    /// Seconds of a clock that never goes back.
    static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
