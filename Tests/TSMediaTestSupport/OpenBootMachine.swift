// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

/// A virtual machine that starts media with an open boot image, whose engine is fixtures/linux/stand-in-engine.
public enum OpenBootMachine: String, Sendable, CaseIterable {
    /// SeaBIOS on a PC of 1996.
    case bios
    /// OVMF without Secure Boot.
    case uefi
    /// OVMF with Secure Boot and Microsoft's keys.
    case secure

    /// How media is attached.
    public enum Medium: String, Sendable, CaseIterable {
        /// In a CD drive.
        case disc
        /// As a USB drive.
        case usb
        /// As the disk of the computer.
        case disk
    }

    /// The first word of each line of the stand-in.
    private static let mark = "TSMEDIA-ENV "

    /// What the stand-in reported: each line's first word with the rest.
    ///
    /// - Throws: ``FirmwareError`` when the machine ends, or `deadline` passes, before the report is complete.
    public func report(
        of media: FilePath, _ medium: Medium, deadline: Duration = .seconds(240)
    ) throws -> [String: String] {
        var facts: [String: String] = [:]
        let lines = try run(media, medium, deadline) { line in
            guard let mark = line.firstRange(of: Self.mark) else { return false }
            let words = line[mark.upperBound...].split(separator: " ", maxSplits: 1)
            guard let first = words.first else { return false }
            facts[String(first)] = words.count > 1 ? String(words[1]) : ""
            return first == "end"
        }
        guard facts["end"] != nil else { throw failure("the environment did not report", lines) }
        return facts
    }

    /// The lines of the serial port up to one that holds `text`.
    ///
    /// - Throws: ``FirmwareError`` when none does, or the environment starts.
    public func lines(
        of media: FilePath, _ medium: Medium, until text: String, deadline: Duration = .seconds(240)
    ) throws -> [String] {
        var isFound = false
        let lines = try run(media, medium, deadline) { line in
            isFound = line.contains(text)
            return isFound || line.contains(Self.mark)
        }
        guard isFound else { throw failure("nothing said '\(text)'", lines) }
        return lines
    }

    private func failure(_ reason: String, _ lines: [String]) -> FirmwareError {
        FirmwareError(firmware: rawValue, reason: reason, report: [], lastSerialLines: lines.suffix(20), errors: "")
    }

    private func run(
        _ media: FilePath, _ medium: Medium, _ deadline: Duration, until isLast: (String) -> Bool
    ) throws -> [String] {
        let work = try TestFolder()
        let drive = "file=\(media.escapedForQEMU),format=raw,if=none,id=media"
        let attached =
            switch medium {
            case .disc: [drive + ",media=cdrom,readonly=on", "ide-cd,drive=media,bootindex=1"]
            case .usb: [drive + ",snapshot=on", "usb-storage,drive=media,bootindex=1"]
            case .disk: [drive + ",snapshot=on", "ide-hd,drive=media,bootindex=1"]
            }
        let machine = try EmulatedMachine(
            arguments: try arguments(work) + ["-drive", attached[0]]
                + (medium == .usb ? ["-device", "qemu-xhci"] : []) + [
                    "-device", attached[1], "-accel", "tcg", "-m", "512", "-nodefaults", "-display", "none",
                    "-no-reboot",
                    "-serial", "stdio",
                ], errors: work.appending("errors"))
        defer { machine.stop() }
        var lines: [String] = []
        while let line = try machine.nextLine(within: deadline)?.withoutTerminalControl {
            lines.append(line)
            if isLast(line) { return lines }
        }
        let rest = machine.unfinishedLine.withoutTerminalControl
        _ = isLast(rest)
        return lines + [rest]
    }

    private func arguments(_ work: TestFolder) throws -> [String] {
        let names =
            switch self {
            case .bios: ("", "")
            case .uefi: ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd")
            case .secure: ("OVMF_CODE_4M.ms.fd", "OVMF_VARS_4M.ms.fd")
            }
        guard self != .bios else { return ["-machine", "pc"] }
        let variables = try work.write(
            try SmallFile.read(FilePath("/usr/share/OVMF").appending(names.1)), to: "variables.fd")
        let protection = ["-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"]
        return (self == .secure ? protection : ["-machine", "q35"]) + [
            "-drive", "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/\(names.0)",
            "-drive", "if=pflash,unit=1,format=raw,file=\(variables.escapedForQEMU)",
        ]
    }
}

/// An open boot image of the packages that `make target-packages` fetched, with the stand-in for tsengine.
public enum OpenBootFixture {
    /// Where the packages are.
    public static var packages: FilePath { Repository.file(".build-packages") }

    /// Makes an image at `output` in the folder of `session`, and returns what was printed.
    @discardableResult
    public static func build(
        _ session: CommandSession, _ output: String = "open-boot.wim", more: [String] = []
    ) throws -> ProgramResult {
        try session.succeed(
            [
                "bootimage", "build", "--output", output, "--packages", packages.string, "--engine",
                Repository.file("fixtures/linux/stand-in-engine").string,
            ] + more)
    }

    /// Options with which `session` makes stand-alone media that tsengine can run: the demonstration's own task sequence restarts
    /// into Windows PE.
    public static func sequence(_ session: CommandSession) throws -> [String] {
        let step =
            "<step type=\"SMS_TaskSequence_ApplyOperatingSystemAction\" name=\"Apply\" description=\"\" runIn=\"WinPE\""
            + " successCodeList=\"0\"><action>x</action><defaultVarList><variable name=\"ImagePackageID\" property=\"ImagePackageID\""
            + " hidden=\"true\">\(DemoSite.operatingSystemImage)</variable></defaultVarList></step>"
        let text = "<sequence version=\"3.10\">\(step)</sequence>"
        return ["--task-sequence", try session.work.write(text.utf8, to: "open-boot-sequence.xml").string]
    }
}
