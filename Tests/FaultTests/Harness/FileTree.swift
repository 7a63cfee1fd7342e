// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport

/// Everything below a folder: kind, mode and bytes of each thing by its path.
struct FileTree: Equatable, Sendable {
    var entries: [String: String]

    /// What is below `folder` now.
    init(_ folder: FilePath) throws {
        let script = """
            find . -mindepth 1 -printf '%y %m %l\\t%P\\0'
            printf '\\0'
            find . -type f -print0 | xargs -0r sha256sum -z
            """
        let output = try Program.succeed("sh", ["-c", script], in: folder).output
        var entries: [String: String] = [:]
        for part in output.split(separator: "\0", omittingEmptySubsequences: true) {
            if let tab = part.firstIndex(of: "\t") {
                entries[String(part[part.index(after: tab)...])] = String(part[..<tab])
            } else if part.utf8.count > 66 {
                // sha256sum: 64 digits, two characters, "./" and the path.
                entries[String(part.dropFirst(68)), default: ""] += " " + part.prefix(64)
            }
        }
        self.entries = entries
    }

    private init(entries: [String: String]) { self.entries = entries }

    /// What is at `path` and below it.
    func part(_ path: String) -> FileTree {
        FileTree(entries: entries.filter { $0.key == path || $0.key.hasPrefix(path + "/") })
    }

    /// All but what is at one of `paths`, or below it.
    func without(_ isLeftOut: (String) -> Bool) -> FileTree { FileTree(entries: entries.filter { !isLeftOut($0.key) }) }

    /// What is here and not in `other`, or different there: for a message.
    func differences(from other: FileTree) -> [String] {
        var found: [String] = []
        for (path, entry) in entries where other.entries[path] != entry {
            found.append(other.entries[path] == nil ? "\(path) is new" : "\(path) is another")
        }
        for path in other.entries.keys where entries[path] == nil { found.append("\(path) is gone") }
        return found.sorted()
    }
}
