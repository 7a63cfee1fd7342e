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
    /// Whether the image starts computers from a drive too.
    public var isHybrid = false
    /// Whether the disc has a checksum for checkisomd5.
    public var hasChecksum = false

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

    /// The disc, with a checksum of itself.
    public func holdingChecksum(output: FilePath) -> any VolumeFormat {
        var format = self
        format.hasChecksum = true
        return format
    }

    /// The disc, as an image that starts computers from a drive too.
    public func startingFromDrives(output: FilePath) -> any VolumeFormat {
        var format = self
        format.isHybrid = true
        return format
    }

    /// Refuses drives of stand-alone media: it may be a set, and may have files that are too large for FAT32.
    public func check(_ request: MediaRequest) throws(MediaBuilderError) {
        try checkUse(of: request)
        guard isHybrid, request.kind.mediaType == .standalone else { return }
        let stem = request.output.stem ?? "media"
        throw MediaRequest.bad(
            .hybrid, "is for bootable and capture media, and stand-alone media may be a set of discs",
            "write the image of a drive with \(.output, "\(stem).img")")
    }

    /// Lays discs out.
    public func planner(_ frame: VolumeFrame) -> any VolumePlanner {
        let discs = DiscPlanner(fileSystem: fileSystem, hasChecksum: hasChecksum, frame: frame)
        return isHybrid ? HybridPlanner(discs: discs) : discs
    }
}

/// Lays the files of volumes out on discs.
struct DiscPlanner: VolumePlanner {
    let fileSystem: DiscFileSystem
    let hasChecksum: Bool
    let frame: VolumeFrame

    /// etfsboot.com is 8 sectors of 512 bytes (docs/formats/media.md section 2).
    private static let biosLoadSectorCount: UInt16 = 8

    var facts: [String] {
        ["disc", fileSystem.rawValue] + (hasChecksum ? ["checksum"] : [])
            + [frame.boot.biosBootImagePath, frame.boot.uefiBootImagePath].map { $0?.description ?? "" }
    }

    func bounds(of item: VolumeItem, counted: inout Set<SHA256Digest>) -> PackingItem {
        let bounds = DiscSizeBounds(
            of: item.files.lazy.map(\.file), folders: Array(item.folders), fileSystem: fileSystem,
            counted: &counted)
        return PackingItem(least: bounds.least, most: bounds.most)
    }

    func byteCount(of contents: VolumeContents) throws -> Int64 { try disc(contents).imageByteCount }

    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout {
        DiscVolume(disc: try disc(contents), hasChecksum: hasChecksum)
    }

    func remarks(on volumes: [VolumePlan]) -> VolumeRemarks {
        var warnings: [DiagnosticText] = []
        // UDF, which Windows reads first, has room for every label.
        if fileSystem == .iso, let label = VolumeLabel.cutOnDiscs(frame.request.label, of: volumes.count) {
            warnings.append(
                "Windows shows the disc as '\(label)': it keeps \(DiscDescription.jolietLabelLimit) characters of a label"
            )
        }
        let cutCount = volumes.reduce(0) { $0 + (($1.layout as? any DiscVolumeLayout)?.disc.cutNameCount ?? 0) }
        guard cutCount > 0 else { return VolumeRemarks(warnings: warnings) }
        let subject: DiagnosticText = cutCount == 1 ? "1 name is" : "\(cutCount) names are"
        return VolumeRemarks(
            warnings: warnings,
            notes: [
                subject + " cut where the disc is seen through ISO 9660 or Joliet: they hold"
                    + " \(DiscDescription.jolietNameLimit) characters; through UDF, as Windows sees it, they are whole"
            ])
    }

    private func disc(_ contents: VolumeContents) throws -> DiscLayout { try DiscLayout(description(contents)) }

    /// What decides the bytes of the disc with `contents`.
    func description(_ contents: VolumeContents) -> DiscDescription {
        var entries: [DiscBootEntry] = []
        if contents.number == 1, let image = frame.boot.biosBootImagePath {
            entries.append(DiscBootEntry(firmware: .bios, imagePath: image, loadSectorCount: Self.biosLoadSectorCount))
        }
        if contents.number == 1, let image = frame.boot.uefiBootImagePath {
            let byteCount = contents.files.first { $0.path == image }?.byteCount ?? 0
            let sectors = UInt16(clamping: (byteCount + 511) / 512)
            entries.append(DiscBootEntry(firmware: .uefi, imagePath: image, loadSectorCount: sectors))
        }
        return DiscDescription(
            label: contents.label.iso, jolietLabel: contents.label.joliet, udfLabel: contents.label.whole,
            files: contents.files.map(\.file), folders: contents.folders, bootEntries: entries,
            created: frame.manifest.created, fileSystem: fileSystem)
    }
}

/// A volume with the layout of a disc.
protocol DiscVolumeLayout: VolumeLayout {
    /// Where everything lies on the disc.
    var disc: DiscLayout { get }
    /// Whether the disc has a checksum of itself.
    var hasChecksum: Bool { get }
}

extension DiscVolumeLayout {
    /// Has `begun` end with the checksum of the image, where it has one.
    func ending(_ begun: BegunVolume, _ work: VolumeWriting) -> BegunVolume {
        guard hasChecksum, let output = begun.outputs.first else { return begun }
        var begun = begun
        begun.complete = {
            let meter = ProgressMeter(
                phase: "hashing", totalByteCount: disc.imageByteCount, observer: work.environment.progress)
            defer { meter.finish() }
            try ImplantedChecksum.implant(in: output.descriptor, path: output.temporaryPath) { count in
                try work.environment.interruption.check()
                meter.advance(by: count)
            }
        }
        return begun
    }
}

/// A volume as the image of a disc: its structures from the layout, every content at its extent.
struct DiscVolume: DiscVolumeLayout {
    let disc: DiscLayout
    let hasChecksum: Bool

    var byteCount: Int64 { disc.imageByteCount }

    /// Content that several files share lies on a disc once.
    func transferByteCount(of files: [PlannedFile]) -> Int64 { disc.structureByteCount + files.distinctByteCount }

    /// Makes the image under a temporary name and writes all of it that is no content.
    func begin(_ volume: VolumePlan, _ work: VolumeWriting) throws -> BegunVolume {
        ending(try disc.begin(volume, work), work)
    }
}

extension DiscLayout {
    /// Makes the image under a temporary name and writes all of it that is no content.
    ///
    /// - Parameters:
    ///   - ownOffset: where the bytes of the file with this number lie besides those of the disc; nil where they do not.
    ///   - writeMore: writes what others have in the image.
    func begin(
        _ volume: VolumePlan, _ work: VolumeWriting, ownOffset: (Int) -> Int64? = { _ in nil },
        writeMore: (FileDescriptor) throws -> Void = { _ in }
    ) throws -> BegunVolume {
        let sources = try volume.files.map { try work.environment.source($0) }
        let output = try PendingOutput(
            volume.output, kind: .file, replacesExisting: work.replacesExisting, isSecret: work.isSecret)
        let image = output.descriptor
        try FileError.wrap("written", output.temporaryPath) {
            try image.resize(to: imageByteCount)
            try forEachPiece { piece in
                try image.writeAll(toAbsoluteOffset: piece.offset, piece.bytes)
                work.progress.advance(by: piece.bytes.count)
            }
            try writeMore(image)
        }
        return BegunVolume(outputs: [output], transfers: transfers(volume.files, sources, to: image, ownOffset))
    }

    /// One transfer for each distinct content: files of the same content share its extent, but for those with one of their
    /// own.
    private func transfers(
        _ files: [PlannedFile], _ sources: [TransferSource], to image: FileDescriptor, _ ownOffset: (Int) -> Int64?
    ) -> [Transfer] {
        var placed: Set<SHA256Digest> = []
        var transfers: [Transfer] = []
        transfers.reserveCapacity(sources.count)
        for (number, (file, source)) in zip(files, sources).enumerated() {
            let isFirst = contentOffsets[file.sha256] != nil && placed.insert(file.sha256).inserted
            guard let offset = isFirst ? contentOffsets[file.sha256] : ownOffset(number) else { continue }
            transfers.append(
                Transfer(
                    name: file.description, source: source, target: .image(image, offset: offset),
                    byteCount: file.byteCount, sha256: file.sha256))
        }
        return transfers
    }
}
