// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Support

/// The drives as text: a line of facts each, and below it what is on the drive and what is said of writing it.
///
/// Reasons are sentences. In a column of their own they would not fit on a terminal of 80 columns, so they are set
/// below the line, indented and broken between words.
struct DeviceTable {
    let verdicts: [DriveVerdict]
    private static let indent = "    "
    /// What a drive says of itself may be as long as it likes.
    private static let longestCell = 24

    /// The lines of the table in `width` columns.
    func lines(width: Int) -> [String] {
        let blocks = TextTable(
            header: ["DEVICE", "SIZE", "BUS", "MODEL", "SERIAL"], numeric: [1],
            rows: verdicts.map { verdict in
                let device = verdict.device
                return [
                    device.node.string, device.byteCount == 0 ? "-" : Amounts.bytes(device.byteCount),
                    device.bus.rawValue, Self.cell([device.vendor, device.model]), Self.cell([device.serial]),
                ]
            }
        ).blocks(width: width)
        return blocks[0]
            + zip(blocks.dropFirst(), verdicts).flatMap { lines, verdict in lines + Self.notes(verdict, width: width) }
    }

    private static func cell(_ words: [String?]) -> String {
        let text = words.compactMap { $0 }.joined(separator: " ").onOneLine
        guard !text.isEmpty else { return "-" }
        return text.count > longestCell ? text.prefix(longestCell - 1) + "…" : text
    }

    private static func notes(_ verdict: DriveVerdict, width: Int) -> [String] {
        var notes: [String] = []
        if let contents = verdict.device.contentSummary { notes.append("holds \(contents)") }
        let places = verdict.device.allMountPoints
        if !places.isEmpty { notes.append("mounted at \(places.map(\.string).joined(separator: ", "))") }
        return (notes + [words(verdict)]).flatMap {
            Folding.lines($0.onOneLine, width: width - indent.count, indent: "  ").map { indent + $0 }
        }
    }

    private static func words(_ verdict: DriveVerdict) -> String {
        if verdict.isRefused { return "refused: " + verdict.refusals.map(\.reason).joined(separator: "; ") }
        if verdict.isWritable { return "may be written" }
        return "needs \(verdict.demands.map(\.text.withOptions).joined(separator: " "))"
    }
}
