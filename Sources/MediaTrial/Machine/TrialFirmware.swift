// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// The firmware of a machine that media is tried in.
public enum TrialFirmware: String, Sendable, CaseIterable {
    /// UEFI that starts every loader.
    case uefi
    /// UEFI with Secure Boot on and Microsoft's keys.
    case secure
    /// A BIOS.
    case bios

    /// What UEFI keeps in flash memory: code, and the variables that each machine gets a copy of.
    struct Flash: Equatable {
        let code: FilePath
        let variables: FilePath
    }

    /// Where Debian's package ovmf has it; `ms` has Microsoft's keys enrolled (ovmf, README.Debian).
    private var flash: Flash? {
        switch self {
        case .uefi:
            Flash(code: Self.folder.appending("OVMF_CODE_4M.fd"), variables: Self.folder.appending("OVMF_VARS_4M.fd"))
        case .secure:
            Flash(
                code: Self.folder.appending("OVMF_CODE_4M.ms.fd"),
                variables: Self.folder.appending("OVMF_VARS_4M.ms.fd"))
        case .bios: nil
        }
    }

    private static let folder: FilePath = "/usr/share/OVMF"

    /// The flash memory; nil for a BIOS, which QEMU brings.
    ///
    /// - Throws: ``MediaTrialError`` `.notInstalled`.
    func requireFlash() throws(MediaTrialError) -> Flash? {
        guard let flash else { return nil }
        for file in [flash.code, flash.variables] where access(file.string, R_OK) != 0 {
            throw MediaTrialError(
                .notInstalled, "firmware \(file)", "is not on this system",
                nextStep: "install the package ovmf, or use \(.firmware, "bios")")
        }
        return flash
    }

    /// The chipset, and for Secure Boot what keeps a system from writing the keys: system management mode (edk2,
    /// OvmfPkg/README).
    var machineArguments: [String] {
        switch self {
        case .bios: ["-machine", "pc"]
        case .uefi: ["-machine", "q35"]
        case .secure: ["-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"]
        }
    }

    /// Where the machine's disk controller takes drives: two channels of IDE with two each, or six ports of AHCI.
    private var drivePorts: [String] {
        self == .bios ? (0..<4).map { "bus=ide.\($0 / 2),unit=\($0 % 2)" } : (0..<6).map { "bus=ide.\($0)" }
    }

    /// The port of the drive for discs: what computers have there too, and the first disk is the first drive.
    private static let discPortNumber = 2

    /// Where the drive for discs is.
    var discPort: String { drivePorts[Self.discPortNumber] }

    /// Where disks are, in their order, beside a drive for discs or without one.
    func diskPorts(besideDisc hasDisc: Bool) -> [String] {
        drivePorts.enumerated().filter { !hasDisc || $0.offset != Self.discPortNumber }.map(\.element)
    }
}
