// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The El Torito boot image of UEFI: a FAT16 volume with the loaders in `EFI\BOOT`
/// ("FAT: General Overview of On-Disk Format" 1.03; UEFI 2.10, 13.3.2.1 "ISO-9660 and El Torito").
struct EFISystemImage {
    private static let sectorByteCount = 512
    private static let reservedSectorCount = 1
    private static let rootEntryCount = 512
    private static let entryByteCount = 32
    private static let firstCluster = 2
    /// A FAT16 volume has this many clusters at least, and less than the second (the same, page 15).
    private static let clusterCounts = (4_085 + 16)..<65_525
    /// The sectors that an El Torito entry counts have 16 bits (El Torito 1.0, figure 3).
    private static let sectorCountLimit = 65_535
    private static let endOfChain: UInt16 = 0xFFFF
    private static let folderAttribute: UInt8 = 0x10
    private static let fileAttribute: UInt8 = 0x20
    /// 1980-01-01, with which FAT's time begins.
    private static let date: UInt16 = 0x21
    /// Nothing on media asks for it; a constant, so that the same files give the same bytes.
    private static let serial: UInt32 = 0x5453_4D42

    /// The volume with `files` in `EFI\BOOT`, each under a name of eight characters and three.
    ///
    /// - Throws: ``OpenBootImageError`` `.badPackage` when they are too large.
    static func bytes(_ files: [(name: String, bytes: [UInt8])]) throws(OpenBootImageError) -> [UInt8] {
        // Clusters of one sector: the folders EFI and BOOT, then the files.
        let clusters = files.map { ($0.bytes.count + sectorByteCount - 1) / sectorByteCount }
        let used = 2 + clusters.reduce(0, +)
        let clusterCount = max(used, clusterCounts.lowerBound)
        let tableSectorCount = ((clusterCount + firstCluster) * 2 + sectorByteCount - 1) / sectorByteCount
        let rootSectorCount = rootEntryCount * entryByteCount / sectorByteCount
        let sectorCount = reservedSectorCount + 2 * tableSectorCount + rootSectorCount + clusterCount
        guard clusterCount < clusterCounts.upperBound, sectorCount <= sectorCountLimit else {
            throw OpenBootImageError(
                .badPackage, "the loaders of the packages",
                "have \(used * sectorByteCount) bytes, more than a disc can start",
                nextStep: "use packages of Debian 12 or 13")
        }
        var table: [UInt16] = [0xFFF8, endOfChain]
        func chain(_ count: Int) -> UInt16 {
            // An empty file has no cluster.
            guard count > 0 else { return 0 }
            let first = table.count
            for index in 1...count { table.append(index == count ? endOfChain : UInt16(first + index)) }
            return UInt16(first)
        }
        let (efi, boot) = (chain(1), chain(1))
        let starts = clusters.map(chain)
        var volume = bootSector(sectorCount: sectorCount, tableSectorCount: tableSectorCount)
        let packed = table.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        for _ in 0..<2 { append(packed, sectorCount: tableSectorCount, to: &volume) }
        append(entry("EFI", folderAttribute, efi, 0), sectorCount: rootSectorCount, to: &volume)
        let dots = [entry(".", folderAttribute, efi, 0), entry("..", folderAttribute, 0, 0)].flatMap { $0 }
        append(dots + entry("BOOT", folderAttribute, boot, 0), sectorCount: 1, to: &volume)
        let inner = [entry(".", folderAttribute, boot, 0), entry("..", folderAttribute, efi, 0)].flatMap { $0 }
        let entries = zip(files, starts).flatMap { entry($0.name, fileAttribute, $1, UInt32($0.bytes.count)) }
        append(inner + entries, sectorCount: 1, to: &volume)
        for (file, count) in zip(files, clusters) { append(file.bytes, sectorCount: count, to: &volume) }
        append([], sectorCount: clusterCount - used, to: &volume)
        return volume
    }

    private static func append(_ bytes: [UInt8], sectorCount: Int, to volume: inout [UInt8]) {
        volume += bytes
        volume += [UInt8](repeating: 0, count: sectorCount * sectorByteCount - bytes.count)
    }

    /// The same, pages 7 to 11.
    private static func bootSector(sectorCount: Int, tableSectorCount: Int) -> [UInt8] {
        var bytes: [UInt8] = [0xEB, 0x3C, 0x90] + Array("MSDOS5.0".utf8)
        bytes.append(littleEndian: UInt16(sectorByteCount))
        bytes.append(1)
        bytes.append(littleEndian: UInt16(reservedSectorCount))
        bytes.append(2)
        bytes.append(littleEndian: UInt16(rootEntryCount))
        bytes.append(littleEndian: UInt16(sectorCount))
        bytes.append(0xF8)
        bytes.append(littleEndian: UInt16(tableSectorCount))
        bytes.append(littleEndian: UInt16(32))
        bytes.append(littleEndian: UInt16(64))
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: UInt32(0))
        bytes += [0x80, 0, 0x29]
        bytes.append(littleEndian: serial)
        bytes += "NO NAME    FAT16   ".utf8
        bytes += [UInt8](repeating: 0, count: sectorByteCount - 2 - bytes.count) + [0x55, 0xAA]
        return bytes
    }

    /// A directory record (the same, page 23).
    private static func entry(_ name: String, _ attributes: UInt8, _ cluster: UInt16, _ byteCount: UInt32) -> [UInt8] {
        let upper = name.uppercased()
        let parts = upper.hasPrefix(".") ? [upper[...]] : upper.split(separator: ".", maxSplits: 1)
        func padded(_ part: Substring?, _ count: Int) -> [UInt8] {
            let bytes = Array((part ?? "").utf8.prefix(count))
            return bytes + [UInt8](repeating: UInt8(ascii: " "), count: count - bytes.count)
        }
        var bytes = padded(parts.first, 8) + padded(parts.count > 1 ? parts[1] : nil, 3) + [attributes, 0, 0]
        bytes.append(littleEndian: UInt16(0))
        bytes.append(littleEndian: date)
        bytes.append(littleEndian: date)
        bytes.append(littleEndian: UInt16(0))
        bytes.append(littleEndian: UInt16(0))
        bytes.append(littleEndian: date)
        bytes.append(littleEndian: cluster)
        bytes.append(littleEndian: byteCount)
        return bytes
    }
}
