// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Reads the files of a UDF volume, which is what genuine media is (ECMA-167 3rd edition; OSTA UDF 1.02 to 2.60).
///
/// Partitions may be plain, sparable or of metadata; virtual ones are refused. As with ISO 9660 nothing is trusted:
/// every tag is checked, every walk has a limit. A file or folder that is damaged keeps none of the others from being read.
struct UDFVolume<Blocks: ByteSource> {
    private let blocks: Blocks
    private let name: String
    private let volume: UDFLogicalVolume<Blocks>
    /// True when each entry and each identifier lies where it says and has the bytes that its CRC was made of.
    private(set) var isSound = true
    private(set) var entries: [DiscEntry] = []
    private var limits: DiscLimits
    /// The names that no path can have, and what is damaged.
    private(set) var refused = RefusedNames()

    /// The logical volume's name.
    var label: String { volume.label }
    /// The revision of UDF, binary coded: 0x0102 is 1.02.
    var revision: UInt16 { volume.revision }
    /// True when this program made it: then ISO 9660 and Joliet lead to the same files.
    var isOurs: Bool { volume.isOurs }

    /// A folder of 32 MiB holds some 400,000 entries.
    private static var folderByteCountLimit: Int64 { 32 << 20 }

    /// Reads the volume in `blocks`; nil when there is no UDF anchor.
    init?(_ blocks: Blocks, name: String, _ bounds: DiscLimits.Bounds) throws(DiscImageError) {
        var limits = DiscLimits(name: name, bounds)
        guard let volume = try UDFLogicalVolume(blocks, name: name, &limits) else { return nil }
        self.blocks = blocks
        self.name = name
        self.volume = volume
        self.limits = limits
        try walk()
    }

    // MARK: The tree

    /// Does `read` with what a metadata partition has, and where that is damaged with its copy (UDF 2.2.13).
    private mutating func withMirror<Result>(
        of partition: UInt16,
        _ read: (inout Self, UDFMetadata.Copy) throws(DiscImageError) -> Result
    ) throws(DiscImageError) -> Result {
        guard volume.hasMirror(partition) else { return try read(&self, .main) }
        do throws(DiscImageError) {
            return try read(&self, .main)
        } catch {
            guard error.code == .damaged else { throw error }
            return try read(&self, .mirror)
        }
    }

    private mutating func walk() throws(DiscImageError) {
        let place = volume.fileSet
        let root = try withMirror(of: place.partition) { reading, copy throws(DiscImageError) in
            let fileSet = try reading.volume.block(at: place, "the file set", [.fileSet], copy)
            guard let block: UInt32 = fileSet.littleEndian(at: 400 + 4),
                let partition: UInt16 = fileSet.littleEndian(at: 400 + 8)
            else { throw .damaged(reading.name, "it has no file set") }  // 4/14.1.15: root directory ICB
            return UDFAddress(block: block, partition: partition)
        }
        var pending: [(path: MediaPath?, address: UDFAddress)] = [(nil, root)]
        var visited: Set<UDFAddress> = []
        while let folder = pending.popLast() {
            guard visited.insert(folder.address).inserted else { throw .damaged(name, "its folders form a loop") }
            pending += try readFolder(at: folder.address, folder.path)
        }
    }

    /// Takes note of the damage of the file or folder at `path`, or of all in it.
    private mutating func note(_ error: DiscImageError, at path: MediaPath) throws(DiscImageError) {
        guard error.code == .damaged, !limits.areBroken else { throw error }
        isSound = false
        refused.insertDamage(path, problem: error.problem.description)
        try limits.count(path.description)
    }

    /// What a folder holds.
    private struct Identifier {
        let name: String
        let address: UDFAddress
        let isFolder: Bool
    }

    /// The folder at `address`, which is called `parent`; nothing of one that is damaged, unless it is the root.
    private mutating func readFolder(
        at address: UDFAddress, _ parent: MediaPath?
    ) throws(DiscImageError) -> [(path: MediaPath?, address: UDFAddress)] {
        let identifiers: [Identifier]
        do throws(DiscImageError) {
            let folder = try node(at: address)
            identifiers = try withMirror(of: folder.partition) { reading, copy throws(DiscImageError) in
                try reading.identifiers(in: folder, copy)
            }
        } catch {
            guard let parent else { throw error }
            try note(error, at: parent)
            return []
        }
        var folders: [(path: MediaPath?, address: UDFAddress)] = []
        for identifier in identifiers {
            guard let path = refused.path(of: identifier.name, in: parent) else {
                try limits.count(identifier.name)
                continue
            }
            let node: Node
            do throws(DiscImageError) { node = try self.node(at: identifier.address) } catch {
                try note(error, at: path)
                continue
            }
            try limits.count(path.description)
            guard node.isFileOrFolder else {
                refused.insertLink(identifier.name, in: parent)
                continue
            }
            if identifier.isFolder { folders.append((path, identifier.address)) }
            entries.append(
                DiscEntry(
                    path: path, isFolder: identifier.isFolder,
                    sections: DiscSections(identifier.isFolder ? [] : node.extents), modified: node.modified))
        }
        return folders
    }

    /// 4/14.4: the file identifier descriptors of a folder.
    private mutating func identifiers(
        in folder: Node, _ copy: UDFMetadata.Copy
    ) throws(DiscImageError) -> [Identifier] {
        let bytes = try contents(of: folder, copy)
        var identifiers: [Identifier] = []
        var offset = 0
        while offset < bytes.count {
            guard let head = bytes.slice(at: offset, length: 38).map(ByteReader.init),
                let flags: UInt8 = head.littleEndian(at: 18),
                let nameLength: UInt8 = head.littleEndian(at: 19), let block: UInt32 = head.littleEndian(at: 24),
                let partition: UInt16 = head.littleEndian(at: 28), let useLength: UInt16 = head.littleEndian(at: 36),
                let identifier = bytes.slice(at: offset + 38 + Int(useLength), length: Int(nameLength))
            else { throw damagedIdentifier(in: folder, offset, "is cut short") }
            // 14.4.9: padded to a multiple of four.
            let byteCount = (38 + Int(useLength) + Int(nameLength) + 3) / 4 * 4
            let whole = ByteReader(bytes.slice(at: offset, length: min(byteCount, bytes.count - offset)) ?? [])
            // Where it says that it lies Windows does not ask, and Linux has written the block in which it ended.
            if let problem = whole.udfProblem([.fileIdentifier], at: nil) {
                throw damagedIdentifier(in: folder, offset, problem)
            }
            noteSoundness(of: whole, in: folder, offset)
            offset += byteCount
            // 14.4.3: bit 1 a folder, bit 2 deleted, bit 3 the parent.
            guard flags & 0b1100 == 0 else { continue }
            identifiers.append(
                Identifier(
                    name: UDFField.text(identifier), address: UDFAddress(block: block, partition: partition),
                    isFolder: flags & 0b10 != 0))
        }
        return identifiers
    }

    // MARK: File entries

    /// A file or folder: where its bytes are.
    private struct Node {
        let partition: UInt16
        let isFileOrFolder: Bool
        let extents: [DiscExtent]
        /// The same as the copy of a metadata partition has them; nil where that is elsewhere.
        let mirror: [DiscExtent]?
        let modified: Timestamp
    }

    /// Looks at the place of an identifier at `offset` of a folder that lies in one piece, as ours do.
    private mutating func noteSoundness(of identifier: ByteReader, in folder: Node, _ offset: Int) {
        guard isOurs, isSound else { return }
        let place = (folder.extents.first?.offset ?? 0) - (volume.plainOffset ?? 0) + Int64(offset)
        isSound =
            folder.extents.count == 1
            && identifier.littleEndian(at: 12) == UInt32(clamping: place / volume.blockByteCount)
    }

    /// The error that the identifier at `offset` of a folder is not as it was written.
    private func damagedIdentifier(in folder: Node, _ offset: Int, _ problem: String) -> DiscImageError {
        var rest = Int64(offset)
        var place: Int64?
        for extent in folder.extents where place == nil {
            if rest < extent.byteCount { place = extent.offset + rest } else { rest -= extent.byteCount }
        }
        let block = place.map { " in block \($0 / volume.blockByteCount)" } ?? ""
        return .damaged(name, "the identifier of one of its files\(block) \(problem)")
    }

    /// 4/14.9 and 4/14.17: a file entry and its allocation descriptors.
    private mutating func node(at address: UDFAddress) throws(DiscImageError) -> Node {
        try withMirror(of: address.partition) { reading, copy throws(DiscImageError) in
            try reading.node(at: address, copy)
        }
    }

    private mutating func node(
        at address: UDFAddress, _ copy: UDFMetadata.Copy
    ) throws(DiscImageError) -> Node {
        let block = try volume.block(at: address, "the file entry", UDFFileRecord.tags, copy)
        let record = try UDFFileRecord(block, name: name)
        let (extents, mirror) = try self.extents(of: record, at: address, copy)
        return Node(
            partition: address.partition, isFileOrFolder: record.isFileOrFolder, extents: extents, mirror: mirror,
            modified: record.modified)
    }

    private mutating func extents(
        of record: UDFFileRecord, at address: UDFAddress, _ copy: UDFMetadata.Copy
    ) throws(DiscImageError) -> (main: [DiscExtent], mirror: [DiscExtent]?) {
        switch record.contents {
        case .embedded(let offset):
            guard record.byteCount > 0 else { return ([], nil) }
            let volume = volume
            func place(_ copy: UDFMetadata.Copy) throws(DiscImageError) -> [DiscExtent] {
                let start = try volume.extents(at: address, byteCount: volume.blockByteCount, copy).first?.offset ?? 0
                return [DiscExtent(offset: start + Int64(offset), byteCount: record.byteCount)]
            }
            let hasOther = copy == .main && volume.hasMirror(address.partition)
            return (try place(copy), hasOther ? try? place(.mirror) : nil)
        case .extents(let kind, let list):
            let volume = volume
            let runs = try kind.runs(
                list, partition: address.partition, byteCount: record.byteCount, name: name, &limits
            ) { address throws(DiscImageError) in
                try volume.block(at: address, "the list of a file's extents", [.allocationExtent], copy)
            }
            let main = try extents(of: runs, copy)
            guard copy == .main, volume.hasMirror(address.partition) else { return (main, nil) }
            return (main, try? extents(of: runs, .mirror))
        }
    }

    private mutating func extents(
        of runs: [UDFRun], _ copy: UDFMetadata.Copy
    ) throws(DiscImageError) -> [DiscExtent] {
        var extents: [DiscExtent] = []
        for run in runs {
            guard let place = run.place else {
                extents.append(.hole(byteCount: run.byteCount))
                continue
            }
            let parts = try volume.extents(at: place, byteCount: run.byteCount, copy)
            // One was counted with the run.
            try limits.countRecord(max(0, parts.count - 1))
            extents += parts
        }
        return extents
    }

    private mutating func contents(
        of node: Node, _ copy: UDFMetadata.Copy
    ) throws(DiscImageError) -> ByteReader {
        let extents = copy == .main ? node.extents : node.mirror ?? node.extents
        // Each has 30 bits, and there are no more than the limits have: the sum cannot overflow.
        let byteCount = extents.reduce(0) { $0 + $1.byteCount }
        guard byteCount <= Self.folderByteCountLimit else { throw .damaged(name, "a folder is too large") }
        try limits.enter(byteCount: byteCount)
        var bytes: [UInt8] = []
        for extent in extents {
            guard !extent.isHole else { throw .damaged(name, "a folder was never written") }
            bytes += try blocks.require(at: extent.offset, length: Int(extent.byteCount), "a folder", of: name).bytes
        }
        return ByteReader(bytes)
    }
}
