// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Support
import SystemPackage

/// A file of an archive while it is written: the archive itself, or a part of a split one.
final class ArchivePart {
    let number: Int
    let path: FilePath
    private let output: PositionedOutput
    /// Where the next resource goes.
    var position = Int64(ArchiveFormat.headerByteCount)
    var entries: [ArchiveFormat.TableEntry] = []
    var hasSolidResource = false

    init(number: Int, path: FilePath, descriptor: FileDescriptor) {
        self.number = number
        self.path = path
        output = PositionedOutput(descriptor, path: path)
    }

    /// The transfer that brings `content` to ``position``.
    func transfer(_ content: TransferContent) -> Transfer {
        Transfer(
            name: content.name, source: content.source, target: .image(output.descriptor, offset: position),
            byteCount: content.byteCount, sha256: content.sha256)
    }

    /// The transfer that brings `range` of a content to `offset`.
    func transfer(_ range: Range<Int64>, to offset: Int64) -> PartTransfer {
        PartTransfer(range, to: output.descriptor, at: offset)
    }

    /// Writes `bytes` at ``position`` and moves it.
    func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try write(bytes, at: position)
        position += Int64(bytes.count)
    }

    /// Writes `bytes` at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) {
        try output.write(bytes, at: offset)
    }

    /// Makes room for `byteCount` bytes at ``position`` that are written as they are.
    func allocate(_ byteCount: Int64) throws(FileError) { try output.allocate(position..<(position + byteCount)) }

    /// Fills what lies between ``position`` and `offset` with zeros.
    func skip(to offset: Int64) throws(FileError) {
        // Written rather than left out, so that what an abandoned resource left there is gone.
        try append(contentsOf: [UInt8](repeating: 0, count: Int(offset - position)))
    }

    private func append(contentsOf bytes: [UInt8]) throws(FileError) {
        guard !bytes.isEmpty else { return }
        try FileError.wrap("written", path) { try bytes.withUnsafeBytes { try append($0) } }
    }

    /// Writes what follows the resources, and the header; returns the size of the file in bytes.
    ///
    /// - Parameter metadata: the image's, which is in the first part only.
    func finish(_ layout: WindowsImageLayout, partCount: Int, metadata: [UInt8]?) throws -> Int64 {
        if let metadata {
            let place = ArchiveFormat.Place(
                storedByteCount: Int64(metadata.count), flags: ArchiveFormat.ResourceFlag.metadata, offset: position,
                byteCount: Int64(metadata.count))
            entries.append(.init(place: place, part: number, referenceCount: 1, sha1: SHA1.digest(of: metadata)))
            try append(contentsOf: metadata)
        }
        var tableBytes: [UInt8] = []
        tableBytes.reserveCapacity(entries.count * ArchiveFormat.tableEntryByteCount)
        for entry in entries { entry.append(to: &tableBytes) }
        let table = try appendList(tableBytes)
        let tableEnd = position
        let xml = try appendList(layout.xml(totalByteCount: tableEnd))
        var integrity = ArchiveFormat.Place()
        if layout.description.hasIntegrityTable { integrity = try appendList(try integrityTable(tableEnd: tableEnd)) }
        let header = ArchiveFormat.Header(
            description: layout.description, part: number, partCount: partCount, table: table, xml: xml,
            integrity: integrity, hasSolidResource: hasSolidResource,
            hasRelativeTargets: layout.overlay?.tree.hasRelativeTargets ?? false)
        try header.bytes.withUnsafeBytes { try write($0, at: 0) }
        try FileError.wrap("written", path) { try output.descriptor.resize(to: position) }
        return position
    }

    /// Appends a list of the archive itself, which libwim marks as metadata.
    private func appendList(_ bytes: [UInt8]) throws -> ArchiveFormat.Place {
        let place = ArchiveFormat.Place(
            storedByteCount: Int64(bytes.count), flags: ArchiveFormat.ResourceFlag.metadata, offset: position,
            byteCount: Int64(bytes.count))
        try append(contentsOf: bytes)
        return place
    }

    /// Its size, the number of hashes, the bytes of a chunk, and the SHA-1 of each chunk from the header to `tableEnd`.
    private func integrityTable(tableEnd: Int64) throws -> [UInt8] {
        let start = Int64(ArchiveFormat.headerByteCount)
        let chunk = ArchiveFormat.integrityChunkByteCount
        let count = Int((tableEnd - start + chunk - 1) / chunk)
        let hashes = try WorkerThreads.map(count: count) { [descriptor = output.descriptor, path] index in
            let from = start + Int64(index) * chunk
            return try Self.hash(descriptor, path, from..<min(from + chunk, tableEnd))
        }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(12 + 20 * count))
        bytes.append(littleEndian: UInt32(count))
        bytes.append(littleEndian: UInt32(chunk))
        return hashes.reduce(bytes, +)
    }

    private static func hash(_ descriptor: FileDescriptor, _ path: FilePath, _ range: Range<Int64>) throws -> [UInt8] {
        let hash = SHA1()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let wanted = Int(min(Int64(buffer.count), range.upperBound - offset))
            let count = try FileError.wrap("read", path) {
                try buffer.withUnsafeMutableBytes {
                    try descriptor.read(fromAbsoluteOffset: offset, into: .init(rebasing: $0[..<wanted]))
                }
            }
            guard count > 0 else { throw FileError("read", path, .ioError) }
            buffer.withUnsafeBytes { hash.update(.init(rebasing: $0[..<count])) }
            offset += Int64(count)
        }
        return hash.finalize()
    }
}
