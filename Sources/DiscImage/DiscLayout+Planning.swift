// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension DiscLayout {
    /// Lays `description` out with libisofs, which decides every extent and writes the metadata, never the content.
    ///
    /// The technique is docs/decisions/disc-metadata.md. Content of 128 KiB and more begins on 4 KiB where the blocks
    /// before it allow that with one hidden block of padding, so that file systems with reflinks can share it.
    ///
    /// - Throws: ``DiscImageError``: `.unsuitableName`, `.duplicateName`, `.bootImageMissing`, `.layoutFailed`.
    public init(_ description: DiscDescription) throws(DiscImageError) {
        let tree = try DiscTree(
            files: description.files, folders: description.folders, cutsNames: description.fileSystem == .bridge)
        var places: UDFFilePlaces?
        switch description.fileSystem {
        case .bridge: places = try UDFFilePlaces(tree, files: description.files)
        case .iso: try Self.checkNames(of: description)
        }
        let order = ContentOrder(description)
        let laidOut: LaidOut
        if let aligned = try Self.aligned(description, tree, order, places) {
            laidOut = aligned
        } else {
            laidOut = try Self.layOut(description, tree, order, places, padsFirstContent: true)
        }
        let (session, offsets) = laidOut
        imageByteCount = session.imageByteCount
        contentOffsets = offsets
        let end = session.contentRange.upperBound
        contentRange = min(offsets.values.min() ?? end, end)..<end
        roomBlocks = description.room.blocks(
            around: contentRange, ofBlocks: session.imageByteCount / Int64(DiscGeometry.blockByteCount),
            hasAnchor: places != nil)
        cutNameCount = tree.cutNameCount
        guard let places else {
            fixedPieces = [DiscPiece(offset: 0, bytes: session.metadata)]
            fileSet = nil
            return
        }
        let fileSet = places.fileSet(tree, description, contentOffsets: offsets)
        fixedPieces = try UDFBridge(description, session, fileSet).pieces
        self.fileSet = fileSet
    }

    /// What libisofs makes of a description, and where the content of each file lies in it.
    private typealias LaidOut = (session: IsofsSession.Result, contentOffsets: [SHA256Digest: Int64])

    /// What libisofs makes of it without padding before the first content; nil when that begins on an odd block and it
    /// matters.
    ///
    /// Only the length of the metadata tells. What is not wanted is let go of here: large media has much metadata.
    private static func aligned(
        _ description: DiscDescription, _ tree: DiscTree, _ order: ContentOrder, _ places: UDFFilePlaces?
    ) throws(DiscImageError) -> LaidOut? {
        let laidOut = try layOut(description, tree, order, places, padsFirstContent: false)
        let first = laidOut.contentOffsets.values.min() ?? 0
        return first.isMultiple(of: 2 * Int64(DiscGeometry.blockByteCount)) || !order.alignmentMatters ? laidOut : nil
    }

    private static func layOut(
        _ description: DiscDescription, _ tree: DiscTree, _ order: ContentOrder, _ places: UDFFilePlaces?,
        padsFirstContent: Bool
    ) throws(DiscImageError) -> LaidOut {
        let session = try IsofsSession.layOut(
            description, tree: tree, order: order,
            frame: IsofsSession.Frame(
                firstBlock: places.map { UDFBridge.firstBlock(behind: $0) } ?? 0,
                frontBlockCount: DiscGeometry.blocks(for: description.room.beforeContent),
                tailBlockCount: description.room.tailBlockCount(hasAnchor: places != nil),
                padsFirstContent: padsFirstContent))
        return (session, try contentOffsets(session, description, tree))
    }

    /// Where the content of each file lies.
    private static func contentOffsets(
        _ session: IsofsSession.Result, _ description: DiscDescription, _ tree: DiscTree
    ) throws(DiscImageError) -> [SHA256Digest: Int64] {
        let places = try Self.places(session, tree, fileCount: description.files.count)
        var offsets: [SHA256Digest: Int64] = [:]
        offsets.reserveCapacity(description.files.count)
        for (file, place) in zip(description.files, places) {
            guard let place, place.byteCount == file.byteCount else {
                throw DiscImageError(
                    .unsuitableName, "file \(file.path)", "cannot keep its name on a disc",
                    nextStep: "shorten the name or replace its unusual characters")
            }
            guard file.byteCount > 0 else { continue }
            guard let offset = place.offset else {
                throw DiscImageError(.layoutFailed, "file \(file.path)", "was laid out in pieces")
            }
            guard session.contentRange.contains(offset), offset <= session.contentRange.upperBound - file.byteCount,
                offsets.updateValue(offset, forKey: file.sha256) ?? offset == offset
            else {
                throw DiscImageError(.layoutFailed, "file \(file.path)", "was laid out outside its place")
            }
        }
        return offsets
    }
}

extension DiscLayout {
    /// Where a file lies.
    private struct Place {
        /// nil when it is empty or lies in pieces.
        let offset: Int64?
        let byteCount: Int64
    }

    /// Where the directories that libisofs wrote say that each file of `tree` is, by number; nil for those they do not
    /// name.
    private static func places(
        _ session: IsofsSession.Result, _ tree: DiscTree, fileCount: Int
    ) throws(DiscImageError) -> [Place?] {
        let name = "the layout"
        let blocks = session.source
        guard let volume = try VolumeDescriptors(blocks, name: name).joliet else {
            throw DiscImageError(.layoutFailed, "\(name)", "has no Joliet tree")
        }
        var places = [Place?](repeating: nil, count: fileCount)
        var limits = DiscLimits(name: name)
        var pending = [(number: 0, extent: volume.root)]
        while let (number, extent) = pending.popLast() {
            let folder = tree.folders[number]
            var records = try DirectoryRecords(of: extent, blocks, name: name, .equal, &limits)
            var next = 0
            while let record = try records.next(&limits) {
                guard let found = folder.index(ofJoliet: record.identifier, expected: next) else { continue }
                next = found + 1
                switch folder.children[found].item {
                case .file(let file) where !record.isFolder:
                    places[file] = Place(
                        offset: record.sections.contiguousOffset, byteCount: record.sections.byteCount)
                case .folder(let number) where record.isFolder: pending += record.sections.all.map { (number, $0) }
                default: continue
                }
            }
        }
        return places
    }
}

/// Names that Joliet can carry.
extension DiscLayout {
    /// UTF-16 units of a name.
    static let maximumNameLength = CutName.unitLimit

    private static func checkNames(of description: DiscDescription) throws(DiscImageError) {
        func check(_ path: MediaPath) throws(DiscImageError) {
            guard path.description.utf8.count > maximumNameLength,
                let name = path.components.first(where: { $0.utf16.count > maximumNameLength })
            else { return }
            throw DiscImageError(
                .unsuitableName, "file \(path)",
                "has a name of \(name.utf16.count) characters, and a disc holds \(maximumNameLength)",
                nextStep: "shorten it at its source, or write to a folder")
        }
        for file in description.files { try check(file.path) }
        for folder in description.folders { try check(folder) }
    }
}
