// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DiskImage
import Support

/// Lays the files of media out on a drive.
struct DrivePlanner {
    let request: MediaRequest
    let frame: ManifestFrame

    /// `files` with those that go to the data partition behind all others, and where these begin.
    ///
    /// - Parameter fixedCount: as many files at the start belong to the boot partition, whatever their size.
    func arrange(_ files: [PlannedFile], fixedCount: Int) -> (files: [PlannedFile], bootCount: Int) {
        guard request.drive.dataPartition != .none else { return (files, files.count) }
        let limit = request.drive.largestFileByteCount
        var boot = Array(files.prefix(fixedCount))
        var data: [PlannedFile] = []
        for file in files.dropFirst(fixedCount) {
            if file.byteCount > limit { data.append(file) } else { boot.append(file) }
        }
        return (boot + data, boot.count)
    }

    /// Where everything lies on the drive; drives that are written together have the layout of the smallest.
    ///
    /// - Throws: `DiskImageError`: names that FAT cannot keep, a drive that is too small or has other sectors.
    func layout(
        _ files: some Sequence<PlannedFile>, data: ArraySlice<PlannedFile>, _ folders: [MediaPath]
    ) throws -> DiskLayout {
        if request.drive.dataPartition == .requested, !data.isEmpty { try NTFSFormatter.requireProgram() }
        var description = DiskDescription(
            scheme: request.drive.scheme, label: DiskImage.VolumeLabel(fitting: request.label),
            identity: DiskIdentity(seed: SHA256.digest(of: Array("tsmedia drive 1 \(frame.mediaGUID)".utf8))),
            files: files.map(DiskFile.init),
            folders: folders, created: frame.created, deviceByteCount: 0)
        if let sectorByteCount = request.drive.sectorByteCount { description.sectorByteCount = sectorByteCount }
        if let smallest = request.drive.deviceByteCount {
            description.deviceByteCount = smallest
        } else if let byteCount = request.capacity.byteCount {
            description.deviceByteCount = byteCount - byteCount % Int64(description.sectorByteCount)
        } else if data.isEmpty {
            description.deviceByteCount = try DiskLayout.smallestDeviceByteCount(for: description) ?? 0
        }
        guard data.isEmpty else { return try DiskLayout(description, dataFiles: data.map(DiskFile.init)) }
        return try DiskLayout(description)
    }
}

extension DiskFile {
    /// The file as a drive sees it.
    init(_ file: PlannedFile) { self.init(path: file.path, byteCount: file.byteCount, modified: file.modified) }
}
