// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BlockDevices
import Support
import SystemPackage

/// What it takes to write a drive.
struct DriveOptions: ParsableArguments {
    @Flag(help: "Write a drive that is no removable one; it must be confirmed.")
    var allowFixedDisk = false

    @Option(
        help: ArgumentHelp(
            "Serial number of the drive, or its path when it has none (repeatable, for several drives).",
            valueName: "serial"))
    var confirm: [String] = []

    @Flag(help: "Unmount the file systems of the drive before it is written.")
    var unmount = false

    @Flag(help: "Do not read drives again and compare them with what was written.")
    var noVerify = false

    /// The drives at `paths`, each once.
    ///
    /// - Throws: `DeviceError`; `ValidationError` when two paths lead to one drive.
    func drives(_ paths: [String], _ devices: BlockDevices) throws -> [BlockDevice] {
        var drives: [BlockDevice] = []
        for path in paths {
            let drive = try devices.resolve(FilePath(path))
            guard !drives.contains(where: { $0.deviceNumber == drive.deviceNumber }) else {
                throw ValidationError("--usb \(path) is \(drive.node), which is named already")
            }
            drives.append(drive)
        }
        return drives
    }

    /// Looks at `drives` once more, right before they are opened, and unmounts them if that was asked for.
    ///
    /// - Throws: as ``check(_:_:sources:force:)``; `DeviceError` `.changed`.
    func prepare(_ drives: [BlockDevice], _ devices: BlockDevices, sources: [FilePath], force: Bool) throws {
        let now = try drives.map { try devices.resolve($0.node) }
        for (before, now) in zip(drives, now) where before.identity != now.identity {
            throw DeviceError(
                .changed, "drive \(before.displayName)", "is another drive now than when media was planned",
                nextStep: "check with 'tsmedia devices' which drive is the right one")
        }
        try check(now, devices, sources: sources, force: force)
        if unmount { for drive in now { try devices.unmount(drive) } }
    }

    /// Checks that each of `drives` may be written, and that every confirmation is of one of them.
    ///
    /// - Parameters:
    ///   - sources: what must not be on them.
    ///   - force: whether drives that are not blank may be written.
    /// - Throws: `DeviceError` for the first that may not.
    func check(_ drives: [BlockDevice], _ devices: BlockDevices, sources: [FilePath], force: Bool) throws {
        for drive in drives {
            // A single confirmation is meant for a single drive, and tells what is wrong with it.
            let own = confirm.first { $0 == drive.confirmationToken }
            let consents = Consents(
                allowFixedDisk: allowFixedDisk, confirmation: own ?? (drives.count == 1 ? confirm.first : nil),
                force: force, unmount: unmount)
            try devices.verdict(on: drive, protecting: sources).check(consents)
        }
        if let other = confirm.first(where: { value in !drives.contains { $0.confirmationToken == value } }) {
            throw DeviceError(
                .refused, "--confirm \(other)", "is the serial number of none of the drives",
                nextStep: "check with 'tsmedia devices' which drives are the right ones")
        }
    }
}
