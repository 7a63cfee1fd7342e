// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import SystemPackage
import WindowsImaging

/// Writes volumes as WIMs, straight from where their files are.
struct WIMWriter {
    let environment: BuildEnvironment
    let replacesExisting: Bool

    /// Writes the volumes of `plan`; all of them appear, whole, or none.
    ///
    /// - Returns: the plan with the sizes of what was written.
    func write(
        _ plan: MediaPlan, progress: ProgressMeter
    ) throws -> MediaPlan {
        var written = plan
        var outputs: [PendingOutput] = []
        for index in plan.volumes.indices {
            guard let archive = plan.volumes[index].archive else { continue }
            let bases = try archive.bases.map { try BaseArchive($0, environment: environment) }
            let (parts, sizes) = try write(plan.volumes[index], archive, bases, progress: progress)
            written.volumes[index].archive?.reuse = ArchiveReuse(bases)
            outputs += parts
            written.volumes[index].byteCount = sizes.reduce(0, +)
            written.volumes[index].archive?.byteCountIsExact = true
            let files = zip(parts, sizes).map { ArchivePlan.Part(path: $0.path, byteCount: $1) }
            written.volumes[index].archive?.parts = files
            if let limit = archive.partByteCount {
                written.warnings += Self.warnings(plan.volumes[index], limit, files)
            }
        }
        try PendingOutput.publish(outputs)
        return written
    }

    private func write(
        _ volume: VolumePlan, _ archive: ArchivePlan, _ bases: [BaseArchive], progress: ProgressMeter
    ) throws -> (outputs: [PendingOutput], sizes: [Int64]) {
        environment.logger.info("writing \(volume.output): \(volume.files.count) files")
        let layout = WindowsImageLayout(
            archive.description, files: volume.files.lazy.map(WindowsImageLayout.File.init), folders: volume.folders)
        let contents = try layout.contentFiles.map { number in
            let file = volume.files[number]
            return TransferContent(
                name: file.description, source: try environment.source(file, asFile: true), byteCount: file.byteCount,
                sha256: file.sha256)
        }
        var known = WindowsImageKnowledge()
        for (number, content) in contents.enumerated() {
            known.hashes[number] = environment.store.sha1(of: content.sha256)
        }
        for base in bases { try base.offer(contents, archive.description.compression, to: &known) }
        let (store, replacesExisting) = (environment.store, replacesExisting)
        let outputs = PendingParts()
        let writer = WindowsImageWriter(
            layout, threadCount: environment.workerCount, interruption: environment.interruption)
        let sizes = try writer.write(
            contents, known: known, partByteCount: archive.partByteCount, progress: progress,
            didHash: { store.sha1Index.remember(contents[$0].sha256, sha1: $1) },
            didVerify: { path, identity, digest, began in
                store.remember(path, identity, digest, hashingBegan: began)
            },
            openPart: { number in
                // Only these names were found to be nobody else's.
                guard number <= archive.partLimit else {
                    throw MediaBuilderError(
                        .tooLarge, "output \(volume.output)", "takes more than \(archive.partLimit) parts",
                        nextStep: "choose a larger --split")
                }
                let output = try PendingOutput(
                    volume.output.part(number), kind: .file, replacesExisting: replacesExisting)
                outputs.list.append(output)
                return (output.temporaryPath, output.descriptor)
            })
        return (outputs.list, sizes)
    }

    /// The outputs of a volume, which are begun as they are needed.
    private final class PendingParts {
        var list: [PendingOutput] = []
    }

    /// What the user must know of the parts: that one is too large, or that a larger set was here before.
    private static func warnings(_ volume: VolumePlan, _ limit: Int64, _ parts: [ArchivePlan.Part]) -> [String] {
        var warnings = parts.filter { $0.byteCount > limit }.map { part in
            "part \(part.path) has \(part.byteCount) bytes, more than --split allows: it holds a file that is larger, and"
                + " no file of a WIM can be cut"
        }
        var number = parts.count + 1
        while (try? Stat(volume.output.part(number))) != nil {
            warnings.append("\(volume.output.part(number)) is no part of this file: remove it")
            number += 1
        }
        return warnings
    }
}
