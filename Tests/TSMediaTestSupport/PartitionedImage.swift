// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import SystemPackage

/// The image of a disk as programs of others see it: sfdisk finds the partitions, mtools and ntfs-3g's tools the files.
public struct PartitionedImage {
    /// A partition that sfdisk lists.
    public struct Partition {
        /// Its first sector, of 512 bytes.
        public let start: Int64
        /// Its number of sectors.
        public let size: Int64
        /// The type: a GUID, or two hexadecimal digits.
        public let type: String
        /// True for the one that a BIOS starts.
        public let isBootable: Bool
        /// The attributes of a GUID partition table, in sfdisk's words.
        public let attributes: String
    }

    /// The image.
    public let path: FilePath
    /// "gpt" or "dos".
    public let scheme: String
    /// The partitions in the order of the table.
    public let partitions: [Partition]
    private let work: TestFolder

    /// Reads the partition table of the image at `path`; sfdisk must find nothing wrong with it.
    public init(_ path: FilePath) throws {
        self.path = path
        work = try TestFolder()
        try Program.succeed("sfdisk", ["--verify", path.string])
        let table = try JSONValue(parsing: try Program.succeed("sfdisk", ["--json", path.string]).output).partitiontable
        scheme = table.label.text ?? ""
        partitions = table.partitions.elements.map { entry in
            Partition(
                start: entry.start.number ?? 0, size: entry.size.number ?? 0,
                type: entry.type.text ?? "", isBootable: entry.bootable == .flag(true),
                attributes: entry.attrs.text ?? "")
        }
    }

    /// A partition by itself, in a sparse file.
    public func volume(_ index: Int) throws -> FilePath {
        let volume = work.appending("partition\(index)-\(UInt32.random(in: 0...UInt32.max))")
        try Program.succeed(
            "dd",
            [
                "if=\(path)", "of=\(volume)", "bs=1M", "skip=\(partitions[index].start / 2048)",
                "count=\(partitions[index].size / 2048)", "conv=sparse", "status=none",
            ])
        return volume
    }

    /// The SHA-256 of every file of a FAT32 volume, by path; fsck.fat must find nothing wrong with it.
    public func fatHashes(_ index: Int) throws -> [String: String] {
        let volume = try volume(index)
        try Program.succeed("fsck.fat", ["-n", volume.string])
        let copy = work.appending("fat\(index)")
        try TestFolder.makeFolder(copy)
        try Program.succeed(
            "mcopy", ["-s", "-n", "-i", volume.string, "::*", copy.string],
            environment: ["MTOOLS_SKIP_CHECK": "1", "LC_ALL": "C.UTF-8"])
        return try TestFolder.hashes(in: copy)
    }

    /// The SHA-256 of every file of an NTFS volume, by path; ntfsfix must find nothing wrong with it.
    public func ntfsHashes(_ index: Int) throws -> [String: String] {
        let volume = try volume(index)
        try Program.succeed("ntfsfix", ["-n", volume.string])
        let copy = work.appending("ntfs\(index)")
        try TestFolder.makeFolder(copy)
        // 7-Zip lists the files of the file system itself too.
        try Program.succeed(
            "7z", ["x", "-y", "-bd", "-tntfs", "-o\(copy)", "-x![SYSTEM]", volume.string],
            environment: ["LC_ALL": "C.UTF-8"])
        return try TestFolder.hashes(in: copy)
    }
}

extension TestFolder {
    /// The SHA-256 of every file below `folder`, by path, as sha256sum tells.
    public static func hashes(in folder: FilePath) throws -> [String: String] {
        let output = try Program.succeed(
            "sh", ["-c", "cd \"$1\" && find . -type f -print0 | xargs -0 -r sha256sum", "sh", folder.string]
        ).output
        return Dictionary(
            uniqueKeysWithValues: output.split(separator: "\n").map { line in
                (String(line.dropFirst(68)), String(line.prefix(64)))
            })
    }
}
