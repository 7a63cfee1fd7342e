// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Glibc
import Support
import SystemPackage

/// Who is told how it goes while drives are written as they come.
public protocol ContinuousObserver {
    /// Takes note that drives are waited for; `left` are those that stay as they are.
    func waits(leaving left: [PresentDrive]) throws
    /// Takes note of what became of a drive; `count` were written by now.
    func wrote(_ outcome: NumberedOutcome, count: Int) throws
    /// Takes note that a drive is left alone, and why.
    func leaves(_ drive: PresentDrive, because error: any Error) throws
}

extension FinishedWriting {
    /// How often the kernel's list is looked at, in microseconds.
    private static let pauseMicroseconds: UInt32 = 300_000
    /// How often at most drives that are there wait for others that are still coming.
    private static let patience = 20

    /// Writes the drives at `paths`, then every removable drive that is put in, until `limit` are written or somebody stops
    /// it.
    ///
    /// What is there at the beginning and is not named stays as it is, also when it is taken out and comes back; no drive is
    /// written twice without having been taken out. Drives that come together are written together from one reading. One that
    /// may not be written, or fails, is told, and the others go on.
    ///
    /// - Throws: what is wrong with the media, or with a drive that is named.
    public func runContinuously(
        _ paths: [String], limit: Int?, observer told: some ContinuousObserver
    ) throws -> FinishedResult {
        let named = try access.drives(paths)
        // Before anything takes time: what is put in while the media is read is new.
        var watch = DriveWatch(try access.devices.present(), named: Set(named.map(\.deviceNumber)))
        for drive in named { try access.admit(drive, protecting: protected, mustBeRemovable: false) }
        let media = try read()
        var result = FinishedResult(media: media)
        var waiting: [PresentDrive] = []
        var patience = Self.patience
        do {
            if !named.isEmpty { try writeBatch(named.map { ($0.node, $0.identity, true) }, limit, &result, told) }
            if limit.map({ result.writtenCount < $0 }) ?? true { try told.waits(leaving: watch.first) }
            while limit.map({ result.writtenCount < $0 }) ?? true {
                try environment.interruption.check()
                let change = watch.look(try access.devices.present())
                for drive in change.returned {
                    environment.logger.warning("left alone: \(drive.node), which was there at the beginning")
                    try told.leaves(drive, because: Self.wasThere(drive))
                }
                waiting += change.arrived
                patience -= 1
                if !waiting.isEmpty, change.isSettled || patience <= 0 {
                    let batch = waiting.map { ($0.node, $0.identity, false) }
                    waiting = []
                    try writeBatch(batch, limit, &result, told)
                } else {
                    if waiting.isEmpty { patience = Self.patience }
                    usleep(Self.pauseMicroseconds)
                }
            }
        } catch is InterruptedError {
            result.failure = InterruptedError(
                consequence: "the drives that were told as written are whole, and others do not boot")
        } catch {
            result.failure = error
        }
        return result
    }

    /// Writes drives that were put in together.
    private func writeBatch(
        _ drives: [(node: FilePath, identity: DeviceIdentity, isNamed: Bool)], _ limit: Int?,
        _ result: inout FinishedResult, _ told: some ContinuousObserver
    ) throws {
        var admitted: [BlockDevice] = []
        for drive in drives {
            // More than are wanted stay as they are.
            if let limit, result.writtenCount + admitted.count >= limit { break }
            try environment.interruption.check()
            do {
                admitted.append(try admit(drive.node, drive.identity, isNamed: drive.isNamed, result.media))
            } catch let error as InterruptedError {
                throw error
            } catch {
                environment.logger.error("left alone: \(drive.node): \(error)")
                try told.leaves(
                    PresentDrive(node: drive.node, identity: drive.identity, kind: ""), because: error)
            }
        }
        guard !admitted.isEmpty else { return }
        let volume = try layout(result.media).volume(admitted)
        if result.volume == nil { result.volume = volume }
        let first = (result.outcomes.last?.number ?? 0) + 1
        let outcomes: [NumberedOutcome]
        do {
            outcomes = try write(volume, admitted, from: first) { _, _ in }
        } catch {
            // None of them boots: that is told of each, and what happened ends the run.
            for (index, drive) in admitted.enumerated() {
                result.outcomes.append(
                    NumberedOutcome(
                        number: first + index, label: nil, outcome: DriveOutcome(drive: drive, failure: error)))
            }
            throw error
        }
        for outcome in outcomes {
            result.outcomes.append(outcome)
            try told.wrote(outcome, count: result.writtenCount)
        }
    }

    /// Looks at a drive that was put in, and whether the media fits it.
    ///
    /// - Throws: why it is left alone.
    private func admit(
        _ node: FilePath, _ identity: DeviceIdentity, isNamed: Bool, _ media: FinishedMedia
    ) throws -> BlockDevice {
        let drive = try access.devices.resolve(node)
        guard drive.identity == identity else {
            throw DeviceError(
                .changed, "drive \(drive.displayName)", "is another drive now than when it was put in",
                nextStep: "take it out and put it in again")
        }
        try access.admit(drive, protecting: protected, mustBeRemovable: !isNamed)
        _ = try layout(media).volume([drive])
        if access.unmounts { try access.devices.unmount(drive) }
        return drive
    }

    private static func wasThere(_ drive: PresentDrive) -> DeviceError {
        DeviceError(
            .refused, "drive \(drive.node)",
            drive.identity.serial.map {
                "has the serial number \($0) of a drive that was there at the beginning, and is left alone"
            } ?? "cannot be told from a drive that was there at the beginning, and is left alone",
            nextStep: "if it is the right drive, name it with \(.usb)")
    }
}

extension FinishedResult {
    /// How many drives were written and, where that was wanted, verified.
    public var writtenCount: Int { outcomes.count { $0.outcome.failure == nil } }
}
