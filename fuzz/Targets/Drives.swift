// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

@testable import DriveImage

extension FuzzTarget {
    /// A volume of FAT with the tree of media.
    static func fatSeed(_ folder: SeedFolder, bits: Int, mebibytes: Int) throws -> [UInt8] {
        let image = folder.appending("fat\(bits).img")
        try Program.succeed("truncate", ["-s", "\(mebibytes)M", image.string])
        try Program.succeed("mkfs.fat", ["-F", "\(bits)", "-n", "LABEL", "-i", "12345678", image.string])
        let tree = try MediaSeed.tree(in: folder)
        for name in ["SMS", "sources", "boot"] {
            try Program.succeed("mcopy", ["-s", "-i", image.string, tree.appending(name).string, "::"])
        }
        return try SmallFile.read(image, limit: 256 << 20)
    }

    /// A drive of `mebibytes` with a partition that begins at 1 MiB and holds `volume`.
    static func driveSeed(_ folder: SeedFolder, _ scheme: String, _ volume: [UInt8]) throws -> [UInt8] {
        let image = folder.appending("drive.img")
        try Program.succeed("truncate", ["-s", "\(volume.count + (2 << 20))", image.string])
        let type = scheme == "gpt" ? "uefi" : "c"
        try Program.succeed(
            "sfdisk", ["--quiet", image.string],
            input: Array("label: \(scheme)\nstart=2048,size=\(volume.count / 512),type=\(type),bootable\n".utf8))
        var bytes = try SmallFile.read(image, limit: 256 << 20)
        bytes.replaceSubrange((1 << 20)..<(1 << 20) + volume.count, with: volume)
        return bytes
    }

    /// A volume of NTFS with the tree of media.
    private static func ntfsSeed(_ folder: SeedFolder) throws -> [UInt8] {
        let image = folder.appending("ntfs.img")
        try Program.succeed("truncate", ["-s", "4M", image.string])
        try Program.succeed("mkntfs", ["-F", "-q", "-L", "LABEL", image.string])
        let tree = try MediaSeed.tree(in: folder)
        try Program.succeed(
            "ntfscp",
            [image.string, tree.appending("SMS").appending("data").appending("TsmBootstrap.ini").string, "a.ini"])
        return try SmallFile.read(image, limit: 256 << 20)
    }

    /// What reads drives and volumes.
    static let drives = [
        FuzzTarget(
            "partition-table", words: ["EFI PART\0\0\u{01}\0", "U\u{AA}"],
            seeds: { folder in
                let volume = [UInt8](repeating: 0, count: 1 << 20)
                return try ["gpt", "dos"].map { SparseImage.input(of: try driveSeed(folder, $0, volume)) }
            },
            read: { input in
                let image = SparseImage(input)
                try ScratchFile.with(image) { path, file in
                    let source = try FileSource(file, path: path)
                    let table = try PartitionTable(source)
                    for partition in table?.partitions ?? [] {
                        precondition(partition.range.upperBound <= source.byteCount, "a partition lies on its drive")
                    }
                    _ = try DiskNumbers(source)
                    _ = try ClaimedSize.byteCount(of: source)
                    _ = try DriveStructures.damagedParts(of: source, volumes: [], identities: [])
                }
            }),
        FuzzTarget(
            "fat", words: ["FAT32   ", "FAT16   ", "SMS        ", ".          ", "..         "],
            seeds: { folder in
                [
                    SparseImage.input(of: try fatSeed(folder, bits: 12, mebibytes: 1)),
                    SparseImage.input(of: try fatSeed(folder, bits: 16, mebibytes: 16)),
                    SparseImage.input(of: try fatSeed(folder, bits: 32, mebibytes: 34)),
                ]
            },
            read: { input in
                try ScratchFile.with(SparseImage(input)) { path, file in
                    let source = try FileSource(file, path: path)
                    guard let volume = try FATVolume(source) else { return }
                    _ = try volume.label()
                    _ = try volume.isClean()
                    let (facts, _) = try volume.facts()
                    for fact in facts.prefix(100) { _ = try volume.contents(of: fact.entry, limit: 1 << 16) }
                    _ = try DriveStructures.damagedParts(of: source, volumes: [volume], identities: [])
                }
            }),
        FuzzTarget(
            "ntfs", words: ["NTFS    ", "FILE0", "INDX", "$\0I\u{30}\0", "RCRD"],
            seeds: { folder in [SparseImage.input(of: try ntfsSeed(folder), limit: 512 << 10)] },
            read: { input in
                let image = SparseImage(input)
                try ScratchFile.with(image) { path, file in
                    _ = try VolumeCondition.of(file, path: path, range: 0..<image.byteCount)
                    guard let volume = NTFSVolumeReader(file, path: path, range: 0..<image.byteCount) else { return }
                    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
                    defer { buffer.deallocate() }
                    for number in volume.files.indices.prefix(50) where volume.files[number].byteCount < 1 << 20 {
                        try? volume.read(number, buffer: buffer) { _ in }
                    }
                }
            }),
        FuzzTarget(
            "ntfs-boot-record",
            seeds: { folder in [SparseImage.input(of: Array(try ntfsSeed(folder).prefix(16 << 10)))] },
            read: { input in
                try ScratchFile.with(SparseImage(input)) { path, _ in
                    try? NTFSBootRecord.install(on: path)
                    try NTFSBootRecord.setSerial(1, of: path)
                }
            }),
    ]
}
