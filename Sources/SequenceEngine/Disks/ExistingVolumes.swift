// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Support
import SystemPackage
import WindowsSetup

/// What is on a disk before anything is written.
package struct ExistingVolumes: Sendable {
    /// A volume and what keeps it from being used as it is.
    package struct Found: Sendable, Equatable {
        /// The volume.
        package let volume: DiskVolume
        /// Its condition; nil for what is no volume of Windows.
        package let condition: VolumeCondition?
    }

    /// The kind of table; nil for a disk without one.
    package let scheme: PartitionScheme?
    /// The volumes.
    package let found: [Found]

    /// Looks at `disk`, which is only read.
    ///
    /// - Throws: `FileError` when it cannot be read.
    package init(_ disk: TargetDisk) throws {
        let node = disk.device.node
        let descriptor = try FileError.wrap("opened", node) {
            try FileDescriptor.open(node, .readOnly, options: [.closeOnExec])
        }
        var (scheme, found): (PartitionScheme?, [Found]) = (nil, [])
        try descriptor.closeAfter {
            let source = try FileSource(descriptor, path: node)
            guard let table = try PartitionTable(source) else { return }
            scheme = table.scheme
            let numbers = try DiskNumbers(source)
            // The kernel numbers by place in the table, which unused entries are part of; both lists have its order.
            let known = disk.device.partitions.sorted { $0.number ?? 0 < $1.number ?? 0 }
            let isSame = known.map(\.byteCount) == table.partitions.map(\.byteCount)
            for (index, partition) in table.partitions.enumerated() {
                let kernels = isSame ? known[index] : nil
                let number = kernels?.number ?? index + 1
                let condition = try VolumeCondition.of(descriptor, path: node, range: partition.range)
                let volume = DiskVolume(
                    disk: disk.number, partition: number, node: kernels?.node ?? disk.partitionNode(number),
                    range: partition.range, fileSystem: try Self.fileSystem(source, partition, condition),
                    label: kernels?.contents.label ?? "", bootDevice: BootDevice(partition, on: numbers),
                    isStarted: partition.isActive || partition.isEFISystem, isForData: partition.isForData)
                found.append(Found(volume: volume, condition: condition))
            }
        }
        self.scheme = scheme
        self.found = found
    }

    private static func fileSystem(
        _ source: FileSource, _ partition: Partition, _ condition: VolumeCondition?
    ) throws -> VolumeFileSystem? {
        if let condition { return condition == .encrypted ? nil : .ntfs }
        return try FATVolume(source, at: partition.offset) == nil ? nil : .fat32
    }
}

extension BootDevice {
    /// A partition of the disk with these numbers.
    fileprivate init(_ partition: Partition, on disk: DiskNumbers) {
        if let guid = partition.guid, let disk = disk.guid {
            self = .gpt(disk: disk.guid, partition: guid.guid)
        } else {
            self = .mbr(diskSignature: disk.signature, offset: UInt64(clamping: partition.offset))
        }
    }
}
