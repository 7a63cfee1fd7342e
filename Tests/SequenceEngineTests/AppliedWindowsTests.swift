// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Fixtures
import SequenceEngine
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging
import WindowsSetup

/// The image of the stand-in for an installed Windows, made once for all tests of a process.
enum WindowsStandIn {
    private static let made = Result {
        let folder = try TestFolder()
        let path = folder.appending("windows.wim")
        try InstalledWindowsFixture().write(to: path)
        return (folder, path)
    }

    static func archive() throws -> FilePath { try made.get().1 }
}

/// A disk that was divided, got the stand-in's image, and was made startable.
struct InstalledDisk {
    let machine: TargetMachine
    let windows: DiskVolume
    let system: DiskVolume
    let report: WindowsStart.Report
    let variables: TestFolder

    init(
        _ firmware: SystemFirmware, preferred: LoaderSet? = nil, in folder: TestFolder? = nil,
        before: (TargetVolumes) throws -> Void = { _ in }
    ) throws {
        let machine = try TargetMachine(in: folder)
        defer { machine.forget() }
        let volumes = try machine.divide(TargetMachine.partitioning(firmware == .uefi ? "GPT" : "MBR"))
        let windows = try #require(volumes.place("c:\\Windows")?.volume.disk)
        let system = try #require(volumes.started(for: windows))
        try before(volumes)
        let image = try ImageArchive(path: try WindowsStandIn.archive()).open()
        try ImageApplication.apply(image: 1, of: image, to: windows, interruption: Interruption())
        let mounted = try MountedVolume(windows, interruption: Interruption())
        var configuration = WindowsConfiguration()
        configuration.settings.computerName = "PC-0815"
        try configuration.write(to: mounted.folder, architecture: .x64)
        let variables = try TestFolder()
        var start = WindowsStart(firmware: firmware, system: system, windows: windows, modified: TargetMachine.time)
        start.preferredSet = preferred
        report = try start.install(
            from: mounted.folder, variables: EFIVariables(variables.path), interruption: Interruption())
        try mounted.unmount()
        (self.machine, self.windows, self.system, self.variables) = (machine, windows, system, variables)
    }
}

@Suite(
    "An image that is applied to a disk", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct AppliedWindowsTests {
    @Test("a disk is divided, gets the image and what starts it", arguments: SystemFirmware.allCases)
    func whole(firmware: SystemFirmware) throws {
        let disk = try InstalledDisk(firmware)
        #expect(disk.windows.label == "Windows" && disk.system.partition == 1)
        #expect(disk.report.loaderSet == (firmware == .uefi ? .windows2011 : nil))
        #expect(disk.report.bootEntry == (firmware == .uefi ? "Boot0000" : nil))
    }
}
