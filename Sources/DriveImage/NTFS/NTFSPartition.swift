// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

extension NTFSVolumeLayout {
    /// Formats the partition of a drive that the volume is for; nothing else of the drive is written.
    ///
    /// - Parameters:
    ///   - partition: the node of the partition, which nobody else has open.
    ///   - log: a file for what the formatter says.
    /// - Throws: ``DriveImageError`` `.noFormatter`, `.notFormatted`, `.noBootSectors`, `.damaged`; `FileError`;
    ///   `InterruptedError`.
    public func format(_ partition: FilePath, log: FilePath, interruption: Interruption) throws {
        try NTFSFormatter.format(
            partition, partitionOffset: range.lowerBound, label: label, log: log, interruption: interruption)
        try NTFSBootRecord.setSerial(serial, of: partition)
        if isBootable { try NTFSBootRecord.install(on: partition) }
    }

    /// Makes the volume in `partition` one that a BIOS starts `bootmgr` from, whoever formatted it.
    ///
    /// - Throws: ``DriveImageError`` `.noBootSectors`, `.damaged` when there is no such volume; `FileError`.
    public static func installBootRecord(on partition: FilePath) throws { try NTFSBootRecord.install(on: partition) }
}
