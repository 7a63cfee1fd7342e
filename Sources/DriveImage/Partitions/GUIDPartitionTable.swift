// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A GUID partition table (UEFI 2.10, 5.3).
struct GUIDPartitionTable: Equatable {
    private static let signature = Array("EFI PART".utf8)
    private static let revision: UInt32 = 0x0001_0000
    private static let headerByteCount = 92
    private static let checksumOffset = 16
    private static let alternateOffset = 32
    private static let entryByteCount = 128
    /// The least that 5.3.1 wants to be reserved is 16,384 bytes.
    private static let entryCount = 128
    private static let nameLength = 36
    private static let entriesByteCount = entryByteCount * entryCount
    private static let entriesSectorCount = Int64(entriesByteCount / Sector.byteCount)
    static let primaryHeaderSector: Int64 = 1
    private static let primaryEntriesSector: Int64 = 2

    /// More bytes of entries than any real table has are not read.
    private static let entriesByteLimit = 1 << 20

    /// Sectors at the end of a drive that the backup takes.
    static let backupSectorCount = entriesSectorCount + 1
    /// Sectors at the start of a drive that the protective record and the primary copy take.
    static let primarySectorCount = primaryEntriesSector + entriesSectorCount

    let disk: PartitionGUID
    let deviceSectorCount: Int64
    let partitions: [Partition]

    /// The record that keeps programs that do not know the table from taking the drive for empty (5.2.3).
    func protectiveRecord(code: [UInt8]) -> MasterBootRecord {
        let count = min(deviceSectorCount - 1, Int64(UInt32.max))
        return MasterBootRecord(
            code: code, diskSignature: 0,
            partitions: [
                Partition(
                    type: .protective, offset: Int64(Sector.byteCount), byteCount: count * Int64(Sector.byteCount))
            ])
    }

    /// The header in sector 1, and the entries that follow it.
    var primary: [UInt8] {
        let header = header(at: Self.primaryHeaderSector, other: backupHeaderSector, entries: Self.primaryEntriesSector)
        return header + [UInt8](repeating: 0, count: Sector.byteCount - header.count) + entries
    }

    /// The entries, and the header in the last sector behind them.
    var backup: [UInt8] {
        let header = header(
            at: backupHeaderSector, other: Self.primaryHeaderSector,
            entries: deviceSectorCount - Self.backupSectorCount)
        return entries + header + [UInt8](repeating: 0, count: Sector.byteCount - header.count)
    }

    private var backupHeaderSector: Int64 { deviceSectorCount - 1 }

    private func header(at own: Int64, other: Int64, entries first: Int64) -> [UInt8] {
        var bytes = Self.signature
        bytes.append(littleEndian: Self.revision)
        bytes.append(littleEndian: UInt32(Self.headerByteCount))
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: UInt64(own))
        bytes.append(littleEndian: UInt64(other))
        bytes.append(littleEndian: UInt64(Self.primarySectorCount))
        bytes.append(littleEndian: UInt64(deviceSectorCount - Self.backupSectorCount - 1))
        bytes += disk.stored
        bytes.append(littleEndian: UInt64(first))
        bytes.append(littleEndian: UInt32(Self.entryCount))
        bytes.append(littleEndian: UInt32(Self.entryByteCount))
        bytes.append(littleEndian: CRC32.checksum(of: entries))
        let checksum = CRC32.checksum(of: bytes)
        bytes.replaceSubrange(
            Self.checksumOffset..<Self.checksumOffset + 4, with: withUnsafeBytes(of: checksum.littleEndian, Array.init))
        return bytes
    }

    private var entries: [UInt8] {
        var bytes: [UInt8] = []
        for partition in partitions {
            guard case .gpt(let type) = partition.type, let guid = partition.guid else { continue }
            bytes += type.stored + guid.stored
            bytes.append(littleEndian: UInt64(partition.firstSector))
            bytes.append(littleEndian: UInt64(partition.firstSector + partition.sectorCount - 1))
            bytes.append(littleEndian: partition.attributes)
            let name = Text.encodeUTF16LittleEndian(partition.name).prefix(Self.nameLength * 2)
            bytes += name + [UInt8](repeating: 0, count: Self.nameLength * 2 - name.count)
        }
        return bytes + [UInt8](repeating: 0, count: Self.entriesByteCount - bytes.count)
    }
}

extension GUIDPartitionTable {
    /// The partitions that the primary copy in `source` lists, or the backup when that is damaged; nil without either.
    static func partitions(of source: some ByteSource) throws(FileError) -> [Partition]? {
        let last = source.byteCount / Int64(Sector.byteCount) - 1
        for sector in [primaryHeaderSector, last] {
            if let partitions = try partitions(of: source, header: sector) { return partitions }
        }
        return nil
    }

    /// Which copies of the table are sound; nil for a drive that has no such table.
    ///
    /// The backup is where the primary copy says, which is not the end of a drive onto which a smaller one was copied.
    static func soundCopies(of source: some ByteSource) throws(FileError) -> (primary: Bool, backup: Bool)? {
        guard let first = try source.bytes(at: 0, length: Sector.byteCount), let record = MasterBootRecord(first),
            record.partitions.contains(where: { $0.type == .protective })
        else { return nil }
        guard let primary = try partitions(of: source, header: primaryHeaderSector) else {
            let last = source.byteCount / Int64(Sector.byteCount) - 1
            return try partitions(of: source, header: last) == nil ? nil : (false, true)
        }
        return (true, try backup(of: source) == primary)
    }

    /// The partitions of the backup that lies where the primary copy says; nil when it is not sound.
    static func backup(of source: some ByteSource) throws(FileError) -> [Partition]? {
        let place = primaryHeaderSector * Int64(Sector.byteCount) + Int64(alternateOffset)
        let other = try source.bytes(at: place, length: 8).flatMap { ByteReader($0).littleEndian(UInt64.self, at: 0) }
        guard let sector = other.flatMap(Int64.init(exactly:)), sector < source.byteCount / Int64(Sector.byteCount)
        else { return nil }
        return try partitions(of: source, header: sector)
    }

    /// True when a sector begins as a header does, sound or not.
    static func isSigned(_ source: some ByteSource, header sector: Int64) throws(FileError) -> Bool {
        try source.bytes(at: sector * Int64(Sector.byteCount), length: signature.count) == signature
    }

    /// The partitions that the copy of the table with its header in `sector` lists; nil when it is not sound.
    static func partitions(of source: some ByteSource, header sector: Int64) throws(FileError) -> [Partition]? {
        let sectorByteCount = Int64(Sector.byteCount)
        guard let bytes = try source.bytes(at: sector * sectorByteCount, length: headerByteCount) else { return nil }
        let header = ByteReader(bytes)
        guard header.slice(at: 0, length: signature.count).map(Array.init) == signature,
            let size: UInt32 = header.littleEndian(at: 12), size == headerByteCount,
            let checksum: UInt32 = header.littleEndian(at: checksumOffset),
            let own: UInt64 = header.littleEndian(at: 24), own == UInt64(sector),
            let first: UInt64 = header.littleEndian(at: 72),
            let count: UInt32 = header.littleEndian(at: 80), let entrySize: UInt32 = header.littleEndian(at: 84),
            let entriesChecksum: UInt32 = header.littleEndian(at: 88)
        else { return nil }
        var blank = bytes
        blank.replaceSubrange(checksumOffset..<checksumOffset + 4, with: [0, 0, 0, 0])
        guard CRC32.checksum(of: blank) == checksum, entrySize >= entryByteCount, entrySize <= Sector.byteCount,
            Int(count) <= entriesByteLimit / Int(entrySize), first <= UInt64(source.byteCount / sectorByteCount),
            let entries = try source.bytes(
                at: Int64(first) * sectorByteCount, length: Int(count) * Int(entrySize)),
            CRC32.checksum(of: entries) == entriesChecksum
        else { return nil }
        return stride(from: 0, to: entries.count, by: Int(entrySize)).compactMap {
            ByteReader(entries).slice(at: $0, length: entryByteCount).flatMap { partition(ByteReader($0)) }
        }
    }

    private static func partition(_ entry: ByteReader) -> Partition? {
        guard let type = entry.slice(at: 0, length: 16).flatMap({ PartitionGUID(stored: $0) }), type != .unused,
            let guid = entry.slice(at: 16, length: 16).flatMap({ PartitionGUID(stored: $0) }),
            let first: UInt64 = entry.littleEndian(at: 32), let last: UInt64 = entry.littleEndian(at: 40),
            // Far above any drive, and far below the limits of the numbers below.
            last < 1 << 50, first <= last, let attributes: UInt64 = entry.littleEndian(at: 48),
            let name = entry.slice(at: 56, length: nameLength * 2)
        else { return nil }
        let units = stride(from: name.startIndex, to: name.endIndex, by: 2).map {
            UInt16(name[$0]) | UInt16(name[$0 + 1]) << 8
        }
        return Partition(
            type: .gpt(type), offset: Int64(first) * Int64(Sector.byteCount),
            byteCount: Int64(last - first + 1) * Int64(Sector.byteCount), guid: guid,
            name: String(decoding: units.prefix { $0 != 0 }, as: UTF16.self), attributes: attributes)
    }
}
