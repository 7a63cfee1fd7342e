// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A volume of the target that the engine made or found, as steps see it.
package struct TargetVolume: Sendable, Equatable {
    /// Its block device.
    package let device: FilePath
    /// The number of its disk, from 0: those of the target alone.
    package let diskNumber: Int
    /// The number of its partition on the disk, from 1.
    package let partitionNumber: Int
    /// NTFS, FAT32; empty for none.
    package let fileSystem: String
    /// The label.
    package let label: String
    /// The letter by which Windows and the task sequence know it; nil for none.
    package var letter: Character?
    /// The folder on which it is mounted; nil while it is not.
    package var mountPoint: FilePath?
    /// What is known of it as a part of a fixed disk; nil for a volume of another computer.
    package var disk: DiskVolume?

    /// Describes a volume.
    package init(
        device: FilePath, diskNumber: Int, partitionNumber: Int, fileSystem: String, label: String,
        letter: Character? = nil, mountPoint: FilePath? = nil
    ) {
        self.device = device
        self.diskNumber = diskNumber
        self.partitionNumber = partitionNumber
        self.fileSystem = fileSystem
        self.label = label
        self.letter = letter
        self.mountPoint = mountPoint
    }
}

/// The volumes of the target, and the paths that Windows has for what is on them.
package struct TargetVolumes: Sendable, Equatable {
    /// The volumes, in the order of disks and partitions.
    package var volumes: [TargetVolume] = []

    /// No volumes.
    package init(_ volumes: [TargetVolume] = []) { self.volumes = volumes }

    /// The volume with `letter`, as "C:" or "C"; nil when none has it.
    package func volume(_ letter: String) -> TargetVolume? {
        index(letter).map { volumes[$0] }
    }

    /// Where the volume with `letter` stands in ``volumes``.
    package func index(_ letter: String) -> Int? {
        guard let first = letter.uppercased().first, letter.dropFirst().allSatisfy({ $0 == ":" || $0 == "\\" }) else {
            return nil
        }
        return volumes.firstIndex { $0.letter == first }
    }

    /// The volume on which `path`, as C:\\Windows, lies, and the path on it; nil for what begins with no drive letter.
    package func place(_ path: String) -> (volume: TargetVolume, path: String)? {
        let path = path.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\")
        guard path.dropFirst().first == ":", let volume = volume(String(path.prefix(2))) else { return nil }
        return (volume, String(path.dropFirst(2)))
    }
}

extension TargetVolumes {
    /// Where the file or folder at `path`, as C:\\Windows, is found; nil when it does not exist or its volume is not mounted.
    package func location(_ path: String) -> FilePath? {
        guard let (volume, rest) = place(path), let root = volume.mountPoint else { return nil }
        return Self.location(rest, below: root)
    }

    /// The file or folder at `path` below `root`, whose names compare without case, as Windows finds it; links are not followed.
    package static func location(_ path: String, below root: FilePath) -> FilePath? {
        var location = root
        for name in path.split(separator: "\\") where name != "." {
            guard name != "..", let found = try? VolumeFolder.entry(String(name), in: location),
                found.kind != .symbolicLink
            else { return nil }
            location = location.appending(found.component)
        }
        return location
    }
}
