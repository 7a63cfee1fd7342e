// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// In which blocks the entries of a file set will lie: known from the names alone, before anything else of the disc is.
struct UDFFilePlaces {
    /// The block of each folder's entry, counted in the partition.
    private let blocks: [UInt32]
    private let identifierByteCounts: [Int]
    /// The first block behind all entries, counted in the partition.
    let blockCount: UInt32

    /// An identifier without its name (4/14.4).
    static let headByteCount = 38

    /// A quarter of all blocks that 32 bits can count: far more files than there are, and no sum of blocks overflows.
    private static let blockLimit: Int64 = 1 << 30

    /// Bytes of an identifier whose name has `nameByteCount` bytes (4/14.4.9: a multiple of four).
    static func byteCount(nameByteCount: Int) -> Int { (headByteCount + nameByteCount + 3) / 4 * 4 }

    /// Places the entries of `tree`.
    ///
    /// - Throws: ``DiscImageError`` `.unsuitableName`, `.layoutFailed` for what UDF does not hold.
    init(_ tree: DiscTree, files: [MediaFile]) throws(DiscImageError) {
        var blocks: [UInt32] = []
        var byteCounts: [Int] = []
        blocks.reserveCapacity(tree.folders.count)
        byteCounts.reserveCapacity(tree.folders.count)
        var next = Int64(UDFPlaces.fileSetBlockCount)
        for folder in tree.folders {
            guard next <= Self.blockLimit else { throw Self.tooMany }
            blocks.append(UInt32(next))
            var byteCount = Self.byteCount(nameByteCount: 0)  // that of the parent
            var fileCount: Int64 = 0
            for child in folder.children {
                let length = UDFText.byteCount(of: tree.fullName(of: child, files))
                guard length <= UDFText.identifierByteLimit else {
                    throw Self.unsuitable(child, tree, files)
                }
                byteCount += Self.byteCount(nameByteCount: length)
                guard case .file(let number) = child.item else { continue }
                fileCount += 1
                guard files[number].byteCount <= UDFFileEntry.byteLimit else {
                    throw DiscImageError(
                        .layoutFailed, "file \(files[number].path)",
                        "has \(files[number].byteCount) bytes, and a disc with UDF holds \(UDFFileEntry.byteLimit)",
                        nextStep: "divide it at its source, or write to a folder")
                }
            }
            byteCounts.append(byteCount)
            next += 1 + DiscGeometry.blocks(for: Int64(byteCount)) + fileCount
        }
        guard next <= Self.blockLimit else { throw Self.tooMany }
        blockCount = UInt32(next)
        self.blocks = blocks
        identifierByteCounts = byteCounts
    }

    private static var tooMany: DiscImageError {
        DiscImageError(.layoutFailed, "the disc", "has more files than a disc holds")
    }

    private static func unsuitable(_ child: DiscTree.Child, _ tree: DiscTree, _ files: [MediaFile]) -> DiscImageError {
        let name = tree.fullName(of: child, files)
        let limit = UDFText.identifierByteLimit - 1
        return DiscImageError(
            .unsuitableName, "'\(name)'",
            "is a name of \(name.utf16.count) characters, and UDF holds \(limit / 2), or \(limit) where all are of Latin-1",
            nextStep: "shorten it at its source, or write to a folder")
    }

    /// The file set, whose contents lie at `contentOffsets` in the image.
    func fileSet(
        _ tree: DiscTree, _ description: DiscDescription, contentOffsets: [SHA256Digest: Int64]
    ) -> UDFFileSet {
        let files = description.files
        let folders = tree.folders.indices.map { number in
            let folder = tree.folders[number]
            var identifiers = UDFDescriptors()
            var list: [UDFFileSet.File] = []
            var linkCount = 1
            let writer = IdentifierWriter(
                firstBlock: blocks[number] + 1, parent: blocks[folder.parent], byteCount: identifierByteCounts[number])
            writer.begin(&identifiers)
            let firstFile = blocks[number] + 1 + UInt32(UDFFileSet.blocks(identifierByteCounts[number]))
            for child in folder.children {
                let block: UInt32
                switch child.item {
                case .folder(let number):
                    block = blocks[number]
                    linkCount += 1
                case .file(let number):
                    block = firstFile + UInt32(list.count)
                    list.append(Self.file(files[number], contentOffsets))
                }
                writer.append(
                    tree.fullName(of: child, files), block: block, isFolder: child.isFolder, to: &identifiers)
            }
            return UDFFileSet.Folder(
                block: blocks[number], identifiers: identifiers.bytes, linkCount: linkCount, files: list)
        }
        return UDFFileSet(
            label: description.label, created: description.created, folders: folders, blockCount: blockCount)
    }

    private static func file(_ file: MediaFile, _ offsets: [SHA256Digest: Int64]) -> UDFFileSet.File {
        let block = file.byteCount > 0 ? (offsets[file.sha256] ?? 0) / Int64(DiscGeometry.blockByteCount) : 0
        return UDFFileSet.File(
            contentBlock: block > 0 ? UInt32(block) - UDFPlaces.partition : 0, byteCount: file.byteCount,
            modified: file.modified)
    }
}

/// Writes the identifiers of a folder (ECMA-167 4/14.4, UDF 2.3.4).
private struct IdentifierWriter {
    /// Where they begin, counted in the partition.
    let firstBlock: UInt32
    /// The entry of the folder above; of the root its own.
    let parent: UInt32
    let byteCount: Int

    /// 4/14.4.3: the bits of the characteristics.
    private static let isFolder: UInt8 = 1 << 1
    private static let isParent: UInt8 = 1 << 3

    /// 4/8.6: the first identifier is that of the folder above, and has no name.
    func begin(_ identifiers: inout UDFDescriptors) {
        identifiers.reserve(byteCount)
        append([], block: parent, Self.isFolder | Self.isParent, to: &identifiers)
    }

    func append(_ name: String, block: UInt32, isFolder: Bool, to identifiers: inout UDFDescriptors) {
        append(UDFText.encoded(name), block: block, isFolder ? Self.isFolder : 0, to: &identifiers)
    }

    private func append(_ name: [UInt8], block: UInt32, _ bits: UInt8, to identifiers: inout UDFDescriptors) {
        // 4/7.2.5: the location of a descriptor is the block in which it begins.
        let location = firstBlock + UInt32(identifiers.bytes.count / DiscGeometry.blockByteCount)
        identifiers.begin(byteCount: UDFFilePlaces.headByteCount)
        identifiers.put(UInt16(1), at: 16)  // 4/14.4.2: file version
        identifiers.put(bits, at: 18)
        identifiers.put(UInt8(name.count), at: 19)
        identifiers.putLongDescriptor(byteCount: UInt32(DiscGeometry.blockByteCount), block: block, at: 20)
        identifiers.append(name)
        identifiers.pad(to: 4)
        identifiers.seal(.fileIdentifier, location: location, byteCount: identifiers.descriptorByteCount)
    }
}
