// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Results in columns.
struct TextTable {
    /// The names of the columns.
    let header: [String]
    /// The columns that are set to the right.
    var numeric: Set<Int> = []
    /// The cells, a row each.
    var rows: [[String]]

    /// The lines of the table, each column as wide as its widest cell.
    var lines: [String] {
        let cells = ([header] + rows).map { $0.map(\.onOneLine) }
        let widths = header.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += (column == 0 ? "" : "  ") + (numeric.contains(column) ? padding + cell : cell + padding)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Prints the table on standard output.
    func print() throws { try StandardOutput.print(lines) }
}
