// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Walks the directories of one tree, with limits against hostile images, and with Rock Ridge where that is asked for.
struct DirectoryWalk<Blocks: ByteSource> {
    private let blocks: Blocks
    private let name: String
    private let encoding: VolumeDescriptors.NameEncoding
    private let orders: VolumeDescriptors.ByteOrders
    private let rockRidge: RockRidge?
    private var visited: Set<Int64> = []
    private var limits: DiscLimits
    /// The names that no path can have, and what is damaged.
    private(set) var refused = RefusedNames()

    /// A walk of a tree with names and numbers of these kinds.
    init(
        _ blocks: Blocks, name: String, encoding: VolumeDescriptors.NameEncoding,
        orders: VolumeDescriptors.ByteOrders = .equal, rockRidge: RockRidge? = nil,
        _ bounds: DiscLimits.Bounds = DiscLimits.Bounds()
    ) {
        self.blocks = blocks
        self.name = name
        self.encoding = encoding
        self.orders = orders
        self.rockRidge = rockRidge
        limits = DiscLimits(name: name, bounds)
    }

    /// Shows everything below the directory at `root` to `visit`; of a folder that is damaged what comes before the damage.
    ///
    /// - Throws: ``DiscImageError`` `.damaged` when the root is.
    mutating func run(
        root: DiscExtent, _ visit: (DiscEntry) throws(DiscImageError) -> Void
    ) throws(DiscImageError) {
        var pending: [Folder] = [(nil, root)]
        while let folder = pending.popLast() {
            guard visited.insert(folder.extent.offset).inserted else { throw damaged("its folders form a loop") }
            do throws(DiscImageError) { try read(folder, &pending, visit) } catch {
                guard error.code == .damaged, !limits.areBroken, let path = folder.path else { throw error }
                refused.insertDamage(path, problem: error.problem.description)
                try limits.count(path.description)
            }
        }
    }

    private typealias Folder = (path: MediaPath?, extent: DiscExtent)

    private mutating func read(
        _ folder: Folder, _ pending: inout [Folder], _ visit: (DiscEntry) throws(DiscImageError) -> Void
    ) throws(DiscImageError) {
        var records = try DirectoryRecords(of: folder.extent, blocks, name: name, orders, &limits)
        while let record = try records.next(&limits) {
            guard !record.isAssociated else { continue }
            let more = try rockRidge?.entry(of: record.systemUse, blocks, name: self.name, &limits)
            // It is shown where it was moved from.
            if more?.isMoved == true { continue }
            let name = more?.name ?? name(record.identifier)
            guard let path = refused.path(of: name, in: folder.path) else {
                try limits.count(name)
                continue
            }
            try limits.count(path.description)
            if more?.isLink == true {
                refused.insertLink(name, in: folder.path)
                continue
            }
            if let form = more?.otherForm {
                refused.insertForm(name, in: folder.path, problem: form)
                continue
            }
            if orders == .equal, !record.hasEqualOrders {
                refused.insertDamage(path, problem: "is damaged: its record\(record.place) contradicts itself")
                continue
            }
            let moved: DiscExtent? = if let block = more?.movedBlock { try movedFolder(block) } else { nil }
            let isFolder = record.isFolder || moved != nil
            if isFolder { pending += (moved.map { [$0] } ?? record.sections.all).map { (path, $0) } }
            try visit(
                DiscEntry(
                    path: path, isFolder: isFolder, sections: isFolder ? DiscSections() : record.sections,
                    modified: more?.modified ?? Self.time(record.time)))
        }
    }

    /// The folder that begins in `block`, which says itself how long it is (ECMA-119 6.8.2.2).
    private func movedFolder(_ block: UInt32) throws(DiscImageError) -> DiscExtent {
        let offset = Int64(block) * Int64(DiscGeometry.blockByteCount)
        let first = try blocks.require(at: offset, length: 34, "a folder that was moved", of: name)
        guard let byteCount: UInt32 = first.littleEndian(at: 10) else { throw damaged("a record is malformed") }
        return DiscExtent(offset: offset, byteCount: Int64(byteCount))
    }

    private func name(_ identifier: ArraySlice<UInt8>) -> String {
        var text = VolumeDescriptors.decode(identifier, encoding)[...]
        // 7.5.1: what other writers add to a name: the version, and the dot of an empty extension.
        if let semicolon = text.lastIndex(of: ";"),
            text[semicolon...].dropFirst().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            text = text[..<semicolon]
        }
        if encoding == .singleByte, text.hasSuffix(".") { text = text.dropLast() }
        return String(text)
    }

    /// 9.1.5: seven bytes, the last the offset from UTC in quarters of an hour.
    static func time(_ bytes: ArraySlice<UInt8>) -> Timestamp {
        let fields = bytes.map { Int64($0) }
        let zone = Int64(Int8(bitPattern: UInt8(fields[6])))
        return Timestamp(
            unixSeconds: CivilTime.unixSeconds(
                year: 1900 + fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4],
                second: fields[5]) - zone * 900)
    }

    private func damaged(_ reason: String) -> DiscImageError { .damaged(name, reason) }
}
