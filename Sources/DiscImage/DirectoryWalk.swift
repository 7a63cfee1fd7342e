// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Walks the directory records of one tree (ECMA-119 clause 9.1), with limits against hostile images.
struct DirectoryWalk<Blocks: DiscBlocks> {
    private let blocks: Blocks
    private let name: String
    private let encoding: VolumeDescriptors.NameEncoding
    private var visited: Set<Int64> = []
    private var limits: DiscLimits

    /// Records lie whole in a block, so that a folder can be read in parts.
    private let partByteCount = 64 * DiscGeometry.blockByteCount

    init(_ blocks: Blocks, name: String, encoding: VolumeDescriptors.NameEncoding) {
        self.blocks = blocks
        self.name = name
        self.encoding = encoding
        limits = DiscLimits(name: name)
    }

    /// Shows everything below the directory at `root` to `visit`.
    mutating func run(
        root: DiscExtent, _ visit: (DiscEntry) throws(DiscImageError) -> Void
    ) throws(DiscImageError) {
        var pending: [(path: MediaPath?, extent: DiscExtent)] = [(nil, root)]
        while let folder = pending.popLast() {
            guard visited.insert(folder.extent.offset).inserted else { throw damaged("its folders form a loop") }
            try limits.enter(byteCount: folder.extent.byteCount)
            var sections: [DiscExtent] = []
            var done: Int64 = 0
            while done < folder.extent.byteCount {
                let part = Int(min(Int64(partByteCount), folder.extent.byteCount - done))
                let bytes = try blocks.require(
                    at: folder.extent.offset + done, length: part, "a folder", of: name)
                pending += try readRecords(bytes, folder.path, &sections, visit)
                done += Int64(part)
            }
            guard sections.isEmpty else { throw damaged("a file has no last part") }
        }
    }

    /// Reads the records of a part of a directory and returns the folders in it; `sections` go on in the next part.
    private mutating func readRecords(
        _ bytes: ByteReader, _ folder: MediaPath?, _ sections: inout [DiscExtent],
        _ visit: (DiscEntry) throws(DiscImageError) -> Void
    ) throws(DiscImageError) -> [(path: MediaPath?, extent: DiscExtent)] {
        var folders: [(path: MediaPath?, extent: DiscExtent)] = []
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
            try limits.countRecord()
            let extent = DiscExtent(
                offset: Int64(block) * Int64(DiscGeometry.blockByteCount), byteCount: Int64(byteCount))
            let isFolder = flags & 2 != 0  // 9.1.6, bit 1
            guard !isFolder || sections.isEmpty else { throw damaged("a file has no last part") }
            if !isFolder, byteCount > 0 { sections.append(extent) }
            if !isFolder, flags & 0x80 != 0 { continue }  // 9.1.6, bit 7: another record of this file follows
            let path = try path(folder, identifier)
            try limits.count(path)
            if isFolder { folders.append((path, extent)) }
            try visit(DiscEntry(path: path, isFolder: isFolder, extents: sections, modified: Self.time(time)))
            sections = []
        }
        return folders
    }

    private func path(_ folder: MediaPath?, _ identifier: ArraySlice<UInt8>) throws(DiscImageError) -> MediaPath {
        var text = VolumeDescriptors.decode(identifier, encoding)[...]
        // 7.5.1: what other writers add to a name: the version, and the dot of an empty extension.
        if let semicolon = text.lastIndex(of: ";"),
            text[semicolon...].dropFirst().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            text = text[..<semicolon]
        }
        if encoding == .singleByte, text.hasSuffix(".") { text = text.dropLast() }
        do {
            return try MediaPath(name: String(text), in: folder)
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
