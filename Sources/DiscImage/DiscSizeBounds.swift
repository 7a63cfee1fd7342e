// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// How many bytes some files add to an image, without laying it out: between two bounds.
///
/// The true number depends on what else is on the disc: records of directories may fill a block that is there already, and
/// contents may be there already.
public struct DiscSizeBounds: Sendable, Equatable {
    /// They add at least this much.
    public let least: Int64
    /// They add at most this much.
    public let most: Int64

    /// A directory record without its name (ECMA-119 9.1).
    private static let recordByteCount: Int64 = 33
    /// The longest name of the ISO 9660 tree at level 3, with a byte of padding (ECMA-119 10.3; libisofs makes none longer).
    private static let longestName: Int64 = 32
    /// The largest part of a file that one record describes: libisofs begins another one at 4 GiB less a block.
    private static let extentByteCount: Int64 = (4 << 30) - Int64(DiscGeometry.blockByteCount)
    /// What may be rounded up to a block once more, whatever is added: four path tables, the directories above in both
    /// trees, the padding before the first content and a block to spare.
    private static let roundedBlockCount: Int64 = 8
    /// Blocks that are free behind the smallest directories; records that fill them add nothing.
    ///
    /// libisofs lets no content begin before block 33 (tried with 1.5.4), and descriptors, path tables and two roots end at 26.
    private static let freeBlockCount: Int64 = 7

    /// The bounds for `files`, all in folders of their own and those above, and for `folders` that may be empty.
    ///
    /// - Parameters:
    ///   - fileSystem: what leads to them.
    ///   - counted: contents that lower bounds of other files of the same image hold already; these are added.
    public init(
        of files: some Sequence<MediaFile>, folders: [MediaPath], fileSystem: DiscFileSystem,
        counted: inout Set<SHA256Digest>
    ) {
        let block = Int64(DiscGeometry.blockByteCount)
        var (leastContent, mostContent) = (Int64(0), Int64(0))
        var (leastRecords, mostRecords) = (Int64(0), Int64(0))
        var own: Set<SHA256Digest> = []
        var parents = Parents(folders)
        var entries = UDFEntries()
        for file in files {
            let records = max(1, (file.byteCount + Self.extentByteCount - 1) / Self.extentByteCount)
            let joliet = Self.jolietRecord(file.path.name)
            leastRecords += records * (joliet + Self.recordByteCount + 1)
            mostRecords += records * (joliet + Self.recordByteCount + Self.longestName + 1)
            parents.add(parentOf: file.path)
            if fileSystem == .bridge { entries.add(file.path.name) }
            guard file.byteCount > 0, own.insert(file.sha256).inserted else { continue }
            let content = DiscGeometry.blocks(for: file.byteCount) * block
            mostContent += content + (ContentOrder.isAligned(file.byteCount) ? block : 0)
            if counted.insert(file.sha256).inserted { leastContent += content }
        }
        // Each folder has a record above it, two of its own, an entry in four path tables, and a last block in both trees
        // that may be nearly empty.
        let foldersMost = parents.nameUnits * 12 + parents.count * (8 * Self.recordByteCount + 2 * block)
        // No record crosses a block: the end of each may be lost to one more record.
        let longest = Self.jolietRecordLimit
        mostRecords = mostRecords * block / (block - longest)
        let leastRecordBlocks = max(
            0, (leastRecords - 2 * block * parents.count) / block - Self.freeBlockCount)
        let mostStructures = Self.rounded(mostRecords + foldersMost) + Self.roundedBlockCount * block
        switch fileSystem {
        case .iso:
            least = leastContent + leastRecordBlocks * block
            most = mostContent + mostStructures
        case .bridge:
            least = leastContent + max(0, (leastRecordBlocks + entries.leastBlockCount(parents)) * block)
            most = mostContent + mostStructures + entries.mostBlockCount(parents) * block
        }
    }

    /// The entries and identifiers of UDF.
    private struct UDFEntries {
        private var fileCount: Int64 = 0
        private var identifierByteCount: Int64 = 0

        /// The image behind begins on an even block, and so does the first content: two blocks may be gone, or come.
        private static let evenBlockCount: Int64 = 2
        /// Of the identifier of a folder, all but two bytes for each UTF-16 unit; it has one of its parent besides.
        private static let folderByteCount = Int64(
            UDFFilePlaces.byteCount(nameByteCount: 1) + UDFFilePlaces.byteCount(nameByteCount: 0) + 3)

        mutating func add(_ name: String) {
            fileCount += 1
            identifierByteCount += Int64(UDFFilePlaces.byteCount(nameByteCount: UDFText.byteCount(of: name)))
        }

        /// Identifiers may fill the last block of each folder, of the root too; then the folders are there already.
        func leastBlockCount(_ parents: Parents) -> Int64 {
            let block = Int64(DiscGeometry.blockByteCount)
            return fileCount + max(0, identifierByteCount - (parents.count + 1) * block) / block - Self.evenBlockCount
        }

        /// Each folder takes an entry and at least a block of identifiers, and its own in the folder above.
        func mostBlockCount(_ parents: Parents) -> Int64 {
            let folders = parents.count * Self.folderByteCount + 2 * parents.nameUnits
            return fileCount + 2 * parents.count + DiscGeometry.blocks(for: identifierByteCount + folders)
                + Self.evenBlockCount + 1
        }
    }

    /// Names of Joliet have two bytes for each UTF-16 unit; records are even (ECMA-119 9.1.12).
    private static func jolietRecord(_ name: String) -> Int64 {
        recordByteCount + 1 + 2 * Int64(min(name.utf16.count, DiscLayout.maximumNameLength))
    }

    private static let jolietRecordLimit = recordByteCount + 1 + 2 * Int64(DiscLayout.maximumNameLength)

    private static func rounded(_ byteCount: Int64) -> Int64 {
        DiscGeometry.blocks(for: byteCount) * Int64(DiscGeometry.blockByteCount)
    }

    /// The distinct folders of files.
    private struct Parents {
        private var known: Set<MediaPath> = []
        private var last: MediaPath?
        /// How many there are.
        private(set) var count: Int64 = 0
        /// UTF-16 units of their names.
        private(set) var nameUnits: Int64 = 0

        init(_ folders: [MediaPath]) {
            for folder in folders { add(folder) }
        }

        mutating func add(parentOf path: MediaPath) {
            guard let parent = path.parent, parent != last else { return }
            last = parent
            add(parent)
        }

        private mutating func add(_ folder: MediaPath) {
            var next: MediaPath? = folder
            while let folder = next, known.insert(folder).inserted {
                count += 1
                nameUnits += Int64(folder.name.utf16.count)
                next = folder.parent
            }
        }
    }
}
