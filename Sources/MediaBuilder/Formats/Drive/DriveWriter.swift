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
        guard let volume = plan.volumes.first else { return [] }
        return try write(
            volume, to: plan.drives.map { WrittenDrive(drive: $0) }, verifies: verifies, whatFailsToOpen: { throw $1 })
    }

    /// A drive, and what it does not share with those beside it.
    struct WrittenDrive {
        let drive: BlockDevice
        /// The label of the volume that is started; nil for that of the plan.
        var label: FATLabel?
    }

    /// Writes `volume` to `drives` side by side.
    ///
    /// - Parameter failOpening: is told of a drive that cannot be opened, or is not the one that was planned; when it throws,
    ///   nothing was written, and else the others are.
    /// - Throws: as ``write(_:verifies:)``.
    func write(
        _ volume: VolumePlan, to drives: [WrittenDrive], verifies: Bool,
        whatFailsToOpen failOpening: (Int, any Error) throws -> Void
    ) throws -> [DriveOutcome] {
        guard let drive = volume.drive else { return [] }
        let layout = drive.disk
        defer { try? environment.store.save() }
        let data = try environment.dataVolumes(of: drive)
        var outcomes = drives.map { DriveOutcome(drive: $0.drive) }
        var opened: [OpenTarget] = []
        defer { for target in opened { try? target.open.close() } }
        for (number, target) in drives.enumerated() {
            do {
                opened.append(
                    OpenTarget(number: number, open: try devices.open(target.drive), label: target.label))
            } catch {
                try failOpening(number, error)
                outcomes[number].failure = error
            }
        }
        opened = try opened.filter { target in
            do { try target.open.checkIdentity() } catch {
                try failOpening(target.number, error)
                outcomes[target.number].failure = error
                try? target.open.close()
                return false
            }
            return true
        }
        guard !opened.isEmpty else { return outcomes }
        for target in opened {
            environment.logger.info(
                "writing \(target.open.device.node): \(volume.files.count) files, \(volume.byteCount) bytes")
        }
        let writer = environment.writer(of: layout, data)
        let meter = meter("writing", writer.byteCount)
        let failures = try Interruption.explaining("no drive boots now; run it again") {
            try writer.write(
                to: opened.map(\.target), progress: meter, content: environment.content(of: volume))
        }
        meter.finish()
        for (target, failure) in zip(opened, failures) { outcomes[target.number].failure = failure }
        if verifies {
            try Interruption.explaining("the drives are written, and not verified; verify them, or run it again") {
                try verify(volume, layout, data, opened, &outcomes)
            }
        }
        for target in opened where outcomes[target.number].failure == nil {
            do {
                try target.open.flushBuffers()
                try target.open.rereadPartitionTable()
            } catch {
                outcomes[target.number].failure = error
            }
        }
        return outcomes
    }

    /// A drive that is open.
    private struct OpenTarget {
        /// Its place among the drives that were to be written.
        let number: Int
        let open: OpenDrive
        let label: FATLabel?

        var target: DiskTarget {
            DiskTarget(
                device: open.descriptor, path: open.device.node, byteCount: open.device.byteCount, label: label)
        }
    }

    /// What drives have in common that are compared with the same.
    private struct Likeness: Hashable {
        let byteCount: Int64
        let label: String?
    }

    /// Reads the drives that were written again; drives of different sizes differ in their partition tables.
    private func verify(
        _ volume: VolumePlan, _ layout: DiskLayout, _ data: [DataVolume], _ opened: [OpenTarget],
        _ outcomes: inout [DriveOutcome]
    ) throws {
        let written = opened.filter { outcomes[$0.number].failure == nil }
        let digests = volume.files.map(\.sha256)
        let groups = Dictionary(grouping: written) {
            Likeness(byteCount: $0.open.device.byteCount, label: $0.label?.description)
        }
        for (likeness, group) in groups {
            let verifier = DiskVerifier(
                layout.placed(onDriveOf: likeness.byteCount).labelled(group[0].label), data: data,
                interruption: environment.interruption
            ) { digests[$0] }
            let meter = meter("verifying", verifier.byteCount * Int64(group.count))
            let inputs = group.map { target in
                let device = target.open.device
                return (
                    PositionedInput(target.open.descriptor, path: device.node) as any DiskInput, device.node.string
                )
            }
            let results = try verifier.verify(inputs.map { (input: $0.0, name: $0.1) }, progress: meter)
            meter.finish()
            for (target, result) in zip(group, results) {
                outcomes[target.number].isVerified = result.failure == nil
                outcomes[target.number].failure =
                    result.failure
                    ?? result.mismatches.first.map { first in
                        DriveMismatch(
                            name: target.open.device.displayName, first: first, count: result.mismatches.count)
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
