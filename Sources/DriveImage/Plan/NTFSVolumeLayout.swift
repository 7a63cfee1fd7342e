// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The files of an operating system image that are applied to a volume of NTFS before files of media go there.
public struct NTFSTreePlan: Sendable, Equatable {
    /// The room in bytes that is enough for them.
    public let byteCount: Int64
    /// The SHA-256 of all that such a volume keeps of them (docs/formats/ours.md section 1).
    public let sha256: SHA256Digest
    /// The folders that they and the media have both.
    public let sharedFolders: [MediaPath]

    /// Describes the files of an image.
    public init(byteCount: Int64, sha256: SHA256Digest, sharedFolders: [MediaPath]) {
        self.byteCount = byteCount
        self.sha256 = sha256
        self.sharedFolders = sharedFolders
    }
}

/// An NTFS volume that is to be made: where it lies and what it is to hold.
///
/// Where its files lie is known when libntfs-3g has made room for them: see ``DataVolume``.
public struct NTFSVolumeLayout: Sendable, Equatable {
    /// The bytes of the drive that the volume takes.
    public let range: Range<Int64>
    /// The label.
    public let label: String
    /// The number of its first file among all files of the drive.
    public let firstFile: Int
    /// The files.
    public let files: [DiskFile]
    /// Folders that exist even when they are empty.
    public let folders: [MediaPath]
    /// What is applied to it first; nil for nothing.
    public let tree: NTFSTreePlan?
    /// The time of the folders.
    public let created: Timestamp
    /// Whether a BIOS starts the volume.
    public let isBootable: Bool
    let serial: UInt64

    /// A volume without files.
    package init(
        empty range: Range<Int64>, label: String, isBootable: Bool, serial: UInt64, created: Timestamp
    ) {
        self.init(
            range: range, label: label, firstFile: 0, files: [], folders: [], tree: nil, created: created,
            isBootable: isBootable, serial: serial)
    }

    init(
        range: Range<Int64>, label: String, firstFile: Int, files: [DiskFile], folders: [MediaPath],
        tree: NTFSTreePlan?, created: Timestamp, isBootable: Bool, serial: UInt64
    ) {
        self.range = range
        self.label = label
        self.firstFile = firstFile
        self.files = files
        self.folders = folders
        self.tree = tree
        self.created = created
        self.isBootable = isBootable
        self.serial = serial
    }

    /// The size in bytes of the smallest volume that keeps files of these sizes for sure.
    ///
    /// What mkntfs and libntfs-3g take besides contents: a journal of up to 64 MiB (a hundredth of the volume), a bit
    /// for each cluster, a record of 1 KiB for each file, and folders; with some to spare.
    public static func sufficientByteCount(
        for files: [DiskFile], folders: [MediaPath] = [], over tree: NTFSTreePlan? = nil
    ) -> Int64 {
        let content = files.reduce(tree?.byteCount ?? 0) { $0 + Alignment.up($1.byteCount, to: 4096) }
        let names =
            files.reduce(Int64(0)) { $0 + Int64($1.path.components.count) }
            + folders.reduce(Int64(0)) { $0 + Int64($1.components.count) }
        return Alignment.up(
            content + min(content / 64, 64 << 20) + content / 8192 + 16 << 20 + (Int64(files.count) + names) * 8192)
    }
}
