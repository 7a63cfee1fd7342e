// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// The disk of a computer that is captured: a volume of NTFS with a stand-in for Windows, one of FAT32 and one of ext4.
struct ReferenceComputer {
    /// The disk.
    let disk: FilePath
    /// The volumes as they were before.
    let ntfs: FilePath
    let fat: FilePath
    /// What lies on the volume of FAT32.
    let files: FilePath

    private static let mebibyte: Int64 = 1 << 20
    private static let (ntfsSize, fatSize, otherSize): (Int64, Int64, Int64) = (160, 48, 16)

    /// Makes one in `folder` from an image of the stand-in, with `change` to the volume of NTFS.
    init(
        in folder: FilePath, windows: FilePath, change: (FilePath) throws -> Void = { _ in }
    ) throws {
        try TestFolder.makeFolder(folder)
        (disk, ntfs, fat) = (
            folder.appending("disk.img"), folder.appending("ntfs.img"), folder.appending("fat.img")
        )
        files = folder.appending("files")
        let other = folder.appending("ext4.img")
        for (image, size) in [(ntfs, Self.ntfsSize), (fat, Self.fatSize), (other, Self.otherSize)] {
            try Program.succeed("truncate", ["--size", "\(size)M", image.string])
        }
        try Program.succeed("mkntfs", ["--quick", "--force", "--quiet", "--label", "Windows", ntfs.string])
        try Program.succeed("wimlib-imagex", ["apply", windows.string, "1", ntfs.string])
        try change(ntfs)
        try Program.succeed("mkfs.fat", ["-F", "32", "-s", "1", "-n", "DATA", fat.string])
        try TestFolder.write("of the FAT volume\n".utf8, to: files.appending("A long name.text"))
        try TestFolder.write(
            (0..<70_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }, to: files.appending("Sub/data.bin"))
        try TestFolder.write("hidden".utf8, to: files.appending("HIDDEN.SYS"))
        for name in ["A long name.text", "Sub", "HIDDEN.SYS"] {
            try Program.succeed("mcopy", ["-s", "-m", "-i", fat.string, files.appending(name).string, "::"])
        }
        try Program.succeed("mattrib", ["+h", "+s", "+r", "-i", fat.string, "::HIDDEN.SYS"])
        try Program.succeed("mkfs.ext4", ["-q", "-F", other.string])
        try join([(ntfs, Self.ntfsSize), (fat, Self.fatSize), (other, Self.otherSize)])
    }

    /// Puts the volumes on a disk with GPT.
    private func join(_ volumes: [(FilePath, Int64)]) throws {
        let types = [
            "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7",
            "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
        ]
        var table = "label: gpt\n"
        var start: Int64 = 1
        let total = volumes.reduce(2) { $0 + $1.1 }
        try Program.succeed("truncate", ["--size", "\(total)M", disk.string])
        var places: [Int64] = []
        for (type, volume) in zip(types, volumes) {
            table += "start=\(start * 2048), size=\(volume.1 * 2048), type=\(type)\n"
            places.append(start)
            start += volume.1
        }
        let script = disk.removingLastComponent().appending("table")
        try TestFolder.write(table.utf8, to: script)
        try Program.succeed(
            "sh", ["-c", "sfdisk --quiet \"$1\" <\"$2\"", "sh", disk.string, script.string])
        for (place, volume) in zip(places, volumes) {
            try Program.succeed(
                "dd",
                [
                    "if=\(volume.0)", "of=\(disk)", "bs=1M", "seek=\(place)", "conv=sparse,notrunc", "status=none",
                ])
        }
    }
}
