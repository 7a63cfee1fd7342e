// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DriveImage
import Support
import SystemPackage

/// A volume as a drive, or as the image of one.
struct DriveVolume: VolumeLayout {
    let disk: DiskLayout
    /// The operating system image whose files lie on one of its volumes; nil for none.
    var image: PlacedImage?
    /// What is made of an image in a file beside its bytes.
    var packaging = ImagePackaging()
    /// The file that is written; nil for drives.
    var output: FilePath?
    /// The bytes of a compressed image, once it is written.
    var packedByteCount: Int64?

    /// The bytes of the image before it is compressed.
    var imageByteCount: Int64 { packaging.isShrunk ? disk.endOfContents : disk.deviceByteCount }

    var byteCount: Int64 { packedByteCount ?? imageByteCount }

    var report: VolumeReport {
        var report = VolumeReport()
        report.partitions = disk.partitionSummaries
        report.fillsItsRoom = true
        report.map = output.flatMap { packaging.map(of: $0) }
        if packaging.isCompressed { report.sizeIsExact = packedByteCount != nil }
        report.operatingSystemImage = image?.manifestEntry
        return report
    }

    /// Compares the partition table, and of each file system that computers start from what is not content.
    func hasStructures(at path: FilePath) throws -> Bool {
        let file = try InputFile.open(path)
        return try file.closeAfter {
            guard try FileIdentity(of: file, path: path).byteCount == byteCount else { return false }
            var isSame = true
            try disk.forEachPiece { piece in
                guard isSame else { return }
                var found = [UInt8](repeating: 0, count: piece.bytes.count)
                let count = try found.withUnsafeMutableBytes {
                    try file.read(fromAbsoluteOffset: piece.offset, into: $0)
                }
                isSame = count == piece.bytes.count && found.elementsEqual(piece.bytes)
            }
            return isSame
        }
    }

    /// What is free on the drive is a hole; the writer knows the rest.
    func neededByteCount(for files: [PlannedFile]) -> Int64 { 0 }
}

extension VolumePlan {
    /// The volume as a drive; nil for one that is none.
    var drive: DriveVolume? { layout as? DriveVolume }

    /// Where everything lies on the drive; nil for a volume that is none.
    var disk: DiskLayout? { drive?.disk }

    /// The files on a drive that are not on the partition that boots; the last of ``files``.
    var dataFiles: ArraySlice<PlannedFile> { disk.map { files[$0.bootFileCount...] } ?? [] }
}

extension BuildEnvironment {
    /// The NTFS volumes of `drive`, each made in a folder of its own.
    func dataVolumes(of drive: DriveVolume) throws -> [DataVolume] {
        try drive.disk.ntfsVolumes.map { volume in
            logger.info("making an NTFS volume for \(volume.files.count) files")
            let folder = try staging.newFolder(
                for: DataVolume.stagedByteCount(forPartitionOf: Int64(volume.range.count), over: volume.tree))
            let meter = ProgressMeter(
                phase: "checking the applied image", totalByteCount: drive.image?.overlay.summary.byteCount ?? 0,
                observer: progress)
            let made = try DataVolume(
                volume, in: folder, interruption: interruption,
                applying: { try drive.image?.apply(to: $0, self) }, observe: { meter.advance(by: $0) })
            if volume.tree != nil { meter.finish() }
            return made
        }
    }

    /// A writer of `layout` that lets the store know what it verifies.
    func writer(of layout: DiskLayout, _ data: [DataVolume]) -> DiskWriter {
        DiskWriter(layout, data: data, interruption: interruption, didVerify: didVerify)
    }

    /// Where the bytes of each file of `volume` come from, by its number.
    func content(of volume: VolumePlan) -> @Sendable (Int) throws -> TransferContent {
        let files = volume.files
        return { try content(files[$0]) }
    }
}
