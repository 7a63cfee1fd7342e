// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import MediaFormat
import Support

/// Lays finished media out on drives, as `create` does.
struct FinishedLayout {
    let media: FinishedMedia
    let choice: DriveChoice
    /// The label of the volume.
    let label: String

    /// Where everything lies on `drives`, which get all the same; the smallest decides.
    ///
    /// - Throws: `DriveImageError`: names that FAT cannot keep, a drive that is too small or has other sectors.
    func volume(_ drives: [BlockDevice]) throws -> VolumePlan {
        guard let smallest = drives.min(by: { $0.byteCount < $1.byteCount }) else {
            fatalError("there is a drive to lay media out on")
        }
        let limit = DiskLayout.largestFileByteCount
        let isDivided = choice.dataPartition != .none
        let boot = media.files.filter { !isDivided || $0.byteCount <= limit }
        let data = isDivided ? media.files.filter { $0.byteCount > limit } : []
        if !data.isEmpty { try NTFSFormatter.requireProgram() }
        let disk = MediaDisk(
            scheme: choice.scheme ?? .mbr, label: FATLabel(fitting: label),
            identity: DiskIdentity(driveOf: media.mediaGUID), files: boot.map { DiskFile($0.file) },
            dataFiles: data.map { DiskFile($0.file) }, folders: media.folders, created: media.created,
            deviceByteCount: smallest.byteCount,
            sectorByteCount: drives.map(\.logicalSectorByteCount).max() ?? smallest.logicalSectorByteCount)
        do throws(DriveImageError) {
            return VolumePlan(
                number: 1, output: smallest.node, capacity: nil, label: label, files: boot + data,
                folders: media.folders, layout: DriveVolume(disk: try disk.layout()))
        } catch {
            guard error.code == .tooSmall else { throw error }
            throw error.about("drive \(smallest.displayName)")
        }
    }

    /// What FAT cannot keep of the label that was asked for.
    func warnings(isAsked: Bool) -> [DiagnosticText] {
        isAsked ? FATLabel.warnings(on: label, titled: "the volume on the drive") : []
    }
}
