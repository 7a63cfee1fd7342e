// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// What tells that a file is still the file that was looked at before: device, inode, size, mtime and ctime.
///
/// The same five fields git's index remembers. ctime cannot be set by a program, so a change of the bytes shows even
/// when mtime was put back (docs/decisions/verified-content.md).
public struct FileIdentity: Sendable, Hashable {
    /// A time of the kernel's real-time clock.
    public struct Instant: Sendable, Hashable, Comparable {
        /// Seconds since 1970-01-01T00:00:00Z.
        public let seconds: Int64
        /// Nanoseconds within the second.
        public let nanoseconds: UInt32

        /// The time `seconds` and `nanoseconds` after 1970-01-01T00:00:00Z.
        public init(seconds: Int64, nanoseconds: UInt32) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        /// The present.
        public static var now: Instant {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Instant(time)
        }

        /// The time as a timestamp, to 100 nanoseconds.
        public var timestamp: Timestamp { Timestamp(unixSeconds: seconds, nanoseconds: Int64(nanoseconds)) }

        init(_ time: timespec) {
            seconds = Int64(time.tv_sec)
            nanoseconds = UInt32(clamping: time.tv_nsec)
        }

        /// Orders by time.
        public static func < (left: Instant, right: Instant) -> Bool {
            (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
        }
    }

    /// The device number of the file system.
    public let device: UInt64
    /// The inode number on the device.
    public let inode: UInt64
    /// The size.
    public let byteCount: Int64
    /// When the bytes were last written, as far as programs say.
    public let modified: Instant
    /// When the inode last changed, as the kernel says.
    public let changed: Instant

    /// An identity with these fields.
    public init(device: UInt64, inode: UInt64, byteCount: Int64, modified: Instant, changed: Instant) {
        self.device = device
        self.inode = inode
        self.byteCount = byteCount
        self.modified = modified
        self.changed = changed
    }

    /// The identity a stat result describes.
    public init(_ status: Stat) {
        device = UInt64(truncatingIfNeeded: status.deviceID.rawValue)
        inode = UInt64(truncatingIfNeeded: status.inode.rawValue)
        byteCount = status.size
        modified = Instant(status.st_mtim)
        changed = Instant(status.st_ctim)
    }

    /// The identity of an open file.
    public init(of descriptor: FileDescriptor, path: FilePath) throws(FileError) {
        self.init(try FileError.wrap("read", path) { try Stat(descriptor) })
    }

    /// The identity of the file at `path`; a symbolic link is not followed.
    public init(of path: FilePath) throws(FileError) {
        self.init(try FileError.wrap("read", path) { try Stat(path, followTargetSymlink: false) })
    }
}
