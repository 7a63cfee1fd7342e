// SPDX-License-Identifier: GPL-3.0-or-later

/// What a partition of a computer's disk is for, in the words of Format and Partition Disk
/// (docs/formats/task-sequence.md section 4).
public enum PartitionPurpose: String, Sendable, Codable, CaseIterable {
    /// UEFI starts it.
    case efi
    /// Windows keeps it for itself, on disks with a GUID partition table; it has no volume.
    case msr
    /// Windows or data.
    case basic = "primary"
    /// Windows' recovery environment, which users do not see.
    case recovery

    /// What Windows calls such partitions in a GUID partition table.
    var title: String {
        switch self {
        case .efi: "EFI system partition"
        case .msr: "Microsoft reserved partition"
        case .basic, .recovery: "Basic data partition"
        }
    }

    /// The type in a GUID partition table.
    var guid: PartitionGUID {
        switch self {
        case .efi: .efiSystem
        case .msr: .microsoftReserved
        case .basic: .basicData
        case .recovery: .recovery
        }
    }

    /// The attributes in a GUID partition table: no drive letter (GPT_BASIC_DATA_ATTRIBUTE_NO_DRIVE_LETTER of the Windows
    /// SDK), and that a recovery partition is not to be removed (bit 0 of UEFI 2.10, table 5.8).
    var attributes: UInt64 {
        switch self {
        case .efi, .msr: 1 << 63
        case .basic: 0
        case .recovery: 1 << 63 | 1
        }
    }

    /// The type in a master boot record.
    func type(_ fileSystem: VolumeFileSystem?) -> PartitionType {
        switch (self, fileSystem) {
        case (.recovery, .ntfs): .recovery
        case (_, .fat32): .fat32LBA
        default: .installableFileSystem
        }
    }
}

/// The file systems that volumes can have.
public enum VolumeFileSystem: String, Sendable, Codable, CaseIterable {
    /// FAT32.
    case fat32
    /// NTFS.
    case ntfs
}
