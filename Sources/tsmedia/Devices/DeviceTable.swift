// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Support

/// The drives as text: a line of facts each, and below it what is on the drive and what is said of writing it.
///
/// Reasons are sentences. In a column of their own they would not fit on a terminal of 80 columns, so they are set
/// below the line, indented and broken between words.
struct DeviceTable {
    let verdicts: [DriveVerdict]
    private static let width = 80
    private static let indent = "    "
    /// What a drive says of itself may be as long as it likes.
    private static let longestCell = 24

    /// The lines of the table.
    var lines: [String] {
        let table = TextTable(
            header: ["DEVICE", "SIZE", "BUS", "MODEL", "SERIAL"], numeric: [1],
            rows: verdicts.map { verdict in
                let device = verdict.device
                return [
                    device.node.string, device.byteCount == 0 ? "-" : Amounts.bytes(device.byteCount),
                    device.bus.rawValue, Self.cell([device.vendor, device.model]), Self.cell([device.serial]),
                ]
            }
        ).lines
        return table.prefix(1)
            + zip(table.dropFirst(), verdicts).flatMap { line, verdict in [line] + Self.notes(verdict) }
    }

    private static func cell(_ words: [String?]) -> String {
        let text = words.compactMap { $0 }.joined(separator: " ").onOneLine
        guard !text.isEmpty else { return "-" }
        return text.count > longestCell ? text.prefix(longestCell - 1) + "…" : text
    }

    private static func notes(_ verdict: DriveVerdict) -> [String] {
        var notes: [String] = []
        if let contents = verdict.device.contentSummary { notes.append("holds \(contents)") }
        let places = verdict.device.allMountPoints
        if !places.isEmpty { notes.append("mounted at \(places.map(\.string).joined(separator: ", "))") }
        return (notes + [words(verdict)]).flatMap { folded($0.onOneLine) }
    }

    private static func words(_ verdict: DriveVerdict) -> String {
        if verdict.isRefused { return "refused: " + verdict.refusals.map(\.reason).joined(separator: "; ") }
        if verdict.isWritable { return "may be written" }
        return "needs \(verdict.demands.map(\.text.withOptions).joined(separator: " "))"
    }

    /// `text` in indented lines; a word that is longer than a line has one of its own.
    private static func folded(_ text: String) -> [String] {
        var (lines, line) = ([String](), "")
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent.count + line.count + 1 + word.count > width {
                lines.append(indent + line)
                // What belongs to the line above is set a little further in.
                line = "  " + word
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + [indent + line]
    }
}
