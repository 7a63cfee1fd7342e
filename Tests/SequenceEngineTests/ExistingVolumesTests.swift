// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Cryptography
import DriveImage
import Fixtures
import SequenceEngine
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsSetup

@Suite(
    "What is on a disk before it is written", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct ExistingVolumesTests {
    /// The condition of the volume for Windows after `change` was made to it.
    private func found(_ change: (DiskVolume, FilePath) throws -> Void) throws -> ExistingVolumes.Found {
        let machine = try TargetMachine(mebibytes: 200)
        defer { machine.drive.detach() }
        let volumes = try machine.divide(TargetMachine.partitioning("GPT"))
        let windows = try #require(volumes.volumes[2].disk)
        try change(windows, machine.drive.image)
        let disk = TargetDisk(number: 0, device: try BlockDevices().resolve(machine.drive.node))
        let existing = try ExistingVolumes(disk)
        #expect(existing.scheme == .gpt && existing.found.count == 3)
        // Numbers, places and how boot managers name them are those that the division gave.
        #expect(existing.found.map(\.volume.bootDevice) == volumes.volumes.compactMap { $0.disk?.bootDevice })
        #expect(existing.found.map(\.volume.node) == volumes.volumes.map(\.device))
        #expect(existing.found[0].volume.fileSystem == .fat32 && existing.found[0].volume.isStarted)
        #expect(existing.found[1].volume.fileSystem == nil && existing.found[1].condition == nil)
        return existing.found[2]
    }

    private static func write(_ bytes: [UInt8], at offset: Int64, of volume: DiskVolume) throws {
        let file = try FileDescriptor.open(volume.node, .readWrite)
        try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: offset, bytes) }
    }

    @Test("a volume that Windows left as it should is no problem")
    func clean() throws {
        let found = try found { _, _ in }
        #expect(found.condition == .clean && found.volume.label == "Windows" && found.volume.isForData)
        #expect(DiskPreflight.problem(found, isEmptied: true) == nil)
        #expect(DiskPreflight.problem(found, isEmptied: false) == nil)
    }

    @Test("hibernation, BitLocker, unfinished changes and damage are told from each other, each with a remedy")
    func conditions() throws {
        let hibernated = try found { volume, _ in
            let mounted = try MountedVolume(volume, interruption: Interruption())
            try mounted.folder.write(
                Array("hibr".utf8) + [UInt8](repeating: 1, count: 8192), to: try MediaPath("hiberfil.sys"))
            try mounted.unmount()
        }
        #expect(hibernated.condition == .hibernated)
        let woken = try found { volume, _ in
            let mounted = try MountedVolume(volume, interruption: Interruption())
            try mounted.folder.write([UInt8](repeating: 0, count: 8192), to: try MediaPath("hiberfil.sys"))
            try mounted.unmount()
        }
        #expect(woken.condition == .clean)
        let encrypted = try found { volume, _ in try Self.write(Array("-FVE-FS-".utf8), at: 3, of: volume) }
        #expect(encrypted.condition == .encrypted && encrypted.volume.fileSystem == nil)
        let dirty = try found { volume, _ in try DirtyVolume.mark(volume.node) }
        #expect(dirty.condition == .dirty)
        let damaged = try found { volume, _ in
            // The cluster of the MFT, in a field of the boot sector.
            try Self.write([UInt8](repeating: 0x7F, count: 16), at: 0x30, of: volume)
        }
        #expect(damaged.condition == .unreadable)
        for found in [hibernated, encrypted, damaged] {
            #expect(DiskPreflight.problem(found, isEmptied: true)?.nextStep != nil)
        }
        #expect(DiskPreflight.problem(dirty, isEmptied: true) == nil)
        #expect(DiskPreflight.problem(dirty, isEmptied: false)?.description.contains("chkdsk /f") == true)
    }

    /// Sets VOLUME_IS_DIRTY in $Volume, record 3 of the MFT and of its mirror.
    @Test("an empty disk has nothing")
    func empty() throws {
        let existing = try ExistingVolumes(try TargetMachine(mebibytes: 8).disk)
        #expect(existing.scheme == nil && existing.found.isEmpty)
    }

    @Test("letters go to the volumes that are to have one, and one that is taken is not given twice")
    func letters() throws {
        let machine = try TargetMachine(mebibytes: 200)
        let plan = try machine.plan(TargetMachine.partitioning("GPT"))
        let other = try DiskPlan(
            TargetMachine.partitioning("GPT"), disk: TargetDisk(number: 1, device: machine.disk.device),
            seed: SHA256.digest(of: [1]), created: TargetMachine.time)
        var volumes = TargetVolumes()
        volumes.replace(disk: 1, with: other.volumes, lettered: [3])
        volumes.replace(disk: 0, with: plan.volumes, lettered: [1, 3])
        #expect(volumes.volumes.compactMap(\.letter) == ["D", "E", "C"])
        volumes.replace(disk: 1, with: other.volumes, lettered: [])
        #expect(volumes.volumes.compactMap(\.letter) == ["D", "E"])
        #expect(plan.variables(volumes) == ["OSDisk": "E:"])
    }
}
