// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

/// What a writer is about to change, written before the first change.
///
/// It names the contents and every FileLib file whose user list may change for them. With the package INIs, which say
/// what is in the library and what is not, that is enough to tidy up after a writer that was killed, whatever it had
/// done: ``ContentLibraryWriter/settle(_:)``.
struct LibraryJournal: Equatable {
    struct Change: Equatable {
        var content: ContentID
        /// The hashes of its files, old and new.
        var hashes: Set<SHA256Digest>
        /// The content hash of the new tree, when there is one.
        var contentHash: String?
    }

    var changes: [Change]

    private static let header = "tsmedia-journal 1"
    private static let trailer = "end"

    /// The journal as lines of text.
    var bytes: [UInt8] {
        var text = Self.header + "\n"
        for change in changes {
            text += "content \(change.content)\n"
            if let hash = change.contentHash { text += "tree \(hash)\n" }
            for hash in change.hashes.map(\.upperCase).sorted() { text += hash + "\n" }
        }
        return Array((text + Self.trailer + "\n").utf8)
    }

    init(changes: [Change]) { self.changes = changes }

    /// Parses a journal, or nil when it is not whole: it is written atomically, so then it is not ours.
    init?(bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popLast() == "", lines.popLast() == Self.trailer[...], lines.popFirst() == Self.header[...] else {
            return nil
        }
        changes = []
        for line in lines {
            if line.hasPrefix("content "), let content = ContentID(String(line.dropFirst("content ".count))) {
                changes.append(Change(content: content, hashes: []))
            } else if changes.isEmpty {
                return nil
            } else if line.hasPrefix("tree "), let hash = SHA256Digest(hexadecimal: line.dropFirst("tree ".count)) {
                changes[changes.count - 1].contentHash = hash.upperCase
            } else if let hash = SHA256Digest(hexadecimal: line) {
                changes[changes.count - 1].hashes.insert(hash)
            } else {
                return nil
            }
        }
    }
}
