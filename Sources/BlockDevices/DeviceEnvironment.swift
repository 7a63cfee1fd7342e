// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// What a path leads to, links followed.
public struct PathFacts: Sendable, Hashable {
    /// What kind of file it is.
    public enum Kind: Sendable, Hashable {
        /// A regular file.
        case file
        /// A folder.
        case folder
        /// The node of a block device.
        case blockDevice(DeviceNumber)
        /// The node of a character device.
        case characterDevice
        /// A pipe or a socket.
        case other
    }

    /// What kind of file it is.
    public let kind: Kind
    /// The device number of the file system that it is on.
    public let fileSystem: DeviceNumber
    /// Its number on that file system.
    public let inode: UInt64
    /// The number of the mount in mountinfo; nil where the kernel does not say (before Linux 5.8).
    public let mount: UInt64?

    /// Facts as found.
    public init(kind: Kind, fileSystem: DeviceNumber, inode: UInt64, mount: UInt64?) {
        self.kind = kind
        self.fileSystem = fileSystem
        self.inode = inode
        self.mount = mount
    }

    /// True when both are one file.
    func isSameFile(as other: PathFacts) -> Bool { fileSystem == other.fileSystem && inode == other.inode }
}

/// Where the facts about drives come from: the running system, or a simulated one.
public struct DeviceEnvironment: Sendable {
    /// Where sysfs is mounted.
    public var sys: FilePath = "/sys"
    /// Where procfs is mounted.
    public var proc: FilePath = "/proc"
    /// Where the nodes are.
    public var dev: FilePath = "/dev"
    /// Where udev keeps what it knows.
    public var run: FilePath = "/run/udev"
    /// Looks at a path: stat(2).
    public var lookUp: @Sendable (FilePath) throws(Errno) -> PathFacts
    /// Reads the signatures on the device with this node, without waiting for a medium.
    public var probe: @Sendable (FilePath, DeviceNumber) -> DeviceContents
    /// True when the device with this node is held by the kernel or a program (`O_EXCL`); nil when it cannot be told.
    public var isClaimed: @Sendable (FilePath, DeviceNumber) -> Bool?
    /// The file system and inode of the file behind the loop device with this node; nil when it cannot be told.
    public var loopBacking: @Sendable (FilePath, DeviceNumber) -> (fileSystem: DeviceNumber, inode: UInt64)?

    /// The running system.
    public init() {
        lookUp = SystemFacts.lookUp
        probe = SignatureProbe.contents
        isClaimed = SystemFacts.isClaimed
        loopBacking = SystemFacts.loopBacking
    }

    /// The node of the device that the kernel calls `name`, in which `!` stands for a slash.
    func node(of name: String) -> FilePath {
        dev.appending(name.split(separator: "!", omittingEmptySubsequences: true).joined(separator: "/"))
    }
}
