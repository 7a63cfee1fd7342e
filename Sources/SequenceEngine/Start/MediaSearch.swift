// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import MediaFormat
import Support
import SystemPackage

/// Finds the media that the computer was started from among its block devices, and mounts it.
package struct MediaSearch {
    /// Media that was found.
    package struct Found {
        /// Where it is mounted.
        package let root: FilePath
        /// The volume that holds it, as /dev/sr0 or /dev/sda1.
        package let device: FilePath
        /// The whole drive, as /dev/sda.
        package let drive: FilePath
    }

    /// File systems that media has, the one that shows whole names and large files first.
    private static let fileSystems = ["udf", "iso9660", "vfat"]
    /// USB drives appear some seconds after their controllers.
    private static let patience: Duration = .seconds(40)

    private let root: FilePath
    private let point: FilePath

    /// Searches the devices that the kernel shows below `root`; media will be mounted on `point`.
    package init(root: FilePath = "/", point: FilePath) {
        self.root = root
        self.point = point
    }

    /// Mounts the first medium that holds task sequence media: removable ones first.
    ///
    /// - Throws: ``EngineError`` `.media` when there is none after some patience; `InterruptedError`.
    package func find(interruption: Interruption) throws -> Found {
        try Folder.create(point)
        let start = ContinuousClock.now
        while true {
            for candidate in candidates() {
                try interruption.check()
                if let found = mount(candidate) { return found }
            }
            guard ContinuousClock.now - start < Self.patience else { break }
            usleep(300_000)
        }
        throw EngineError(
            .media, "task sequence media", "is on none of this computer's drives",
            nextStep: "leave the disc or the USB drive in the computer that it was started from, and start it again")
    }

    /// A volume that may hold media.
    private struct Candidate {
        let name: String
        let drive: String
        let isPartition: Bool
        let rank: Int
    }

    /// Volumes: discs, then removable drives, then fixed ones.
    private func candidates() -> [Candidate] {
        let folder = root.appending("sys/class/block")
        guard let entries = try? FolderEntry.entries(of: folder) else { return [] }
        var found: [Candidate] = []
        let kinds = ["sr", "sd", "vd", "nvme", "mmcblk", "xvd"]
        for entry in entries {
            guard let name = entry.name, kinds.contains(where: { name.hasPrefix($0) }) else { continue }
            let own = folder.appending(name)
            let isPartition = access(own.appending("partition").string, F_OK) == 0
            let drive = isPartition ? parent(of: own) ?? name : name
            let isRemovable =
                (try? SmallFile.read(folder.appending(drive).appending("removable"), limit: 16))?.first
                == UInt8(ascii: "1")
            let rank = name.hasPrefix("sr") ? 0 : isRemovable ? 1 : 2
            found.append(Candidate(name: name, drive: drive, isPartition: isPartition, rank: rank))
        }
        return found.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
    }

    /// The name of the drive of a partition: its folder lies in that of the drive (sysfs).
    private func parent(of folder: FilePath) -> String? {
        guard let resolved = realpath(folder.string, nil) else { return nil }
        defer { free(resolved) }
        return FilePath(String(cString: resolved)).removingLastComponent().lastComponent?.string
    }

    private func mount(_ candidate: Candidate) -> Found? {
        let device = root.appending("dev").appending(candidate.name)
        for type in Self.fileSystems {
            // The kernel writes names of FAT in UTF-8 only when it is told.
            let options = type == "vfat" ? "utf8,shortname=mixed" : ""
            guard (try? Mounts.mount(device.string, on: point, type: type, options: options, isReadOnly: true)) != nil
            else {
                continue
            }
            if FolderMedia.isMedia(point) {
                return Found(root: point, device: device, drive: root.appending("dev").appending(candidate.drive))
            }
            try? Mounts.unmount(point)
        }
        return mountNTFS(device, candidate)
    }

    /// Prestaged media that a BIOS starts lies on NTFS.
    private func mountNTFS(_ device: FilePath, _ candidate: Candidate) -> Found? {
        guard candidate.isPartition, Self.isNTFS(device),
            (try? VolumeMounting.mount(
                device, called: candidate.name, on: point, isReadOnly: true, program: .byPath,
                interruption: .ofProcess)) != nil
        else { return nil }
        if FolderMedia.isMedia(point) {
            return Found(root: point, device: device, drive: root.appending("dev").appending(candidate.drive))
        }
        try? VolumeMounting.unmount(point)
        return nil
    }

    /// Whether the boot record of a volume says that it is of NTFS: its name stands behind the jump.
    private static func isNTFS(_ device: FilePath) -> Bool {
        guard let descriptor = try? FileDescriptor.open(device, .readOnly, options: .closeOnExec) else { return false }
        defer { try? descriptor.close() }
        var record = [UInt8](repeating: 0, count: 512)
        let count = try? record.withUnsafeMutableBytes { try descriptor.read(into: $0) }
        return count == record.count && record[3..<11].elementsEqual("NTFS    ".utf8)
    }
}
