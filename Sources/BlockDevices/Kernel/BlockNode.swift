// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A block device of sysfs: a disk, a partition, or what is built on them.
struct BlockNode {
    /// The kernel's name.
    let name: String
    /// Its device number.
    let number: DeviceNumber
    /// What kind of device it is, or its disk is.
    let kind: DeviceKind
    /// The name of the disk that it is a partition of.
    let disk: String?
    /// Its folder in sysfs.
    let folder: SysfsFolder
    /// Its partitions' names; empty for a partition.
    let partitions: [String]
    /// The names of the devices that it is built on.
    let slaves: [String]
    /// The names of the devices that are built on it.
    let holders: [String]
    /// Its size; nil when it is not known.
    let byteCount: Int64?
    /// What is not known although safety depends on it.
    let unreadableFacts: [String]
    /// The file behind a loop device, as sysfs has its path.
    let backingFile: FilePath?
    /// True when bcache has registered it, in use or not.
    let isBcacheMember: Bool

    /// True for what lists of drives show: whole disks, of which network ones are connected and loop devices have a
    /// file.
    var isListed: Bool {
        guard disk == nil else { return false }
        switch kind {
        case .disk: return !(name.hasPrefix("nbd") && byteCount == 0)
        case .loop: return backingFile != nil
        case .opticalDrive: return true
        default: return false
        }
    }

    /// What it is in words, for the reasons of a verdict.
    var words: String {
        switch kind {
        case .deviceMapper:
            let purpose: String? =
                switch folder.text("dm/uuid")?.split(separator: "-").first {
                case "LVM": "LVM volume"
                case "CRYPT": "opened encryption"
                case "mpath": "multipath drive"
                case "DMRAID": "RAID of the firmware"
                default: nil
                }
            return "\(name) (\(purpose ?? "device mapper")\(folder.nonEmptyText("dm/name").map { " \($0)" } ?? ""))"
        case .raid: return "\(name) (software RAID\(isInactive ? ", inactive" : ""))"
        case .stacked where name.hasPrefix("bcache"): return "\(name) (bcache)"
        case .stacked: return "\(name) (DRBD)"
        case .loop: return "\(name) (loop device\(backingFile.map { " on \($0)" } ?? ""))"
        default: return name
        }
    }

    private var isInactive: Bool {
        folder.text("md/array_state").map { ["inactive", "clear"].contains($0) } ?? false
    }

    /// The disk or partition in `folder`; nil when it is none.
    init?(name: String, disk: BlockNode?, folder: SysfsFolder, partitions: [String] = []) {
        guard let number = folder.text("dev").flatMap({ DeviceNumber($0) }) else { return nil }
        self.name = name
        self.number = number
        self.disk = disk?.name
        self.folder = folder
        self.partitions = partitions
        kind = disk?.kind ?? DeviceKind(name: name)
        var unreadable: [String] = []
        if let names = folder.names(in: "holders") {
            holders = names
        } else {
            holders = []
            // The kernel makes the folder for every disk that it shows (block/genhd.c) and every partition.
            unreadable.append("what is built on \(name)")
        }
        slaves = folder.names(in: "slaves") ?? []
        // Linux counts in sectors of 512 bytes here, whatever the drive's are.
        let size = folder.number("size").flatMap { Int64(exactly: $0) }?.multipliedReportingOverflow(by: 512)
        byteCount = size.flatMap { $0.overflow ? nil : $0.partialValue }
        if byteCount == nil { unreadable.append("the size of \(name)") }
        backingFile = folder.bytes("loop/backing_file").map { bytes in
            // Unlike procfs, the loop driver escapes nothing.
            KernelText.path(unescaped: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes)
        }
        isBcacheMember = folder.has("bcache") && disk?.kind != .stacked && kind != .stacked
        unreadableFacts = unreadable
    }
}
