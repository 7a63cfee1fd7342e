// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DiskImage
import Support

/// Lays the files of media out on a drive.
struct DrivePlanner {
    let request: MediaRequest
    let frame: ManifestFrame

    /// Where everything lies on the drive; drives that are written together have the layout of the smallest.
    ///
    /// - Throws: `DiskImageError`: names that FAT cannot keep, a drive that is too small or has other sectors.
    func layout(_ files: [PlannedFile], _ folders: [MediaPath]) throws -> DiskLayout {
        var description = DiskDescription(
            scheme: request.drive.scheme, label: DiskImage.VolumeLabel(fitting: request.label),
            identity: DiskIdentity(seed: SHA256.digest(of: Array("tsmedia drive 1 \(frame.mediaGUID)".utf8))),
            files: files.map { DiskFile(path: $0.path, byteCount: $0.byteCount, modified: $0.modified) },
            folders: folders, created: frame.created, deviceByteCount: 0)
        if let smallest = request.drive.devices.map(\.byteCount).min() {
            description.deviceByteCount = smallest
            description.sectorByteCount = request.drive.devices.map(\.logicalSectorByteCount).max() ?? 0
        } else if let byteCount = request.capacity.byteCount {
            description.deviceByteCount = byteCount - byteCount % Int64(description.sectorByteCount)
        } else {
            description.deviceByteCount = try DiskLayout.smallestDeviceByteCount(for: description) ?? 0
        }
        return try DiskLayout(description)
    }
}
