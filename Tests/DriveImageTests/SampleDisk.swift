// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// A drive to be written, small unless a test says otherwise.
struct SampleDisk {
    var scheme = PartitionScheme.mbr
    var label = "TSMEDIA"
    var deviceByteCount: Int64 = 64 << 20
    var files: [(path: String, bytes: [UInt8])] = []
    var folders: [String] = []
    var modified = FixtureTree.time

    var dataFiles: [DiskFile] = []
    /// Gives it a second partition, without a volume, behind a first of this size.
    var bootPartitionByteCount: Int64?

    func description() throws -> MediaDisk {
        MediaDisk(
            scheme: scheme, label: try FATLabel(label),
            identity: DiskIdentity(seed: SHA256.digest(of: [1]), roles: [.boot, .data]),
            files: try files.map {
                DiskFile(path: try MediaPath($0.path), byteCount: Int64($0.bytes.count), modified: modified)
            }, dataFiles: dataFiles,
            folders: try folders.map { try MediaPath($0) }, created: FixtureTree.time,
            deviceByteCount: deviceByteCount == 0 ? nil : deviceByteCount)
    }

    func layout() throws -> DiskLayout {
        let disk = try description()
        guard let bootPartitionByteCount else { return try disk.layout() }
        return try DiskLayout(
            DividedDisk(
                division: DiskDivision(
                    scheme: scheme,
                    partitions: [
                        DividedPartition(
                            purpose: .basic, size: .bytes(bootPartitionByteCount), fileSystem: .fat32, label: label,
                            isActive: true),
                        DividedPartition(purpose: .basic, size: .rest(atMost: .max), fileSystem: nil),
                    ]),
                contents: [0: DividedDisk.Content(firstFile: 0, files: disk.files, folders: disk.folders)],
                identity: disk.identity, created: disk.created, deviceByteCount: deviceByteCount))
    }

    /// Where the bytes of each file come from: memory.
    func content(_ number: Int) -> TransferContent {
        let (path, bytes) = files[number]
        return TransferContent(
            name: "file \(path)", source: .bytes(bytes), byteCount: Int64(bytes.count), sha256: SHA256.digest(of: bytes)
        )
    }

    /// Writes an image file and returns it.
    @discardableResult
    func write(to folder: TestFolder, _ name: String = "drive.img") throws -> WrittenDisk {
        let layout = try layout()
        let path = folder.appending(name)
        try DiskWriter(layout, interruption: Interruption()).write(
            toImage: path, replacesExisting: true, progress: .silent, content: { content($0) })
        return WrittenDisk(path: path, layout: layout)
    }
}

extension DiskLayout {
    /// The parts of the FAT32 volume that media lies in.
    var geometry: FATGeometry { fatVolumes[0].geometry }
    /// The bytes of the drive that the first partition takes.
    var bootPartition: Range<Int64> { partitionTable.partitions[0].range }
    /// The bytes of the second, where there is one.
    var dataPartition: Range<Int64>? { partitionTable.partitions.dropFirst().first?.range }

    /// Where the content of a file of the FAT32 volume lies.
    func range(ofFile number: Int) -> Range<Int64> { fatVolumes[0].range(ofFile: number) }
}

extension ProgressMeter {
    /// A meter that shows nothing.
    static var silent: ProgressMeter {
        ProgressMeter(phase: "test", totalByteCount: nil, observer: SilentProgress())
    }
}

/// A drive in an image file, as other programs see it.
struct WrittenDisk {
    let path: FilePath
    let layout: DiskLayout

    /// What mtools call the boot partition's volume.
    var mtoolsImage: String { "\(path)@@\(layout.bootPartition.lowerBound)" }

    /// mtools take names in the character set of the locale, and times as local.
    static let environment = ["LC_ALL": "C.UTF-8", "TZ": "UTC"]

    /// What fsck.fat says of the boot partition's volume, which it must not want to change.
    @discardableResult
    func check(options: [String] = []) throws -> String {
        let device = try LoopDevice(on: path, layout.bootPartition)
        return try Program.succeed("fsck.fat", options + ["-n", "-v", device.node.string]).output
    }

    /// Copies every file with mcopy to a folder, and returns the SHA-256 of each by its path.
    func digests(in folder: TestFolder) throws -> [String: SHA256Digest] {
        let target = folder.appending("copied")
        try Folder.removeTree(target)
        try folder.makeFolder(target)
        try Program.succeed(
            "mcopy", ["-s", "-Q", "-n", "-i", mtoolsImage, "::/", target.string], environment: Self.environment)
        return try Self.digests(of: target)
    }

    /// The SHA-256 of every file below `folder`, by coreutils.
    static func digests(of folder: FilePath) throws -> [String: SHA256Digest] {
        let listed = try Program.succeed(
            "find", [".", "-type", "f", "-exec", "sha256sum", "-z", "{}", "+"], in: folder)
        return Dictionary(
            uniqueKeysWithValues: try listed.output.split(separator: "\0").map { line in
                guard let digest = SHA256Digest(hexadecimal: line.prefix(64)) else { throw Errno.invalidArgument }
                return (String(line.dropFirst(68)), digest)
            })
    }

    /// Our own reader's view of the boot partition's volume.
    func withVolume<Result>(_ body: (FATVolume) throws -> Result) throws -> Result {
        let descriptor = try InputFile.open(path)
        return try descriptor.closeAfter {
            let source = try FileSource(descriptor, path: path)
            guard let volume = try FATVolume(source, at: layout.bootPartition.lowerBound) else {
                throw Errno.invalidArgument
            }
            return try body(volume)
        }
    }
}
