// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Results in columns.
struct TextTable {
    /// The names of the columns.
    let header: [String]
    /// The columns that are set to the right.
    var numeric: Set<Int> = []
    /// The cells, a row each; the longest text belongs into the last column.
    var rows: [[String]]

    /// A last column that is narrower than this is of no use; neither is a row then.
    private static let leastWidth = 12
    private static let gap = "  "

    /// The lines of the table, each column as wide as its widest cell.
    var lines: [String] { blocks(width: nil).flatMap { $0 } }

    /// Prints the table on standard output, as wide as the terminal is.
    func print() throws { try StandardOutput.print(blocks(width: Terminal.output.width).flatMap { $0 }) }

    /// The lines of the header, then those of each row, in `width` columns; nil for as many as they take.
    ///
    /// The last column is broken between words where it has to be, and what cannot be broken loses its end. Where even
    /// the other columns take too much, each row becomes a list, and the header nothing.
    func blocks(width: Int?) -> [[String]] {
        let cells = ([header] + rows).map { $0.map(\.onOneLine) }
        let widths = header.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let front = widths.dropLast().reduce(0) { $0 + $1 + Self.gap.count }
        guard let width, let last = widths.last, front + last > width else {
            return cells.map { [line($0, widths)] }
        }
        let room = width - front
        guard room >= min(last, Self.leastWidth), !numeric.contains(header.count - 1) else {
            return [[]] + cells.dropFirst().map { list($0, width: width) }
        }
        return cells.map { row in
            let folded = Folding.lines(row.last ?? "", width: room).map { Self.cut($0, to: room) }
            let indent = String(repeating: " ", count: front)
            return [line(row.dropLast() + [folded[0]], Array(widths.dropLast()) + [room])]
                + folded.dropFirst().map { indent + $0 }
        }
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in row.enumerated() {
            let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
            line += (column == 0 ? "" : Self.gap) + (numeric.contains(column) ? padding + cell : cell + padding)
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// A row as lines: the first cell, then each other cell behind the name of its column.
    private func list(_ row: [String], width: Int) -> [String] {
        let nameWidth = header.dropFirst().map(\.count).max() ?? 0
        let indent = String(repeating: " ", count: nameWidth + 4)
        let room = max(Self.leastWidth, width - indent.count)
        var lines = [Self.cut(row.first ?? "", to: width)]
        for (name, cell) in zip(header, row).dropFirst() where !cell.isEmpty {
            let padding = String(repeating: " ", count: nameWidth - name.count)
            let folded = Folding.lines(cell, width: room).map { Self.cut($0, to: room) }
            lines.append("  \(name)\(padding)  \(folded[0])")
            lines += folded.dropFirst().map { indent + $0 }
        }
        return lines
    }

    /// `text` without what is more than `width` columns.
    private static func cut(_ text: String, to width: Int) -> String {
        text.count > width ? text.prefix(max(0, width - 1)) + "…" : text
    }
}
