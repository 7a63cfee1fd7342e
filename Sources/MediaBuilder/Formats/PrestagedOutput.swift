// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Support
import SystemPackage
import WindowsImaging

/// What is asked of prestaged media's output: some of it is for WIMs only, some for disks only.
public struct PrestagedOutput: Sendable {
    /// How a WIM is written, and what it says about itself; its compression is ``compression``.
    public var archive = ArchiveFormat()
    /// How a WIM is compressed, when that was said.
    public var compression: WindowsImageCompression?
    /// How a disk is divided.
    public var disk = ComputerDiskFormat()

    /// What is usual.
    public init() {}

    /// What `output` is written as: a disk when `isDisk` or when its name says so, else what its name says.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` for what the output has no place for.
    public func format(of output: FilePath, isDisk: Bool, drives: [BlockDevice]) throws -> any VolumeFormat {
        let named = VolumeFormats.standard.format(of: output, isForFactory: true)
        if isDisk || named is ComputerDiskFormat { return try diskFormat(drives) }
        guard named is ArchiveFormat else { return named }
        return try archiveFormat("\(output)")
    }

    /// How the archives of a fleet are written.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` for what archives have no place for.
    public func fleetFormat() throws -> ArchiveFormat { try archiveFormat("each file of a fleet") }

    private func archiveFormat(_ name: String) throws(MediaBuilderError) -> ArchiveFormat {
        guard disk.scheme == nil, disk.layout == nil, disk.diskByteCount == nil else {
            throw MediaRequest.bad(
                "\(.diskSize), \(.partitionScheme), \(.partitionLayout)", "are for disks, and \(name) is a WIM",
                "leave them out, or write a disk with \(.diskImage) or \(.usb)")
        }
        var format = archive
        format.compression = compression
        return format
    }

    private func diskFormat(_ drives: [BlockDevice]) throws(MediaBuilderError) -> ComputerDiskFormat {
        guard compression == nil else {
            throw MediaRequest.bad(
                .compression, "is for a WIM; files on a disk are not compressed", "leave it out")
        }
        if archive.hasIntegrityTable || archive.partByteCount != nil || archive.base != nil {
            throw MediaRequest.bad(
                "\(.integrityTable), \(.split), \(.base)", "are for a WIM, not for a disk", "leave them out")
        }
        if !(archive.createdBy + archive.version + archive.comment).isEmpty {
            throw MediaRequest.bad(
                "\(.createdBy), \(.version), \(.comment)", "are kept in a WIM; a disk has no place for them",
                "leave them out")
        }
        var format = disk
        format.devices = drives
        return format
    }
}
