// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import SequenceEngine
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsSetup

/// Disks that the engine's parts made, under real firmware: what they carry is the stand-in of an installed Windows.
@Suite(
    "A disk with an applied image under firmware", .serialized, .inTargetSuite,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct StartedDiskTargetTests {
    /// What follows `key` in the line of the report that has it.
    private func value(_ key: String, _ report: BootReport) -> String? {
        report.lines.lazy.compactMap { line in
            line.firstRange(of: key).map { String(line[$0.upperBound...].prefix { $0 != " " }) }
        }.first
    }

    @Test(
        "UEFI starts it by the fall-back path, and the loader finds our store and Windows",
        arguments: LoaderSet.allCases)
    func uefi(set: LoaderSet) throws {
        let disk = try InstalledDisk(.uefi, preferred: set)
        let report = try Firmware.ovmfX64.boot(drive: disk.machine.drive.image)
        #expect(report.loaders == [BootReport.Loader(name: "bootmgfw", generation: set.rawValue, processor: "x86_64")])
        #expect(report.lines.contains { $0.hasSuffix("answers found") }, "\(report.lines)")
        try check(report, disk, "winload.efi")
    }

    @Test("a BIOS starts it by our boot record, and bootmgr finds our store and Windows")
    func bios() throws {
        let disk = try InstalledDisk(.bios)
        let report = try Firmware.seaBIOS.boot(drive: disk.machine.drive.image)
        #expect(report.loaders.map(\.name) == ["bootmgr"])
        try check(report, disk, "winload.exe")
    }

    private func check(_ report: BootReport, _ disk: InstalledDisk, _ loader: String) throws {
        #expect(value("store sha256 ", report) == SHA256.digest(of: try disk.store()).description)
        let note = "tsmedia fixture: Windows/System32/\(loader)\r\n"
        #expect(value("windows sha256 ", report) == SHA256.digest(of: Array(note.utf8)).description)
    }
}
