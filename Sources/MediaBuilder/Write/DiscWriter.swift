// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DiscImage
import Support
import SystemPackage

/// Writes a volume as an ISO image: metadata from the layout, every content at its extent.
struct DiscWriter {
    let volume: VolumePlan
    let layout: DiscLayout
    let replacesExisting: Bool

    /// Begins the image: makes it under a temporary name and writes its metadata.
    ///
    /// - Returns: the output to publish, and what must be copied before.
    func begin(_ sources: [TransferSource], progress: ProgressMeter) throws -> BegunVolume {
        let output = try PendingOutput(volume.output, kind: .file, replacesExisting: replacesExisting)
        let image = output.descriptor
        try FileError.wrap("written", output.temporaryPath) {
            try image.resize(to: layout.imageByteCount)
            try image.writeAll(toAbsoluteOffset: 0, layout.metadata)
        }
        progress.advance(by: layout.metadata.count)
        return BegunVolume(output: output, transfers: transfers(sources, to: image))
    }

    /// One transfer for each distinct content: files of the same content share its extent.
    private func transfers(_ sources: [TransferSource], to image: FileDescriptor) -> [Transfer] {
        var placed: Set<SHA256Digest> = []
        var transfers: [Transfer] = []
        transfers.reserveCapacity(sources.count)
        for (file, source) in zip(volume.files, sources) {
            guard let offset = layout.contentOffsets[file.sha256], placed.insert(file.sha256).inserted else {
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
