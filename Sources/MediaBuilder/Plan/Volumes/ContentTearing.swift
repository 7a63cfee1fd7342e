// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Tears contents that fit no volume: the WIMs of operating system image packages into parts, applications file by file;
/// nothing else is torn (ours.md section 2).
struct ContentTearing {
    let composer: VolumeComposer
    let environment: BuildEnvironment
    let room: PackingRoom
    private let rule: ImageSplitRule

    init(composer: VolumeComposer, environment: BuildEnvironment, room: PackingRoom) {
        self.composer = composer
        self.environment = environment
        self.room = room
        rule = composer.splitRule
    }

    /// What becomes of a content.
    private enum Piece {
        case item(VolumeItem)
        /// A WIM that fits no volume, with the number of its content.
        case split(ImageSplitter.OpenedImage, ImagePartNaming, content: Int)
    }

    /// The items that `items`, with bounds `sizes`, become when those that fit no volume are torn, their contents then,
    /// and a line for each image that was split.
    ///
    /// Everything that cannot be torn is found before the first WIM is split.
    ///
    /// - Throws: ``MediaBuilderError`` `.tooLarge`, naming the content or the file; errors of splitting.
    func tear(
        _ items: [VolumeItem], _ sizes: [PackingItem], _ contents: [PlannedContent]
    ) throws -> (items: [VolumeItem], contents: [PlannedContent], notes: [DiagnosticText]) {
        let pieces = try zip(items, sizes).flatMap { item, size in
            try size.most <= room.other || fits(item)
                ? [Piece.item(item)] : self.pieces(of: item, contents[item.content])
        }
        var torn: [VolumeItem] = []
        var contents = contents
        var notes: [DiagnosticText] = []
        for piece in pieces {
            switch piece {
            case .item(let item): torn.append(item)
            case .split(let image, let naming, let number):
                let parts = try split(image, naming, after: torn)
                contents[number].fileCount += parts.count - 1
                contents[number].byteCount += parts.reduce(-image.file.byteCount) { $0 + $1.byteCount }
                torn += parts.map { VolumeItem(content: number, files: [$0], folders: []) }
                notes.append(DiagnosticText(ImageSplitter.note(image.file, parts: parts, naming)))
            }
        }
        return (torn, contents, notes)
    }

    // MARK: Pieces

    private func pieces(of item: VolumeItem, _ content: PlannedContent) throws -> [Piece] {
        var pieces: [Piece]
        if content.isOfApplication {
            pieces = try item.files.map { .item(try alone($0, item.content)) }
        } else {
            pieces = [try parts(of: item, content)]
        }
        guard item.folders.count > 1 else { return pieces }
        // Folders that may be empty lie where the content begins.
        pieces.insert(.item(VolumeItem(content: item.content, files: [], folders: item.folders)), at: 0)
        return pieces
    }

    /// A file of an application, which must fit a volume.
    private func alone(_ file: PlannedFile, _ number: Int) throws -> VolumeItem {
        let item = VolumeItem(content: number, files: [file], folders: [])
        guard try fits(item) else { throw stays(file, "a file of an application is not split") }
        return item
    }

    /// The image of an operating system image package.
    private func parts(of item: VolumeItem, _ content: PlannedContent) throws -> Piece {
        guard let file = item.files.first, item.files.count == 1,
            let naming = rule.naming(of: file, among: item.files, of: content), naming.isGenuine
        else { throw tooLarge(item, content) }
        let image = try ImageSplitter(environment: environment).open(file)
        guard content.use == .operatingSystemImage || image.isMarkedAsWindows else {
            throw stays(file, "it holds no Windows that could be applied from parts")
        }
        if let obstacle = image.obstacle(toPartsOf: room.other - (try overhead(ofPartOf: file))) {
            throw stays(file, "it \(obstacle)")
        }
        return .split(image, naming, content: item.content)
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

    /// What keeps a package whole that fits no volume: its largest file, or all of it.
    private func tooLarge(_ item: VolumeItem, _ content: PlannedContent) -> MediaBuilderError {
        if let file = item.files.max(by: { $0.byteCount < $1.byteCount }), file.byteCount > room.other {
            return stays(file, "only the WIM of an operating system image package is split")
        }
        return MediaBuilderError(
            .tooLarge, "package \(content.id)",
            "has \(content.byteCount) bytes and fits no volume of \(composer.capacity ?? 0) bytes; only applications and"
                + " operating system image packages are divided",
            nextStep: Self.choices)
    }

    private func stays(_ file: PlannedFile, _ reason: String) -> MediaBuilderError {
        MediaBuilderError(
            .tooLarge, "\(file)",
            "has \(file.byteCount) bytes and fits no volume of \(composer.capacity ?? 0) bytes: \(reason)",
            nextStep: Self.choices)
    }

    private static let choices: DiagnosticText = "choose a larger \(.mediaSize), or write a drive instead"

    // MARK: Splitting

    private func split(
        _ image: ImageSplitter.OpenedImage, _ naming: ImagePartNaming, after items: [VolumeItem]
    ) throws -> [PlannedFile] {
        let file = image.file
        let overhead = try overhead(ofPartOf: file)
        let remaining = remainingRoom(after: items)
        let size = PartSize.choose(
            imageByteCount: file.byteCount, largestResource: image.largestResourceByteCount,
            remaining: max(0, remaining - overhead), whole: room.other - overhead)
        guard let size else {
            throw MediaBuilderError(
                .tooLarge, "\(file)",
                "cannot be split for volumes of \(composer.capacity ?? 0) bytes: \(image.largestFileDescription) takes"
                    + " \(image.largestResourceByteCount) bytes in it and cannot be cut",
                nextStep: "choose a larger \(.mediaSize)")
        }
        let parts = try ImageSplitter(environment: environment).split(image, partByteCount: size, naming)
        if let part = parts.first(where: { $0.byteCount > room.other - overhead }) {
            throw MediaBuilderError(
                .tooLarge, "\(part)",
                "has \(part.byteCount) bytes and fits no volume of \(composer.capacity ?? 0) bytes, because"
                    + " \(image.largestFileDescription) cannot be cut", nextStep: "choose a larger \(.mediaSize)")
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
