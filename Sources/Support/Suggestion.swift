// SPDX-License-Identifier: GPL-3.0-or-later

/// What somebody meant who typed something else.
public enum Suggestion {
    /// The one of `candidates` that is nearest to `word`, without case; nil when none is near enough to be meant.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let typed = Array(word.lowercased().unicodeScalars.prefix(longestWord))
        let limit = max(1, min(3, typed.count / 3))
        return candidates.map { ($0, distance(typed, Array($0.lowercased().unicodeScalars))) }
            .filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
    }

    /// Longer words are no misspelt ones.
    private static let longestWord = 64

    /// How many characters are to be put in, taken out, replaced or exchanged with the next to make `from` `to`
    /// (optimal string alignment).
    public static func distance(_ from: [Unicode.Scalar], _ to: [Unicode.Scalar]) -> Int {
        var (before, last, row) = ([Int](), [Int](), Array(0...to.count))
        for (index, scalar) in from.enumerated() {
            (before, last) = (last, row)
            row = [index + 1]
            for (column, other) in to.enumerated() {
                var cost = min(row[column] + 1, last[column + 1] + 1, last[column] + (scalar == other ? 0 : 1))
                if index > 0, column > 0, scalar == to[column - 1], from[index - 1] == other {
                    cost = min(cost, before[column - 1] + 1)
                }
                row.append(cost)
            }
        }
        return row[to.count]
    }
}
