// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What of media is extracted.
public struct ExtractionChoice: Sendable {
    /// Files, and folders with everything below them; empty for everything.
    public var paths: [String]
    /// The same of what is left out.
    public var skipped: [String]

    /// A choice.
    public init(paths: [String] = [], skipped: [String] = []) {
        self.paths = paths
        self.skipped = skipped
    }
}

/// A path on media as somebody typed it.
struct TypedPath {
    /// The path with slashes, without those at its ends; empty for the root.
    let text: String

    init(_ typed: String) {
        var text = typed.utf8.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }[...]
        while text.first == UInt8(ascii: "/") { text.removeFirst() }
        while text.last == UInt8(ascii: "/") { text.removeLast() }
        self.text = text.elementsEqual(".".utf8) ? "" : String(decoding: text, as: UTF8.self)
    }
}

/// A set of files and folders of media, each with everything below it.
struct PathSet {
    /// A file or folder that was named.
    private struct Root {
        let path: String
        /// Whether its case counts: it is spelt as it is found.
        let isExact: Bool

        /// True for what was named, and for what lies below it.
        func contains(_ other: String) -> Bool {
            guard !path.isEmpty else { return true }
            if isExact {
                guard other.utf8.starts(with: path.utf8) else { return false }
                let rest = other.utf8.dropFirst(path.utf8.count)
                return rest.isEmpty || rest.first == UInt8(ascii: "/")
            }
            guard other.caseFolded.hasPrefix(path.caseFolded) else { return false }
            let rest = other.utf16.dropFirst(path.utf16.count)
            return rest.isEmpty || rest.first == UInt16(UInt8(ascii: "/"))
        }
    }

    private var roots: [Root] = []

    /// True when nothing was named.
    var isEmpty: Bool { roots.isEmpty }

    /// Adds what is named `typed`: of several names that differ in case the one that is spelt so, else all of them, else those
    /// that messages show so; returns false when `names` has none.
    ///
    /// - Parameter names: every file, and the folders that have none.
    mutating func add(_ typed: String, from names: [String]) -> Bool {
        let text = TypedPath(typed).text
        // A name that no path can have may hold a backslash.
        let roots = [
            Root(path: typed, isExact: true), Root(path: text, isExact: true), Root(path: text, isExact: false),
        ]
        guard let root = roots.first(where: { root in names.contains(where: root.contains) }) else {
            return addShown(typed, from: names)
        }
        self.roots.append(root)
        return true
    }

    /// Adds what messages show as `typed`, with control characters escaped: nobody can type these, and no argument holds a zero.
    private mutating func addShown(_ typed: String, from names: [String]) -> Bool {
        var wanted = typed[...]
        while wanted.utf8.last == UInt8(ascii: "/") { wanted = Substring(wanted.utf8.dropLast()) }
        guard wanted.utf8.contains(UInt8(ascii: "\\")) else { return false }
        let count = wanted.utf8.count { $0 == UInt8(ascii: "/") } + 1
        var shown: Set<ExactText> = []
        for name in names where name.onOneLine.utf8.starts(with: wanted.utf8) {
            let path = name.names.prefix(count).joined(separator: "/")
            if path.onOneLine.isExactly(String(wanted)) { shown.insert(ExactText(path)) }
        }
        roots += shown.map { Root(path: $0.description, isExact: true) }
        return !shown.isEmpty
    }

    /// True for what was named, and for what lies below it.
    func contains(_ path: String) -> Bool { roots.contains { $0.contains(path) } }
}
