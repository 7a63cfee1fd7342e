// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The reserved sectors of a FAT32 volume that say something: the boot record, FSInfo, and the copies of both
/// ("FAT: General Overview of On-Disk Format" 1.03, pages 9 to 12 and 21).
struct FATBootSector {
    let geometry: FATGeometry
    let label: FATLabel
    let serial: UInt32
    /// Sectors of the drive before the volume.
    let hiddenSectorCount: Int64
    /// Clusters that hold something.
    let usedClusterCount: Int64

    /// Where the boot record's second sector lies; our own choice, and Windows' for the third of its three.
    static let secondSector = 2
    static let informationSector = 1
    /// Where the copies of the first three sectors lie: as Windows does, and as the specification recommends.
    static let copyOffset = 6
    /// A fixed disk, which every flash drive is to a BIOS.
    private static let media: UInt8 = 0xF8
    private static let firstDrive: UInt8 = 0x80
    private static let extendedBootSignature: UInt8 = 0x29
    static let codeOffset = 90
    /// What Windows writes; some readers look for it.
    private static let oemName = "MSDOS5.0"
    /// A jump over the parameter block, and NOP.
    static let jump: [UInt8] = [0xEB, 0x58, 0x90]

    /// The first sector.
    var bytes: [UInt8] {
        var bytes = Self.jump + Self.oemName.utf8
        bytes.append(littleEndian: UInt16(Sector.byteCount))
        bytes.append(UInt8(geometry.sectorsPerCluster))
        bytes.append(littleEndian: UInt16(geometry.reservedSectorCount))
        bytes.append(UInt8(FATGeometry.fatCount))
        // No fixed root directory, no 16-bit size.
        bytes += [0, 0, 0, 0, Self.media, 0, 0]
        bytes.append(littleEndian: UInt16(MasterBootRecord.sectorsPerTrack))
        bytes.append(littleEndian: UInt16(MasterBootRecord.headCount))
        bytes.append(littleEndian: UInt32(hiddenSectorCount))
        bytes.append(littleEndian: UInt32(geometry.sectorCount))
        bytes.append(littleEndian: UInt32(geometry.sectorsPerFAT))
        // Both FATs are kept; version 0.0.
        bytes += [0, 0, 0, 0]
        bytes.append(littleEndian: UInt32(FATGeometry.firstCluster))
        bytes.append(littleEndian: UInt16(Self.informationSector))
        bytes.append(littleEndian: UInt16(Self.copyOffset))
        bytes += [UInt8](repeating: 0, count: 12) + [Self.firstDrive, 0, Self.extendedBootSignature]
        bytes.append(littleEndian: serial)
        bytes += label.bytes()
        bytes += "FAT32   ".utf8
        let code = BootSectors.fat32?[Self.codeOffset..<MasterBootRecord.signatureOffset] ?? []
        return Self.sector(bytes + code)
    }

    /// FSInfo: how much is free, and where to look first.
    var information: [UInt8] {
        var bytes = Array("RRaA".utf8) + [UInt8](repeating: 0, count: 480) + Array("rrAa".utf8)
        bytes.append(littleEndian: UInt32(geometry.clusterCount - usedClusterCount))
        let isFull = usedClusterCount == geometry.clusterCount
        bytes.append(littleEndian: isFull ? UInt32.max : UInt32(usedClusterCount + FATGeometry.firstCluster))
        return Self.sector(bytes)
    }

    /// The first sectors of the volume up to `byteCount`, with or without the boot record that makes it one.
    func start(byteCount: Int, isBootable: Bool) -> [UInt8] {
        var start = [UInt8](repeating: 0, count: byteCount)
        func place(_ sector: [UInt8], at number: Int) {
            for number in [number, number + Self.copyOffset] {
                let offset = number * Sector.byteCount
                guard offset < byteCount else { continue }
                start.replaceSubrange(offset..<offset + Sector.byteCount, with: sector)
            }
        }
        if isBootable { place(bytes, at: 0) }
        place(information, at: Self.informationSector)
        if let code = BootSectors.fat32 { place(Array(code[Sector.byteCount...]), at: Self.secondSector) }
        return start
    }

    private static func sector(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: MasterBootRecord.signatureOffset - bytes.count)
            + MasterBootRecord.signature
    }
}
