// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage
import WindowsSetup

/// A volume on a fixed disk of the computer.
package struct DiskVolume: Sendable, Equatable {
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

    /// What messages call it.
    package var title: String {
        let name = label.isEmpty ? "" : " '\(label)'"
        return "partition \(partition) of disk \(disk)\(name)"
    }
}
