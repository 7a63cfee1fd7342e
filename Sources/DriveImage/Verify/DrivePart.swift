// SPDX-License-Identifier: GPL-3.0-or-later

/// A part of a drive that is no file, and without which firmware or Windows may not find the files.
public enum DrivePart: String, Sendable, CaseIterable {
    /// The first sector of the drive.
    case masterBootRecord = "master boot record"
    /// The first sector of the drive that a disc is too.
    case protectiveRecord = "protective master boot record"
    /// The FAT32 volume of the drive that a disc is too.
    case volume = "FAT32 volume"
    /// The first and the third sector of the volume that is started.
    case bootRecord = "boot record"
    /// What the master boot record says of the partition that is started.
    case partitionType = "partition type"
    /// The GUID partition table at the start of the drive.
    case primaryTable = "GUID partition table"
    /// Its copy at the end.
    case backupTable = "backup of the GUID partition table"
    /// The first sector of a FAT32 volume, its copy, and the sector that counts free clusters.
    case volumeSectors = "boot sector of the volume"
    /// The file allocation tables behind the first.
    case tableCopies = "copy of the file allocation table"

    /// What is wrong with it when it is damaged, to follow its name.
    public var problem: String {
        switch self {
        case .masterBootRecord, .bootRecord: "is not the code by which a BIOS starts the drive"
        case .protectiveRecord:
            "is not the one that the disc was made with, so that firmware does not take a stick with it for a drive"
        case .volume: "is damaged or not where the partition table says, and a stick is read through it"
        case .partitionType: "is not that of a FAT32 volume, so Windows does not look into it"
        case .primaryTable: "is damaged: firmware that does not look for its backup starts nothing"
        case .backupTable: "is damaged or not where the table at the start says"
        case .volumeSectors: "or its copy is damaged: some systems do not know the volume by it"
        case .tableCopies: "differs from the first: a check of the drive may choose the wrong one"
        }
    }

    /// Whether an update of the media writes it.
    public var isWrittenByUpdate: Bool { self == .tableCopies }
}
