// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DriveImage

/// Drives with a data partition, as the programs of ntfs-3g, 7-Zip and the firmware see them.
@Suite("A data partition")
struct DataVolumeTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static func filler(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    /// Sizes around clusters and records, names of every kind, folders in folders.
    static let dataFiles: [(path: String, bytes: [UInt8])] = [
        ("SMS/PKG/ABC00002/large.bin", filler(5_000_001, seed: 1)), ("SMS/PKG/ABC00002/one.bin", filler(1, seed: 2)),
        ("SMS/PKG/ABC00002/cluster.bin", filler(4_096, seed: 3)), ("SMS/PKG/ABC00002/empty.bin", []),
        ("SMS/PKG/ABC00003/sub folder/Ünïcödé 日本語 🙂.vhdx", filler(700_000, seed: 4)),
        ("SMS/PKG/ABC00003/" + String(repeating: "x", count: 200), filler(4_097, seed: 5)),
    ]

    /// A drive and what is on both of its partitions.
    private struct Drive {
        var disk: SampleDisk
        var dataFiles = DataVolumeTests.dataFiles

        func layout() throws -> DiskLayout {
            var disk = disk
            disk.dataFiles = try diskFiles()
            return try disk.layout()
        }

        func diskFiles() throws -> [DiskFile] {
            try dataFiles.map {
                DiskFile(path: try MediaPath($0.path), byteCount: Int64($0.bytes.count), modified: disk.modified)
            }
        }

        func content(_ number: Int) -> TransferContent {
            var all = disk
            all.files += dataFiles
            return all.content(number)
        }

        func volume(_ layout: DiskLayout, in folder: TestFolder) throws -> DataVolume {
            let place = folder.appending("staging-\(UInt64.random(in: .min ... .max))")
            try TestFolder.makeFolder(place)
            return try DataVolume(try #require(layout.ntfsVolumes.first), in: place, interruption: Interruption())
        }

        func verify(_ path: FilePath, _ layout: DiskLayout, _ data: DataVolume) throws -> DiskVerification {
            let digests = (disk.files + dataFiles).map { SHA256.digest(of: $0.bytes) }
            let file = try FileDescriptor.open(path, .readOnly)
            return try file.closeAfter {
                try DiskVerifier(layout, data: [data], interruption: Interruption()) { digests[$0] }
                    .verify([(PositionedInput(file, path: path), "drive")], progress: .silent)[0]
            }
        }
    }

    private func drive(_ scheme: PartitionScheme = .mbr, byteCount: Int64 = 300 << 20) throws -> Drive {
        var disk = try UEFIBootTests.disk()
        disk.scheme = scheme
        disk.deviceByteCount = byteCount
        return Drive(disk: disk)
    }

    private func write(
        _ drive: Drive, _ name: String = "drive.img"
    ) throws -> (disk: WrittenDisk, data: DataVolume) {
        let layout = try drive.layout()
        let data = try drive.volume(layout, in: folder)
        let path = folder.appending(name)
        try DiskWriter(layout, data: [data], interruption: Interruption()).write(
            toImage: path, replacesExisting: true, progress: .silent, content: { drive.content($0) })
        return (WrittenDisk(path: path, layout: layout), data)
    }

    /// What other programs say of the data partition of a drive.
    private func check(_ path: FilePath, _ layout: DiskLayout, _ drive: Drive) throws {
        let partition = try #require(layout.dataPartition)
        let volume = folder.appending("volume.ntfs")
        try Program.succeed(
            "dd",
            [
                "if=\(path)", "of=\(volume)", "bs=1048576", "skip=\(partition.lowerBound >> 20)",
                "count=\(partition.count >> 20)", "status=none", "conv=sparse",
            ])
        let fixed = try Program.succeed("ntfsfix", ["-n", volume.string]).output
        #expect(fixed.contains("NTFS partition \(volume) was processed successfully"), "\(fixed)")
        let info = try Program.succeed("ntfsinfo", ["-m", volume.string]).output
        #expect(!info.contains("dirty"), "\(info)")
        let environment = ["LC_ALL": "C.UTF-8"]
        for file in drive.dataFiles {
            let read = try Program.succeed("ntfscat", [volume.string, file.path], environment: environment)
            #expect(read.outputBytes == file.bytes, "\(file.path)")
        }
        let target = folder.appending("extracted")
        try Folder.removeTree(target)
        try Program.succeed(
            "7z", ["x", "-y", "-bd", "-tntfs", "-o\(target)", volume.string, "SMS"], environment: environment)
        let found = try WrittenDisk.digests(of: target)
        let expected = Dictionary(
            uniqueKeysWithValues: drive.dataFiles.map { ($0.path, SHA256.digest(of: $0.bytes)) })
        #expect(found == expected)
        try Program.succeed("sfdisk", ["--verify", path.string])
    }

    @Test(
        "ntfs-3g's tools and 7-Zip read every file, fsck.fat the boot partition, and so do we",
        arguments: PartitionScheme.allCases, [Int64(0), 300 << 20, 5_368_748_544])
    func readBack(scheme: PartitionScheme, byteCount: Int64) throws {
        let drive = try drive(scheme, byteCount: byteCount)
        let written = try write(drive)
        try check(written.disk.path, written.disk.layout, drive)
        try written.disk.check()
        #expect(try written.disk.digests(in: folder).count == drive.disk.files.count)
        let partition = try #require(written.disk.layout.dataPartition)
        let file = try InputFile.open(written.disk.path)
        try file.closeAfter {
            let reader = try #require(NTFSVolumeReader(file, path: "drive", range: partition))
            #expect(Set(reader.files.map(\.path.description)) == Set(drive.dataFiles.map(\.path)))
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 4096)
            defer { buffer.deallocate() }
            for (number, listed) in reader.files.enumerated() {
                var bytes: [UInt8] = []
                try reader.read(number, buffer: buffer) { bytes += $0 }
                #expect(bytes == drive.dataFiles.first { $0.path == listed.path.description }?.bytes)
            }
        }
        #expect(try drive.verify(written.disk.path, written.disk.layout, written.data).isSound)
    }

    @Test("the serial number is that of the identity, in both boot sectors, and blkid says the same")
    func serial() throws {
        var drive = try drive()
        drive.dataFiles = [("SMS/PKG/ABC00002/large.bin", [1, 2, 3])]
        let written = try write(drive)
        let serial = try drive.disk.description().identity.volumeSerial(ofPartition: 2)
        let digits = String(serial, radix: 16, uppercase: true)
        let expected = String(repeating: "0", count: 16 - digits.count) + digits
        let partition = try #require(written.disk.layout.dataPartition)
        let said = try Program.succeed(
            "blkid",
            [
                "--probe", "--offset", String(partition.lowerBound), "--size", String(partition.count), "--match-tag",
                "UUID", "--output", "value", written.disk.path.string,
            ]
        ).output
        #expect(said == expected + "\n")
        let file = try InputFile.open(written.disk.path)
        try file.closeAfter {
            let source = try FileSource(file, path: written.disk.path)
            for offset in [partition.lowerBound, partition.upperBound - 512] {
                let sector = ByteReader(try #require(try source.bytes(at: offset, length: 512)))
                #expect(sector.littleEndian(UInt64.self, at: 0x48) == serial, "\(offset)")
            }
        }
        // Another drive has another.
        #expect(
            DiskIdentity(seed: SHA256.digest(of: [2]), roles: [.boot, .data]).volumeSerial(ofPartition: 2) != serial)
    }

    @Test("both firmwares start it", arguments: Firmware.DriveBus.allCases)
    func boots(bus: Firmware.DriveBus) throws {
        let drive = try drive()
        let path = try write(drive).disk.path
        let image = try #require(drive.disk.files.first { $0.path == "sources/boot.wim" })
        #expect(
            try Firmware.ovmfX64.boot(drive: path, bus: bus).bootImageDigest == SHA256.digest(of: image.bytes))
        #expect(
            try Firmware.seaBIOS.boot(drive: path, bus: bus).bootImageDigest
                == SHA256.digest(of: drive.disk.files[0].bytes))
    }

    @Test("the same plan gives the same bytes")
    func reproducible() throws {
        let drive = try drive()
        let one = try write(drive, "one.img").disk.path
        let two = try write(drive, "two.img").disk.path
        try Program.succeed("cmp", [one.string, two.string])
    }

    @Test("on drives that held something else it is what it is on a new image, also side by side")
    func usedDrives() throws {
        let drive = try drive(byteCount: 200 << 20)
        let layout = try drive.layout()
        let data = try drive.volume(layout, in: folder)
        let paths = ["one", "two"].map { folder.appending($0) }
        for path in paths {
            try Program.succeed(
                "sh", ["-c", "head -c \(200 << 20) /dev/zero | tr '\\0' '\\245' > '\(path)'"])
        }
        let files = try paths.map { try FileDescriptor.open($0, .readWrite) }
        defer { for file in files { try? file.close() } }
        let failures = try DiskWriter(layout, data: [data], interruption: Interruption()).write(
            to: zip(files, paths).map { DiskTarget(device: $0, path: $1) }, progress: .silent,
            content: { drive.content($0) })
        #expect(failures.allSatisfy { $0 == nil })
        for path in paths {
            try check(path, layout, drive)
            #expect(try drive.verify(path, layout, data).isSound)
        }
    }

    @Test("what is not as it was written is named")
    func damage() throws {
        let drive = try drive()
        let (disk, data) = try write(drive)
        let places: [(Int64, DiskPart)] = [
            (data.files[0][0].lowerBound + 4_500_000, .file(try MediaPath(drive.dataFiles[0].path))),
            (data.structures[0].lowerBound + 600, .dataVolume),
            (try #require(disk.layout.dataPartition).upperBound - 512, .dataVolume),
        ]
        for (offset, part) in places {
            try CommandSession.flipBit(of: disk.path, at: offset)
            #expect(try drive.verify(disk.path, disk.layout, data).mismatches.map(\.part) == [part])
            try CommandSession.flipBit(of: disk.path, at: offset)
        }
    }

    @Test(
        "everything on the data partition is written before what makes the drive boot",
        arguments: PartitionScheme.allCases)
    func order(scheme: PartitionScheme) throws {
        let drive = try drive(scheme, byteCount: 200 << 20)
        let layout = try drive.layout()
        let data = try drive.volume(layout, in: folder)
        let memory = MemoryDrive(byteCount: 200 << 20)
        memory.record()
        let failures = try DiskWriter(layout, data: [data], interruption: Interruption()).write(
            to: [DiskTarget(memory)], progress: .silent, content: { drive.content($0) })
        #expect(failures.allSatisfy { $0 == nil })
        let partition = try #require(layout.dataPartition)
        let writes = memory.events.map { event -> (Int64, Bool) in
            guard case .write(let offset, let bytes) = event else { return (-1, false) }
            return (offset, bytes.count <= 4_096 && bytes.contains { $0 != 0 })
        }
        let last = try #require(writes.lastIndex { partition.contains($0.0) })
        let first = try #require(writes.firstIndex { $0.0 == 0 && $0.1 })
        #expect(last < first)
        // Between them everything is made safe.
        #expect(writes[last..<first].contains { $0.0 == -1 })
    }

    @Test("a content that is not what was promised leaves nothing that boots")
    func wrongContent() throws {
        let drive = try drive()
        let layout = try drive.layout()
        let data = try drive.volume(layout, in: folder)
        let source = try folder.write([UInt8](repeating: 7, count: 5_000_001), to: "wrong.bin")
        let path = folder.appending("used")
        try write(drive, "used").disk.check()
        let file = try FileDescriptor.open(path, .readWrite)
        try file.closeAfter {
            _ = #expect(throws: TransferError.self) {
                _ = try DiskWriter(layout, data: [data], interruption: Interruption()).write(
                    to: [DiskTarget(device: file, path: path)], progress: .silent
                ) { number in
                    let content = drive.content(number)
                    guard number == drive.disk.files.count else { return content }
                    return TransferContent(
                        name: content.name, source: .file(source), byteCount: content.byteCount,
                        sha256: content.sha256)
                }
            }
        }
        #expect(try Program.succeed("head", ["--bytes=512", path.string]).outputBytes.allSatisfy { $0 == 0 })
    }

    @Test("a drive that is too small is told with the sizes that are needed, and one that is not is large enough")
    func tooSmall() throws {
        let smallest = try drive(byteCount: 0).layout().deviceByteCount
        var drive = try drive(byteCount: smallest - (1 << 20))
        let error = #expect(throws: DriveImageError.self) { _ = try drive.layout() }
        #expect(error?.code == .tooSmall)
        #expect(
            error?.description.contains("a drive of \(smallest), and it has") == true, "\(error?.description ?? "")")
        drive.disk.deviceByteCount = smallest
        #expect(try write(drive).disk.layout.dataPartition != nil)
    }

    @Test("very many files fit into the partition that is said to be enough")
    func manyFiles() throws {
        var drive = try drive(byteCount: 0)
        drive.dataFiles = (0..<3_000).map {
            ("SMS/PKG/ABC\($0 % 50)/file \($0).bin", [UInt8](repeating: 1, count: 5_000))
        }
        let written = try write(drive)
        let volume = folder.appending("extracted")
        let partition = try #require(written.disk.layout.dataPartition)
        let image = folder.appending("many.ntfs")
        try Program.succeed(
            "dd",
            [
                "if=\(written.disk.path)", "of=\(image)", "bs=1048576", "skip=\(partition.lowerBound >> 20)",
                "status=none",
            ])
        try Program.succeed("7z", ["x", "-y", "-bd", "-tntfs", "-o\(volume)", image.string, "SMS"])
        #expect(try WrittenDisk.digests(of: volume).count == 3_000)
    }

    @Test(
        "one file of many gigabytes fits where it is said to, and nothing of it is staged",
        arguments: [Int64(4_613_734_400), 5 << 30, 70 << 30, 900 << 30])
    func largeFile(byteCount: Int64) throws {
        var disk = try UEFIBootTests.disk()
        disk.deviceByteCount = 0
        let file = DiskFile(
            path: try MediaPath("SMS/PKG/huge.vhdx"), byteCount: byteCount + 77, modified: disk.modified)
        disk.dataFiles = [file]
        let layout = try disk.layout()
        let partition = try #require(layout.dataPartition)
        let staged = DataVolume.stagedByteCount(forPartitionOf: Int64(partition.count))
        let data = try DataVolume(
            try #require(layout.ntfsVolumes.first), in: folder.path, interruption: Interruption())
        let extents = data.files[0].sorted { $0.lowerBound < $1.lowerBound }
        #expect(extents.reduce(0) { $0 + Int64($1.count) } == byteCount + 77)
        #expect(extents.allSatisfy { partition.contains($0.lowerBound) && $0.upperBound <= partition.upperBound })
        #expect(zip(extents, extents.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        #expect(!data.structures.contains { range in extents.contains { $0.overlaps(range) } })
        let used = try Program.succeed("du", ["--block-size=1", folder.path.string]).output.prefix { $0 != "\t" }
        #expect(try #require(Int64(used)) < staged)
    }

    @Test("a file has one place on the media, on whichever partition")
    func duplicates() throws {
        var drive = try drive()
        drive.dataFiles = [("SOURCES/Boot.WIM", [1])]
        #expect(throws: DriveImageError.self) { _ = try drive.layout() }.map { #expect($0.code == .duplicateName) }
    }

    @Test("a damaged volume never does more than hold fewer files")
    func hostile() throws {
        let drive = try drive(byteCount: 0)
        let (disk, data) = try write(drive)
        let partition = try #require(disk.layout.dataPartition)
        var generator = SeededGenerator(seed: 9)
        let file = try FileDescriptor.open(disk.path, .readWrite)
        defer { try? file.close() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 4096)
        defer { buffer.deallocate() }
        for _ in 0..<60 {
            // Most of what the library reads lies in the first structures: boot sector, records, indices.
            let range = data.structures[Int(generator.next() % UInt64(min(3, data.structures.count)))]
            let place = range.lowerBound + Int64(generator.next() % UInt64(range.count))
            try CommandSession.flipBit(of: disk.path, at: place)
            guard let reader = NTFSVolumeReader(file, path: "drive", range: partition) else { continue }
            #expect(reader.files.count <= drive.dataFiles.count + 60)
            let mask = MediaMask(files: [MediaPath](), folders: [MediaPath](), sharedFolders: [MediaPath]())
            _ = try reader.tree(mask, byteLimit: 64 << 20, interruption: Interruption()) { _ in }
            for number in reader.files.indices where reader.files[number].byteCount < 64 << 20 {
                try? reader.read(number, buffer: buffer) { _ in }
            }
        }
    }
}
