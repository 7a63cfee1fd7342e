// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// How much of a disk a partition takes.
public enum PartitionSize: Sendable, Equatable, CustomStringConvertible {
    /// So many bytes, rounded up to mebibytes.
    case bytes(Int64)
    /// A share in percent, 1 to 100, of what the partitions before it left free (docs/formats/task-sequence.md section 4).
    case percentOfFree(Int)
    /// All that the partitions before it left free, but no more than so many bytes, which are whole mebibytes.
    case rest(atMost: Int64)

    /// The size in words.
    public var description: String {
        switch self {
        case .bytes(let count): "\(count) bytes"
        case .percentOfFree(let share): "\(share) % of what is free"
        case .rest: "what is free"
        }
    }
}

/// A partition of a disk that is to be divided.
public struct DividedPartition: Sendable, Equatable {
    /// What it is for.
    public var purpose: PartitionPurpose
    /// How much of the disk it takes.
    public var size: PartitionSize
    /// What it is formatted with; nil for no volume.
    public var fileSystem: VolumeFileSystem?
    /// The label of the volume.
    public var label: String
    /// Whether a BIOS starts it.
    public var isActive: Bool
    /// What a GUID partition table calls it; nil for what Windows calls partitions of its purpose.
    public var tableName: String?

    /// Describes a partition.
    public init(
        purpose: PartitionPurpose, size: PartitionSize, fileSystem: VolumeFileSystem?, label: String = "",
        isActive: Bool = false, tableName: String? = nil
    ) {
        self.purpose = purpose
        self.size = size
        self.fileSystem = fileSystem
        self.label = label
        self.isActive = isActive
        self.tableName = tableName
    }
}

/// How a disk is divided, whatever its size.
public struct DiskDivision: Sendable, Equatable {
    /// The kind of partition table.
    public var scheme: PartitionScheme
    /// The partitions in the order of the disk.
    public var partitions: [DividedPartition]

    /// Divides a disk.
    public init(scheme: PartitionScheme, partitions: [DividedPartition]) {
        self.scheme = scheme
        self.partitions = partitions
    }

    /// The most partitions that a table of this kind has: a master boot record four, and of a GUID partition table we
    /// write only the first block.
    public static func partitionLimit(of scheme: PartitionScheme) -> Int { scheme == .mbr ? 4 : 16 }

    /// The bytes of a disk below which the partitions do not fit, whatever they hold.
    var leastByteCount: Int64 {
        let partitions = partitions.reduce(into: Alignment.byteCount) { sum, partition in
            guard case .bytes(let count) = partition.size else { return sum += Alignment.byteCount }
            sum = sum.addingReportingOverflow(min(count, .max / 4)).partialValue
        }
        return Alignment.up(partitions) + (scheme == .gpt ? Alignment.byteCount : 0)
    }

    /// Where the partitions lie on a disk of `byteCount` bytes; nil when they do not fit.
    func ranges(onDriveOf byteCount: Int64) -> [Range<Int64>]? {
        let end = min(scheme.endOfPartitions(onDriveOf: byteCount), scheme.reach)
        var position = Alignment.byteCount
        var ranges: [Range<Int64>] = []
        for partition in partitions {
            let free = end - position
            guard free >= Alignment.byteCount else { return nil }
            let wanted =
                switch partition.size {
                case .bytes(let count): count > free ? count : Alignment.up(count)
                // A hundredth first: the product of a large disk's size could be too large a number.
                case .percentOfFree(let share):
                    Alignment.down(free / 100 * Int64(share) + free % 100 * Int64(share) / 100)
                case .rest(let limit): min(free, limit)
                }
            guard wanted > 0, wanted <= free else { return nil }
            ranges.append(position..<position + wanted)
            position += wanted
        }
        return ranges
    }
}
