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
        let tree = Tree(files: files, folders: folders)
        let hash = SHA256()
        var text: [UInt8] = []
        // A stack instead of recursion: the deepest folder first in line is the next in depth-first order.
        var pending = [0]
        while let number = pending.popLast() {
            let folders = tree.nodes[number].folders.sorted { $0.name < $1.name }
            let files = tree.nodes[number].files.sorted { $0.name < $1.name }
            for folder in folders { add(folder.name.windowsPath, &text, hash) }
            for file in files { add(file.name.windowsPath, &text, hash) }
            for file in files { add(file.digest.upperCase, &text, hash) }
            pending += folders.reversed().map(\.number)
        }
        hash.update(text)
        return hash.finalize().upperCase
    }

    private static func add(_ string: String, _ text: inout [UInt8], _ hash: SHA256) {
        Text.appendUTF16LittleEndian(string, to: &text)
        guard text.count >= 1 << 14 else { return }
        hash.update(text)
        text.removeAll(keepingCapacity: true)
    }

    private struct Node {
        var folders: [(name: Name, number: Int)] = []
        var files: [(name: Name, digest: SHA256Digest)] = []
    }

    /// The folders and what is in them; the first is the root.
    private struct Tree {
        var nodes = [Node()]

        init(files: [ContentFile], folders: [MediaPath]) {
            var numbers: [MediaPath: Int] = [:]
            for folder in folders where numbers[folder] == nil {
                numbers[folder] = nodes.count
                nodes.append(Node())
            }
            for folder in folders {
                guard let number = numbers[folder] else { continue }
                let parent = folder.parent.map { numbers[$0] } ?? 0
                if let parent { nodes[parent].folders.append((Name(folder), number)) }
            }
            var last: (path: MediaPath, number: Int?)?
            for file in files {
                // Files of one folder mostly follow each other.
                if let known = last, !known.path.isParent(of: file.path) { last = nil }
                if last == nil, let parent = file.path.parent { last = (parent, numbers[parent]) }
                if let number = last.map(\.number) ?? 0 { nodes[number].files.append((Name(file.path), file.sha256)) }
            }
        }
    }

    /// A path that is ordered by its last name.
    private struct Name: Comparable {
        let path: MediaPath
        private let key: CaseFoldedName

        init(_ path: MediaPath) {
            self.path = path
            key = path.name.caseFolded
        }

        /// As the hash has it.
        var windowsPath: String { path.windowsDescription.ordinalLowerCased }

        static func < (left: Name, right: Name) -> Bool { left.key < right.key }
    }
}
