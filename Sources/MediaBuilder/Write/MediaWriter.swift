// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DistributionPoints
import Support
import SystemPackage

/// Executes a plan: brings every source within reach, then writes the volumes.
public struct MediaWriter: Sendable {
    private let environment: BuildEnvironment
    private let replacesExisting: Bool

    /// A writer of media.
    public init(environment: BuildEnvironment, replacesExisting: Bool) {
        self.environment = environment
        self.replacesExisting = replacesExisting
    }

    /// Writes all volumes of `plan`.
    ///
    /// - Throws: any `DiagnosticError`; no volume that is not whole keeps its name.
    public func write(_ plan: MediaPlan) throws {
        for volume in plan.volumes {
            _ = try PendingOutput.check(volume.output, kind: volume.kind, replacesExisting: replacesExisting)
            try PendingOutput.requireSpace(volume.neededByteCount, for: volume.output)
        }
        // What was verified is worth remembering even when a later file is damaged; failing to is no failure.
        defer { try? environment.store.save() }
        for volume in plan.volumes {
            let sources = try volume.files.map(source)
            let meter = ProgressMeter(
                phase: "writing", totalByteCount: volume.transferByteCount, observer: environment.progress)
            let store = environment.store
            let copier = ContentCopier(
                workerCount: environment.workerCount, interruption: environment.interruption
            ) { path, identity, digest, began in
                store.remember(path, identity, digest, hashingBegan: began)
            }
            environment.logger.info("writing \(volume.output): \(volume.files.count) files, \(volume.byteCount) bytes")
            if let layout = volume.layout {
                try DiscWriter(volume: volume, layout: layout, replacesExisting: replacesExisting)
                    .write(sources, copier: copier, progress: meter)
            } else {
                try FolderWriter(volume: volume, replacesExisting: replacesExisting)
                    .write(sources, copier: copier, progress: meter)
            }
            meter.finish()
        }
    }

    /// Where the bytes of `file` are on this machine; content that is not here yet is fetched.
    private func source(_ file: PlannedFile) throws -> TransferSource {
        switch file.source {
        case .bytes(let bytes): return .bytes(bytes)
        case .localFile(let path, let identity): return .verifiedFile(path, identity)
        case .content(let content, let id, let number):
            let fetched = try environment.distributionPoints.points[number].fetch(content, of: id)
            return fetched.isVerified ? .verifiedFile(fetched.path, fetched.identity) : .file(fetched.path)
        }
    }
}

extension VolumePlan {
    fileprivate var kind: PendingOutput.Kind { format == .disc ? .file : .folder }

    /// The room to ask for: files of a folder fill whole blocks, and each needs an inode and a name.
    fileprivate var neededByteCount: Int64 {
        guard format == .folder else { return byteCount }
        let block: Int64 = 4096
        return files.reduce(0) { $0 + ($1.byteCount + block - 1) / block * block + block }
    }

    /// The bytes that are moved: content that several files share lies on a disc once.
    fileprivate var transferByteCount: Int64 {
        guard let layout else { return files.reduce(0) { $0 + $1.byteCount } }
        var seen: Set<SHA256Digest> = []
        return files.reduce(Int64(layout.metadata.count)) { sum, file in
            seen.insert(file.sha256).inserted ? sum + file.byteCount : sum
        }
    }
}

extension PlannedFile: CustomStringConvertible {
    /// The file and where it comes from, as errors name it.
    public var description: String {
        guard case .content(let content, let id, _) = source else { return "file \(path) (\(origin))" }
        return "file \(content.path) of \(id.noun)"
    }
}
