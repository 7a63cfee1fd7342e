// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Constants and structures of a WIM ("Windows Imaging File Format", Microsoft, 2007; for solid resources, which it does
/// not know, as wimlib 1.13 writes and reads them).
enum ArchiveFormat {
    static let headerByteCount = 208
    /// What an archive begins with, and one that wimlib wrote to be read from a pipe.
    static let magic = Array("MSWIM\0\0\0".utf8)
    static let pipableMagic = Array("WLPWM\0\0\0".utf8)
    /// Of an entry in the table of resources.
    static let tableEntryByteCount = 50
    /// The version of an archive without, and of one with solid resources.
    static let version: UInt32 = 0x1_0D00
    static let solidVersion: UInt32 = 0xE00
    /// The size that marks the table's entry of a solid resource.
    static let solidMark: Int64 = 1 << 32
    /// What an integrity table holds a SHA-1 of.
    static let integrityChunkByteCount: Int64 = 10 << 20
    /// The number of LZMS in the head of a solid resource.
    static let lzmsNumber: UInt32 = 3

    /// Flags of the header.
    enum HeaderFlag {
        static let compressed: UInt32 = 0x2
        static let spanned: UInt32 = 0x8
        /// Targets of links are relative to the root of the image.
        static let relativeTargets: UInt32 = 0x80
        static let xpress: UInt32 = 0x2_0000
        static let lzx: UInt32 = 0x4_0000
        static let lzms: UInt32 = 0x8_0000
        /// What each flag of a compression says.
        static let kinds: [(flag: UInt32, compression: WindowsImageHeader.Compression)] = [
            (xpress, .xpress), (lzx, .lzx), (lzms, .lzms),
        ]

        /// The flags of an archive of `compression`.
        static func flags(_ compression: WindowsImageCompression) -> UInt32 {
            switch compression {
            case .none: 0
            case .fast: compressed | xpress
            case .maximum: compressed | lzx
            case .solid: compressed | lzms
            }
        }
    }

    /// Flags of a resource.
    enum ResourceFlag {
        static let metadata: UInt8 = 0x02
        static let compressed: UInt8 = 0x04
        static let solid: UInt8 = 0x10
    }

    /// Where a resource is (RESHDR_DISK_SHORT): 7 bytes of size, 1 of flags, 8 of offset, 8 of the size before compression.
    struct Place: Sendable, Equatable {
        var storedByteCount: Int64 = 0
        var flags: UInt8 = 0
        var offset: Int64 = 0
        var byteCount: Int64 = 0

        func append(to bytes: inout [UInt8]) {
            bytes.append(littleEndian: UInt64(storedByteCount) | UInt64(flags) << 56)
            bytes.append(littleEndian: UInt64(offset))
            bytes.append(littleEndian: UInt64(byteCount))
        }
    }

    /// An entry in the table of resources.
    struct TableEntry {
        let place: Place
        let part: Int
        var referenceCount: Int
        let sha1: [UInt8]

        func append(to bytes: inout [UInt8]) {
            place.append(to: &bytes)
            bytes.append(littleEndian: UInt16(clamping: part))
            bytes.append(littleEndian: UInt32(clamping: referenceCount))
            bytes += sha1
        }
    }

    /// The header of a file of an archive.
    struct Header {
        let description: WindowsImageDescription
        let part: Int
        let partCount: Int
        let table: Place
        let xml: Place
        let integrity: Place
        let hasSolidResource: Bool
        let hasRelativeTargets: Bool

        var bytes: [UInt8] {
            var bytes = ArchiveFormat.magic
            bytes.append(littleEndian: UInt32(ArchiveFormat.headerByteCount))
            bytes.append(littleEndian: hasSolidResource ? ArchiveFormat.solidVersion : ArchiveFormat.version)
            let spanned = partCount > 1 ? HeaderFlag.spanned : 0
            let relative = hasRelativeTargets ? HeaderFlag.relativeTargets : 0
            bytes.append(littleEndian: HeaderFlag.flags(description.compression) | spanned | relative)
            bytes.append(littleEndian: UInt32(description.compression.chunkByteCount))
            bytes += description.guid
            bytes.append(littleEndian: UInt16(clamping: part))
            bytes.append(littleEndian: UInt16(clamping: partCount))
            // One image, which no boot loader starts.
            bytes.append(littleEndian: UInt32(1))
            table.append(to: &bytes)
            xml.append(to: &bytes)
            Place().append(to: &bytes)
            bytes.append(littleEndian: UInt32(0))
            integrity.append(to: &bytes)
            return bytes + [UInt8](repeating: 0, count: ArchiveFormat.headerByteCount - bytes.count)
        }
    }
}
