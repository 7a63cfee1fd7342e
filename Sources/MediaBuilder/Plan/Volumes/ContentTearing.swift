// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Tears contents that fit no volume: WIMs into parts, applications file by file; nothing else is torn (design.md section
/// 4).
struct ContentTearing {
    let composer: VolumeComposer
    let environment: BuildEnvironment
    let room: PackingRoom

    /// What becomes of a content.
    private enum Piece {
        case item(VolumeItem)
        /// A WIM that fits no volume, with the number of its content.
        case split(PlannedFile, content: Int)
    }

    /// The items that `items`, with bounds `sizes`, become when those that fit no volume are torn, and their contents then.
    ///
    /// Everything that cannot be torn is found before the first WIM is split.
    ///
    /// - Throws: ``MediaBuilderError`` `.tooLarge`, naming the content or the file; errors of splitting.
    func tear(
        _ items: [VolumeItem], _ sizes: [PackingItem], _ contents: [PlannedContent]
    ) throws -> (items: [VolumeItem], contents: [PlannedContent]) {
        let pieces = try zip(items, sizes).flatMap { item, size in
            try size.most <= room.other || fits(item)
                ? [Piece.item(item)] : self.pieces(of: item, contents[item.content])
        }
        var torn: [VolumeItem] = []
        var contents = contents
        for piece in pieces {
            switch piece {
            case .item(let item): torn.append(item)
            case .split(let file, let number):
                let parts = try split(file, contents[number], after: torn)
                contents[number].fileCount += parts.count - 1
                contents[number].byteCount += parts.reduce(-file.byteCount) { $0 + $1.byteCount }
                torn += parts.map { VolumeItem(content: number, files: [$0], folders: []) }
            }
        }
        return (torn, contents)
    }

    // MARK: Pieces

    private func pieces(of item: VolumeItem, _ content: PlannedContent) throws -> [Piece] {
        let images = item.files.filter(\.isWindowsImage)
        guard content.isOfApplication || !images.isEmpty else { throw tooLarge(item, content) }
        let others = item.files.filter { file in !images.contains { $0.path == file.path } }
        var pieces: [Piece] = []
        if content.isOfApplication {
            pieces = try item.files.map { try piece(of: $0, item.content, content) }
        } else {
            pieces = try images.map { try piece(of: $0, item.content, content) }
            let rest = VolumeItem(content: item.content, files: others[...], folders: [])
            guard try others.isEmpty || fits(rest) else { throw tooLarge(rest, content) }
            if !others.isEmpty { pieces.append(.item(rest)) }
        }
        guard item.folders.count > 1 else { return pieces }
        // Folders that may be empty lie where the content begins.
        return [.item(VolumeItem(content: item.content, files: [], folders: item.folders))] + pieces
    }

    private func piece(of file: PlannedFile, _ number: Int, _ content: PlannedContent) throws -> Piece {
        let item = VolumeItem(content: number, files: [file], folders: [])
        if try fits(item) { return .item(item) }
        guard file.isWindowsImage else {
            throw MediaBuilderError(
                .tooLarge, file.description,
                "has \(file.byteCount) bytes, fits no volume of \(composer.capacity ?? 0) bytes and is no WIM that could be"
                    + " split", nextStep: "choose a larger --media-size")
        }
        return .split(file, content: number)
    }

    private func fits(_ item: VolumeItem) throws -> Bool {
        var counted: Set<SHA256Digest> = []
        let bounds = composer.bounds(of: item, counted: &counted)
        guard bounds.least <= room.other, bounds.most > room.other else { return bounds.most <= room.other }
        // Only the layout can tell.
        let alone = try composer.byteCount(isFirst: false, items: [item], contents: [])
        let empty = try composer.byteCount(isFirst: false, items: [], contents: [])
        return alone - empty <= room.other
    }

    private func tooLarge(_ item: VolumeItem, _ content: PlannedContent) -> MediaBuilderError {
        let capacity = composer.capacity ?? 0
        if let file = item.files.max(by: { $0.byteCount < $1.byteCount }), file.byteCount > room.other {
            return MediaBuilderError(
                .tooLarge, file.description,
                "has \(file.byteCount) bytes, fits no volume of \(capacity) bytes and is no WIM that could be split",
                nextStep: "choose a larger --media-size")
        }
        return MediaBuilderError(
            .tooLarge, "package \(content.id)",
            "has \(content.byteCount) bytes and fits no volume of \(capacity) bytes; only applications and WIMs are divided",
            nextStep: "choose a larger --media-size")
    }

    // MARK: Splitting

    private func split(
        _ file: PlannedFile, _ content: PlannedContent, after items: [VolumeItem]
    ) throws -> [PlannedFile] {
        let overhead = try overhead(ofPartOf: file)
        let remaining = remainingRoom(after: items)
        let splitter = ImageSplitter(environment: environment)
        let image = try splitter.open(file)
        let size = PartSize.choose(
            imageByteCount: file.byteCount, largestResource: image.largestResourceByteCount,
            remaining: max(0, remaining - overhead), whole: room.other - overhead)
        guard let size else {
            throw MediaBuilderError(
                .tooLarge, file.description,
                "cannot be split for volumes of \(composer.capacity ?? 0) bytes: \(image.largestFileDescription) takes"
                    + " \(image.largestResourceByteCount) bytes in it and cannot be cut",
                nextStep: "choose a larger --media-size")
        }
        let parts = try splitter.split(image, partByteCount: size, name: ImageSplitter.partName(of: file, content))
        if let part = parts.first(where: { $0.byteCount > room.other - overhead }) {
            throw MediaBuilderError(
                .tooLarge, part.description,
                "has \(part.byteCount) bytes and fits no volume of \(composer.capacity ?? 0) bytes, because"
                    + " \(image.largestFileDescription) cannot be cut", nextStep: "choose a larger --media-size")
        }
        return parts
    }

    /// What a part takes besides its own bytes, rounded up to blocks and aligned to two of them.
    private func overhead(ofPartOf file: PlannedFile) throws -> Int64 {
        let name = String(repeating: "0", count: 64) + "000.swm"
        let empty = PlannedFile(
            generated: [], at: try MediaPath(name: name, in: file.path.parent), modified: file.modified)
        var counted: Set<SHA256Digest> = []
        let item = VolumeItem(content: 0, files: [empty], folders: [])
        return composer.bounds(of: item, counted: &counted).most + 2 * 2_048
    }

    /// The room on the last volume that `items` use when they keep their order.
    private func remainingRoom(after items: [VolumeItem]) -> Int64 {
        var counted: Set<SHA256Digest> = []
        let sizes = items.map { composer.bounds(of: $0, counted: &counted) }
        guard let packing = OrderedPacking.pack(sizes, into: room, measure: { _, _ in .max }) else { return 0 }
        let used = packing[packing.count - 1].reduce(Int64(0)) { $0 + sizes[$1].most }
        return room.onVolume(packing.count - 1) - used
    }
}
