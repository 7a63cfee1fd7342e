// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// A whole disk as the kernel knows it at one moment.
public struct BlockDevice: Sendable, Hashable {
    /// A part of a disk that the kernel gave a node of its own.
    public struct Partition: Sendable, Hashable {
        /// The kernel's name: `sdb1`.
        public let name: String
        /// Where its node is: `/dev/sdb1`.
        public let node: FilePath
        /// Its device number.
        public let deviceNumber: DeviceNumber
        /// Its number in the partition table.
        public let number: Int?
        /// Its size.
        public let byteCount: Int64
        /// What is on it.
        public let contents: DeviceContents
        /// Where it is mounted.
        public let mountPoints: [FilePath]
        /// The devices that are built on it: `dm-0`, `md127`.
        public let holders: [String]
    }

    /// The kernel's name: `sdb`, and with `!` for a slash: `cciss!c0d0`.
    public let name: String
    /// Where its node is: `/dev/sdb`.
    public let node: FilePath
    /// Its device number.
    public let deviceNumber: DeviceNumber
    /// What kind of device it is.
    public let kind: DeviceKind
    /// How it is connected.
    public let bus: DeviceBus
    /// The model that it says it is.
    public let model: String?
    /// The maker that it says it is of.
    public let vendor: String?
    /// The serial number, where it has one.
    public let serial: String?
    /// Its size; 0 for a reader without a card.
    public let byteCount: Int64
    /// The smallest amount that can be written: 512 or 4096.
    public let logicalSectorByteCount: Int
    /// The smallest amount that the drive itself writes in one go.
    public let physicalSectorByteCount: Int
    /// True when it is write-protected.
    public let isReadOnly: Bool
    /// True when the drive says that its medium can be taken out.
    public let isRemovable: Bool
    /// True when it is connected in a way that is made for unplugging: USB, memory cards, FireWire, Thunderbolt.
    public let isHotplug: Bool
    /// The kernel's count of disks at the moment this one appeared; another medium under the same name has another.
    public let diskSequence: UInt64?
    /// What is on the whole disk.
    public let contents: DeviceContents
    /// Its partitions, by their place in the kernel's names.
    public let partitions: [Partition]
    /// Where the file system on the whole disk is mounted.
    public let mountPoints: [FilePath]
    /// The devices that are built on the whole disk.
    public let holders: [String]
    /// The file that a loop device shows as a disk.
    public let backingFile: FilePath?
    /// What the kernel did not tell although safety depends on it; such a drive is refused.
    public let unreadableFacts: [String]

    /// True for a disk that is not made to be taken away: it is written only when that is asked for.
    public var isFixed: Bool { kind == .loop || !(isRemovable || isHotplug) }

    /// Every place where it or a partition of it is mounted.
    public var allMountPoints: [FilePath] { mountPoints + partitions.flatMap(\.mountPoints) }

    /// What must be typed to confirm that this is the drive: its serial number, or its node where it has none.
    public var confirmationToken: String { serial ?? node.string }

    /// What must not change between planning and writing.
    public var identity: DeviceIdentity {
        DeviceIdentity(
            deviceNumber: deviceNumber, serial: serial, byteCount: byteCount,
            logicalSectorByteCount: logicalSectorByteCount, diskSequence: diskSequence)
    }
}

/// What tells that a drive is still the drive that was looked at before.
public struct DeviceIdentity: Sendable, Hashable {
    /// The device number.
    public let deviceNumber: DeviceNumber
    /// The serial number, where there is one.
    public let serial: String?
    /// The size.
    public let byteCount: Int64
    /// The size of a sector.
    public let logicalSectorByteCount: Int
    /// The kernel's count of disks; Linux 5.15 and later have it.
    public let diskSequence: UInt64?

    /// An identity with these facts.
    public init(
        deviceNumber: DeviceNumber, serial: String?, byteCount: Int64, logicalSectorByteCount: Int,
        diskSequence: UInt64?
    ) {
        self.deviceNumber = deviceNumber
        self.serial = serial
        self.byteCount = byteCount
        self.logicalSectorByteCount = logicalSectorByteCount
        self.diskSequence = diskSequence
    }
}
