// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// Fills empty images of an archive that libwim wrote with files that libwim cannot read.
///
/// What is new goes where the list of resources was, and the list and the XML behind it. A file whose bytes the archive has
/// already takes no room.
public final class ImageFilling {
    /// Where the header has the places of the list of resources and of the XML (WIMHEADER_V1 of "Windows Imaging File Format",
    /// Microsoft, 2007).
    private static let (tablePlaceOffset, xmlPlaceOffset) = (48, 72)

    private let path: FilePath
    private let descriptor: FileDescriptor
    private let output: ResourceOutput
    private var header: [UInt8]
    private var entries: [ArchiveFormat.TableEntry]
    private var xml: [UInt8]
    private var numbers: [[UInt8]: Int] = [:]

    /// Opens the archive at `path`, one file without an integrity table, which is compressed with `compression`.
    ///
    /// - Throws: ``WindowsImagingError``, `FileError`.
    public init(path: FilePath, compression: WindowsImageCompression) throws {
        let parsed = try WindowsImage.header(of: path)
        guard parsed.partCount == 1, parsed.integrity.storedByteCount == 0,
            parsed.table.flags & ArchiveFormat.ResourceFlag.compressed == 0,
            parsed.xml.flags & ArchiveFormat.ResourceFlag.compressed == 0
        else {
            throw WindowsImagingError(
                .unsupported, "\(path)", "is an archive that cannot be added to", nextStep: "capture into a new one")
        }
        self.path = path
        descriptor = try FileError.wrap("opened", path) {
            try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
        }
        do {
            let source = try FileSource(descriptor, path: path)
            func bytes(_ offset: Int64, _ count: Int64) throws -> [UInt8] {
                guard let bytes = try source.bytes(at: offset, length: Int(count)) else {
                    throw FileError("read", path, .ioError)
                }
                return bytes
            }
            header = try bytes(0, Int64(ArchiveFormat.headerByteCount))
            xml = try bytes(parsed.xml.offset, parsed.xml.storedByteCount)
            entries = Self.entries(try bytes(parsed.table.offset, parsed.table.storedByteCount))
            output = try ResourceOutput(
                descriptor, path: path, position: parsed.table.offset, compression: compression)
        } catch {
            try? descriptor.close()
            throw error
        }
        for (number, entry) in entries.enumerated() where entry.place.flags & ArchiveFormat.ResourceFlag.metadata == 0 {
            numbers[entry.sha1] = number
        }
    }

    deinit { try? descriptor.close() }

    /// The entries of a list of resources.
    private static func entries(_ bytes: [UInt8]) -> [ArchiveFormat.TableEntry] {
        let reader = ByteReader(bytes)
        return (0..<bytes.count / ArchiveFormat.tableEntryByteCount).map { number in
            let offset = number * ArchiveFormat.tableEntryByteCount
            let sizeAndFlags = reader.littleEndian(UInt64.self, at: offset) ?? 0
            let place = ArchiveFormat.Place(
                storedByteCount: Int64(sizeAndFlags & 0xFF_FFFF_FFFF_FFFF), flags: UInt8(sizeAndFlags >> 56),
                offset: Int64(clamping: reader.littleEndian(UInt64.self, at: offset + 8) ?? 0),
                byteCount: Int64(clamping: reader.littleEndian(UInt64.self, at: offset + 16) ?? 0))
            return ArchiveFormat.TableEntry(
                place: place, part: Int(reader.littleEndian(UInt16.self, at: offset + 24) ?? 1),
                referenceCount: Int(reader.littleEndian(UInt32.self, at: offset + 26) ?? 1),
                sha1: Array(bytes[offset + 30..<offset + 50]))
        }
    }

    /// Fills image `index`, which is empty, with `tree`.
    ///
    /// - Parameter read: hands the bytes of the file with this number to what it is given, piece by piece and in order; asked
    ///   once more for a file that compressing does not make smaller.
    /// - Throws: ``WindowsImagingError`` `.imageNotFound`; `FileError` `.noSpace`; `InterruptedError`; what `read` throws.
    public func fill(
        image index: Int, with tree: CapturedTree, interruption: Interruption,
        read: @escaping (_ number: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let images = entries.indices.filter { entries[$0].place.flags & ArchiveFormat.ResourceFlag.metadata != 0 }
        guard index >= 1, index <= images.count else {
            throw WindowsImagingError(
                .imageNotFound, "image \(index) of \(path)", "does not exist", nextStep: "capture again")
        }
        var hashes: [Int: [UInt8]] = [:]
        for (number, entry) in tree.entries.enumerated() where !entry.isFolder && entry.byteCount > 0 {
            try interruption.check()
            let start = output.position
            let resource = try output.write(byteCount: entry.byteCount) { body in
                try read(number) { bytes in
                    try interruption.check()
                    try body(bytes)
                }
            }
            hashes[number] = resource.sha1
            if let known = numbers[resource.sha1] {
                output.position = start
                entries[known].referenceCount += 1
            } else {
                numbers[resource.sha1] = entries.count
                entries.append(
                    ArchiveFormat.TableEntry(
                        place: resource.place, part: 1, referenceCount: 1, sha1: resource.sha1))
            }
        }
        let metadata = tree.metadata(hashes: hashes)
        var resource = try output.write(byteCount: Int64(metadata.count)) { body in
            try metadata.withUnsafeBytes { try body($0) }
        }
        resource.place.flags |= ArchiveFormat.ResourceFlag.metadata
        entries[images[index - 1]] = ArchiveFormat.TableEntry(
            place: resource.place, part: 1, referenceCount: 1, sha1: resource.sha1)
        set("DIRCOUNT", ofImage: index, to: "\(tree.folderCount)")
        set("FILECOUNT", ofImage: index, to: "\(tree.fileCount)")
        set("TOTALBYTES", ofImage: index, to: "\(tree.byteCount)")
    }

    /// Sets an element of the XML of image `index`, which libwim wrote for an empty one.
    ///
    /// By libwim it would be opened once more, and locked: on shares that keeps our own writes out.
    private func set(_ element: String, ofImage index: Int, to value: String) {
        func range(of text: String, from start: Int) -> Range<Int>? {
            xml[start...].firstRange(of: Text.encodeUTF16LittleEndian(text))
        }
        guard let image = range(of: "<IMAGE INDEX=\"\(index)\">", from: 0)?.upperBound else { return }
        let end = range(of: "</IMAGE>", from: image)?.lowerBound ?? xml.count
        guard let start = range(of: "<\(element)>", from: image)?.upperBound, start < end,
            let close = range(of: "</\(element)>", from: start)?.lowerBound
        else {
            xml.insert(contentsOf: Text.encodeUTF16LittleEndian("<\(element)>\(value)</\(element)>"), at: image)
            return
        }
        xml.replaceSubrange(start..<close, with: Text.encodeUTF16LittleEndian(value))
    }

    /// Writes what follows the resources, and the header.
    ///
    /// - Throws: `FileError`.
    public func finish() throws {
        var table: [UInt8] = []
        table.reserveCapacity(entries.count * ArchiveFormat.tableEntryByteCount)
        for entry in entries { entry.append(to: &table) }
        for (bytes, offset) in [(table, Self.tablePlaceOffset), (xml, Self.xmlPlaceOffset)] {
            var place: [UInt8] = []
            ArchiveFormat.Place(
                storedByteCount: Int64(bytes.count), flags: ArchiveFormat.ResourceFlag.metadata,
                offset: output.position, byteCount: Int64(bytes.count)
            ).append(to: &place)
            header.replaceSubrange(offset..<offset + place.count, with: place)
            try bytes.withUnsafeBytes { try output.append($0) }
        }
        try FileError.wrap("written", path) {
            try descriptor.resize(to: output.position)
            _ = try header.withUnsafeBytes { try descriptor.writeAll(toAbsoluteOffset: 0, $0) }
        }
    }
}
