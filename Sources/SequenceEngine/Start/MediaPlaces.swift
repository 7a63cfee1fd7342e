// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// A volume that may hold media: a disc in a drive, or a drive or one of its partitions.
package struct MediaPlace: Sendable, Equatable {
    /// What kind of drive it lies in, those that media is looked for in first.
    package enum Kind: Int, Sendable, Comparable {
        /// A drive for discs.
        case disc
        /// A stick or another drive that is taken out, or is connected over USB.
        case removable
        /// A disk of the computer.
        case fixed

        package static func < (first: Kind, second: Kind) -> Bool { first.rawValue < second.rawValue }
    }

    /// The volume, as /dev/sr0 or /dev/sda1.
    package let device: FilePath
    /// The whole drive, as /dev/sda.
    package let drive: FilePath
    /// Whether the volume is a part of the drive.
    package let isPartition: Bool
    /// What kind of drive it is.
    package let kind: Kind
}

/// The places of a computer where media may be.
package struct MediaPlaces: Sendable {
    /// File systems that media has, the one that shows whole names and large files first.
    private static let fileSystems = ["udf", "iso9660", "vfat"]
    private static let prefixes = ["sr", "sd", "vd", "nvme", "mmcblk", "xvd"]

    private let root: FilePath

    /// The places that the kernel shows below `root`.
    package init(root: FilePath = "/") { self.root = root }

    /// All of them: discs, then removable drives, then fixed ones.
    package func all() -> [MediaPlace] {
        let folder = root.appending("sys/class/block")
        guard let entries = try? FolderEntry.entries(of: folder) else { return [] }
        var found: [(name: String, place: MediaPlace)] = []
        for entry in entries {
            guard let name = entry.name, Self.prefixes.contains(where: { name.hasPrefix($0) }) else { continue }
            let own = folder.appending(name)
            let isPartition = access(own.appending("partition").string, F_OK) == 0
            let hardware = Self.resolved(own) ?? own
            let drive = isPartition ? hardware.removingLastComponent().lastComponent?.string ?? name : name
            let isRemovable =
                (try? SmallFile.read(folder.appending(drive).appending("removable"), limit: 16))?.first
                == UInt8(ascii: "1")
            let kind: MediaPlace.Kind =
                name.hasPrefix("sr") ? .disc : isRemovable || Self.isOnUSB(hardware) ? .removable : .fixed
            let nodes = root.appending("dev")
            found.append(
                (
                    name,
                    MediaPlace(
                        device: nodes.appending(name), drive: nodes.appending(drive), isPartition: isPartition,
                        kind: kind)
                ))
        }
        return found.sorted { ($0.place.kind, $0.name) < ($1.place.kind, $1.name) }.map(\.place)
    }

    /// Where the folder of a device lies: that of a partition in that of its drive, that in those of its controllers (sysfs).
    private static func resolved(_ folder: FilePath) -> FilePath? {
        guard let resolved = realpath(folder.string, nil) else { return nil }
        defer { free(resolved) }
        return FilePath(String(cString: resolved))
    }

    private static func isOnUSB(_ hardware: FilePath) -> Bool {
        hardware.components.contains { $0.string.hasPrefix("usb") }
    }

    /// Mounts the volume `device` on the folder `point`, to be read; false when nothing that media has could be read.
    package static func mount(_ device: FilePath, on point: FilePath) -> Bool {
        fileSystems.contains { type in
            // The kernel writes names of FAT in UTF-8 only when it is told.
            let options = type == "vfat" ? "utf8,shortname=mixed" : ""
            return (try? Mounts.mount(device.string, on: point, type: type, options: options, isReadOnly: true)) != nil
        }
    }
}
