// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The El Torito boot catalog (El Torito 1.0, section 2).
enum BootCatalog {
    private static let entryByteCount = 32

    /// Reads the entries of the catalog at `block`.
    static func read(
        _ blocks: some ByteSource, block: UInt32, name: String
    ) throws(DiscImageError) -> [DiscBootRecord] {
        let size = DiscGeometry.blockByteCount
        let catalog = try blocks.require(
            at: Int64(block) * Int64(size), length: size, "the boot catalog", of: name)
        // 2.1: the validation entry begins with 1, ends with 55 AA, and its 16-bit words add up to zero.
        var sum: UInt16 = 0
        for offset in stride(from: 0, to: entryByteCount, by: 2) {
            sum &+= catalog.littleEndian(UInt16.self, at: offset) ?? 0
        }
        guard catalog.littleEndian(UInt8.self, at: 0) == 1, catalog.littleEndian(UInt16.self, at: 30) == 0xAA55,
            sum == 0, var platformID: UInt8 = catalog.littleEndian(at: 1)
        else {
            throw DiscImageError(
                .damaged, "\(name)", "has a damaged boot catalog", nextStep: "build or copy the image again")
        }
        var records = [record(catalog, entryByteCount, platformID)].compactMap { $0 }
        var offset = 2 * entryByteCount
        while let header: UInt8 = catalog.littleEndian(at: offset), header == 0x90 || header == 0x91,  // 2.3
            let platform: UInt8 = catalog.littleEndian(at: offset + 1),
            let count: UInt16 = catalog.littleEndian(at: offset + 2)
        {
            platformID = platform
            for index in 0..<Int(count) {
                if let entry = record(catalog, offset + (index + 1) * entryByteCount, platformID) {
                    records.append(entry)
                }
            }
            if header == 0x91 { break }
            offset += (Int(count) + 1) * entryByteCount
        }
        return records
    }

    /// 2.2 and 2.4: one entry.
    private static func record(_ catalog: ByteReader, _ offset: Int, _ platformID: UInt8) -> DiscBootRecord? {
        guard let indicator: UInt8 = catalog.littleEndian(at: offset), indicator == 0x88 || indicator == 0,
            let count: UInt16 = catalog.littleEndian(at: offset + 6),
            let block: UInt32 = catalog.littleEndian(at: offset + 8)
        else { return nil }
        return DiscBootRecord(
            platformID: platformID, isBootable: indicator == 0x88, loadSectorCount: count,
            offset: Int64(block) * Int64(DiscGeometry.blockByteCount))
    }
}
