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
    /// A computer with a processor of Arm: AAVMF without Secure Boot.
    case arm64
    /// AAVMF with Secure Boot and Microsoft's keys.
    case arm64Secure

    /// Those that are PCs.
    public static let pcs: [OpenBootMachine] = [.bios, .uefi, .secure]
    /// Those that are not.
    public static let arms: [OpenBootMachine] = [.arm64, .arm64Secure]
    private var isArm: Bool { Self.arms.contains(self) }

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
            case .disc: [drive + ",media=cdrom,readonly=on", "\(isArm ? "scsi" : "ide")-cd,drive=media,bootindex=1"]
            case .usb: [drive + ",snapshot=on", "usb-storage,drive=media,bootindex=1"]
            case .disk: [drive + ",snapshot=on", "ide-hd,drive=media,bootindex=1"]
            }
        let machine = try EmulatedMachine(
            program: isArm ? "qemu-system-aarch64" : "qemu-system-x86_64",
            arguments: try arguments(work) + ["-drive", attached[0]]
                + (medium == .usb ? ["-device", "qemu-xhci"] : [])
                + (isArm && medium == .disc ? ["-device", "virtio-scsi-pci"] : []) + [
                    "-device", attached[1], "-accel", "tcg", "-m", isArm ? "1024" : "512", "-nodefaults", "-display",
                    "none",
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
            case .uefi: ("OVMF/OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd")
            case .secure: ("OVMF/OVMF_CODE_4M.ms.fd", "OVMF_VARS_4M.ms.fd")
            case .arm64: ("AAVMF/AAVMF_CODE.fd", "AAVMF_VARS.fd")
            case .arm64Secure: ("AAVMF/AAVMF_CODE.ms.fd", "AAVMF_VARS.ms.fd")
            }
        guard self != .bios else { return ["-machine", "pc"] }
        let code = FilePath("/usr/share").pushing(FilePath(names.0))
        let variables = try work.write(
            try SmallFile.read(code.removingLastComponent().appending(names.1), limit: 128 << 20), to: "variables.fd")
        let protection = ["-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"]
        let base =
            switch self {
            case .secure: protection
            case .arm64, .arm64Secure: ["-machine", "virt", "-cpu", "cortex-a57"]
            default: ["-machine", "q35"]
            }
        return base + [
            "-drive", "if=pflash,unit=0,format=raw,readonly=on,file=\(code)",
            "-drive", "if=pflash,unit=1,format=raw,file=\(variables.escapedForQEMU)",
        ]
    }
}

/// An open boot image of the packages that `make target-packages` fetched, with the stand-in for tsengine.
public enum OpenBootFixture {
    /// Where the packages are.
    public static var packages: FilePath { Repository.file(".build-packages") }
    /// Where those for computers with a processor of Arm are.
    public static var armPackages: FilePath { Repository.file(".build-packages-arm64") }

    /// Makes an image at `output` in the folder of `session`, and returns what was printed.
    @discardableResult
    public static func build(
        _ session: CommandSession, _ output: String = "open-boot.wim", packages: FilePath = packages,
        more: [String] = []
    ) throws -> ProgramResult {
        try session.succeed(
            [
                "bootimage", "build", "--output", output, "--packages", packages.string, "--engine",
                Repository.file("fixtures/linux/stand-in-engine").string,
            ] + more)
    }

    /// Flips a bit of the file `path` of the disc `media`, wherever its bytes lie: as a file, in the boot image, in the El Torito
    /// image.
    public static func flip(_ path: String, of media: FilePath) throws {
        let work = try TestFolder()
        try Program.succeed("7z", ["x", "-y", "-bd", "-o\(work.path)", media.string])
        let bytes = try SmallFile.read(work.appending(path))
        var disc = try SmallFile.read(media, limit: 1 << 30)
        let middle = bytes.count / 2
        var places: [Int] = []
        let wanted = Array(bytes[middle..<(middle + 64)])
        disc.withUnsafeBytes { disc in
            for place in stride(from: middle % 512, to: disc.count - 64, by: 512)
            where disc[place] == wanted[0] && disc[place..<(place + 64)].elementsEqual(wanted) { places.append(place) }
        }
        guard !places.isEmpty else { throw MissingBytes(path: path) }
        for place in places { disc[place] ^= 1 }
        try TestFolder.write(disc, to: media)
    }

    private struct MissingBytes: Error { let path: String }

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
