// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// What stands on the screen of a PC in text mode: loaders of a BIOS say nothing on a serial port.
struct TextScreen {
    /// Where the adapter keeps it: 25 rows of 80 characters, each with its colours behind it (IBM VGA XGA Technical Reference).
    static let (address, columnCount, rowCount): (Int64, Int, Int) = (0xB8000, 80, 25)
    static var byteCount: Int64 { Int64(columnCount * rowCount * 2) }

    /// The rows that are not empty, from the top.
    let rows: [String]

    /// The screen that `memory` holds; nil for what is no text, as a screen with graphics.
    init?(_ memory: [UInt8]) {
        guard memory.count >= Int(Self.byteCount) else { return nil }
        var rows: [String] = []
        for row in 0..<Self.rowCount {
            let cells = (0..<Self.columnCount).map { memory[(row * Self.columnCount + $0) * 2] }
            let text = String(decoding: cells.map { (0x20..<0x7F).contains($0) ? $0 : 0x20 }, as: UTF8.self)
                .trimmingTrailing(\.isWhitespace)
            if !text.isEmpty { rows.append(text) }
        }
        guard !rows.isEmpty else { return nil }
        self.rows = rows
    }
}
