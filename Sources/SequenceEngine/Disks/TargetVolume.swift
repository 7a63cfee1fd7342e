// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage
import WindowsSetup

/// A volume on a fixed disk of the computer.
package struct TargetVolume: Sendable, Equatable {
    /// The number of the disk, from 0.
    package let disk: Int
    /// The number of the partition, from 1.
    package let partition: Int
    /// The node of the partition.
    package let node: FilePath
    /// The bytes of the disk that it takes.
    package let range: Range<Int64>
    /// What it is formatted with; nil for nothing that we know.
    package let fileSystem: VolumeFileSystem?
    /// The label; empty for none.
    package let label: String
    /// How boot managers name it.
    package let bootDevice: BootDevice
    /// Whether firmware starts it: the EFI system partition, or the active one.
    package let isStarted: Bool
    /// Whether users see it: no system, recovery or reserved partition.
    package let isForData: Bool
    /// The drive letter, upper case; nil for none.
    package var letter: Character?

    /// What messages call it.
    package var title: String {
        let name = label.isEmpty ? "" : " '\(label)'"
        return "partition \(partition) of disk \(disk)\(name)" + (letter.map { " (\($0):)" } ?? "")
    }
}

/// The volumes of the computer, with their drive letters.
package struct TargetVolumes: Sendable, Equatable {
    /// Letters in the order in which they are given.
    ///
    /// X is the environment's own in sequences that are made for it.
    private static let letters = Array("CDEFGHIJKLMNOPQRSTUVWYZ")

    /// The volumes in the order of disks and partitions.
    package private(set) var volumes: [TargetVolume] = []

    /// No volumes.
    package init() {}

    /// Takes note of what is on disk `disk` now, in the place of what was there before.
    ///
    /// A volume that is to have a letter gets the first that is free.
    ///
    /// - Parameter lettered: the numbers of the partitions that get one.
    package mutating func replace(disk: Int, with new: [TargetVolume], lettered: Set<Int>) {
        volumes.removeAll { $0.disk == disk }
        var used = Set(volumes.compactMap(\.letter))
        for var volume in new.sorted(by: { $0.partition < $1.partition }) {
            volume.letter = nil
            if lettered.contains(volume.partition), let letter = Self.letters.first(where: { !used.contains($0) }) {
                volume.letter = letter
                used.insert(letter)
            }
            volumes.append(volume)
        }
        volumes.sort { ($0.disk, $0.partition) < ($1.disk, $1.partition) }
    }

    /// The volume with the letter that `path` begins with: `C:`, `c:\Users`.
    package subscript(path: String) -> TargetVolume? {
        let units = Array(path.utf8.prefix(2))
        guard units.count == 2, units[1] == UInt8(ascii: ":") else { return nil }
        let letter = Character(Unicode.Scalar(units[0])).uppercased()
        return volumes.first { $0.letter.map { String($0) == letter } ?? false }
    }

    /// The volume of this partition.
    package func volume(disk: Int, partition: Int) -> TargetVolume? {
        volumes.first { $0.disk == disk && $0.partition == partition }
    }

    /// The volume that firmware starts on the disk of `volume`, or else on the first disk that has one.
    package func started(for volume: TargetVolume) -> TargetVolume? {
        volumes.first { $0.isStarted && $0.disk == volume.disk } ?? volumes.first(where: \.isStarted)
    }

    /// The first volume of NTFS for data that an operating system can go to.
    package var firstForWindows: TargetVolume? {
        volumes.filter { $0.fileSystem == .ntfs && $0.isForData && $0.letter != nil }
            .max { (Int64($0.range.count), -$0.disk, -$0.partition) < (Int64($1.range.count), -$1.disk, -$1.partition) }
    }
}
