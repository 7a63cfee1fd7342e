// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

/// A task sequence that installs Windows on a loop device, with the content of its media.
struct Installing {
    let run: RunningSequence
    let drive: LoopDevice

    init(
        _ items: String, mebibytes: Int = 512, isUEFI: Bool = true, variables: [String: String] = [:],
        mediaDrives: [FilePath] = [], interruption: Interruption = Interruption(),
        content: (_ media: FilePath) throws -> any ContentSource = {
            MediaContent(root: $0, type: .standalone, manifest: nil)
        }
    ) throws {
        run = try RunningSequence(
            items, variables: variables, mediaDrives: mediaDrives, interruption: interruption, content: content)
        drive = try LoopDevice(mebibytes: mebibytes)
        Self.use(drive.node, by: run)
        let firmware = run.session.computer.root.appending("sys/firmware/efi")
        if isUEFI { try Folder.create(firmware) } else { try Folder.removeTree(firmware) }
        let media = run.session.mediaRoot.appending("SMS/PKG")
        try Folder.create(media.appending("ABC00010"))
        try Program.succeed(
            "cp", [try WindowsStandIn.archive().string, media.appending("ABC00010/windows.wim").string])
        try Folder.create(media.appending("ABC00011/net"))
        try AtomicFile.write("[Version]\r\n".utf8, to: media.appending("ABC00011/net/nic.inf"))
        try Folder.create(media.appending("ABC00012"))
        try AtomicFile.write("echo tool\r\n".utf8, to: media.appending("ABC00012/tool.cmd"))
        try AtomicFile.write(Self.answers.utf8, to: media.appending("ABC00012/unattend.xml"))
    }

    /// The disk of the computer is the device at `node`, and no firmware is written.
    static func use(_ node: FilePath, by run: RunningSequence) {
        run.session.installation.findDisks = { _ in
            [TargetDisk(number: 0, device: try BlockDevices().resolve(node))]
        }
        run.session.installation.firmwareVariables = nil
    }

    private static let answers = """
        <?xml version="1.0" encoding="utf-8"?>
        <unattend xmlns="urn:schemas-microsoft-com:unattend">
        <!-- kept -->
        <settings pass="specialize"><component name="Microsoft-Windows-Shell-Setup" processorArchitecture="amd64">
        <ComputerName>TEMPLATE</ComputerName><CopyProfile>true</CopyProfile>
        <RegisteredOwner>%OwnerOfAll%</RegisteredOwner></component></settings></unattend>
        """

    /// A file of the volume that has `letter`, read by ntfscat.
    func file(_ path: String, _ letter: String = "C:") throws -> String {
        try run.session.unmount { _ in true }
        let volume = try #require(run.session.volumes.volume(letter)?.disk)
        let loop = try LoopDevice(on: drive.image, volume.range)
        return try Program.succeed("ntfscat", ["-f", loop.node.string, path]).output
    }

    /// Lets go of everything.
    func end() {
        try? run.session.unmount { _ in true }
        drive.detach()
    }

    /// The step that divides the disk, with a second volume for data where that is wanted.
    static func disk(_ style: String, data: Bool = false) -> String {
        func volume(_ number: Int, _ name: String, _ size: (String, String), _ variable: String) -> [(String, String)] {
            [
                ("Partitions\(number)Type", "Primary"), ("Partitions\(number)FileSystem", "NTFS"),
                ("Partitions\(number)Size", size.0), ("Partitions\(number)SizeUnits", size.1),
                ("Partitions\(number)VolumeName", name), ("Partitions\(number)AssignVolumeLetter", "true"),
                ("Partitions\(number)VolumeLetterVariable", variable),
            ]
        }
        let system: [(String, String)] =
            style == "GPT"
            ? [
                ("Partitions0Type", "EFI"), ("Partitions0FileSystem", "FAT32"), ("Partitions0Size", "100"),
                ("Partitions0SizeUnits", "MB"), ("Partitions1Type", "MSR"), ("Partitions1Size", "16"),
                ("Partitions1SizeUnits", "MB"),
            ]
            : [
                ("Partitions0Type", "Primary"), ("Partitions0FileSystem", "NTFS"), ("Partitions0Size", "50"),
                ("Partitions0SizeUnits", "MB"), ("Partitions0Bootable", "true"),
                ("Partitions0VolumeName", "System Reserved"),
            ]
        let first = style == "GPT" ? 2 : 1
        var rows = volume(first, "Windows", data ? ("75", "PERCENT") : ("100", "PERCENT"), "OSDisk")
        if data { rows += volume(first + 1, "Data", ("100", "PERCENT"), "DataDisk") }
        return RunningSequence.step(
            "Partition", "PartitionDisk",
            [("PartitionStyle", style), ("DiskIndex", "0"), ("Partitions", "\(first + (data ? 2 : 1))")] + system + rows
        )
    }
}
