// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What the directories of an image may cost in time and memory, so that a hostile one cannot take all there is.
///
/// Folders may share their bytes, and a small image can claim any number of files that way: what counts is how much was
/// read and kept altogether.
struct DiscLimits {
    /// How much that may be.
    struct Bounds {
        /// Bytes of directories to read; a million files with long names have fewer.
        var folderByteCount: Int64 = 256 << 20
        /// Bytes of names and extents to keep.
        var keptByteCount = 128 << 20
    }

    /// About what an entry takes besides its path.
    private static let entryByteCount = 64
    private static let recordByteCount = 16

    private let name: String
    private let bounds: Bounds
    private var folderBytes: Int64 = 0
    private var keptBytes = 0
    /// Whether one was broken, which ends the reading: what is damaged beside it does not.
    private(set) var areBroken = false

    /// Limits for the image called `name` in messages.
    init(name: String, _ bounds: Bounds = Bounds()) {
        self.name = name
        self.bounds = bounds
    }

    /// Takes note of a folder that will be read.
    mutating func enter(byteCount: Int64) throws(DiscImageError) {
        // No folder has more than 32 bits or a UDF file's worth of bytes; clamped, the sum cannot overflow.
        folderBytes += min(byteCount, bounds.folderByteCount + 1)
        if folderBytes > bounds.folderByteCount { throw broken() }
    }

    /// Takes note of `count` records or extents.
    mutating func countRecord(_ count: Int = 1) throws(DiscImageError) {
        keptBytes += count * Self.recordByteCount
        if keptBytes > bounds.keptByteCount { throw broken() }
    }

    /// Takes note of an entry that is kept.
    mutating func count(_ path: String) throws(DiscImageError) {
        keptBytes += Self.entryByteCount + path.utf8.count
        if keptBytes > bounds.keptByteCount { throw broken() }
    }

    private mutating func broken() -> DiscImageError {
        areBroken = true
        return DiscImageError(
            .damaged, "\(name)", "is damaged: its directories are larger than those of any media",
            nextStep: "build or copy the image again")
    }
}
