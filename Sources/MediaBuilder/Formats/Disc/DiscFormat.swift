// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DiscImage
import Support
import SystemPackage

/// The image of a disc: ISO 9660 with Joliet and El Torito.
public struct DiscFormat: VolumeFormat {
    /// Bytes that libisofs takes for a name (libisofs.h, iso_node_set_name); Joliet's limit is in characters.
    private static let nameByteCount = 255
    /// Characters of a Joliet name as libisofs writes it.
    private static let nameUnitCount = 103

    /// Files have any size; another rule only to try out what happens then.
    public internal(set) var largeFiles: LargeFileRule? = .unlimited

    /// A disc.
    public init() {}

    /// Tried by nobody.
    public var largeBootImageProblem: String? { "no boot manager is known to read so large a file from a disc" }

    /// A disc, whatever its size.
    public var launchMode: String? { "CD" }

    /// Those of Joliet.
    public func pathLimits(at output: FilePath) -> PathLimits {
        PathLimits(holder: "a disc", nameUnitCount: Self.nameUnitCount, nameByteCount: Self.nameByteCount)
    }

    /// Lays discs out.
    public func planner(_ frame: VolumeFrame) -> any VolumePlanner { DiscPlanner(frame: frame) }
}

/// Lays the files of volumes out on discs.
private struct DiscPlanner: VolumePlanner {
    let frame: VolumeFrame

    /// etfsboot.com is 8 sectors of 512 bytes (docs/formats/media.md section 2).
    private static let biosLoadSectorCount: UInt16 = 8

    func bounds(of item: VolumeItem, counted: inout Set<SHA256Digest>) -> PackingItem {
        let bounds = DiscSizeBounds(
            of: item.files.lazy.map(\.file), folders: Array(item.folders), counted: &counted)
        return PackingItem(least: bounds.least, most: bounds.most)
    }

    func byteCount(of contents: VolumeContents) throws -> Int64 { try disc(contents).imageByteCount }

    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout {
        DiscVolume(disc: try disc(contents))
    }

    func remarks(on volumes: [VolumePlan]) -> VolumeRemarks {
        guard let label = VolumeLabel.cutOnDiscs(frame.request.label, of: volumes.count) else { return VolumeRemarks() }
        return VolumeRemarks(warnings: [
            "Windows shows the disc as '\(label)': it keeps \(DiscDescription.jolietLabelLimit) characters of a label"
        ])
    }

    private func disc(_ contents: VolumeContents) throws -> DiscLayout {
        var entries: [DiscBootEntry] = []
        if contents.number == 1, let image = frame.boot.biosBootImagePath {
            entries.append(DiscBootEntry(firmware: .bios, imagePath: image, loadSectorCount: Self.biosLoadSectorCount))
        }
        if contents.number == 1, let image = frame.boot.uefiBootImagePath {
            let byteCount = contents.files.first { $0.path == image }?.byteCount ?? 0
            let sectors = UInt16(clamping: (byteCount + 511) / 512)
            entries.append(DiscBootEntry(firmware: .uefi, imagePath: image, loadSectorCount: sectors))
        }
        return try DiscLayout(
            DiscDescription(
                label: contents.label.iso, jolietLabel: contents.label.joliet, files: contents.files.map(\.file),
                folders: contents.folders, bootEntries: entries, created: frame.manifest.created))
    }
}

/// A volume as the image of a disc: its structures from the layout, every content at its extent.
struct DiscVolume: VolumeLayout {
    let disc: DiscLayout

    var byteCount: Int64 { disc.imageByteCount }

    /// Content that several files share lies on a disc once.
    func transferByteCount(of files: [PlannedFile]) -> Int64 { disc.structureByteCount + files.distinctByteCount }

    /// Makes the image under a temporary name and writes all of it that is no content.
    func begin(_ volume: VolumePlan, _ work: VolumeWriting) throws -> BegunVolume {
        let sources = try volume.files.map { try work.environment.source($0) }
        let output = try PendingOutput(
            volume.output, kind: .file, replacesExisting: work.replacesExisting, isSecret: work.isSecret)
        let image = output.descriptor
        try FileError.wrap("written", output.temporaryPath) {
            try image.resize(to: disc.imageByteCount)
            try disc.forEachPiece { piece in
                try image.writeAll(toAbsoluteOffset: piece.offset, piece.bytes)
                work.progress.advance(by: piece.bytes.count)
            }
        }
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
