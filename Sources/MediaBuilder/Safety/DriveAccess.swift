// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Support
import SystemPackage

/// What the user allows to be done to drives, and the checks before they are written.
public struct DriveAccess: Sendable {
    /// Whether a drive that is no removable one may be written; it must be confirmed.
    public var allowsFixedDisk = false
    /// Serial numbers of drives, or their paths where they have none.
    public var confirmations: [String] = []
    /// Whether drives that are not blank may be written.
    public var overwrites = false
    /// Whether their file systems are unmounted.
    public var unmounts = false
    /// Whether they are read again and compared with what was written.
    public var verifies = true
    /// The drives of this computer.
    public let devices: BlockDevices

    /// Nothing is allowed that could cost anybody's data.
    public init(_ devices: BlockDevices = BlockDevices()) { self.devices = devices }

    /// The drives at `paths`, each once.
    ///
    /// - Throws: `DeviceError`; ``MediaBuilderError`` `.badRequest` when two paths lead to one drive.
    public func drives(_ paths: [String]) throws -> [BlockDevice] {
        var drives: [BlockDevice] = []
        for path in paths {
            let drive = try devices.resolve(FilePath(path))
            guard !drives.contains(where: { $0.deviceNumber == drive.deviceNumber }) else {
                throw MediaRequest.bad("\(.usb, path)", "is \(drive.node), which is named already", "name it once")
            }
            drives.append(drive)
        }
        return drives
    }

    /// Looks at `drives` once more, right before they are opened, and unmounts them if that was asked for.
    ///
    /// - Throws: as ``check(_:protecting:)``; `DeviceError` `.changed`.
    func prepare(_ drives: [BlockDevice], protecting sources: [FilePath]) throws {
        let now = try drives.map { try devices.resolve($0.node) }
        for (before, now) in zip(drives, now) where before.identity != now.identity {
            throw DeviceError(
                .changed, "drive \(before.displayName)", "is another drive now than when media was planned",
                nextStep: "check with 'tsmedia devices' which drive is the right one")
        }
        try check(now, protecting: sources)
        if unmounts { for drive in now { try devices.unmount(drive) } }
    }

    /// Checks one of many drives that come one after the other: only a confirmation of its own is meant for it.
    ///
    /// - Parameter mustBeRemovable: whether it must say that it can be taken out, unless it is confirmed: nobody named it, and
    ///   a hard disk in a USB case is nobody's stick.
    /// - Throws: as ``check(_:protecting:)``.
    func admit(_ drive: BlockDevice, protecting sources: [FilePath], mustBeRemovable: Bool) throws {
        let own = confirmations.first { $0 == drive.confirmationToken }
        let verdict = devices.verdict(on: drive, protecting: sources)
        if mustBeRemovable, !drive.isRemovable, own == nil, !verdict.isRefused {
            throw DeviceError(
                .refused, "drive \(drive.displayName)",
                "does not say that it is removable, and nobody named it",
                nextStep: "if it is the right drive, name it with \(.usb), or add \(.confirm, drive.confirmationToken)")
        }
        try verdict.check(
            Consents(allowFixedDisk: allowsFixedDisk, confirmation: own, force: overwrites, unmount: unmounts))
        try WriteAccess.requireDrive(drive.node)
    }

    /// Checks that each of `drives` may be written, and that every confirmation is of one of them.
    ///
    /// - Parameter sources: what must not be on them.
    /// - Throws: `DeviceError` for the first that may not; `FileError` for one that this user may not write.
    func check(_ drives: [BlockDevice], protecting sources: [FilePath]) throws {
        for drive in drives {
            // A single confirmation is meant for a single drive, and tells what is wrong with it.
            let own = confirmations.first { $0 == drive.confirmationToken }
            let consents = Consents(
                allowFixedDisk: allowsFixedDisk,
                confirmation: own ?? (drives.count == 1 ? confirmations.first : nil), force: overwrites,
                unmount: unmounts)
            try devices.verdict(on: drive, protecting: sources).check(consents)
            try WriteAccess.requireDrive(drive.node)
        }
        if let other = confirmations.first(where: { value in !drives.contains { $0.confirmationToken == value } }) {
            throw DeviceError(
                .refused, "\(.confirm, other)", "is the serial number of none of the drives",
                nextStep: "check with 'tsmedia devices' which drives are the right ones")
        }
    }
}
