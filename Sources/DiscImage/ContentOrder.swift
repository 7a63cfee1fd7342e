// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The distinct contents of a disc in the order in which they will lie on it.
struct ContentOrder {
    /// One content: what libisofs must know of it.
    struct Content {
        /// Distinguishes contents for libisofs; counts from 1.
        let serial: UInt64
        let byteCount: Int64
        /// The paths of the files with this content.
        var paths: [MediaPath]
        var modified: [Timestamp]
        /// A hidden block of padding follows, so that the next large content begins on 4 KiB.
        var isFollowedByPadding = false
    }

    /// From this size on it pays to align content for reflinks; smaller content is copied.
    private static let alignedByteCount: Int64 = 128 << 10

    /// True for content that is worth aligning.
    static func isAligned(_ byteCount: Int64) -> Bool { byteCount >= alignedByteCount }

    private(set) var contents: [Content] = []

    /// True when some content is worth aligning.
    var alignmentMatters: Bool { contents.contains { Self.isAligned($0.byteCount) } }

    /// Collects the contents of `description` and pads them as if the first began on an even block.
    init(_ description: DiscDescription) {
        var indices: [SHA256Digest: Int] = [:]
        for file in description.files {
            if let index = indices[file.sha256] {
                contents[index].paths.append(file.path)
                contents[index].modified.append(file.modified)
            } else {
                indices[file.sha256] = contents.count
                contents.append(
                    Content(
                        serial: UInt64(contents.count) + 1, byteCount: file.byteCount, paths: [file.path],
                        modified: [file.modified]))
            }
        }
        var block: Int64 = 0
        for index in contents.indices {
            if Self.isAligned(contents[index].byteCount), !block.isMultiple(of: 2), index > 0 {
                contents[index - 1].isFollowedByPadding = true
                block += 1
            }
            block += DiscGeometry.blocks(for: contents[index].byteCount)
        }
    }
}
