// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DriveImage

/// A drive in an image file with one active NTFS partition that holds a boot record, made by mkntfs and ntfscp.
struct NTFSDisk {
    let path: FilePath
    let partition: Range<Int64>
    private let folder: TestFolder

    /// Files that are empty are many and made through libntfs-3g.
    init(
        _ folder: TestFolder, bootmgr: (name: String, bytes: [UInt8])?, clusterByteCount: Int = 4096,
        offset: Int64 = 1 << 20, byteCount: Int64 = 64 << 20, empty: [String] = [], folders: [String] = []
    ) throws {
        self.folder = folder
        path = folder.appending("ntfs.img")
        partition = offset..<offset + byteCount
        let entry = Partition(
            type: .installableFileSystem, offset: offset, byteCount: byteCount, isActive: true)
        let code = try #require(BootSectors.masterBootRecord)
        let record = MasterBootRecord(code: code, diskSignature: 1, partitions: [entry])
        try folder.write(record.bytes, to: "ntfs.img")
        let file = try FileDescriptor.open(path, .writeOnly)
        try file.closeAfter { try file.resize(to: offset + byteCount) }
        try withDevice(isWritable: true) { device in
            try Program.succeed(
                "mkntfs",
                [
                    "-Q", "-F", "-q", "-c", "\(clusterByteCount)", "-s", "512", "-p", "\(offset / 512)", "-H", "255",
                    "-S", "63", device.string,
                ])
            if !empty.isEmpty || !folders.isEmpty {
                let files = try empty.map {
                    DiskFile(path: try MediaPath($0), byteCount: 0, modified: FixtureTree.time)
                }
                let tree = try VolumeTree(files: files, folders: try folders.map { try MediaPath($0) }, hasLabel: false)
                let volume = try NTFSVolume(file: device)
                _ = try volume.reserve(files, tree, created: FixtureTree.time, Interruption())
                try volume.close()
            }
            if let bootmgr {
                let source = try folder.write(bootmgr.bytes, to: "bootmgr.source")
                try Program.succeed("ntfscp", ["-q", device.string, source.string, bootmgr.name])
            }
            try NTFSBootRecord.install(on: device)
        }
    }

    func withDevice<Result>(isWritable: Bool = false, _ body: (FilePath) throws -> Result) throws -> Result {
        let device = try LoopDevice(on: path, partition, isWritable: isWritable)
        return try withExtendedLifetime(device) {
            let result = try body(device.node)
            // Who else looks at loop devices at the same time would keep what was written from reaching the image.
            if isWritable { try Program.succeed("sync", [device.node.string]) }
            return result
        }
    }

    /// The volume as programs change it.
    @discardableResult
    func edit(_ change: (NTFSEditor) throws -> Void) throws -> NTFSDisk {
        try change(try NTFSEditor(path, at: partition.lowerBound))
        return self
    }

    /// What ntfs-3g's programs say of the volume, which must be sound and hold `bytes` as `name`.
    func check(_ name: String, _ bytes: [UInt8]) throws {
        try withDevice { device in
            let fixed = try Program.succeed("ntfsfix", ["-n", device.string]).output
            #expect(fixed.contains("was processed successfully"), "\(fixed)")
            let info = try Program.succeed("ntfsinfo", ["-m", device.string]).output
            #expect(!info.contains("dirty"), "\(info)")
            #expect(try Program.succeed("ntfscat", [device.string, name]).outputBytes == bytes)
        }
    }

    func boot(bus: Firmware.DriveBus = .disk, showsScreen: Bool = false) throws -> BootReport {
        try Firmware.seaBIOS.boot(drive: path, bus: bus, showsScreen: showsScreen, deadline: .seconds(60))
    }

    /// What the boot record says when it cannot start the drive.
    func failure() -> String? {
        guard let error = #expect(throws: FirmwareError.self, performing: { try boot(showsScreen: true) }) else {
            return nil
        }
        return error.reason.hasPrefix("the ") ? error.description : error.reason
    }
}
