// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Fixtures
import SequenceEngine
import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing
import WindowsSetup

/// Disks that the engine divides; programs of others say what became of them.
@Suite(
    "A disk that is divided", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct DividedTargetTests {
    /// What sfdisk says of partitions: start and size in sectors, type, boot flag.
    private func table(_ image: FilePath) throws -> [String] {
        let output = try Program.succeed("sfdisk", ["--dump", image.string]).output
        var table: [String] = []
        for line in output.split(separator: "\n") where line.contains(" start=") {
            var fields: [String] = []
            for field in line.split(separator: ":", maxSplits: 1)[1].split(separator: ",") {
                let text = String(field.filter { $0 != " " })
                if ["start=", "size=", "type=", "bootable"].contains(where: { text.hasPrefix($0) }) {
                    fields.append(text)
                }
            }
            table.append(fields.joined(separator: " "))
        }
        return table
    }

    @Test("GPT: whole MiB, sound tables, volumes that others accept, and the kernel knows the partitions")
    func gpt() throws {
        let machine = try TargetMachine(mebibytes: 300) { image in
            // What was there before must not be taken for anything.
            try Program.succeed("mkfs.ext4", ["-q", "-F", image.string])
        }
        defer { machine.drive.detach() }
        let volumes = try machine.divide(TargetMachine.partitioning("GPT"))
        let image = machine.drive.image
        try Program.succeed("sgdisk", ["--verify", image.string])
        #expect(
            try table(image) == [
                "start=2048 size=204800 type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
                "start=206848 size=32768 type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE",
                "start=239616 size=368640 type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7",
            ])
        let device = try BlockDevices().resolve(machine.drive.node)
        #expect(device.partitions.map(\.byteCount) == [100 << 20, 16 << 20, 180 << 20])
        #expect(device.partitions.map(\.node) == volumes.volumes.map(\.device))
        #expect(device.partitions.map(\.contents.fileSystem) == ["vfat", nil, "ntfs"])
        #expect(device.partitions.map(\.contents.label) == [nil, nil, "Windows"])
        try Program.succeed("fsck.fat", ["-n", volumes.volumes[0].device.string])
        try Program.succeed("ntfsresize", ["--info", "--force", volumes.volumes[2].device.string])
        #expect(volumes.volumes.map(\.letter) == [nil, nil, "C"])
        #expect(device.contents.fileSystem == nil && device.contents.partitionTable == "gpt")
    }

    @Test("MBR: an active partition with our boot record, and boot sectors that know where they lie")
    func mbr() throws {
        let machine = try TargetMachine(mebibytes: 300)
        defer { machine.drive.detach() }
        let volumes = try machine.divide(TargetMachine.partitioning("MBR"))
        #expect(
            try table(machine.drive.image) == [
                "start=2048 size=102400 type=7 bootable", "start=104448 size=509952 type=7",
            ])
        for volume in volumes.volumes {
            let boot = try SmallFile.read(machine.drive.image, limit: 400 << 20)
            let start = Int(volume.disk?.range.lowerBound ?? 0)
            #expect(ByteReader(boot[start...]).littleEndian(UInt32.self, at: 28) == UInt32(start / 512))
        }
        try Program.succeed("ntfsresize", ["--info", "--force", volumes.volumes[0].device.string])
    }

    @Test("two disks that are divided alike have other numbers; the same seed gives the same")
    func numbers() throws {
        let machine = try TargetMachine(mebibytes: 300)
        let first = try machine.plan(TargetMachine.partitioning("GPT"), seed: "a")
        let second = try machine.plan(TargetMachine.partitioning("GPT"), seed: "b")
        #expect(first.volumes[0].bootDevice != second.volumes[0].bootDevice)
        #expect(first.volumes == (try machine.plan(TargetMachine.partitioning("GPT"), seed: "a")).volumes)
    }

    @Test("a disk is divided again although the kernel knows partitions of it, but not one that is in use")
    func again() throws {
        let machine = try TargetMachine(mebibytes: 300)
        defer { machine.drive.detach() }
        let volumes = try machine.divide(TargetMachine.partitioning("GPT"))
        let windows = try #require(volumes.volumes[2].disk)
        let mounted = try MountedVolume(windows, interruption: Interruption())
        #expect(throws: DeviceError.self) { try machine.divide(TargetMachine.partitioning("MBR")) }
        try mounted.folder.write([1], to: try MediaPath("still/here"))
        try mounted.unmount()
        let other = try machine.divide(TargetMachine.partitioning("MBR"))
        #expect(other.volumes.count == 2)
        let device = try BlockDevices().resolve(machine.drive.node)
        #expect(device.partitions.map(\.contents.label) == ["System Reserved", "Windows"])
    }

    @Test(
        "what cannot be made is told before anything is written",
        arguments: [
            (["Partitions0Size": "400"], "has 300.0 MiB"), (["Partitions0Type": "Extended"], "type 'EXTENDED'"),
            (["PartitionStyle": "APM"], "style 'APM'"), (["Partitions1Size": "%Size%"], "a size that is none"),
            (["Partitions": "0"], "makes 0 partitions"), (["PartitionStyle": "MBR"], "goes with GPT"),
            (["Partitions2Size": "200"], "a size that is none"),
        ])
    func impossible(changes: [String: String], message: String) throws {
        let machine = try TargetMachine(mebibytes: 300)
        let error = #expect(throws: (any Error).self) {
            try machine.plan(TargetMachine.partitioning("GPT", changes))
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(String(describing: error))")
        #expect(try Program.succeed("cmp", ["--bytes=314572800", machine.drive.image.string, "/dev/zero"]).status == 0)
    }

    @Test("the firmware must start what is made of the first disk")
    func firmware() throws {
        let machine = try TargetMachine(mebibytes: 300)
        for (style, firmware) in [("GPT", SystemFirmware.bios), ("MBR", .uefi)] {
            let plan = try machine.plan(TargetMachine.partitioning(style))
            #expect(DiskPreflight.problems(plan, firmware: firmware, startsFromIt: true).count == 1)
            #expect(DiskPreflight.problems(plan, firmware: firmware, startsFromIt: false).isEmpty)
            let other: SystemFirmware = firmware == .bios ? .uefi : .bios
            #expect(DiskPreflight.problems(plan, firmware: other, startsFromIt: true).isEmpty)
        }
        let plan = try machine.plan(TargetMachine.partitioning("MBR", ["Partitions0Bootable": "false"]))
        #expect(DiskPreflight.problems(plan, firmware: .bios, startsFromIt: true).count == 1)
    }

    @Test("the disks of the computer are numbered without the media's drive")
    func disks() throws {
        let (first, media) = (try TargetMachine(mebibytes: 8), try TargetMachine(mebibytes: 8))
        let all = try TargetDisk.all(without: [media.drive.node], takesLoopDevices: true)
        #expect(
            all.contains { $0.device.node == first.drive.node } && !all.contains { $0.device.node == media.drive.node })
        #expect(all.map(\.number) == Array(all.indices))
        #expect(!(try TargetDisk.all(without: [])).contains { $0.device.kind == .loop })
    }
}
