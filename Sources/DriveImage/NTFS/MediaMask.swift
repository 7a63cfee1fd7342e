// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Tells the files of media from those of an operating system image in whose volume they lie.
///
/// What both have as folders is shared; every other name of the media is its own, with all that is in it. The rest is the
/// image's (docs/formats/ours.md section 1).
public struct MediaMask: Sendable, Equatable {
    private var own: Set<CaseFoldedName> = []
    private let shared: Set<CaseFoldedName>

    /// Tells by the media's files, the folders that are its own whatever is in them, and those that are shared.
    public init(
        files: some Sequence<MediaPath>, folders: some Sequence<MediaPath>, sharedFolders: some Sequence<MediaPath>
    ) {
        shared = Set(sharedFolders.map(\.caseFolded))
        for path in files { insert(path) }
        for path in folders { insert(path) }
    }

    private mutating func insert(_ path: MediaPath) {
        if let place = first(path.description, { !shared.contains($0) }) { own.insert(place) }
    }

    /// The first of `path` and the folders above it, from the outermost, that `isWanted`.
    private func first(_ path: String, _ isWanted: (CaseFoldedName) -> Bool) -> CaseFoldedName? {
        let text = path.utf8
        var start = text.startIndex
        while true {
            let end = text[start...].firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
            let place = String(Substring(text[..<end])).caseFolded
            if isWanted(place) { return place }
            guard end < text.endIndex else { return nil }
            start = text.index(after: end)
        }
    }

    /// Whether a file or folder is the media's, or lies where only the media's are.
    ///
    /// - Parameter path: its names joined by `/`; may come from outside.
    public func isOwn(_ path: String) -> Bool {
        first(path) { !shared.contains($0) }.map(own.contains) ?? false
    }

    /// Whether a folder is the media's and the image's.
    func isShared(_ path: String) -> Bool { shared.contains(path.caseFolded) }
}
