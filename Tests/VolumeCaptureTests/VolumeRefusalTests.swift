// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import VolumeCapture

@Suite("volumes that must not be captured")
struct VolumeRefusalTests {
    private let volumes: CapturedVolumes

    init() throws { volumes = try CapturedVolumes() }

    /// A copy of a volume that `change` has changed: places and bytes.
    private func changed(_ source: FilePath, _ change: [(offset: Int64, bytes: [UInt8])]) throws -> FilePath {
        let copy = volumes.folder.appending("changed.img")
        try Program.succeed("cp", ["--sparse=always", source.string, copy.string])
        let descriptor = try FileDescriptor.open(copy, .readWrite)
        try descriptor.closeAfter {
            for (offset, bytes) in change { _ = try descriptor.writeAll(toAbsoluteOffset: offset, bytes) }
        }
        return copy
    }

    private func error(_ node: FilePath, _ fileSystem: CaptureVolume.FileSystem) throws -> CaptureError? {
        try VolumeRefusal.error(of: volumes.volume(node, fileSystem, "the volume"))
    }

    @Test("sound ones are taken", .enabled(if: WindowsTree.isPossible))
    func sound() throws {
        #expect(try error(try volumes.ntfs(), .ntfs) == nil)
        #expect(try error(try volumes.fat(), .fat32) == nil)
    }

    @Test("one that BitLocker encrypted says so, with what to do")
    func encrypted() throws {
        let node = try changed(try volumes.fat(), [(3, Array("-FVE-FS-".utf8))])
        let found = try #require(try error(node, .ntfs))
        #expect(found.problem.description.contains("BitLocker"))
        #expect(found.nextStep?.description.contains("switch BitLocker off") == true)
        #expect(found.failureClass == .refused)
    }

    @Test("one that Windows has not finished, and one that sleeps", .enabled(if: WindowsTree.isPossible))
    func unfinished() throws {
        let dirty = try changed(try volumes.ntfs(), [])
        try DirtyVolume.mark(dirty)
        #expect(try error(dirty, .ntfs)?.nextStep?.description.contains("chkdsk /f") == true)
        let mount = try NTFSMount()
        try TestFolder.write(
            Array("hibr".utf8) + [UInt8](repeating: 1, count: 8192), to: mount.root.appending("hiberfil.sys"))
        let asleep = try mount.detached()
        #expect(try error(asleep.image, .ntfs)?.nextStep?.description.contains("shutdown /s /t 0") == true)
    }

    @Test("damage of the file table's copy is found", .enabled(if: WindowsTree.isPossible))
    func mirror() throws {
        let source = try volumes.ntfs()
        let sector = try SmallFile.read(source, limit: 1 << 30)
        let reader = ByteReader(sector)
        // $MFTMirr's cluster, in the boot sector at 0x38.
        let cluster = Int64(reader.littleEndian(UInt64.self, at: 0x38) ?? 0)
        let size = Int64(reader.littleEndian(UInt16.self, at: 11) ?? 0) * Int64(sector[13])
        let node = try changed(source, [(cluster * size + 1024, Array(repeating: 0xA5, count: 512))])
        #expect(try error(node, .ntfs)?.problem.description.contains("damaged") == true)
    }

    @Test("FAT32 that was in use when its computer stopped is found, by either mark")
    func dirtyFAT() throws {
        let source = try volumes.fat()
        #expect(try error(try changed(source, [(65, [1])]), .fat32)?.problem.description.contains("in use") == true)
        let reserved = Int64(
            ByteReader(try SmallFile.read(source, limit: 1 << 30)).littleEndian(UInt16.self, at: 14) ?? 0)
        let mark = try changed(source, [(reserved * 512 + 7, [0x07])])
        #expect(try error(mark, .fat32)?.problem.description.contains("in use") == true)
    }

    @Test("FAT32 whose folders lead nowhere is found")
    func damagedFAT() throws {
        let source = try volumes.fat()
        let bytes = try SmallFile.read(source, limit: 1 << 30)
        // The record of the folder NOTHING, whose first cluster becomes one that no volume has.
        let record = try #require(bytes.firstRange(of: Array("NOTHING    ".utf8))).lowerBound
        let node = try changed(source, [(Int64(record) + 26, [0xFF, 0xFF])])
        #expect(try error(node, .fat32)?.problem.description.contains("damaged") == true)
    }
}
