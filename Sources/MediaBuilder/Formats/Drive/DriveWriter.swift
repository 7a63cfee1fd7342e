// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import ContentTransfer
import DriveImage
import Logging
import Support
import SystemPackage

/// What became of a drive.
public struct DriveOutcome: Sendable {
    /// The drive.
    public let drive: BlockDevice
    /// Why it could not be written, or is not what was written; nil when all is well.
    ///
    /// Such a drive does not boot, unless only its verification failed.
    public internal(set) var failure: (any Error)?
    /// True when it was read again and compared.
    public internal(set) var isVerified = false

    func log(to logger: Logger) {
        if let failure {
            logger.error("\(drive.node): \(failure)")
        } else {
            logger.info("wrote \(drive.node)\(isVerified ? " and verified it" : "")")
        }
    }
}

/// Executes a plan for drives: writes them in one pass and reads them again.
public struct DriveWriter: Sendable {
    private let environment: BuildEnvironment
    private let devices: BlockDevices

    /// A writer of drives.
    public init(environment: BuildEnvironment, devices: BlockDevices = BlockDevices()) {
        self.environment = environment
        self.devices = devices
    }

    /// Writes the drives of `plan` side by side, each the same; one that fails does not stop the others.
    ///
    /// Every drive is opened for this program alone and compared with what was planned before any of them is touched.
    ///
    /// - Parameter verifies: whether they are read again, past the page cache, and compared.
    /// - Throws: `DeviceError` when a drive cannot be opened, or is not the one that was planned: nothing was written.
    ///   What ``MediaWriter/write(_:)`` throws when the content cannot be read: then no drive boots.
    public func write(_ plan: MediaPlan, verifies: Bool) throws -> [DriveOutcome] {
        guard let volume = plan.volumes.first, let drive = volume.drive else { return [] }
        let layout = drive.disk
        defer { try? environment.store.save() }
        let data = try environment.dataVolumes(of: drive)
        let opened = try plan.drives.map { try devices.open($0) }
        defer { for drive in opened { try? drive.close() } }
        for drive in opened { try drive.checkIdentity() }
        for drive in opened {
            environment.logger.info(
                "writing \(drive.device.node): \(volume.files.count) files, \(volume.byteCount) bytes")
        }
        let writer = environment.writer(of: layout, data)
        let meter = meter("writing", writer.byteCount)
        let failures = try Interruption.explaining("no drive boots now; run it again") {
            try writer.write(
                to: opened.map {
                    DiskTarget(device: $0.descriptor, path: $0.device.node, byteCount: $0.device.byteCount)
                }, progress: meter, content: environment.content(of: volume))
        }
        meter.finish()
        var outcomes = zip(plan.drives, failures).map { DriveOutcome(drive: $0, failure: $1) }
        if verifies {
            try Interruption.explaining("the drives are written, and not verified; verify them, or run it again") {
                try verify(volume, layout, data, opened, &outcomes)
            }
        }
        for (index, drive) in opened.enumerated() where outcomes[index].failure == nil {
            do {
                try drive.flushBuffers()
                try drive.rereadPartitionTable()
            } catch {
                outcomes[index].failure = error
            }
        }
        return outcomes
    }

    /// Reads the drives that were written again; drives of different sizes differ in their partition tables.
    private func verify(
        _ volume: VolumePlan, _ layout: DiskLayout, _ data: [DataVolume], _ opened: [OpenDrive],
        _ outcomes: inout [DriveOutcome]
    ) throws {
        let written = opened.indices.filter { outcomes[$0].failure == nil }
        let digests = volume.files.map(\.sha256)
        for (byteCount, group) in Dictionary(grouping: written, by: { opened[$0].device.byteCount }) {
            let verifier = DiskVerifier(
                layout.placed(onDriveOf: byteCount), data: data, interruption: environment.interruption
            ) { digests[$0] }
            let meter = meter("verifying", verifier.byteCount * Int64(group.count))
            let inputs = group.map { number in
                let drive = opened[number]
                return (
                    PositionedInput(drive.descriptor, path: drive.device.node) as any DiskInput,
                    drive.device.node.string
                )
            }
            let results = try verifier.verify(inputs.map { (input: $0.0, name: $0.1) }, progress: meter)
            meter.finish()
            for (number, result) in zip(group, results) {
                outcomes[number].isVerified = result.failure == nil
                outcomes[number].failure =
                    result.failure
                    ?? result.mismatches.first.map { first in
                        DriveMismatch(
                            name: opened[number].device.displayName, first: first, count: result.mismatches.count)
                    }
            }
        }
    }

    // MARK: Parts

    private func meter(_ phase: String, _ byteCount: Int64) -> ProgressMeter {
        ProgressMeter(phase: phase, totalByteCount: byteCount, observer: environment.progress)
    }
}

/// A drive that does not hold what was written to it.
public struct DriveMismatch: DiagnosticError {
    let name: String
    /// The first part that is not what was written.
    let first: DiskMismatch
    /// The number of such parts.
    let count: Int

    /// Verification failed.
    public var failureClass: FailureClass { .malformed }
    /// The drive.
    public var object: DiagnosticText { "drive \(name)" }
    /// What is wrong with it, and where.
    public var problem: DiagnosticText {
        "does not hold what was written: \(first.object) \(first.problem)"
            + (count > 1 ? ", and \(count - 1) more parts differ" : "")
    }
    /// A drive that forgets or shrinks cannot be mended.
    public var nextStep: DiagnosticText? { first.nextStep }
}
