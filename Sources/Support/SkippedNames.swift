// SPDX-License-Identifier: GPL-3.0-or-later

/// Names that people leave out of what is copied: each is a file or folder, alone or with some of the folders that it is in.
///
/// `aux.c`, `source/aux.c` and `ABC00012/source/aux.c` all name the same file, and `source` everything below it.
public struct SkippedNames: Sendable, Equatable {
    /// As they were written.
    public let texts: [String]
    private let patterns: [[CaseFoldedName]]

    /// None.
    public init() { (texts, patterns) = ([], []) }

    /// Those of `texts`; nil when one of them is no name.
    public init?(_ texts: [String]) {
        var patterns: [[CaseFoldedName]] = []
        for text in texts {
            let names = text.replacing("\\", with: "/").names
            guard names.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
            patterns.append(names.map { String($0).caseFolded })
        }
        (self.texts, self.patterns) = (texts, patterns)
    }

    /// Which of them names `path`, or a folder that it is in; nil for none.
    public func index(of path: String) -> Int? {
        guard !patterns.isEmpty else { return nil }
        let names = path.names.map { String($0).caseFolded }
        return patterns.firstIndex { pattern in
            guard pattern.count <= names.count else { return false }
            return (0...names.count - pattern.count).contains { names[$0..<$0 + pattern.count].elementsEqual(pattern) }
        }
    }
}
