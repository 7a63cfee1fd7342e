// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What the system use fields of ISO 9660 say of files: SUSP 1.12 (IEEE P1281) and in its form Rock Ridge, RRIP 1.12
/// (IEEE P1282).
struct RockRidge {
    /// What is said of a file or folder.
    struct Entry {
        /// Its whole name; nil where none is said.
        fileprivate(set) var name: String?
        /// True for a symbolic link, a device, a pipe or a socket.
        fileprivate(set) var isLink = false
        /// True for a folder that was moved here because it lay too deep.
        fileprivate(set) var isMoved = false
        /// Where the folder begins that was moved away from here.
        fileprivate(set) var movedBlock: UInt32?
        /// When it was changed; nil where it is not said.
        fileprivate(set) var modified: Timestamp?
        /// Why its bytes are not those of the file; nil when they are.
        fileprivate(set) var otherForm: String?
    }

    /// Bytes of each field that others use before ours begin (SUSP 5.3).
    private let skippedByteCount: Int
    /// Areas in which one field goes on; every real one has one or two.
    private static let areaLimit = 16

    /// Looks whether the tree whose root lies at `root` uses it; nil when it does not (SUSP 5.3: the first record of the
    /// root says so).
    init?(root: DiscExtent, _ blocks: some ByteSource, name: String) throws(DiscImageError) {
        guard
            let block = try blocks.read(at: root.offset, length: DiscGeometry.blockByteCount, of: name)
                .map({ ByteReader($0) }), let length: UInt8 = block.littleEndian(at: 0),
            let record = block.slice(at: 0, length: Int(length)),
            let field = ByteReader(record).slice(at: 34, length: record.count - 34).map(ByteReader.init),
            field.slice(at: 0, length: 2)?.elementsEqual("SP".utf8) == true,
            field.slice(at: 4, length: 2)?.elementsEqual([0xBE, 0xEF]) == true,
            let skipped: UInt8 = field.littleEndian(at: 6)
        else { return nil }
        skippedByteCount = Int(skipped)
    }

    /// What `systemUse` of a record says of it, areas elsewhere among it.
    func entry(
        of systemUse: ArraySlice<UInt8>, _ blocks: some ByteSource, name: String, _ limits: inout DiscLimits
    ) throws(DiscImageError) -> Entry {
        var reading = Reading()
        reading.take(ByteReader(systemUse.dropFirst(skippedByteCount)))
        var areaCount = 0
        while let area = reading.next, areaCount < Self.areaLimit {
            areaCount += 1
            reading.next = nil
            try limits.enter(byteCount: area.byteCount)
            reading.take(
                try blocks.require(at: area.offset, length: Int(area.byteCount), "what a record goes on with", of: name)
            )
        }
        return reading.finished
    }

    /// The fields of a record, one after the other.
    private struct Reading {
        private var entry = Entry()
        private var nameBytes: [UInt8]?
        /// Where the fields go on.
        var next: DiscExtent?

        /// An area is at most a block (SUSP 5.1).
        private static let areaByteLimit: UInt32 = 2048
        /// A record has no more than 255 bytes, and a name goes on in as many areas as there may be.
        private static let nameByteLimit = 4096

        var finished: Entry {
            var entry = entry
            // Nobody says how it is encoded: nearly all of it is UTF-8.
            entry.name = nameBytes.map {
                String(validating: $0, as: UTF8.self) ?? VolumeDescriptors.decode($0[...], .singleByte)
            }
            return entry
        }

        mutating func take(_ fields: ByteReader) {
            var offset = 0
            // SUSP 4: a signature of two characters, the length of the field, a version.
            while let signature = fields.slice(at: offset, length: 2),
                let length: UInt8 = fields.littleEndian(at: offset + 2),
                length >= 4, let field = fields.slice(at: offset, length: Int(length)).map(ByteReader.init)
            {
                offset += Int(length)
                let kind = String(decoding: signature, as: UTF8.self)
                if kind == "ST" { return }  // SUSP 5.4: the end
                take(kind, field)
            }
        }

        private mutating func take(_ kind: String, _ field: ByteReader) {
            switch kind {
            case "CE":  // SUSP 5.1: it goes on elsewhere
                guard let block: UInt32 = field.littleEndian(at: 4), let start: UInt32 = field.littleEndian(at: 12),
                    let byteCount: UInt32 = field.littleEndian(at: 20), byteCount <= Self.areaByteLimit
                else { return }
                next = DiscExtent(
                    offset: Int64(block) * Int64(DiscGeometry.blockByteCount) + Int64(start),
                    byteCount: Int64(byteCount))
            case "NM":  // RRIP 4.1.4: flags, and a part of the name; bits 1 and 2 are this folder and that above
                guard let flags: UInt8 = field.littleEndian(at: 4), flags & 0b110 == 0,
                    let part = field.slice(at: 5, length: field.count - 5),
                    (nameBytes?.count ?? 0) + part.count <= Self.nameByteLimit
                else { return }
                nameBytes = (nameBytes ?? []) + part
            case "SL": entry.isLink = true  // RRIP 4.1.3: a symbolic link
            case "PX":  // RRIP 4.1.1: the mode of POSIX, whose upper four bits tell files and folders from all else
                guard let mode: UInt32 = field.littleEndian(at: 4) else { return }
                if ![0, 0o040000, 0o100000].contains(mode & 0o170000) { entry.isLink = true }
            case "CL": entry.movedBlock = field.littleEndian(at: 4)  // RRIP 4.1.5.1
            case "RE": entry.isMoved = true  // RRIP 4.1.5.3
            case "TF": entry.modified = Self.modified(field) ?? entry.modified
            case "SF": entry.otherForm = "is a sparse file of Rock Ridge"  // RRIP 4.1.7
            // The extension of zisofs, which Linux and xorriso know.
            case "ZF": entry.otherForm = "is a file that was compressed (zisofs)"
            default: return
            }
        }

        /// RRIP 4.1.6: flags that say which times there are, of 7 bytes or with bit 7 of 17; the creation before it.
        private static func modified(_ field: ByteReader) -> Timestamp? {
            guard let flags: UInt8 = field.littleEndian(at: 4), flags & 0b10 != 0, flags & 0x80 == 0 else { return nil }
            return field.slice(at: flags & 1 == 0 ? 5 : 12, length: 7).map { DirectoryWalk<MemorySource>.time($0) }
        }
    }
}
