// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The partitions of a drive.
public struct PartitionTable: Sendable, Equatable {
    /// Which kind of table it is.
    public let scheme: PartitionScheme
    /// The partitions in the order of the table.
    public let partitions: [Partition]

    /// The table of the drive in `source`, or nil when it has none.
    ///
    /// A GUID partition table counts when its protective record and its primary or backup copy are sound; an entry that
    /// lies outside the drive or overlaps another is no partition.
    ///
    /// - Throws: `FileError` when the drive cannot be read.
    public init?(_ source: some ByteSource) throws(FileError) {
        guard let bytes = try source.bytes(at: 0, length: Sector.byteCount), let record = MasterBootRecord(bytes) else {
            return nil
        }
        if record.partitions.contains(where: { $0.type == .protective }) {
            guard let table = try GUIDPartitionTable.partitions(of: source) else { return nil }
            self.init(scheme: .gpt, partitions: Self.sound(table, on: source))
        } else {
            self.init(scheme: .mbr, partitions: Self.sound(record.partitions, on: source))
        }
    }

    init(scheme: PartitionScheme, partitions: [Partition]) {
        self.scheme = scheme
        self.partitions = partitions
    }

    /// The same table with the partition at `offset` called `name`, when it is called `old`.
    func renaming(_ old: String, to name: String, at offset: Int64) -> PartitionTable {
        PartitionTable(
            scheme: scheme,
            partitions: partitions.map { $0.offset == offset && $0.name == old ? $0.renamed(name) : $0 })
    }

    private static func sound(_ partitions: [Partition], on source: some ByteSource) -> [Partition] {
        partitions.reduce(into: []) { sound, partition in
            guard partition.byteCount > 0, partition.offset > 0, partition.range.upperBound <= source.byteCount,
                !sound.contains(where: { $0.range.overlaps(partition.range) })
            else { return }
            sound.append(partition)
        }
    }
}
