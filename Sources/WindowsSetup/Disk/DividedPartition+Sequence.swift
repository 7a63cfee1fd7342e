// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import TaskSequence

/// Why a partition of a Format and Partition Disk step cannot be made.
public enum PartitionFault: Error, Sendable, Equatable {
    /// A kind of partition that we do not make: extended, logical, hidden.
    case type(String)
    /// The size is a variable, or none.
    case size
}

extension DividedPartition {
    /// Bytes of the units of a step.
    private static let units: [String: Int64] = ["MB": 1 << 20, "GB": 1 << 30]

    /// What a step describes, on a disk with a table of this kind.
    ///
    /// - Throws: ``PartitionFault``.
    public init(_ partition: DiskPartitioning.Partition, scheme: PartitionScheme) throws(PartitionFault) {
        guard let purpose = PartitionPurpose(rawValue: partition.type.lowercased()) else {
            throw .type(partition.type)
        }
        guard let number = partition.size, number > 0, number <= 1 << 30,
            let size = partition.isPercentage
                ? (number <= 100 ? PartitionSize.percentOfFree(number) : nil)
                : Self.units[partition.sizeUnits].map({ .bytes(Int64(number) * $0) })
        else { throw .size }
        // Steps of MDT name a file system for a partition that has none.
        let fileSystem = VolumeFileSystem(rawValue: partition.fileSystem.lowercased())
        self.init(
            purpose: purpose, size: size,
            fileSystem: purpose == .msr ? nil : purpose == .efi ? fileSystem ?? .fat32 : fileSystem,
            label: partition.volumeName, isActive: scheme == .mbr && partition.isBootable)
    }
}
