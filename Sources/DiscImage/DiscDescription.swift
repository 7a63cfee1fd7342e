// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The firmware an El Torito entry is for.
public enum DiscFirmware: String, Sendable, Codable, CaseIterable {
    /// PC BIOS: platform 0x00 (El Torito 1.0, section 2.1).
    case bios
    /// UEFI: platform 0xEF (UEFI 2.10, section 13.3.2.1).
    case uefi

    /// The platform identifier in the boot catalog.
    public var platformID: UInt8 { self == .bios ? 0x00 : 0xEF }
}

/// A no-emulation El Torito entry.
public struct DiscBootEntry: Sendable, Equatable {
    /// The firmware that reads the entry.
    public let firmware: DiscFirmware
    /// The boot image, one of the disc's files.
    public let imagePath: MediaPath
    /// How many sectors of 512 bytes the firmware loads.
    public let loadSectorCount: UInt16

    /// Describes an entry.
    public init(firmware: DiscFirmware, imagePath: MediaPath, loadSectorCount: UInt16) {
        self.firmware = firmware
        self.imagePath = imagePath
        self.loadSectorCount = loadSectorCount
    }
}

/// Everything that decides the bytes of a disc image besides its content.
public struct DiscDescription: Sendable, Equatable {
    /// The volume label of the ISO 9660 tree, which keeps ``labelByteLimit`` bytes of it.
    public var label: String
    /// The volume label of the Joliet tree, which keeps ``jolietLabelLimit`` UTF-16 units of it; Windows shows this one.
    public var jolietLabel: String
    /// The files, in the order in which their content lies on the disc.
    public var files: [MediaFile]
    /// Folders that must exist even when they are empty.
    public var folders: [MediaPath]
    /// The El Torito entries; the first is the default entry.
    public var bootEntries: [DiscBootEntry]
    /// The creation time of the volume and of its folders.
    public var created: Timestamp
    /// The file systems that lead to the files.
    public var fileSystem: DiscFileSystem
    /// The volume label of UDF, which keeps ``udfLabelLimit`` characters of it, or half as many where some are not of
    /// Latin-1; Windows shows this one where there is UDF.
    public var udfLabel: String
    /// Room for what is not of the disc.
    public var room = DiscRoom.none

    /// Bytes of a volume identifier (ECMA-119 8.4.7).
    public static let labelByteLimit = 32
    /// UTF-16 units of a volume identifier in a Joliet descriptor, which has as many bytes.
    public static let jolietLabelLimit = 16
    /// UTF-16 units of a name of Joliet as we write it; names that have more in UDF are cut there.
    public static let jolietNameLimit = CutName.unitLimit
    /// Characters of a name in UDF that are all of Latin-1; of others half as many (ECMA-167 4/14.4.4, UDF 2.1.1).
    public static let udfNameLimit = UDFText.identifierByteLimit - 1
    /// Characters of 8 bits of a logical volume identifier (ECMA-167 3/10.6.4).
    public static let udfLabelLimit = 126

    /// Describes a disc; the labels of the Joliet tree and of UDF are the first one, unless they are given.
    public init(
        label: String, jolietLabel: String? = nil, udfLabel: String? = nil, files: [MediaFile], folders: [MediaPath],
        bootEntries: [DiscBootEntry], created: Timestamp, fileSystem: DiscFileSystem
    ) {
        self.label = label
        self.jolietLabel = jolietLabel ?? label
        self.files = files
        self.folders = folders
        self.bootEntries = bootEntries
        self.created = created
        self.fileSystem = fileSystem
        self.udfLabel = udfLabel ?? label
    }
}
