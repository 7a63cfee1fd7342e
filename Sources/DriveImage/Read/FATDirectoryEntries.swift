// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The files, folders and labels that a directory lists; parts of long names go to the record they belong to.
struct FATDirectoryEntries: Sequence, IteratorProtocol {
    /// One of them.
    struct Record {
        fileprivate let bytes: ByteReader
        fileprivate let longName: String?
        /// The record, and before it those of its long name when it has a sound one.
        fileprivate let whole: ArraySlice<UInt8>
    }

    private let directory: ByteReader
    private let isRoot: Bool
    private var offset = 0

    /// The entries of a directory that is the root or another one.
    init(_ bytes: [UInt8], isRoot: Bool) {
        directory = ByteReader(bytes)
        self.isRoot = isRoot
    }

    /// The folder itself and the one above it, with which every folder but the root begins ("FAT: General Overview of On-Disk
    /// Format" 1.03, page 24).
    private static let folderNames = [Array(".          ".utf8), Array("..         ".utf8)]

    private static let deleted: UInt8 = 0xE5

    mutating func next() -> Record? {
        var longName = LongName()
        while let bytes = directory.slice(at: offset, length: FATDirectoryEntry.byteCount), let first = bytes.first,
            first != 0
        {
            let index = offset / FATDirectoryEntry.byteCount
            offset += FATDirectoryEntry.byteCount
            let record = ByteReader(bytes)
            let attributes = bytes[bytes.startIndex + 11]
            if first == Self.deleted {
                longName = LongName()
            } else if attributes & FATDirectoryEntry.longNameMask == FATDirectoryEntry.longNameAttribute {
                longName.take(record)
            } else if !isRoot, index < Self.folderNames.count,
                bytes.prefix(Self.folderNames[index].count).elementsEqual(Self.folderNames[index])
            {
                longName = LongName()
            } else {
                let name = longName.name(for: record)
                let count = 1 + (name == nil ? 0 : longName.partCount)
                let start = bytes.endIndex - count * FATDirectoryEntry.byteCount
                return Record(bytes: record, longName: name, whole: directory.bytes[start..<bytes.endIndex])
            }
        }
        return nil
    }
}

extension FATDirectoryEntries.Record {
    private var attributes: UInt8 { bytes.littleEndian(at: 11) ?? 0 }

    /// True for the label of the volume.
    var isLabel: Bool { attributes & FATDirectoryEntry.volumeLabelAttribute != 0 }

    /// The bytes of the record.
    var ownBytes: [UInt8] { Array(bytes.bytes) }

    /// The label.
    var labelText: String { text(0, ShortName.stemLength + ShortName.typeLength) }

    /// What the record says of a file or folder in `folder`; with `keepsRecords`, its bytes too.
    func entry(in folder: FATVolume.Entry?, keepsRecords: Bool) -> FATVolume.Entry {
        func number<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(_ offset: Int) -> Value {
            bytes.littleEndian(at: offset) ?? 0
        }
        let isFolder = attributes & FATDirectoryEntry.folderAttribute != 0
        let high: UInt16 = number(20)
        let low: UInt16 = number(26)
        let byteCount: UInt32 = number(28)
        return FATVolume.Entry(
            path: (folder.map { $0.path + "/" } ?? "") + (longName ?? shortName(isCased: true)),
            shortPath: (folder.map { $0.shortPath + "/" } ?? "") + shortName(isCased: false), isFolder: isFolder,
            byteCount: isFolder ? 0 : Int64(byteCount),
            modified: FATTimestamp(date: number(24), time: number(22)).timestamp,
            firstCluster: UInt32(high) << 16 | UInt32(low), records: keepsRecords ? Array(whole) : [])
    }

    private func shortName(isCased: Bool) -> String {
        let flags: UInt8 = isCased ? bytes.littleEndian(at: 12) ?? 0 : 0
        let stem = text(0, ShortName.stemLength)
        let type = text(ShortName.stemLength, ShortName.typeLength)
        let cased = (
            flags & NameForm.lowerCaseStem == 0 ? stem : stem.lowercased(),
            flags & NameForm.lowerCaseType == 0 ? type : type.lowercased()
        )
        return type.isEmpty ? cased.0 : "\(cased.0).\(cased.1)"
    }

    /// Characters of a short name without the spaces at their end; the code page of others than ASCII is not known.
    private func text(_ offset: Int, _ length: Int) -> String {
        var characters = bytes.slice(at: offset, length: length) ?? []
        while characters.last == UInt8(ascii: " ") { characters.removeLast() }
        return String(String.UnicodeScalarView(characters.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{FFFD}" }))
    }
}

/// A long name that is being put together from its parts, the last part first.
private struct LongName {
    private var units: [UInt16] = []
    private var missing = -1
    private var checksum: UInt8 = 0

    /// The records of its parts.
    var partCount: Int { units.count / FATDirectoryEntry.unitsPerPart }

    /// Takes the next part; one that does not fit makes the whole name void.
    mutating func take(_ part: ByteReader) {
        guard let ordinal: UInt8 = part.littleEndian(at: 0), let sum: UInt8 = part.littleEndian(at: 13) else { return }
        let number = Int(ordinal & ~FATDirectoryEntry.lastPart)
        if ordinal & FATDirectoryEntry.lastPart != 0 {
            units = []
            missing = number
            checksum = sum
        }
        guard number == missing, number > 0, sum == checksum else {
            missing = -1
            return
        }
        units = FATDirectoryEntry.unitOffsets.map { part.littleEndian(at: $0) ?? 0 } + units
        missing -= 1
    }

    /// The name, when it is complete and belongs to `record`.
    func name(for record: ByteReader) -> String? {
        guard missing == 0, let short = record.slice(at: 0, length: ShortName.stemLength + ShortName.typeLength),
            ShortName(stem: short.prefix(ShortName.stemLength), type: short.dropFirst(ShortName.stemLength)).checksum
                == checksum
        else { return nil }
        return String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
    }
}
