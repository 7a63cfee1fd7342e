// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What the header of a file of an archive claims ("Windows Imaging File Format", Microsoft, 2007: WIMHEADER_V1).
///
/// libwim makes room for all that a header claims before it looks for it in the file, so every number is held against
/// the size of the file first: ``check(_:name:)``.
public struct WindowsImageHeader: Sendable, Equatable {
    /// How the resources of an archive are compressed.
    public enum Compression: String, Sendable, CaseIterable {
        /// Not at all.
        case none
        /// XPRESS.
        case xpress = "XPRESS"
        /// LZX.
        case lzx = "LZX"
        /// LZMS.
        case lzms = "LZMS"
        /// Another kind, or none that the flags name.
        case unknown
    }

    /// The bytes of a header.
    public static let byteCount = ArchiveFormat.headerByteCount

    /// How the resources are compressed.
    public let compression: Compression
    /// The bytes that are compressed as one; 0 without compression.
    public let chunkByteCount: Int
    /// True for an archive whose parts stand in the order of reading (wimlib's pipable WIM).
    public let isPipable: Bool
    /// True for the format of .esd files: the version that knows solid resources, which hold many files each, and LZMS.
    public let hasFormatOfESD: Bool
    /// The number of this file among the parts of the archive, from 1.
    public let part: Int
    /// The number of parts.
    public let partCount: Int
    /// The number of images.
    public let imageCount: Int
    /// The number of the image that a boot loader starts; 0 for none.
    public let bootIndex: Int
    let table: ArchiveFormat.Place
    let xml: ArchiveFormat.Place
    let bootMetadata: ArchiveFormat.Place
    let integrity: ArchiveFormat.Place

    /// Decodes `bytes`, the start of a file; nil when it does not begin as a WIM does.
    ///
    /// Nothing is checked. The header at the start of a pipable WIM leaves out what its writer did not know yet.
    public init?(_ bytes: [UInt8]) {
        let reader = ByteReader(bytes)
        guard bytes.count >= Self.byteCount, let magic = reader.slice(at: 0, length: 8).map(Array.init),
            magic == ArchiveFormat.magic || magic == ArchiveFormat.pipableMagic
        else { return nil }
        func number(_ offset: Int) -> UInt32 { reader.littleEndian(at: offset) ?? 0 }
        func short(_ offset: Int) -> Int { Int(reader.littleEndian(UInt16.self, at: offset) ?? 0) }
        func place(_ offset: Int) -> ArchiveFormat.Place {
            let sizeAndFlags = reader.littleEndian(UInt64.self, at: offset) ?? 0
            return ArchiveFormat.Place(
                storedByteCount: Int64(sizeAndFlags & 0xFF_FFFF_FFFF_FFFF), flags: UInt8(sizeAndFlags >> 56),
                offset: Int64(clamping: reader.littleEndian(UInt64.self, at: offset + 8) ?? 0),
                byteCount: Int64(clamping: reader.littleEndian(UInt64.self, at: offset + 16) ?? 0))
        }
        isPipable = magic == ArchiveFormat.pipableMagic
        hasFormatOfESD = number(12) == ArchiveFormat.solidVersion
        let flags = number(16)
        compression =
            flags & ArchiveFormat.HeaderFlag.compressed == 0
            ? .none
            : ArchiveFormat.HeaderFlag.kinds.first { flags & $0.flag != 0 }?.compression ?? .unknown
        chunkByteCount = compression == .none ? 0 : Int(number(20))
        part = short(40)
        partCount = short(42)
        imageCount = Int(number(44))
        table = place(48)
        xml = place(72)
        bootMetadata = place(96)
        bootIndex = Int(number(120))
        integrity = place(124)
    }

    // MARK: Checking

    /// More bytes of XML than any archive has: libxml2 takes about thirty times as many.
    static let largestXMLByteCount: Int64 = 4 << 20
    /// Room for five million resources.
    static let largestTableByteCount: Int64 = 256 << 20
    /// Room for the SHA-1 of 30 TiB.
    static let largestIntegrityByteCount: Int64 = 64 << 20
    /// Chunks that Windows knows are no larger (wimlib.h, WIMLIB_COMPRESSION_TYPE_LZMS), nor smaller.
    static let chunkByteCounts = (4 << 10)...(64 << 20)
    /// 20 bytes of 50 in a list of resources are SHA-1, which nothing shortens.
    private static let greatestTableRatio: Int64 = 4

    /// The header of `source`, held against its size; nil when it does not begin as a WIM does, or is shorter than a header.
    ///
    /// - Parameter name: the name of `source` in errors.
    /// - Throws: ``WindowsImagingError``: `.damaged` for numbers that cannot be, `.unsupported` for chunks of a size that
    ///   Windows does not read, `.io`.
    public static func check(
        _ source: some ByteSource, name: String
    ) throws(WindowsImagingError) -> WindowsImageHeader? {
        func decode(at offset: Int64) throws(WindowsImagingError) -> WindowsImageHeader? {
            do { return try source.bytes(at: offset, length: byteCount).flatMap(WindowsImageHeader.init) } catch {
                throw WindowsImagingError(error)
            }
        }
        func damaged(_ problem: DiagnosticText) -> WindowsImagingError {
            WindowsImagingError(.damaged, "\(name)", problem, nextStep: "get a fresh copy of it")
        }
        guard var header = try decode(at: 0) else {
            guard source.byteCount < Int64(byteCount), try begins(source, name) else { return nil }
            throw damaged("is cut short: it has \(source.byteCount) bytes, and its header alone \(byteCount)")
        }
        // The whole header of a pipable WIM that was written to a pipe is at its end, as libwim finds it.
        if header.isPipable, header.table.offset == 0 {
            guard let last = try decode(at: source.byteCount - Int64(byteCount)), last.isPipable else {
                throw damaged("is cut short: the header at its end is not there")
            }
            header = last
        }
        if let problem = header.problem(fileByteCount: source.byteCount) {
            throw damaged(DiagnosticText(problem))
        }
        if header.compression != .none, !chunkByteCounts.contains(header.chunkByteCount) {
            throw WindowsImagingError(
                .unsupported, "\(name)",
                "is compressed in chunks of \(header.chunkByteCount) bytes, which Windows does not read",
                nextStep: "export it first: wimlib-imagex export SOURCE all TARGET --compress=LZX --chunk-size=32K")
        }
        return header
    }

    /// True when `source` begins as a WIM does.
    private static func begins(_ source: some ByteSource, _ name: String) throws(WindowsImagingError) -> Bool {
        do {
            let start = try source.bytes(at: 0, length: ArchiveFormat.magic.count)
            return start == ArchiveFormat.magic || start == ArchiveFormat.pipableMagic
        } catch { throw WindowsImagingError(error) }
    }

    /// What in the header cannot be, for a file of `fileByteCount` bytes; nil when all can.
    private func problem(fileByteCount: Int64) -> String? {
        let lists: [(name: String, place: ArchiveFormat.Place, limit: Int64)] = [
            ("list of resources", table, Self.largestTableByteCount), ("XML", xml, Self.largestXMLByteCount),
            ("integrity table", integrity, Self.largestIntegrityByteCount),
            ("list of the files of its boot image", bootIndex == 0 ? .init() : bootMetadata, fileByteCount),
        ]
        for (name, place, limit) in lists {
            let (end, overflow) = place.offset.addingReportingOverflow(place.storedByteCount)
            if overflow || end > fileByteCount {
                return "is damaged or cut short: its \(name) ends at byte \(overflow ? .max : end), and it has"
                    + " \(fileByteCount)"
            }
            if place.storedByteCount > limit {
                return
                    "is damaged: its \(name) claims \(place.storedByteCount) bytes, and no archive has more than \(limit)"
            }
        }
        for (name, place, limit) in [
            (lists[0].name, table, table.storedByteCount * Self.greatestTableRatio),
            (lists[1].name, xml, Self.largestXMLByteCount), (lists[2].name, integrity, integrity.storedByteCount),
        ] {
            let isCompressed = place.flags & ArchiveFormat.ResourceFlag.compressed != 0
            guard place.byteCount <= (isCompressed ? limit : place.storedByteCount) else {
                return "is damaged: its \(name) claims \(place.byteCount) bytes in \(place.storedByteCount)"
            }
        }
        // The first part lists the files of every image, each list in a resource of its own.
        let room = table.byteCount / Int64(ArchiveFormat.tableEntryByteCount)
        guard part > 1 || Int64(imageCount) <= room else {
            return "is damaged: it claims \(imageCount) images, and its list of resources has room for \(room)"
        }
        return nil
    }
}
