// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DiscImage
import Support
import SystemPackage

/// The image of a disc: ISO 9660 with Joliet and El Torito, and UDF that leads to the same files.
public struct DiscFormat: VolumeFormat {
    /// Bytes that libisofs takes for a name (libisofs.h, iso_node_set_name); Joliet's limit is in characters.
    private static let nameByteCount = 255
    /// Characters of a Joliet name as libisofs writes it.
    private static let nameUnitCount = DiscDescription.jolietNameLimit

    /// Files have any size; another rule only to try out what happens then.
    public internal(set) var largeFiles: LargeFileRule? = .unlimited

    /// What leads to the files.
    public var fileSystem: DiscFileSystem

    /// A disc that is seen through `fileSystem`.
    public init(fileSystem: DiscFileSystem = .bridge) { self.fileSystem = fileSystem }

    /// Tried by nobody.
    public var largeBootImageProblem: String? { "no boot manager is known to read so large a file from a disc" }

    /// A disc, whatever its size.
    public var launchMode: String? { "CD" }

    /// Those of Joliet, or of UDF, beside which Joliet may have cut names.
    public func pathLimits(at output: FilePath) -> PathLimits {
        switch fileSystem {
        case .bridge:
            PathLimits(
                holder: "a disc", nameUnitCount: DiscDescription.udfNameLimit,
                wideNameUnitCount: DiscDescription.udfNameLimit / 2)
        case .iso: PathLimits(holder: "a disc", nameUnitCount: Self.nameUnitCount, nameByteCount: Self.nameByteCount)
        }
    }

    /// The disc, seen so.
    public func seen(through fileSystem: DiscFileSystem, output: FilePath) -> any VolumeFormat {
        var format = self
        format.fileSystem = fileSystem
        return format
    }

    /// Lays discs out.
    public func planner(_ frame: VolumeFrame) -> any VolumePlanner {
        DiscPlanner(fileSystem: fileSystem, frame: frame)
    }
}

/// Lays the files of volumes out on discs.
private struct DiscPlanner: VolumePlanner {
    let fileSystem: DiscFileSystem
    let frame: VolumeFrame

    /// etfsboot.com is 8 sectors of 512 bytes (docs/formats/media.md section 2).
    private static let biosLoadSectorCount: UInt16 = 8

    func bounds(of item: VolumeItem, counted: inout Set<SHA256Digest>) -> PackingItem {
        let bounds = DiscSizeBounds(
            of: item.files.lazy.map(\.file), folders: Array(item.folders), fileSystem: fileSystem,
            counted: &counted)
        return PackingItem(least: bounds.least, most: bounds.most)
    }

    func byteCount(of contents: VolumeContents) throws -> Int64 { try disc(contents).imageByteCount }

    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout {
        DiscVolume(disc: try disc(contents))
    }

    func remarks(on volumes: [VolumePlan]) -> VolumeRemarks {
        var warnings: [DiagnosticText] = []
        // UDF, which Windows reads first, has room for every label.
        if fileSystem == .iso, let label = VolumeLabel.cutOnDiscs(frame.request.label, of: volumes.count) {
            warnings.append(
                "Windows shows the disc as '\(label)': it keeps \(DiscDescription.jolietLabelLimit) characters of a label"
            )
        }
        let cutCount = volumes.reduce(0) { $0 + (($1.layout as? DiscVolume)?.disc.cutNameCount ?? 0) }
        guard cutCount > 0 else { return VolumeRemarks(warnings: warnings) }
        let subject: DiagnosticText = cutCount == 1 ? "1 name is" : "\(cutCount) names are"
        return VolumeRemarks(
            warnings: warnings,
            notes: [
                subject + " cut where the disc is seen through ISO 9660 or Joliet: they hold"
                    + " \(DiscDescription.jolietNameLimit) characters; through UDF, as Windows sees it, they are whole"
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
                label: contents.label.iso, jolietLabel: contents.label.joliet, udfLabel: contents.label.whole,
                files: contents.files.map(\.file), folders: contents.folders, bootEntries: entries,
                created: frame.manifest.created, fileSystem: fileSystem))
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
