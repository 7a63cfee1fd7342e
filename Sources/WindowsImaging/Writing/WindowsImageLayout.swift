// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A new archive of one image, laid out before its files are read.
public struct WindowsImageLayout: Sendable {
    /// A content: the bytes of one file, or of several that are the same.
    struct Content: Sendable {
        /// The number of the first file that has it.
        let file: Int
        let fileName: String
        let byteCount: Int64
        var referenceCount: Int
    }

    /// What it says about itself.
    public let description: WindowsImageDescription
    let contents: [Content]
    let tree: ImageTree
    /// The sum of the sizes of all files in bytes.
    let fileByteCount: Int64
    /// The tree of another image that the files lie over; nil for none.
    let overlay: WindowsImageOverlay?
    /// Whether the streams of that tree are copied as its archive has them, rather than compressed anew.
    public let copiesStreams: Bool

    /// From this size on, resources that are stored as they are begin with a block, so that file systems can share it.
    static let smallestAlignedByteCount: Int64 = 1 << 20
    static let blockByteCount: Int64 = 4096

    /// Lays out `files`, in their order; no two have one path, and empty files have no content.
    ///
    /// - Parameter overlay: what these files and folders are over the tree of another image, which is in the archive too.
    public init(
        _ description: WindowsImageDescription, files: some Sequence<MediaFile>, folders: [MediaPath],
        over overlay: WindowsImageOverlay? = nil
    ) {
        self.description = description
        self.overlay = overlay
        copiesStreams = overlay?.hasStreams(fitting: description.compression) ?? false
        var contents: [Content] = []
        var numbers: [SHA256Digest: Int] = [:]
        var tree = ImageTree()
        var sum: Int64 = 0
        // Growing step by step would take twice the memory.
        contents.reserveCapacity(files.underestimatedCount)
        tree.reserve(fileCount: files.underestimatedCount)
        for folder in folders { tree.addFolder(folder) }
        for (index, file) in files.enumerated() {
            var content: Int?
            // One text for the list of contents and for the tree.
            let name = file.path.name
            if file.byteCount > 0 {
                if let known = numbers[file.sha256] {
                    contents[known].referenceCount += 1
                    content = known
                } else {
                    numbers[file.sha256] = contents.count
                    content = contents.count
                    contents.append(
                        Content(
                            file: index, fileName: name, byteCount: file.byteCount, referenceCount: 1))
                }
            }
            tree.addFile(name, in: file.path.parent, modified: file.modified, content: content)
            sum += file.byteCount
        }
        tree.finish(over: overlay)
        self.contents = contents
        self.tree = tree
        fileByteCount = sum
    }

    /// The numbers of the files whose bytes are read, in the order in which their contents lie in the archive.
    public var contentFiles: [Int] { contents.map(\.file) }

    /// True when ``byteCount`` is exact.
    public var isExact: Bool { description.compression == .none && overlay == nil }

    /// The size in bytes of the archive in one file: exact without compression, else the most that it can be.
    public var byteCount: Int64 {
        var offset = Int64(ArchiveFormat.headerByteCount)
        for content in contents {
            offset = isExact ? Self.start(of: content.byteCount, after: offset) : offset
            offset += content.byteCount
            if !isExact { offset += Self.greatestExcess(of: content.byteCount) }
        }
        for stream in overlay?.streams ?? [] {
            offset += copiesStreams ? stream.storage.storedByteCount : stream.storage.byteCount
            if !copiesStreams { offset += Self.greatestExcess(of: stream.storage.byteCount) }
        }
        if copiesStreams, let overlay {
            for run in overlay.runs {
                offset += Self.copyPadding(of: overlay.streams[run].reduce(0) { $0 + $1.storage.storedByteCount })
            }
        }
        // A solid resource has a head of 16 bytes, 4 for each chunk and an entry of its own.
        let solid = description.compression == .solid
        if solid { offset += 16 + 4 * (offset / Int64(WindowsImageCompression.solidChunkByteCount) + 1) }
        offset += Int64(tree.metadataByteCount)
        offset += Int64(ArchiveFormat.tableEntryByteCount * (resourceCount + (solid ? 2 : 1)))
        let table = offset
        offset += Int64(xml(totalByteCount: table).count)
        return offset + (description.hasIntegrityTable ? Self.integrityByteCount(tableEnd: table) : 0)
    }

    /// The streams of the tree below the files that are compressed anew, with their numbers among all contents.
    public var anewStreams: [(number: Int, storage: WindowsImageStorage)] {
        guard let overlay, !copiesStreams else { return [] }
        return overlay.streams.enumerated().map { (contents.count + $0, $1.storage) }
    }

    /// The different contents of all files, those of the tree below them too.
    var resourceCount: Int { contents.count + (overlay?.streams.count ?? 0) }

    /// The bytes that are moved of the tree below the files.
    public var streamByteCount: Int64 {
        (overlay?.streams ?? []).reduce(0) {
            $0 + (copiesStreams ? $1.storage.storedByteCount : $1.storage.byteCount)
        }
    }

    /// Where a resource of `byteCount` bytes that is stored as it is begins.
    static func start(of byteCount: Int64, after offset: Int64) -> Int64 {
        guard byteCount >= smallestAlignedByteCount else { return offset }
        return (offset + blockByteCount - 1) / blockByteCount * blockByteCount
    }

    /// What a resource can take besides its bytes: no compressed resource is larger than its content.
    private static func greatestExcess(of byteCount: Int64) -> Int64 {
        byteCount >= smallestAlignedByteCount ? blockByteCount - 1 : 0
    }

    /// What stands at most before a run of copied resources of `byteCount` bytes: large ones begin where in a block they
    /// did before.
    static func copyPadding(of byteCount: Int64) -> Int64 {
        byteCount >= smallestAlignedByteCount ? blockByteCount - 1 : 0
    }

    /// The size of an integrity table for a file whose table of resources ends at `tableEnd`.
    static func integrityByteCount(tableEnd: Int64) -> Int64 {
        let covered = tableEnd - Int64(ArchiveFormat.headerByteCount)
        let chunks = (covered + ArchiveFormat.integrityChunkByteCount - 1) / ArchiveFormat.integrityChunkByteCount
        return 12 + 20 * chunks
    }

    func xml(totalByteCount: Int64) -> [UInt8] {
        ImageXML.encode(
            description, tree: tree, contentByteCount: fileByteCount + (overlay?.fileByteCount ?? 0),
            linkedByteCount: overlay?.linkedByteCount ?? 0, totalByteCount: totalByteCount)
    }
}
