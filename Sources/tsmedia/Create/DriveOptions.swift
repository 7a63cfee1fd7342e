// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder

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

    /// What may be done to drives.
    ///
    /// - Parameter overwrites: whether drives that are not blank may be written.
    func access(overwrites: Bool) -> DriveAccess {
        var access = DriveAccess()
        access.allowsFixedDisk = allowFixedDisk
        access.confirmations = confirm
        access.overwrites = overwrites
        access.unmounts = unmount
        access.verifies = !noVerify
        return access
    }
}
