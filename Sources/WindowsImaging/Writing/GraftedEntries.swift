// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The entries of the tree of another image in the metadata of a new one: each as it was, but for the place of its list.
///
/// Folders that are one with a folder of ours are written with that one: their lists hold both.
struct GraftedEntries: Sendable {
    let overlay: WindowsImageOverlay
    private let left: Set<Int>
    /// Where the list of each entry begins; 0 for none.
    private var listOffsets: [Int]
    /// The folders that have lists of their own, in the order of these.
    private var folders: [Int] = []

    init(_ overlay: WindowsImageOverlay) {
        self.overlay = overlay
        left = overlay.dropped.union(overlay.sharedEntries)
        listOffsets = Array(repeating: 0, count: overlay.tree.metadata.entryCount)
    }

    private var metadata: ImageMetadata { overlay.tree.metadata }

    /// The bytes of the table of security descriptors.
    var securityByteCount: Int { metadata.securityByteCount }

    /// The bytes of an entry with its streams.
    func byteCount(of entry: Int) -> Int { metadata.byteCount(of: entry) }

    /// The bytes of all that `folder` adds to a list.
    func byteCount(in folder: Int) -> Int { children(of: folder).reduce(0) { $0 + metadata.byteCount(of: $1) } }

    private func children(of folder: Int) -> LazyFilterSequence<Range<Int>> {
        metadata.children(of: folder).lazy.filter { !left.contains($0) }
    }

    /// Gives every folder its list, from `offset` on, which is moved behind them.
    ///
    /// A folder without files has an empty list where it had one before: Windows tells no list and an empty one apart.
    mutating func placeLists(from offset: inout Int) {
        var pending = [0] + overlay.sharedEntries
        let shared = Set(pending)
        var next = 0
        while next < pending.count {
            let folder = pending[next]
            next += 1
            if !shared.contains(folder) {
                listOffsets[folder] = offset
                folders.append(folder)
                offset += byteCount(in: folder) + ImageMetadata.listEndByteCount
            }
            for child in children(of: folder) where metadata.childrenOffset(of: child) != 0 { pending.append(child) }
        }
    }

    // MARK: Writing

    /// Appends the table of security descriptors.
    func appendSecurity(to bytes: inout [UInt8]) { bytes += metadata.bytes[..<metadata.securityByteCount] }

    /// Appends an entry whose list begins at `childrenOffset`.
    func append(_ entry: Int, childrenOffset: Int, to bytes: inout [UInt8]) {
        let start = bytes.count + ImageMetadata.Field.childrenOffset
        bytes += metadata.bytes(of: entry)
        withUnsafeBytes(of: UInt64(childrenOffset).littleEndian) { bytes.replaceSubrange(start..<start + 8, with: $0) }
    }

    /// Appends what `folder` adds to a list.
    func appendList(of folder: Int, to bytes: inout [UInt8]) {
        for child in children(of: folder) { append(child, childrenOffset: listOffsets[child], to: &bytes) }
    }

    /// Appends the lists of all folders that have one of their own.
    func appendLists(to bytes: inout [UInt8]) {
        for folder in folders {
            appendList(of: folder, to: &bytes)
            for _ in 0..<ImageMetadata.listEndByteCount { bytes.append(0) }
        }
    }
}
