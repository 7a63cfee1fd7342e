// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support

extension TargetVolume {
    /// A volume of a fixed disk, which has no letter yet and is not mounted.
    package init(_ volume: DiskVolume) {
        self.init(
            device: volume.node, diskNumber: volume.disk, partitionNumber: volume.partition,
            fileSystem: volume.fileSystem?.rawValue.uppercased() ?? "", label: volume.label)
        disk = volume
    }
}

extension TargetVolumes {
    /// Letters in the order in which they are given.
    ///
    /// X is the environment's own in sequences that are made for it.
    private static let letters = Array("CDEFGHIJKLMNOPQRSTUVWYZ")

    /// Takes note of what is on disk `disk` now, in the place of what was there before.
    ///
    /// A volume that is to have a letter gets the first that is free.
    ///
    /// - Parameter lettered: the numbers of the partitions that get one.
    package mutating func replace(disk: Int, with new: [DiskVolume], lettered: Set<Int>) {
        volumes.removeAll { $0.diskNumber == disk }
        var used = Set(volumes.compactMap(\.letter))
        for partition in new.sorted(by: { $0.partition < $1.partition }) {
            var volume = TargetVolume(partition)
            if lettered.contains(partition.partition), let letter = Self.letters.first(where: { !used.contains($0) }) {
                volume.letter = letter
                used.insert(letter)
            }
            volumes.append(volume)
        }
        volumes.sort { ($0.diskNumber, $0.partitionNumber) < ($1.diskNumber, $1.partitionNumber) }
    }

    /// The volume of this partition.
    package func volume(disk: Int, partition: Int) -> TargetVolume? {
        volumes.first { $0.diskNumber == disk && $0.partitionNumber == partition }
    }

    /// The volume that firmware starts on the disk of `volume`, or else on the first disk that has one.
    package func started(for volume: DiskVolume) -> DiskVolume? {
        let started = volumes.compactMap(\.disk).filter(\.isStarted)
        return started.first { $0.disk == volume.disk } ?? started.first
    }

    /// The largest volume of NTFS for data that has a letter: where an operating system goes when nobody says where.
    package var firstForWindows: TargetVolume? {
        func size(_ volume: TargetVolume) -> Int { volume.disk?.range.count ?? 0 }
        return volumes.filter { $0.disk?.fileSystem == .ntfs && $0.disk?.isForData == true && $0.letter != nil }
            .max { (size($0), -$0.diskNumber, -$0.partitionNumber) < (size($1), -$1.diskNumber, -$1.partitionNumber) }
    }
}
