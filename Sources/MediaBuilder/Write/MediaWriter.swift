// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DistributionPoints
import Support
import SystemPackage

/// A volume that has a temporary name and waits for its content.
struct BegunVolume {
    let output: PendingOutput
    let transfers: [Transfer]
}

/// Executes a plan for images and folders: brings every source within reach, then writes the volumes.
public struct MediaWriter: Sendable {
    private let environment: BuildEnvironment
    private let replacesExisting: Bool

    /// A writer of media.
    public init(environment: BuildEnvironment, replacesExisting: Bool) {
        self.environment = environment
        self.replacesExisting = replacesExisting
    }

    /// Writes all volumes of `plan` side by side; all of them appear, whole, or none.
    ///
    /// - Returns: the plan with what only writing tells: the sizes of what was compressed.
    /// - Throws: any `DiagnosticError`.
    @discardableResult
    public func write(_ plan: MediaPlan) throws -> MediaPlan {
        if let volume = plan.volumes.first, let layout = volume.layout.drive {
            try DriveWriter(environment: environment)
                .write(volume, layout, toImage: volume.output, replacesExisting: replacesExisting)
            return plan
        }
        try checkOutputs(of: plan)
        // What was verified is worth remembering even when a later file is damaged; failing to is no failure.
        defer { try? environment.store.save() }
        let meter = ProgressMeter(
            phase: "writing", totalByteCount: plan.volumes.reduce(0) { $0 + $1.transferByteCount },
            observer: environment.progress)
        if plan.volumes.contains(where: { $0.archive != nil }) {
            let written = try WIMWriter(environment: environment, replacesExisting: replacesExisting)
                .write(plan, progress: meter)
            meter.finish()
            return written
        }
        let begun = try plan.volumes.map { volume in
            environment.logger.info("writing \(volume.output): \(volume.files.count) files, \(volume.byteCount) bytes")
            return try begin(volume, progress: meter)
        }
        let store = environment.store
        let copier = ContentCopier(
            workerCount: environment.workerCount, interruption: environment.interruption
        ) { path, identity, digest, began in
            store.remember(path, identity, digest, hashingBegan: began)
        }
        // Most media has one volume, whose list is long enough not to be copied.
        try copier.run(begun.count == 1 ? begun[0].transfers : begun.flatMap(\.transfers), progress: meter)
        try PendingOutput.publish(begun.map(\.output))
        meter.finish()
        return plan
    }

    private func checkOutputs(of plan: MediaPlan) throws {
        for volume in plan.volumes {
            _ = try PendingOutput.check(volume.output, kind: volume.kind, replacesExisting: replacesExisting)
        }
        // The volumes of a set lie in one folder.
        guard let first = plan.volumes.first else { return }
        try PendingOutput.requireSpace(plan.volumes.reduce(0) { $0 + $1.neededByteCount }, for: first.output)
    }

    private func begin(_ volume: VolumePlan, progress: ProgressMeter) throws -> BegunVolume {
        let sources = try volume.files.map { try environment.source($0) }
        guard let layout = volume.layout.disc else {
            return try FolderWriter(volume: volume, replacesExisting: replacesExisting).begin(sources)
        }
        return try DiscWriter(volume: volume, layout: layout, replacesExisting: replacesExisting)
            .begin(sources, progress: progress)
    }
}

extension BuildEnvironment {
    /// Where the bytes of `file` come from: content that is not on this machine comes as a stream.
    ///
    /// - Parameter asFile: for whoever cannot take a stream; such content is brought into the store first.
    func source(_ file: PlannedFile, asFile: Bool = false) throws -> TransferSource {
        switch file.source {
        case .bytes(let bytes): return .bytes(bytes)
        case .localFile(let path, let identity): return .verifiedFile(path, identity)
        case .content(let path, let content):
            let point = distributionPoints.points[content.pointNumber]
            let contentFile = file.contentFile(at: path)
            return asFile
                ? try point.fetch(contentFile, of: content.id).source
                : try point.source(of: contentFile, in: content.id)
        }
    }
}

extension VolumePlan {
    fileprivate var kind: PendingOutput.Kind { layout == .folder ? .folder : .file }

    /// The room to ask for: files of a folder fill whole blocks, and each needs an inode and a name.
    fileprivate var neededByteCount: Int64 {
        // What compression saves is not known before: then the disk tells.
        if let archive, !archive.byteCountIsExact { return 0 }
        guard layout == .folder else { return byteCount }
        let block: Int64 = 4096
        return files.reduce(0) { $0 + ($1.byteCount + block - 1) / block * block + block }
    }

    /// The bytes that are moved: content that several files share lies on a disc once.
    fileprivate var transferByteCount: Int64 {
        guard layout != .folder else { return files.reduce(0) { $0 + $1.byteCount } }
        var seen: Set<SHA256Digest> = []
        return files.reduce(Int64(layout.disc?.metadata.count ?? 0)) { sum, file in
            seen.insert(file.sha256).inserted ? sum + file.byteCount : sum
        }
    }
}

extension PlannedFile: CustomStringConvertible {
    /// The file and where it comes from, as errors name it.
    public var description: String {
        guard case .content(let path, let content) = source else { return "file \(path) (\(origin))" }
        return "file \(path) of \(content.id.noun)"
    }
}
