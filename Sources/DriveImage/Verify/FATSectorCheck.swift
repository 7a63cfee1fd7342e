// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Looks at what a FAT32 volume says of itself and no reader of files needs: systems go by it to know the volume at all.
///
/// Offsets and values are those of Microsoft's "FAT: General Overview of On-Disk Format" 1.03, pages 9 to 12 and 21.
struct FATSectorCheck {
    private let frame: VolumeFrame

    private static let mediaOffset = 21
    private static let typeText = Array("FAT32   ".utf8)
    private static let typeOffset = 82
    /// What an update changes, and may have changed in one of both sectors alone, the cluster of the root and the label; and the
    /// mark of Linux that the volume is mounted.
    private static let changed = [44..<48, 65..<66, 71..<82]
    /// What both sectors say alike: the fields from the size of a sector up to the code.
    private static let fields = 11..<90

    /// Checks the volume of `frame`.
    init(_ frame: VolumeFrame) { self.frame = frame }

    /// Whether the first sector, its copy and the count of free clusters are what they have to be.
    func isSound(in source: some ByteSource) throws(FileError) -> Bool {
        guard let first = try sector(0, source), let table = try source.bytes(at: frame.tableOffsets[0], length: 1),
            Self.isBootSector(first), first[Self.mediaOffset] == table[0]
        else { return false }
        // 0 says that there is none.
        if frame.copySector > 0 {
            guard let copy = try sector(frame.copySector, source), Self.isBootSector(copy), Self.agree(first, copy)
            else {
                return false
            }
        }
        guard frame.informationSector > 0 else { return true }
        return try sector(frame.informationSector, source).map(Self.isInformation) ?? false
    }

    private func sector(_ number: Int64, _ source: some ByteSource) throws(FileError) -> [UInt8]? {
        try source.bytes(at: frame.offset + number * Int64(Sector.byteCount), length: Sector.byteCount)
    }

    /// BS_jmpBoot, BPB_Media, BS_FilSysType and the signature.
    private static func isBootSector(_ sector: [UInt8]) -> Bool {
        let jumps = sector[0] == 0xEB && sector[2] == 0x90 || sector[0] == 0xE9
        let isMedia = sector[mediaOffset] == 0xF0 || sector[mediaOffset] >= 0xF8
        return jumps && isMedia && sector[typeOffset...].starts(with: typeText) && sector[510] == 0x55
            && sector[511] == 0xAA
    }

    private static func agree(_ first: [UInt8], _ copy: [UInt8]) -> Bool {
        fields.allSatisfy { place in changed.contains { $0.contains(place) } || first[place] == copy[place] }
    }

    /// FSI_LeadSig, FSI_StrucSig and FSI_TrailSig.
    private static func isInformation(_ sector: [UInt8]) -> Bool {
        sector.starts(with: "RRaA".utf8) && sector[484...].starts(with: "rrAa".utf8)
            && sector[508...].elementsEqual([0, 0, 0x55, 0xAA])
    }
}
