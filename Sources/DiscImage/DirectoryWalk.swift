// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Limits against hostile images.
enum DiscLimits {
    /// More files than this are taken for an attack on memory.
    static let entryCount = 2_000_000
    /// A directory of 64 MiB holds some 600,000 records.
    static let folderByteCount: Int64 = 64 << 20
    /// Folders inside folders.
    static let depth = 128
}

/// Walks the directory records of one tree (ECMA-119 clause 9.1), with limits against hostile images.
struct DirectoryWalk<Blocks: DiscBlocks> {
    private let blocks: Blocks
    private let name: String
    private let encoding: VolumeDescriptors.NameEncoding
    private(set) var entries: [DiscEntry] = []
    private var visited: Set<Int64> = []

    /// A directory that is still to be read; the root has no path.
    private struct Folder {
        let path: MediaPath?
        let depth: Int
        let extent: DiscExtent
    }

    init(_ blocks: Blocks, name: String, encoding: VolumeDescriptors.NameEncoding) {
        self.blocks = blocks
        self.name = name
        self.encoding = encoding
    }

    /// Collects everything below the directory at `root`.
    mutating func run(root: DiscExtent) throws(DiscImageError) {
        var pending = [Folder(path: nil, depth: 0, extent: root)]
        while let folder = pending.popLast() {
            guard folder.depth <= DiscLimits.depth else {
                throw damaged("its folders are nested too deeply")
            }
            guard folder.extent.byteCount <= DiscLimits.folderByteCount else { throw damaged("a folder is too large") }
            guard visited.insert(folder.extent.offset).inserted else { throw damaged("its folders form a loop") }
            let bytes = try blocks.require(
                at: folder.extent.offset, length: Int(folder.extent.byteCount), "a folder", of: name)
            pending += try readDirectory(bytes, folder)
        }
    }

    /// Reads the records of one directory and returns the folders in it.
    private mutating func readDirectory(
        _ bytes: ByteReader, _ folder: Folder
    ) throws(DiscImageError) -> [Folder] {
        var folders: [Folder] = []
        var sections: [DiscExtent] = []
        var offset = 0
        while offset < bytes.count {
            guard let length: UInt8 = bytes.littleEndian(at: offset) else { break }
            if length == 0 {
                // 6.8.1.1: a record does not cross a block; zeros fill the rest.
                offset = (offset / DiscGeometry.blockByteCount + 1) * DiscGeometry.blockByteCount
                continue
            }
            guard let slice = bytes.slice(at: offset, length: Int(length)) else {
                throw damaged("a record is cut short")
            }
            offset += Int(length)
            let record = ByteReader(slice)
            guard let block: UInt32 = record.littleEndian(at: 2), let byteCount: UInt32 = record.littleEndian(at: 10),
                let time = record.slice(at: 18, length: 7), let flags: UInt8 = record.littleEndian(at: 25),
                let nameLength: UInt8 = record.littleEndian(at: 32),
                let identifier = record.slice(at: 33, length: Int(nameLength)), !identifier.isEmpty
            else { throw damaged("a record is malformed") }
            // 9.1.11: the directory itself and its parent.
            if identifier.count == 1, identifier.first == 0 || identifier.first == 1 { continue }
            guard entries.count < DiscLimits.entryCount else {
                throw damaged("it claims more than \(DiscLimits.entryCount) files")
            }
            let extent = DiscExtent(
                offset: Int64(block) * Int64(DiscGeometry.blockByteCount), byteCount: Int64(byteCount))
            let isFolder = flags & 2 != 0  // 9.1.6, bit 1
            let path = try path(folder, identifier)
            if isFolder {
                folders.append(Folder(path: path, depth: folder.depth + 1, extent: extent))
                entries.append(DiscEntry(path: path, isFolder: true, extents: [], modified: Self.time(time)))
                continue
            }
            sections.append(extent)
            if flags & 0x80 != 0 { continue }  // 9.1.6, bit 7: another record of this file follows
            entries.append(
                DiscEntry(
                    path: path, isFolder: false, extents: sections.filter { $0.byteCount > 0 },
                    modified: Self.time(time)))
            sections = []
        }
        guard sections.isEmpty else { throw damaged("a file has no last part") }
        return folders
    }

    private func path(_ folder: Folder, _ identifier: ArraySlice<UInt8>) throws(DiscImageError) -> MediaPath {
        var text = VolumeDescriptors.decode(identifier, encoding)
        // 7.5.1: what other writers add to a name: the version, and the dot of an empty extension.
        if let semicolon = text.lastIndex(of: ";") { text = String(text[..<semicolon]) }
        if text.hasSuffix("."), encoding == .singleByte { text.removeLast() }
        do {
            return try MediaPath(text, in: folder.path)
        } catch {
            throw damaged("the name '\(error.name)' \(error.problem)")
        }
    }

    /// 9.1.5: seven bytes, the last the offset from UTC in quarters of an hour.
    private static func time(_ bytes: ArraySlice<UInt8>) -> Timestamp {
        let fields = bytes.map { Int64($0) }
        let zone = Int64(Int8(bitPattern: UInt8(fields[6])))
        return Timestamp(
            unixSeconds: CivilTime.unixSeconds(
                year: 1900 + fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4],
                second: fields[5]) - zone * 900)
    }

    private func damaged(_ reason: String) -> DiscImageError {
        DiscImageError(.damaged, name, "is damaged: \(reason)", nextStep: "build or copy the image again")
    }
}
