// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The content (directory) hash (content-library.md section 1, [R]; the order inside a folder is inferred [I]).
///
/// SHA-256 over UTF-16LE text without terminators. For each folder, starting at the root: the lower-cased relative path
/// of every subfolder, then that of every file, then the upper-case hash of every file; then each subfolder, depth
/// first. Names are ordered by their upper-cased UTF-16 units. No genuine vector is public, so a difference is only
/// ever a warning.
public enum ContentHash {
    /// `HashAlgorithm` of a content INI: CALG_SHA_256, 0x800C (wincrypt.h ALG_ID) [I].
    public static let algorithm = 32_780

    /// The content hash of these files and folders, 64 upper-case digits.
    ///
    /// - Parameter folders: must hold every folder that a file or folder lies in.
    public static func compute(files: [ContentFile], folders: [MediaPath]) -> String {
        var tree: [String: Node] = ["": Node()]
        for folder in folders {
            tree[folder.parent?.description ?? "", default: Node()].folders.append(Name(folder))
        }
        for file in files {
            tree[file.path.parent?.description ?? "", default: Node()].files.append((Name(file.path), file.sha256))
        }
        let hash = SHA256()
        var text: [UInt8] = []
        // A stack instead of recursion: the deepest folder first in line is the next in depth-first order.
        var pending = [""]
        while let folder = pending.popLast() {
            guard let node = tree[folder] else { continue }
            let folders = node.folders.sorted { $0 < $1 }
            let files = node.files.sorted { $0.name < $1.name }
            for folder in folders { add(folder.windowsPath, &text, hash) }
            for file in files { add(file.name.windowsPath, &text, hash) }
            for file in files { add(file.digest.upperCase, &text, hash) }
            pending += folders.reversed().map(\.path.description)
        }
        hash.update(text)
        return hash.finalize().upperCase
    }

    private static func add(_ string: String, _ text: inout [UInt8], _ hash: SHA256) {
        for unit in string.utf16 { text.append(littleEndian: unit) }
        guard text.count >= 1 << 14 else { return }
        hash.update(text)
        text.removeAll(keepingCapacity: true)
    }

    private struct Node {
        var folders: [Name] = []
        var files: [(name: Name, digest: SHA256Digest)] = []
    }

    /// A path that is ordered by its last name.
    private struct Name: Comparable {
        let path: MediaPath
        private let key: String

        init(_ path: MediaPath) {
            self.path = path
            key = path.name.ordinalUpperCased
        }

        /// As the hash has it.
        var windowsPath: String { path.windowsDescription.ordinalLowerCased }

        static func < (left: Name, right: Name) -> Bool { left.key.utf16.lexicographicallyPrecedes(right.key.utf16) }
    }
}
