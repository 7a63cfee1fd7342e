// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

extension WindowsImageOverlay {
    /// The files that lie over the tree, and whatever else is where only they belong.
    ///
    /// - Parameter refused: takes note of names that are no paths; what lies below them is left out.
    public func files(refused: inout RefusedNames) -> [WindowsImageEntry] {
        var found: [WindowsImageEntry] = []
        var pending: [(folder: MediaPath?, entry: Int)] = []
        // From the last to the first, which is taken first.
        for (folder, entry) in zip([nil] + sharedFolders.map { $0 }, [0] + sharedEntries) {
            pending += tree.metadata.children(of: entry).lazy.filter { dropped.contains($0) }.map { (folder, $0) }
        }
        pending.reverse()
        while let (folder, entry) = pending.popLast() {
            let name = tree.metadata.name(of: entry)
            guard let path = refused.path(of: name, in: folder) else { continue }
            found.append(tree.entry(entry, at: path))
            pending += tree.metadata.children(of: entry).reversed().map { (path, $0) }
        }
        return found
    }

    /// Where the streams of the tree lie that are compressed apart from all others, by their SHA-1.
    public var compressedStreams: [[UInt8]: WindowsImageStorage] {
        let storages = streams.lazy.map(\.storage).filter { $0.isCompressed && $0.solid == nil }
        return Dictionary(storages.map { ($0.sha1, $0) }) { first, _ in first }
    }

    /// Whether stream `number` of ``Summary/streamCount`` has the SHA-1 that the archive says.
    ///
    /// - Parameter observe: told how many bytes were read, again and again; may throw to stop.
    /// - Throws: ``WindowsImagingError``; `FileError`; what `observe` throws.
    public func isStreamSound(_ number: Int, _ observe: (_ byteCount: Int) throws -> Void) throws -> Bool {
        let storage = streams[number].storage
        let hash = SHA1()
        try tree.reader.read(storage) { bytes in
            try observe(bytes.count)
            hash.update(bytes)
        }
        return hash.finalize() == storage.sha1
    }

    /// The files that have one of the streams `numbers`, their names joined by `/`; that of a stream with a name follows
    /// behind a colon.
    public func names(ofStreams numbers: Set<Int>) -> [String] {
        let hashes = Set(numbers.compactMap { StreamHash(streams[$0].storage.sha1) })
        guard !hashes.isEmpty else { return [] }
        var parents: [Int: Int] = [:]
        for folder in tree.metadata.entries {
            for child in tree.metadata.children(of: folder) { parents[child] = folder }
        }
        func path(_ entry: Int) -> String {
            var names: [String] = []
            var entry = entry
            while let parent = parents[entry] {
                names.append(tree.metadata.name(of: entry))
                entry = parent
            }
            return names.isEmpty ? "/" : names.reversed().joined(separator: "/")
        }
        var found: [String] = []
        func look(_ entry: Int) {
            tree.metadata.forEachStream(of: entry) { name, hash in
                guard hashes.contains(hash) else { return }
                found.append(path(entry) + (name.isEmpty ? "" : ":\(tree.metadata.text(name))"))
            }
        }
        look(0)
        tree.metadata.forEachEntry(without: dropped, look)
        return found
    }
}

extension WindowsImageTree {
    /// The file at `path`, looked up without case; nil when there is none.
    public func entry(_ path: MediaPath) -> WindowsImageEntry? {
        var entry = 0
        for name in path.components {
            guard
                let child = metadata.children(of: entry).first(where: {
                    metadata.name(of: $0).caseFolded == name.caseFolded
                })
            else { return nil }
            entry = child
        }
        return self.entry(entry, at: path)
    }

    /// Entry `number`, which is at `path`.
    func entry(_ number: Int, at path: MediaPath) -> WindowsImageEntry {
        var unnamed: WindowsImageStorage?
        metadata.forEachStream(of: number) { name, hash in
            if name.isEmpty, !hash.isNone { unnamed = unnamed ?? storages[hash] }
        }
        let isFolder = metadata.isFolder(number: number)
        let isReparsePoint = metadata.isReparsePoint(number)
        let storage = isFolder || isReparsePoint ? nil : unnamed
        return WindowsImageEntry(
            path: path, byteCount: Int(storage?.byteCount ?? 0), isDirectory: isFolder,
            isPlainFile: !isFolder && !isReparsePoint, isReparsePoint: isReparsePoint,
            modified: Timestamp(unixSeconds: 0), storage: storage)
    }
}
