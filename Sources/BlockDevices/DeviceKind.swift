// SPDX-License-Identifier: GPL-3.0-or-later

/// What kind of device a block device is; only ``disk`` and ``loop`` can be written as drives.
public enum DeviceKind: String, Sendable, Hashable, CaseIterable {
    /// A disk, a stick, a memory card, or a network or virtual disk that looks like one.
    case disk
    /// A file that is shown as a disk.
    case loop
    /// A CD, DVD or Blu-ray drive.
    case opticalDrive
    /// A floppy drive.
    case floppy
    /// A volume of the device mapper: LVM, crypt, multipath.
    case deviceMapper
    /// An array of Linux software RAID.
    case raid
    /// Another device that is built on disks: bcache, DRBD.
    case stacked
    /// Memory that is shown as a disk, compressed (zram) or not (ram).
    case memory
    /// A boot area or protected area of an eMMC, or raw flash memory: part of the machine, not a drive.
    case firmwareArea

    /// The kind of the device that the kernel calls `name` (Documentation/admin-guide/devices.txt of Linux).
    init(name: String) {
        func hasNumber(after prefix: String) -> Bool { name.hasNumber(after: prefix) }
        if name.hasPrefix("dm-") {
            self = .deviceMapper
        } else if hasNumber(after: "md") || name.hasPrefix("md_") || name.hasPrefix("md!") {
            self = .raid
        } else if hasNumber(after: "bcache") || hasNumber(after: "drbd") {
            self = .stacked
        } else if hasNumber(after: "sr") || hasNumber(after: "scd") {
            self = .opticalDrive
        } else if hasNumber(after: "fd") {
            self = .floppy
        } else if hasNumber(after: "loop") {
            self = .loop
        } else if hasNumber(after: "zram") || hasNumber(after: "ram") {
            self = .memory
        } else if hasNumber(after: "mmcblk"), name.contains("boot") || name.contains("rpmb") || name.contains("gp") {
            self = .firmwareArea
        } else if hasNumber(after: "mtdblock") || name.hasPrefix("ubiblock") {
            self = .firmwareArea
        } else {
            self = .disk
        }
    }
}

/// How a device is connected.
public struct DeviceBus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The bus in one word, as tables and JSON show it.
    public let rawValue: String

    /// The bus of this name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// USB, with any protocol.
    public static let usb = DeviceBus(rawValue: "usb")
    /// A memory card or an eMMC.
    public static let mmc = DeviceBus(rawValue: "mmc")
    /// NVMe.
    public static let nvme = DeviceBus(rawValue: "nvme")
    /// SATA, or ATA before it.
    public static let sata = DeviceBus(rawValue: "sata")
    /// SAS.
    public static let sas = DeviceBus(rawValue: "sas")
    /// SCSI that is none of the others.
    public static let scsi = DeviceBus(rawValue: "scsi")
    /// FireWire.
    public static let fireWire = DeviceBus(rawValue: "firewire")
    /// A network disk over iSCSI.
    public static let iSCSI = DeviceBus(rawValue: "iscsi")
    /// A disk over Fibre Channel.
    public static let fibreChannel = DeviceBus(rawValue: "fc")
    /// A network block device.
    public static let nbd = DeviceBus(rawValue: "nbd")
    /// A disk of a virtual machine.
    public static let virtio = DeviceBus(rawValue: "virtio")
    /// A disk of a virtual machine under Xen.
    public static let xen = DeviceBus(rawValue: "xen")
    /// A disk of a virtual machine under Hyper-V.
    public static let hyperV = DeviceBus(rawValue: "hyperv")
    /// A file behind a loop device.
    public static let loop = DeviceBus(rawValue: "loop")
    /// Made by the kernel out of something else.
    public static let virtual = DeviceBus(rawValue: "virtual")
    /// None of these.
    public static let unknown = DeviceBus(rawValue: "unknown")

    /// The bus in one word.
    public var description: String { rawValue }
}
