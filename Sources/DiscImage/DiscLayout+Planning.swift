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
        try Self.checkNames(of: description)
        let order = ContentOrder(description)
        if let layout = try Self.alignedLayout(description, order) {
            self = layout
        } else {
            self = try Self.layOut(description, order, padsFirstContent: true)
        }
    }

    /// The layout without padding before the first content; nil when that begins on an odd block and it matters.
    ///
    /// Only the length of the metadata tells. What is not wanted is let go of here: large media has much metadata.
    private static func alignedLayout(
        _ description: DiscDescription, _ order: ContentOrder
    ) throws(DiscImageError) -> DiscLayout? {
        let layout = try layOut(description, order, padsFirstContent: false)
        let first = layout.contentOffsets.values.min() ?? 0
        return first.isMultiple(of: 2 * Int64(DiscGeometry.blockByteCount)) || !order.alignmentMatters ? layout : nil
    }

    private static func layOut(
        _ description: DiscDescription, _ order: ContentOrder, padsFirstContent: Bool
    ) throws(DiscImageError) -> DiscLayout {
        let result = try IsofsSession.layOut(
            description, contents: order.contents, padsFirstContent: padsFirstContent)
        return try DiscLayout(result, description: description)
    }

    private init(_ result: IsofsSession.Result, description: DiscDescription) throws(DiscImageError) {
        let found = try Self.places(result.metadata)
        var offsets: [SHA256Digest: Int64] = [:]
        for file in description.files {
            guard let place = found[file.path.caseFolded], place.byteCount == file.byteCount else {
                throw DiscImageError(
                    .unsuitableName, "file \(file.path)", "cannot keep its name on a disc",
                    nextStep: "shorten the name or replace its unusual characters")
            }
            guard file.byteCount > 0 else { continue }
            guard place.offset >= result.metadata.count, place.offset <= result.imageByteCount - file.byteCount,
                offsets.updateValue(place.offset, forKey: file.sha256) ?? place.offset == place.offset
            else {
                throw DiscImageError(.layoutFailed, "file \(file.path)", "was laid out outside its place")
            }
        }
        self.init(imageByteCount: result.imageByteCount, metadata: result.metadata, contentOffsets: offsets)
    }
}

extension DiscLayout {
    /// Where a file lies, without a gap.
    private struct Place {
        let offset: Int64
        let byteCount: Int64
    }

    /// Where the directories that libisofs wrote say that each file is, by path without case.
    private static func places(_ metadata: [UInt8]) throws(DiscImageError) -> [String: Place] {
        let name = "the layout"
        let blocks = MemoryBlocks(bytes: metadata)
        guard let volume = try VolumeDescriptors(blocks, name: name).joliet else {
            throw DiscImageError(.layoutFailed, name, "has no Joliet tree")
        }
        var walk = DirectoryWalk(blocks, name: name, encoding: volume.encoding)
        var places: [String: Place] = [:]
        try walk.run(root: volume.root) { entry throws(DiscImageError) in
            guard !entry.isFolder else { return }
            let offset = entry.byteCount > 0 ? try entry.contiguousOffset() : 0
            places[entry.path.caseFolded] = Place(offset: offset, byteCount: entry.byteCount)
        }
        return places
    }
}

/// Names that Joliet can carry, and no two that Windows would take for one.
extension DiscLayout {
    /// Joliet allows 64 UTF-16 units; 103 is the length that Windows reads and that `mkisofs -joliet-long` writes.
    static let maximumNameLength = 103

    private static func checkNames(of description: DiscDescription) throws(DiscImageError) {
        var seen: [String: MediaPath] = [:]
        seen.reserveCapacity(description.files.count)
        for path in description.files.map(\.path) {
            if let other = seen.updateValue(path, forKey: path.caseFolded) {
                throw DiscImageError(
                    .duplicateName, "file \(path)", "has the same name as \(other) on Windows",
                    nextStep: "rename one of them at its source")
            }
        }
        for path in description.files.map(\.path) + description.folders
        where path.description.utf8.count > maximumNameLength {
            if let name = path.components.first(where: { $0.utf16.count > maximumNameLength }) {
                throw DiscImageError(
                    .unsuitableName, "file \(path)",
                    "has a name of \(name.utf16.count) characters, and a disc holds \(maximumNameLength)",
                    nextStep: "shorten it at its source, or write to a folder")
            }
        }
    }
}
