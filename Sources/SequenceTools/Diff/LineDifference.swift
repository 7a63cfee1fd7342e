// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// The difference of two texts by lines, in unified form (GNU diffutils, "Detailed Description of Unified Format").
///
/// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). Texts with more than ``maximumEdits`` differing
/// lines are shown as replaced where they differ, so that time and memory stay small.
enum LineDifference {
    /// How many differing lines are searched for.
    static let maximumEdits = 1_000
    /// Equal lines shown around a change.
    private static let context = 3

    private enum Edit {
        case keep, remove, add
    }

    /// `@@ -1,3 +1,4 @@` and lines that begin with a space, `-` or `+`; empty when the texts are equal.
    static func unified(_ old: String, _ new: String) -> [String] {
        guard !old.isExactly(new) else { return [] }
        return unified(lines(old), lines(new))
    }

    private static func lines(_ text: String) -> [Substring] {
        // At the byte: a mark behind a line feed would make it another character.
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
    }

    private static func unified(_ old: [Substring], _ new: [Substring]) -> [String] {
        // Lines as numbers: each is compared once as text.
        var numbers: [ExactText: Int] = [:]
        func number(_ line: Substring) -> Int {
            let next = numbers.count
            return numbers[ExactText(String(line)), default: next, setting: next]
        }
        let oldNumbers = old.map(number)
        let newNumbers = new.map(number)
        return hunks(edits(oldNumbers, newNumbers), old, new)
    }

    private static func edits(_ old: [Int], _ new: [Int]) -> [Edit] {
        var start = 0
        while start < old.count, start < new.count, old[start] == new[start] { start += 1 }
        var end = 0
        while end < old.count - start, end < new.count - start,
            old[old.count - 1 - end] == new[new.count - 1 - end]
        { end += 1 }
        let middle = shortest(old[start..<old.count - end], new[start..<new.count - end])
        return Array(repeating: .keep, count: start) + middle + Array(repeating: .keep, count: end)
    }

    private static func shortest(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> [Edit] {
        let replaced = Array(repeating: Edit.remove, count: old.count) + Array(repeating: Edit.add, count: new.count)
        guard !old.isEmpty, !new.isEmpty else { return replaced }
        let limit = min(old.count + new.count, maximumEdits)
        // The furthest reach in `old` on each diagonal, by the number of edits; diagonals from -limit to limit.
        var reach = [Int](repeating: 0, count: 2 * limit + 3)
        let center = limit + 1
        var history: [ArraySlice<Int>] = []
        for count in 0...limit {
            history.append(reach[center - count...center + count])
            for diagonal in stride(from: -count, through: count, by: 2) {
                let isDown =
                    diagonal == -count
                    || (diagonal != count && reach[center + diagonal - 1] < reach[center + diagonal + 1])
                var x = isDown ? reach[center + diagonal + 1] : reach[center + diagonal - 1] + 1
                var y = x - diagonal
                while x < old.count, y < new.count, old[old.startIndex + x] == new[new.startIndex + y] {
                    x += 1
                    y += 1
                }
                reach[center + diagonal] = x
                if x >= old.count, y >= new.count {
                    return path(history, center: center, x: old.count, y: new.count)
                }
            }
        }
        return replaced
    }

    /// Walks back from the end to the beginning.
    private static func path(_ history: [ArraySlice<Int>], center: Int, x: Int, y: Int) -> [Edit] {
        var edits: [Edit] = []
        var (x, y) = (x, y)
        for count in stride(from: history.count - 1, through: 1, by: -1) {
            let reach = history[count]
            let place = center + x - y
            let isDown =
                x - y == -count || (x - y != count && reach[place - 1] < reach[place + 1])
            let previousX = reach[isDown ? place + 1 : place - 1]
            let previousY = previousX - (x - y) - (isDown ? 1 : -1)
            while x > previousX, y > previousY {
                edits.append(.keep)
                x -= 1
                y -= 1
            }
            edits.append(isDown ? .add : .remove)
            (x, y) = (previousX, previousY)
        }
        edits += Array(repeating: .keep, count: x)
        return edits.reversed()
    }

    private static func hunks(_ edits: [Edit], _ old: [Substring], _ new: [Substring]) -> [String] {
        var isShown = [Bool](repeating: false, count: edits.count)
        var shownUntil = 0
        for (index, edit) in edits.enumerated() where edit != .keep {
            let from = max(index - context, shownUntil)
            let until = min(index + context + 1, edits.count)
            for place in from..<max(from, until) { isShown[place] = true }
            shownUntil = max(shownUntil, until)
        }
        var result: [String] = []
        var (oldLine, newLine) = (0, 0)
        var index = 0
        while index < edits.count {
            guard isShown[index] else {
                // Only kept lines are not shown.
                oldLine += 1
                newLine += 1
                index += 1
                continue
            }
            var hunk: [String] = []
            let (oldStart, newStart) = (oldLine, newLine)
            while index < edits.count, isShown[index] {
                switch edits[index] {
                case .keep:
                    hunk.append(" \(old[oldLine])")
                    oldLine += 1
                    newLine += 1
                case .remove:
                    hunk.append("-\(old[oldLine])")
                    oldLine += 1
                case .add:
                    hunk.append("+\(new[newLine])")
                    newLine += 1
                }
                index += 1
            }
            let (oldCount, newCount) = (oldLine - oldStart, newLine - newStart)
            result.append(
                "@@ -\(oldCount == 0 ? oldStart : oldStart + 1),\(oldCount) "
                    + "+\(newCount == 0 ? newStart : newStart + 1),\(newCount) @@")
            result += hunk
        }
        return result
    }
}

extension Dictionary {
    /// The value of `key`, which becomes `value` when there is none.
    fileprivate subscript(key: Key, default absent: Value, setting value: Value) -> Value {
        mutating get {
            if let found = self[key] { return found }
            self[key] = value
            return absent
        }
    }
}
