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
    /// - Parameter source: tells where the bytes of a file are.
    /// - Returns: the plan with the sizes of what was written.
    func write(
        _ plan: MediaPlan, progress: ProgressMeter, source: (PlannedFile) throws -> TransferSource
    ) throws -> MediaPlan {
        var written = plan
        var outputs: [PendingOutput] = []
        for index in plan.volumes.indices {
            guard let archive = plan.volumes[index].archive else { continue }
            let (parts, sizes) = try write(plan.volumes[index], archive, progress: progress, source: source)
            outputs += parts
            written.volumes[index].byteCount = sizes.reduce(0, +)
            written.volumes[index].archive?.byteCountIsExact = true
            written.volumes[index].archive?.parts = zip(parts, sizes).map { .init(path: $0.path, byteCount: $1) }
        }
        try PendingOutput.publish(outputs)
        return written
    }

    private func write(
        _ volume: VolumePlan, _ archive: ArchivePlan, progress: ProgressMeter,
        source: (PlannedFile) throws -> TransferSource
    ) throws -> (outputs: [PendingOutput], sizes: [Int64]) {
        environment.logger.info("writing \(volume.output): \(volume.files.count) files")
        let layout = WindowsImageLayout(
            archive.description, files: volume.files.lazy.map(WindowsImageLayout.File.init), folders: volume.folders)
        let contents = try layout.contentFiles.map { number in
            let file = volume.files[number]
            return TransferContent(
                name: file.description, source: try source(file), byteCount: file.byteCount, sha256: file.sha256)
        }
        let (store, replacesExisting) = (environment.store, replacesExisting)
        let outputs = PendingParts()
        let writer = WindowsImageWriter(
            layout, threadCount: environment.workerCount, interruption: environment.interruption)
        let sizes = try writer.write(
            contents, partByteCount: archive.partByteCount, progress: progress,
            didVerify: { path, identity, digest, began in
                store.remember(path, identity, digest, hashingBegan: began)
            },
            openPart: { number in
                let path = Self.path(volume.output, part: number)
                let output = try PendingOutput(path, kind: .file, replacesExisting: replacesExisting)
                outputs.list.append(output)
                return (output.temporaryPath, output.descriptor)
            })
        return (outputs.list, sizes)
    }

    /// The outputs of a volume, which are begun as they are needed.
    private final class PendingParts {
        var list: [PendingOutput] = []
    }

    /// Parts are called as DISM and wimlib call them: NAME.swm, NAME2.swm, NAME3.swm and so on.
    static func path(_ output: FilePath, part number: Int) -> FilePath {
        guard number > 1, let name = output.lastComponent else { return output }
        return output.removingLastComponent()
            .appending("\(name.stem)\(number)\(name.extension.map { ".\($0)" } ?? "")")
    }
}
