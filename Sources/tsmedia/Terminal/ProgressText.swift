// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Progress in words.
enum ProgressText {
    /// More seconds than this are never shown.
    private static let longestTime = 1e9

    /// A bar that fits `width` columns: phase, bar, percent, rate, time left.
    static func bar(_ update: ProgressUpdate, seconds: Double, width: Int) -> String {
        guard let fraction = fraction(update) else { return String(line(update, seconds: seconds).prefix(width - 1)) }
        let tail = " \(Int(fraction * 100))%" + figures(update, seconds: seconds, separator: "  ")
        let phase = update.phase.onOneLine
        let room = width - 1 - phase.count - 3 - tail.count
        guard room >= 5 else { return String((phase + tail).prefix(width - 1)) }
        let full = Int(fraction * Double(room))
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: room - full)
        return "\(phase) [\(bar)]\(tail)"
    }

    /// One line without control codes.
    static func line(_ update: ProgressUpdate, seconds: Double) -> String {
        let percent = fraction(update).map { "\(Int($0 * 100))% of \(Amounts.bytes(update.totalByteCount ?? 0))" }
        return "\(update.phase): \(percent ?? Amounts.bytes(update.completedByteCount))"
            + figures(update, seconds: seconds, separator: ", ")
    }

    /// What a phase came to.
    static func summary(_ update: ProgressUpdate, seconds: Double) -> String {
        let rate = seconds > 0.01 ? ", \(Amounts.bytes(Int64(Double(update.completedByteCount) / seconds)))/s" : ""
        let tenths = Int64(seconds * 10)
        return "\(update.phase): \(Amounts.bytes(update.completedByteCount)) in \(tenths / 10).\(tenths % 10) s\(rate)"
    }

    private static func fraction(_ update: ProgressUpdate) -> Double? {
        guard let total = update.totalByteCount, total > 0 else { return nil }
        return min(1, Double(update.completedByteCount) / Double(total))
    }

    /// Rate and time left, once there is something to tell them from.
    private static func figures(_ update: ProgressUpdate, seconds: Double, separator: String) -> String {
        guard seconds > 0.2, update.completedByteCount > 0 else { return "" }
        let rate = Double(update.completedByteCount) / seconds
        var text = separator + Amounts.bytes(Int64(rate)) + "/s"
        if let total = update.totalByteCount {
            let left = Double(max(0, total - update.completedByteCount)) / rate
            text += separator + Amounts.duration(Int64(min(left, longestTime).rounded(.up))) + " left"
        }
        return text
    }
}
