// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import SystemPackage
import WindowsImaging

/// A volume as a WIM or its parts, written straight from where its files are.
struct ArchiveVolume: VolumeLayout {
    /// Where everything lies in it.
    let archive: WindowsImageLayout
    /// The operating system image whose files lie below all others; nil for none.
    let image: PlacedImage?
    /// The bytes that a part may have; nil for one file.
    let partByteCount: Int64?
    /// Earlier archives, of which compressed contents are taken over: of the first that has one.
    let bases: [BaseArchive]
    /// The size of one file, or of all parts once they are written.
    ///
    /// Before, it is exact without compression, and else the most that it can be.
    private(set) var byteCount: Int64
    private(set) var report: VolumeReport

    init(archive: WindowsImageLayout, image: PlacedImage? = nil, partByteCount: Int64?, bases: [BaseArchive]) {
        self.archive = archive
        self.image = image
        self.partByteCount = partByteCount
        self.bases = bases
        byteCount = archive.byteCount
        report = VolumeReport()
        // What compression saves is known only when it is done.
        report.sizeIsExact = archive.isExact && partByteCount == nil
        report.operatingSystemImage = image?.manifestEntry
    }

    /// How it is compressed.
    private var compression: WindowsImageCompression { archive.description.compression }

    /// At least as many files as it becomes.
    ///
    /// A part is begun only when a resource has no room in the one before: two neighbours hold more than one part may.
    /// That is less than three times as many parts as there would be without gaps, header and table of each included.
    var partLimit: Int { partByteCount.map { 4 + 3 * Int(byteCount / max(1, $0)) } ?? 1 }

    var workingByteCount: Int? { WindowsImageWriter.byteCountInMemory(compression, threadCount: 1) }

    func neededByteCount(for files: [PlannedFile]) -> Int64 { report.sizeIsExact == true ? byteCount : 0 }

    /// Content that several files share lies in it once.
    func transferByteCount(of files: [PlannedFile]) -> Int64 { files.distinctByteCount + archive.streamByteCount }

    /// The archive with `first` as its first base, where that serves; bases that were asked for stay.
    func sharing(_ first: VolumePlan) throws -> any VolumeLayout {
        guard let other = first.layout as? ArchiveVolume, other.compression == compression,
            [.fast, .maximum].contains(compression)
        else { return self }
        return ArchiveVolume(
            archive: archive, image: image, partByteCount: partByteCount,
            bases: [try BaseArchive(first.output)] + bases)
    }

    /// Writes all parts under temporary names.
    func begin(_ volume: VolumePlan, _ work: VolumeWriting) throws -> BegunVolume {
        let environment = work.environment
        let (numbers, files) = (archive.contentFiles, volume.files)
        var known = WindowsImageKnowledge()
        for (number, file) in numbers.enumerated() {
            known.hashes[number] = environment.store.sha1(of: files[file].sha256)
        }
        let package = try image.map { try $0.image.package(isCopied: archive.copiesStreams, environment) }
        let reuses = try bases.map {
            try $0.offer(
                numbers.lazy.map { files[$0].file }, archive.anewStreams, compression, to: &known, environment)
        }
        let (store, partLimit) = (environment.store, partLimit)
        let outputs = PendingParts()
        let writer = WindowsImageWriter(
            archive, threadCount: environment.workerCount, interruption: environment.interruption)
        let sizes = try writer.write(
            { try environment.content(files[numbers[$0]], asFile: true) },
            tree: archive.copiesStreams ? package : nil, known: known, partByteCount: partByteCount,
            progress: work.progress,
            didHash: { store.sha1Index.remember(files[numbers[$0]].sha256, sha1: $1) },
            didVerify: environment.didVerify,
            openPart: { number in
                // Only these names were found to be nobody else's.
                guard number <= partLimit else {
                    throw MediaBuilderError(
                        .tooLarge, "output \(volume.output)", "takes more than \(partLimit) parts",
                        nextStep: "choose a larger \(.split)")
                }
                let output = try PendingOutput(
                    volume.output.part(number), kind: .file, replacesExisting: work.replacesExisting,
                    isSecret: work.isSecret)
                outputs.list.append(output)
                return (output.temporaryPath, output.descriptor)
            })
        let parts = zip(outputs.list, sizes).map { VolumeReport.Part(path: $0.path, byteCount: $1) }
        return BegunVolume(
            outputs: outputs.list,
            written: WrittenVolume(
                layout: written(parts, ArchiveReuse(reuses)), warnings: warnings(volume.output, parts)))
    }

    /// The outputs of a volume, which are begun as they are needed.
    private final class PendingParts {
        var list: [PendingOutput] = []
    }

    /// The archive as it is, once it is written.
    private func written(_ parts: [VolumeReport.Part], _ reuse: ArchiveReuse?) -> ArchiveVolume {
        var volume = self
        volume.byteCount = parts.reduce(0) { $0 + $1.byteCount }
        volume.report.sizeIsExact = true
        volume.report.parts = parts
        volume.report.reuse = reuse
        return volume
    }

    /// What the user must know of the parts: that one is too large, or that a larger set was here before.
    private func warnings(_ output: FilePath, _ parts: [VolumeReport.Part]) -> [DiagnosticText] {
        guard let partByteCount else { return [] }
        var warnings: [DiagnosticText] = parts.filter { $0.byteCount > partByteCount }.map { part in
            "part \(part.path) has \(part.byteCount) bytes, more than \(.split) allows: it holds a file that is larger, and"
                + " no file of a WIM can be cut"
        }
        var number = parts.count + 1
        while (try? Stat(output.part(number))) != nil {
            warnings.append("\(output.part(number)) is no part of this file: remove it")
            number += 1
        }
        return warnings
    }
}
