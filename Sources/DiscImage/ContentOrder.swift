// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The distinct contents of a disc in the order in which they will lie on it.
struct ContentOrder {
    /// One content: what libisofs must know of it.
    struct Content {
        let byteCount: Int64
        /// A hidden block of padding follows, so that the next large content begins on 4 KiB.
        var isFollowedByPadding = false
    }

    /// From this size on it pays to align content for reflinks; smaller content is copied.
    private static let alignedByteCount: Int64 = 128 << 10

    /// True for content that is worth aligning.
    static func isAligned(_ byteCount: Int64) -> Bool { byteCount >= alignedByteCount }

    private(set) var contents: [Content] = []
    /// The content of each file, by number.
    private(set) var numbers: [Int] = []

    /// True when some content is worth aligning.
    var alignmentMatters: Bool { contents.contains { Self.isAligned($0.byteCount) } }

    /// Collects the contents of `description` and pads them as if the first began on an even block.
    init(_ description: DiscDescription) {
        var known: [SHA256Digest: Int] = [:]
        known.reserveCapacity(description.files.count)
        numbers.reserveCapacity(description.files.count)
        for file in description.files {
            if let number = known[file.sha256] {
                numbers.append(number)
            } else {
                known[file.sha256] = contents.count
                numbers.append(contents.count)
                contents.append(Content(byteCount: file.byteCount))
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
