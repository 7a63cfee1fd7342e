// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Files of ours over the tree of an image, in one archive.
///
/// The one rule for names that both have, without case: folders become one, with what the image says of them, and anything
/// else of ours takes the place of what the image has there, with all that is in it. So do the folders of contents, whose
/// files are theirs alone.
public struct WindowsImageOverlay: Sendable {
    /// A stream of the tree.
    struct Stream: Sendable {
        let storage: WindowsImageStorage
        /// How often the tree has it.
        var referenceCount: Int
    }

    /// What the tree is, without what files of ours replace.
    public struct Summary: Sendable, Equatable {
        /// The SHA-256 of all of it, streams by their SHA-1 (docs/formats/ours.md section 1).
        public let sha256: SHA256Digest
        /// Its files.
        public let fileCount: Int
        /// Its folders, the root included.
        public let folderCount: Int
        /// Its different streams.
        public let streamCount: Int
        /// The sum of the sizes of these in bytes.
        public let byteCount: Int64
    }

    /// The image's tree.
    public let tree: WindowsImageTree
    /// The folders that both have, as ours are spelt.
    public let sharedFolders: [MediaPath]
    /// What of the image is not there, because ours is: names joined by `\`.
    public let replacedNames: [String]
    /// What the tree is.
    public let summary: Summary
    /// Entries that are left out, with all that is in them.
    let dropped: Set<Int>
    /// The entries of ``sharedFolders``, in their order.
    let sharedEntries: [Int]
    /// The streams of the tree, in the order in which they lie in the archive.
    let streams: [Stream]
    /// The places in ``streams`` of those that follow each other in the archive without a gap.
    let runs: [Range<Int>]
    /// Whether each stream is in a resource of its own, apart from all others.
    private let isCopyable: Bool
    /// The bytes of all streams of all files, a name of several that are linked each counted, and those that links save.
    let fileByteCount: Int64
    let linkedByteCount: Int64

    /// Lays `files` and `folders`, which hold no files of the image, over `tree`.
    ///
    /// - Parameter sharedFolders: the folders that are one with the image's; nil for all that can be.
    /// - Throws: ``WindowsImagingError`` `.incomplete` when the archive lacks a stream, `.damaged` for impossible sizes.
    public init(
        _ tree: WindowsImageTree, files: some Collection<MediaPath>, folders: some Collection<MediaPath>,
        sharedFolders: [MediaPath]? = nil
    ) throws(WindowsImagingError) {
        self.tree = tree
        let merge = Merge(tree.metadata, files: files, folders: folders, sharedFolders: sharedFolders)
        self.sharedFolders = merge.shared.map(\.path)
        sharedEntries = merge.shared.map(\.entry)
        replacedNames = merge.replaced
        dropped = merge.dropped
        let census = try Census(tree, without: merge.dropped)
        streams = census.streams
        isCopyable = census.isCopyable
        runs = Self.runs(census.streams)
        (fileByteCount, linkedByteCount) = (census.fileByteCount, census.linkedByteCount)
        summary = Summary(
            sha256: tree.metadata.digest(without: merge.dropped), fileCount: census.fileCount,
            folderCount: census.folderCount, streamCount: census.streams.count, byteCount: census.byteCount)
    }

    private static func runs(_ streams: [Stream]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var end: Int64 = -1
        for (number, storage) in streams.lazy.map(\.storage).enumerated() {
            if storage.resourceOffset == end, let last = runs.last {
                runs[runs.count - 1] = last.lowerBound..<number + 1
            } else {
                runs.append(number..<number + 1)
            }
            end = storage.resourceOffset.addingReportingOverflow(storage.storedByteCount).partialValue
        }
        return runs
    }

    /// True when an archive with `compression` can hold the streams as they are.
    func hasStreams(fitting compression: WindowsImageCompression) -> Bool {
        isCopyable && tree.hasResources(fitting: compression)
    }
}

/// Finds what files of ours and an image have both.
private struct Merge {
    private(set) var shared: [(path: MediaPath, entry: Int)] = []
    private(set) var dropped: Set<Int> = []
    private(set) var replaced: [String] = []

    init(
        _ metadata: ImageMetadata, files: some Collection<MediaPath>, folders: some Collection<MediaPath>,
        sharedFolders: [MediaPath]?
    ) {
        let allowed = sharedFolders.map { Set($0.map(\.caseFolded)) }
        let whole = Set(folders.map(\.caseFolded))
        var level: [(path: MediaPath?, entry: Int)] = [(nil, 0)]
        var depth = 0
        while !level.isEmpty {
            var own: [CaseFoldedName: [CaseFoldedName: Bool]] = [:]
            for (path, _) in level { own[Self.key(path)] = [:] }
            for file in files { Self.add(file, isFolder: false, at: depth, to: &own) }
            for folder in folders { Self.add(folder, isFolder: true, at: depth, to: &own) }
            var next: [(path: MediaPath?, entry: Int)] = []
            for (path, entry) in level {
                guard let names = own[Self.key(path)], !names.isEmpty else { continue }
                var taken: Set<CaseFoldedName> = []
                for child in metadata.children(of: entry) {
                    let name = metadata.name(of: child).caseFolded
                    guard let place = names.index(forKey: name) else { continue }
                    // Ours, as it is spelt; it was a path before.
                    let ours = try? MediaPath(name: names.keys[place].description, in: path)
                    if let ours, names.values[place], metadata.isFolder(number: child),
                        !whole.contains(ours.caseFolded), allowed?.contains(ours.caseFolded) ?? true,
                        taken.insert(name).inserted
                    {
                        shared.append((ours, child))
                        next.append((ours, child))
                    } else {
                        dropped.insert(child)
                        replaced.append((path.map { "\($0.windowsDescription)\\" } ?? "") + name.description)
                    }
                }
            }
            level = next
            depth += 1
        }
    }

    private static func key(_ path: MediaPath?) -> CaseFoldedName { (path?.description ?? "").caseFolded }

    /// Adds the name that `path` has `depth` folders down, where the folders above it are among `names`.
    private static func add(
        _ path: MediaPath, isFolder: Bool, at depth: Int, to names: inout [CaseFoldedName: [CaseFoldedName: Bool]]
    ) {
        let text = path.description.utf8
        var start = text.startIndex
        for _ in 0..<depth {
            guard let separator = text[start...].firstIndex(of: UInt8(ascii: "/")) else { return }
            start = text.index(after: separator)
        }
        let above = depth == 0 ? "" : String(Substring(text[..<text.index(before: start)]))
        guard let place = names.index(forKey: above.caseFolded) else { return }
        let end = text[start...].firstIndex(of: UInt8(ascii: "/"))
        let name = String(Substring(text[start..<(end ?? text.endIndex)])).caseFolded
        names.values[place][name] = (names.values[place][name] ?? false) || isFolder || end != nil
    }
}

/// Counts what a tree has.
private struct Census {
    private(set) var fileCount = 0
    private(set) var folderCount = 1
    private(set) var fileByteCount: Int64 = 0
    private(set) var linkedByteCount: Int64 = 0
    let streams: [WindowsImageOverlay.Stream]
    let byteCount: Int64
    let isCopyable: Bool

    init(_ tree: WindowsImageTree, without dropped: Set<Int>) throws(WindowsImagingError) {
        let metadata = tree.metadata
        var counts: [StreamHash: Int] = [:]
        var missing: Int?
        var groups: Set<UInt64> = []
        var (all, linked) = (ByteTotal(), ByteTotal())
        var isPossible = true
        var (files, folders) = (0, 1)
        func add(_ entry: Int) {
            var size = ByteTotal()
            metadata.forEachStream(of: entry) { _, hash in
                guard !hash.isNone else { return }
                counts[hash, default: 0] += 1
                guard let storage = tree.storages[hash] else { return missing = missing ?? entry }
                isPossible = size.add(storage.byteCount) && isPossible
            }
            isPossible = all.add(size.byteCount) && isPossible
            let group = metadata.linkGroup(of: entry)
            if group != 0, !groups.insert(group).inserted { isPossible = linked.add(size.byteCount) && isPossible }
        }
        add(0)
        metadata.forEachEntry(without: dropped) { entry in
            if metadata.isFolder(number: entry) { folders += 1 } else { files += 1 }
            add(entry)
        }
        if let missing {
            throw WindowsImagingError(
                .incomplete, "\(tree.path(of: missing)) in \(tree.name)", "has no content in this file",
                nextStep: "get a complete copy of the image")
        }
        let total = ByteTotal.sum(counts.keys.lazy.map { tree.storages[$0]?.byteCount ?? 0 })
        guard isPossible, let total else {
            throw WindowsImagingError(
                .damaged, "\(tree.name)", "has files that claim more than \(ByteTotal.limitText) together",
                nextStep: "get a fresh copy of the image")
        }
        (fileCount, folderCount) = (files, folders)
        (fileByteCount, linkedByteCount, byteCount) = (all.byteCount, linked.byteCount, total)
        streams = counts.compactMap { hash, count in
            tree.storages[hash].map { .init(storage: $0, referenceCount: count) }
        }.sorted { $0.storage.lies(before: $1.storage) }
        isCopyable = Self.isCopyable(streams)
    }

    /// True when no stream shares its bytes with another: solid resources hold many, and only a hostile archive has others.
    private static func isCopyable(_ streams: [WindowsImageOverlay.Stream]) -> Bool {
        var end: (part: Int, offset: Int64) = (0, 0)
        for storage in streams.lazy.map(\.storage) {
            let (stop, overflow) = storage.resourceOffset.addingReportingOverflow(storage.storedByteCount)
            guard storage.solid == nil, !overflow, storage.resourceOffset >= 0, storage.storedByteCount > 0,
                storage.part > end.part || storage.resourceOffset >= end.offset
            else { return false }
            end = (storage.part, stop)
        }
        return true
    }
}

extension WindowsImageStorage {
    /// Orders contents by their place; those that claim one place by their hash.
    func lies(before other: WindowsImageStorage) -> Bool {
        let (mine, theirs) = (
            (part, resourceOffset, solid?.offset ?? 0), (other.part, other.resourceOffset, other.solid?.offset ?? 0)
        )
        return mine == theirs ? sha1.lexicographicallyPrecedes(other.sha1) : mine < theirs
    }
}
