// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DiscImage
import Support
import SystemPackage

/// A volume as the image of a disc: metadata from the layout, every content at its extent.
struct DiscVolume: VolumeLayout {
    let disc: DiscLayout

    var byteCount: Int64 { disc.imageByteCount }

    /// Content that several files share lies on a disc once.
    func transferByteCount(of files: [PlannedFile]) -> Int64 { Int64(disc.metadata.count) + files.distinctByteCount }

    /// Makes the image under a temporary name and writes its metadata.
    func begin(_ volume: VolumePlan, _ work: VolumeWriting) throws -> BegunVolume {
        let sources = try volume.files.map { try work.environment.source($0) }
        let output = try PendingOutput(volume.output, kind: .file, replacesExisting: work.replacesExisting)
        let image = output.descriptor
        try FileError.wrap("written", output.temporaryPath) {
            try image.resize(to: disc.imageByteCount)
            try image.writeAll(toAbsoluteOffset: 0, disc.metadata)
        }
        work.progress.advance(by: disc.metadata.count)
        return BegunVolume(outputs: [output], transfers: transfers(volume.files, sources, to: image))
    }

    /// One transfer for each distinct content: files of the same content share its extent.
    private func transfers(
        _ files: [PlannedFile], _ sources: [TransferSource], to image: FileDescriptor
    ) -> [Transfer] {
        var placed: Set<SHA256Digest> = []
        var transfers: [Transfer] = []
        transfers.reserveCapacity(sources.count)
        for (file, source) in zip(files, sources) {
            guard let offset = disc.contentOffsets[file.sha256], placed.insert(file.sha256).inserted else {
                continue
            }
            transfers.append(
                Transfer(
                    name: file.description, source: source, target: .image(image, offset: offset),
                    byteCount: file.byteCount, sha256: file.sha256))
        }
        return transfers
    }
}
