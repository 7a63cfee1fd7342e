// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Our end of a pair of sockets whose other end the emulator has; it never waits unless it is told to.
final class SocketEnd {
    /// More is not taken at once, so that what one machine says does not keep the others from being heard.
    private static let blockByteCount = 1 << 16

    /// Our end.
    let descriptor: FileDescriptor
    /// The emulator's, until it has it.
    private var other: FileDescriptor?
    /// True when the other side is gone, and all that it said was taken.
    private(set) var isClosed = false
    private var unsent: [UInt8] = []

    /// A pair.
    init() throws(FileError) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw FileError("created", "a pair of sockets", Errno(rawValue: errno))
        }
        descriptor = FileDescriptor(rawValue: ends[0])
        other = FileDescriptor(rawValue: ends[1])
    }

    deinit {
        try? descriptor.close()
        try? other?.close()
    }

    /// The emulator's end, which is ours no more once this was called with the emulator started.
    var otherEnd: FileDescriptor { other ?? FileDescriptor(rawValue: -1) }

    /// Lets go of the emulator's end.
    func giveAway() {
        try? other?.close()
        other = nil
    }

    /// What has come, if anything has.
    func receive() -> [UInt8] {
        flush()
        var buffer = [UInt8](repeating: 0, count: Self.blockByteCount)
        let count = recv(descriptor.rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 { return Array(buffer[..<count]) }
        if count == 0 || (errno != EAGAIN && errno != EINTR) { isClosed = true }
        return []
    }

    /// Sends `bytes`, now or as soon as the other side takes them.
    ///
    /// - Throws: ``MediaTrialError`` `.machineFailed` when it takes none for too long.
    func send(_ bytes: [UInt8]) throws {
        unsent += bytes
        flush()
        guard unsent.count <= 64 << 20 else {
            throw MediaTrialError(.machineFailed, "the virtual machine", "takes nothing more", nextStep: "try again")
        }
    }

    private func flush() {
        while !unsent.isEmpty {
            let count = Glibc.send(
                descriptor.rawValue, unsent, unsent.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            guard count > 0 else { return }
            unsent.removeFirst(count)
        }
    }

    /// Waits until something has come, but not for longer than this.
    func wait(milliseconds: Int32) {
        var ready = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        _ = poll(&ready, 1, milliseconds)
    }

    /// Waits until something has come through one of `ends`, but not for longer than this.
    static func wait(_ ends: [SocketEnd], milliseconds: Int32) {
        var ready = ends.filter { !$0.isClosed }.map {
            pollfd(fd: $0.descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        }
        _ = poll(&ready, nfds_t(ready.count), milliseconds)
    }
}
