// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DistributionPoints
import Support
import SystemPackage

/// Executes a plan for files and folders: writes all volumes side by side.
public struct MediaWriter: Sendable {
    private let environment: BuildEnvironment
    private let replacesExisting: Bool
    private let willPublish: @Sendable ([PendingOutput]) throws -> Void

    /// A writer of media.
    ///
    /// - Parameter willPublish: told of what is whole right before it gets its names; when it throws, nothing does.
    public init(
        environment: BuildEnvironment, replacesExisting: Bool,
        willPublish: @escaping @Sendable ([PendingOutput]) throws -> Void = { _ in }
    ) {
        self.environment = environment
        self.replacesExisting = replacesExisting
        self.willPublish = willPublish
    }

    /// Writes all volumes of `plan` side by side; all of them appear, whole, or none.
    ///
    /// - Returns: the plan with what only writing tells: the sizes of what was compressed.
    /// - Throws: any `DiagnosticError`.
    @discardableResult
    public func write(_ plan: MediaPlan) throws -> MediaPlan {
        try checkOutputs(of: plan)
        // What was verified is worth remembering even when a later file is damaged; failing to is no failure.
        defer { try? environment.store.save() }
        let meter = ProgressMeter(
            phase: "writing", totalByteCount: plan.volumes.reduce(0) { $0 + $1.layout.transferByteCount(of: $1.files) },
            observer: environment.progress)
        let work = VolumeWriting(
            environment: environment, replacesExisting: replacesExisting, isSecret: plan.holdsOpenSecrets,
            progress: meter)
        let begun = try plan.volumes.map { volume in
            environment.logger.info("writing \(volume.output): \(volume.files.count) files, \(volume.byteCount) bytes")
            return try volume.layout.begin(volume, work)
        }
        let copier = ContentCopier(
            workerCount: environment.workerCount, interruption: environment.interruption,
            didVerify: environment.didVerify)
        // Most media has one volume, whose list is long enough not to be copied.
        try copier.run(begun.count == 1 ? begun[0].transfers : begun.flatMap(\.transfers), progress: meter)
        for volume in begun { try volume.complete() }
        let outputs = begun.flatMap(\.outputs)
        try willPublish(outputs)
        try PendingOutput.publish(outputs)
        meter.finish()
        return plan.written(begun.map(\.written))
    }

    private func checkOutputs(of plan: MediaPlan) throws {
        for volume in plan.volumes {
            _ = try PendingOutput.check(volume.output, kind: plan.outputKind, replacesExisting: replacesExisting)
        }
        // The volumes of a set lie in one folder.
        guard let first = plan.volumes.first else { return }
        try PendingOutput.requireSpace(
            plan.volumes.reduce(0) { $0 + $1.layout.neededByteCount(for: $1.files) }, for: first.output)
    }
}

extension MediaPlan {
    /// The plan with what writing its volumes told.
    fileprivate func written(_ volumes: [WrittenVolume?]) -> MediaPlan {
        var plan = self
        for (index, written) in volumes.enumerated() {
            guard let written else { continue }
            plan.volumes[index].layout = written.layout
            plan.warnings += written.warnings
        }
        return plan
    }
}

extension BuildEnvironment {
    /// What is to be copied for `file`.
    ///
    /// - Parameter asFile: as in ``source(_:asFile:)``.
    func content(_ file: PlannedFile, asFile: Bool = false) throws -> TransferContent {
        TransferContent(
            name: file.description, source: try source(file, asFile: asFile), byteCount: file.byteCount,
            sha256: file.sha256)
    }

    /// Where the bytes of `file` come from: content that is not on this machine comes as a stream.
    ///
    /// - Parameter asFile: for whoever cannot take a stream; such content is brought into the store first.
    func source(_ file: PlannedFile, asFile: Bool = false) throws -> TransferSource {
        switch file.source {
        case .bytes(let bytes): return .bytes(bytes)
        case .localFile(let path, let identity): return .verifiedFile(path, identity)
        case .finished(let finished): return finished.source
        case .content(let path, let content):
            let point = distributionPoints.points[content.pointNumber]
            let contentFile = file.file.moved(to: path)
            return asFile
                ? try point.fetch(contentFile, of: content.id).source
                : try point.source(of: contentFile, in: content.id)
        }
    }
}

extension PlannedFile: CustomStringConvertible {
    /// The file and where it comes from, as errors name it.
    public var description: String {
        guard case .content(let path, let content) = source else { return "file \(file.path) (\(origin))" }
        return "file \(path) of \(content.id.noun)"
    }
}
