// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A firmware that boots media in QEMU, by software emulation: no KVM, no network, no display.
///
/// The media carries stand-in loaders that report on the serial port (docs/testing.md); the machine is stopped as soon as
/// the report is complete.
public struct Firmware: Sendable, CustomStringConvertible {
    /// The firmware's name in reports and errors.
    public let name: String
    /// QEMU's arguments for the machine.
    private let machine: [String]
    /// The firmware's code and the variables that a run gets a copy of; nil for the one built into QEMU.
    private let flash: (code: FilePath, variables: FilePath)?

    /// SeaBIOS: a BIOS for PCs.
    public static let seaBIOS = Firmware(name: "SeaBIOS", machine: ["-machine", "pc"], flash: nil)

    /// OVMF: UEFI for x64.
    public static let ovmfX64 = Firmware(
        name: "OVMF x64", machine: ["-machine", "q35"],
        flash: ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"))

    /// OVMF: UEFI for 32-bit x86.
    ///
    /// Debian has it only with Secure Boot, which needs system management mode; no keys are enrolled, so it starts anything.
    public static let ovmfIA32 = Firmware(
        name: "OVMF IA32",
        machine: ["-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"],
        flash: ("/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF32_VARS_4M.fd"))

    /// The name.
    public var description: String { name }

    /// Boots the optical disc image `disc` and returns what its loaders reported.
    ///
    /// - Throws: ``FirmwareError`` when a loader reports a failure, the machine ends without a report, or `deadline` (only
    ///   the net: nothing waits for it) passes. It holds the last lines of the serial port.
    public func boot(disc: FilePath, deadline: Duration = .seconds(120)) throws -> BootReport {
        try boot(
            [
                "-drive", "file=\(disc.escapedForQEMU),media=cdrom,format=raw,if=ide,readonly=on", "-boot",
                bootOrder("d"),
            ],
            deadline: deadline)
    }

    /// How a drive is attached.
    public enum DriveBus: Sendable, CaseIterable {
        /// As a hard disk.
        case disk
        /// As a USB drive.
        case usb
    }

    /// Boots the drive image `drive`, which is not written to, and returns what its loaders reported.
    ///
    /// - Parameter showsScreen: the serial port shows what SeaBIOS puts on the screen: for what boot sectors say, because
    ///   the stand-ins write to both.
    /// - Throws: ``FirmwareError`` as ``boot(disc:deadline:)``, and when a boot sector says that it cannot go on.
    public func boot(
        drive: FilePath, bus: DriveBus = .disk, showsScreen: Bool = false, deadline: Duration = .seconds(120)
    ) throws -> BootReport {
        let device = bus == .disk ? ["ide-hd"] : ["qemu-xhci", "usb-storage"]
        return try boot(
            ["-drive", "file=\(drive.escapedForQEMU),format=raw,if=none,id=drive,snapshot=on"]
                + device.dropLast().flatMap { ["-device", $0] }
                + ["-device", "\(device[device.count - 1]),drive=drive,bootindex=1", "-boot", bootOrder("c")]
                + (showsScreen ? ["-machine", "graphics=off"] : []),
            deadline: deadline)
    }

    /// Boots `order`, and ends the machine (with -no-reboot) instead of waiting when nothing can be booted.
    private func bootOrder(_ order: String) -> String { "order=\(order),reboot-timeout=1" }

    private func boot(_ medium: [String], deadline: Duration) throws -> BootReport {
        let work = try TestFolder()
        var arguments =
            machine + medium + [
                "-accel", "tcg", "-m", "512", "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
                // Where the BIOS stand-ins end the machine (fixtures/loaders/report.inc).
                "-device", "isa-debug-exit,iobase=0x501,iosize=1",
            ]
        if let flash {
            let variables = try work.write(try SmallFile.read(flash.variables), to: "variables.fd")
            arguments += [
                "-drive", "if=pflash,unit=0,format=raw,readonly=on,file=\(flash.code.escapedForQEMU)",
                "-drive", "if=pflash,unit=1,format=raw,file=\(variables.escapedForQEMU)",
            ]
        }
        let machine = try EmulatedMachine(arguments: arguments, errors: work.appending("errors"))
        var report = BootReport(firmware: name)
        while let line = try machine.nextLine(within: deadline) {
            report.take(line)
            if report.isComplete { break }
        }
        machine.stop()
        return try report.checked(errors: machine.errorText, deadlinePassed: machine.deadlinePassed)
    }
}

extension FilePath {
    /// The path as the value of a QEMU option, in which a comma is doubled.
    var escapedForQEMU: String {
        string.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    }
}
