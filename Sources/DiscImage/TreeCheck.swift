// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Looks at what a tree of ISO 9660 or Joliet says twice: numbers in both byte orders (ECMA-119 7.3.3), each folder in the
/// folder above, in itself and in two path tables (6.9).
struct TreeCheck<Blocks: ByteSource> {
    private let tree: DiscReader.Tree
    private let blocks: Blocks
    private let name: String

    /// A folder as the one above it has it.
    private struct Folder {
        let parent: UInt32
        let identifier: ArraySlice<UInt8>
    }

    /// Checks `tree` of the disc in `blocks`, which is called `name` in messages.
    init(_ tree: DiscReader.Tree, _ blocks: Blocks, name: String) {
        self.tree = tree
        self.blocks = blocks
        self.name = name
    }

    /// The tree when it contradicts itself, or its path tables when they contradict it.
    func damagedParts() throws(DiscImageError) -> [DiscPart] {
        let folders: [UInt32: Folder]
        do throws(DiscImageError) {
            guard let found = try self.folders() else { return [tree.part] }
            folders = found
        } catch {
            guard error.code == .damaged else { throw error }
            return [tree.part]
        }
        let tables = tree.volume.pathTables
        let little = try lists(tables.littleEndianBlock, folders, isLittleEndian: true)
        let big = try lists(tables.bigEndianBlock, folders, isLittleEndian: false)
        return little && big ? [] : [tree.part == .primaryTree ? .primaryPathTables : .jolietPathTables]
    }

    /// The folders by their first blocks; nil when a record contradicts itself.
    private func folders() throws(DiscImageError) -> [UInt32: Folder]? {
        let root = tree.volume.root
        guard let start = Self.block(root.offset) else { return nil }
        var folders = [start: Folder(parent: start, identifier: [0])]
        var limits = DiscLimits(name: name)
        var pending = [(extent: root, parent: start)]
        while let (extent, parent) = pending.popLast() {
            guard let own = Self.block(extent.offset), try namesItself(extent, own, parent) else { return nil }
            var records = try DirectoryRecords(of: extent, blocks, name: name, tree.volume.orders, &limits)
            while let record = try records.next(&limits) {
                guard record.isConsistent else { return nil }
                guard record.isFolder else { continue }
                for section in record.sections.all {
                    guard let block = Self.block(section.offset),
                        folders.updateValue(Folder(parent: own, identifier: record.identifier), forKey: block) == nil
                    else { return nil }
                    pending.append((section, own))
                }
            }
        }
        return folders
    }

    private static func block(_ offset: Int64) -> UInt32? {
        UInt32(exactly: offset / Int64(DiscGeometry.blockByteCount))
    }

    /// 6.8.2.2: the first two records of a folder are those of itself and of the folder above.
    ///
    /// In Joliet, libisofs 1.5.4 writes the folder itself for the one above; nobody has noticed, because nobody reads it.
    private func namesItself(_ extent: DiscExtent, _ own: UInt32, _ parent: UInt32) throws(DiscImageError) -> Bool {
        let first = try blocks.require(
            at: extent.offset, length: DiscGeometry.blockByteCount, "a folder", of: name)
        guard let length: UInt8 = first.littleEndian(at: 0) else { return false }
        func leads(_ offset: Int, to block: UInt32) -> Bool {
            first.littleEndian(at: offset + 2) == block && first.bigEndian(at: offset + 6) == block
        }
        return leads(0, to: own)
            && (leads(Int(length), to: parent) || tree.part == .jolietTree && leads(Int(length), to: own))
            && first.littleEndian(UInt32.self, at: 10).map(Int64.init) == extent.byteCount
    }

    /// True when the path table in `block` has every one of `folders` behind the one above it, under its name.
    private func lists(
        _ block: UInt32, _ folders: [UInt32: Folder], isLittleEndian: Bool
    ) throws(DiscImageError) -> Bool {
        // A folder has a record of 8 bytes and its name; no tree that was read has more than these.
        let most = folders.values.reduce(0) { $0 + 9 + $1.identifier.count }
        guard tree.volume.pathTables.byteCount <= UInt32(clamping: most),
            let table = try blocks.read(
                at: Int64(block) * Int64(DiscGeometry.blockByteCount), length: Int(tree.volume.pathTables.byteCount),
                of: name
            ).map({ ByteReader($0) })
        else { return false }
        var found: [UInt32] = []
        var offset = 0
        while offset < table.count {
            // 9.4: length of the name, block, number of the folder above, name, and a byte to make it even.
            guard let length: UInt8 = table.littleEndian(at: offset),
                let block: UInt32 = isLittleEndian
                    ? table.littleEndian(at: offset + 2) : table.bigEndian(at: offset + 2),
                let parent: UInt16 = isLittleEndian
                    ? table.littleEndian(at: offset + 6) : table.bigEndian(at: offset + 6),
                let identifier = table.slice(at: offset + 8, length: Int(length)), let folder = folders[block],
                folder.identifier == identifier
            else { return false }
            found.append(block)
            guard (1...found.count).contains(Int(parent)), found[Int(parent) - 1] == folder.parent else { return false }
            offset += 8 + Int(length) + Int(length) % 2
        }
        return found.count == folders.count && Set(found).count == found.count
    }
}
