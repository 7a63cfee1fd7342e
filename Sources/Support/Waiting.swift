// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// Waiting for the other end of a pipe, for a lock or for another program, in which the first Ctrl-C is heard.
///
/// The kernel ends a call that sleeps when a signal comes, but not one that goes to sleep just after: no call here
/// sleeps for longer than it takes to look at the flag again.
enum Waiting {
    /// How long nobody looks at the flag, in milliseconds.
    private static let milliseconds: Int32 = 50

    /// Returns when `descriptor` is ready for `events`, or has an error that the next call will tell.
    static func until(
        _ descriptor: FileDescriptor, _ events: Int32, _ interruption: Interruption
    ) throws(InterruptedError) {
        var ready = pollfd(fd: descriptor.rawValue, events: Int16(events), revents: 0)
        repeat { try interruption.check() } while poll(&ready, 1, milliseconds) <= 0
    }

    /// Calls `attempt` until it returns something.
    static func until<Result>(
        _ interruption: Interruption, _ attempt: () throws -> Result?
    ) throws -> Result {
        // Most is over soon: look often at first.
        var pause: UInt32 = 500
        while true {
            if let result = try attempt() { return result }
            try interruption.check()
            usleep(pause)
            pause = min(2 * pause, 20_000)
        }
    }
}

extension FileDescriptor {
    /// Opens the file at `path`; a pipe without another end, which the kernel would sleep for, is waited for, and a
    /// signal ends that.
    ///
    /// The file is in non-blocking mode: read it with ``SmallFile``, write it with ``writeAll(_:interruption:)``.
    ///
    /// - Throws: `Errno`; ``InterruptedError``.
    public static func openPatiently(
        _ path: FilePath, _ mode: AccessMode, options: OpenOptions = [], permissions: FilePermissions? = nil,
        interruption: Interruption = .ofProcess
    ) throws -> FileDescriptor {
        try Waiting.until(interruption) {
            do {
                return try open(
                    path, mode, options: options.union([.nonBlocking, .closeOnExec]), permissions: permissions)
            } catch Errno.noSuchAddressOrDevice where mode == .writeOnly {
                // A pipe that nobody reads yet (fifo(7)); a socket or a device without a driver never changes.
                guard try Stat(path).type == .fifo else { throw Errno.noSuchAddressOrDevice }
                return nil
            } catch Errno.resourceTemporarilyUnavailable {
                // A file server has a lease on the file and was asked to give it back (fcntl(2), F_SETLEASE).
                return nil
            }
        }
    }

    /// Writes all of `bytes`; a pipe that is full is waited for, and a signal ends that.
    ///
    /// - Throws: `Errno`; ``InterruptedError``.
    public func writeAll(_ bytes: some Sequence<UInt8>, interruption: Interruption) throws {
        guard try Stat(self).type != .regular else {
            _ = try writeAll(bytes)
            return
        }
        let bytes = Array(bytes)
        var start = 0
        while start < bytes.count {
            try Waiting.until(self, POLLOUT, interruption)
            do {
                // So many fit into a pipe that is ready (POSIX, poll and write of PIPE_BUF bytes).
                start += try bytes[start..<min(start + Int(PIPE_BUF), bytes.count)].withUnsafeBytes { try write($0) }
            } catch Errno.resourceTemporarilyUnavailable {}
        }
    }
}
