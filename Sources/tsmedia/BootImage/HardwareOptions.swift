// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DriverPackages
import Support
import SystemPackage

/// The devices of a computer that a boot image shall serve.
struct HardwareOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "List of a computer's devices, as pnputil, Get-PnpDevice, lspci -nn or lsusb print it: tells which of them no"
                + " driver serves.", valueName: "file"),
        completion: .file())
    var forHardware: String?

    /// The list; nil without the option.
    func list() throws -> HardwareList? {
        try forHardware.map { name in
            try HardwareList(try SmallFile.read(FilePath(name), limit: HardwareList.byteCountLimit), name: name)
        }
    }

    /// The files that these options were read from.
    var sources: [FilePath] { [forHardware].compactMap { $0.map { FilePath($0) } } }
}
