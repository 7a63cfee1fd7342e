// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Progress in words.
enum ProgressText {
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
        let percent = fraction(update).map { fraction in
            "\(Int(fraction * 100))%"
                + (update.isPercentage ? "" : " of \(Amounts.bytes(update.totalByteCount ?? 0))")
        }
        return "\(update.phase): \(percent ?? Amounts.bytes(update.completedByteCount))"
            + figures(update, seconds: seconds, separator: ", ")
    }

    /// What a phase came to.
    static func summary(_ update: ProgressUpdate, seconds: Double) -> String {
        let rate = ProgressFigures(update, seconds: seconds, isFinished: true).rate.map { ", \(Amounts.bytes($0))/s" }
        let tenths = Int64(seconds * 10)
        let amount = update.isPercentage ? "\(update.completedByteCount)%" : Amounts.bytes(update.completedByteCount)
        return "\(update.phase): \(amount) in \(tenths / 10).\(tenths % 10) s\(rate ?? "")"
    }

    private static func fraction(_ update: ProgressUpdate) -> Double? {
        guard let total = update.totalByteCount, total > 0 else { return nil }
        return min(1, Double(update.completedByteCount) / Double(total))
    }

    /// Rate and time left, once there is something to tell them from.
    private static func figures(_ update: ProgressUpdate, seconds: Double, separator: String) -> String {
        let figures = ProgressFigures(update, seconds: seconds)
        var text = figures.rate.map { separator + Amounts.bytes($0) + "/s" } ?? ""
        if let left = figures.secondsLeft { text += separator + Amounts.duration(left) + " left" }
        return text
    }
}

/// How fast a phase goes, and how long it will still take.
struct ProgressFigures {
    /// Bytes a second since the phase began; nil as long as there is too little to tell it from, and where none are counted.
    let rate: Int64?
    /// The seconds that are left at that rate; nil when nobody knows, and when none are left.
    let secondsLeft: Int64?

    /// A phase that has lasted shorter than this, in seconds, tells nothing of what is left; one that is over has a rate sooner.
    private static let (leastSeconds, leastSecondsInAll) = (0.2, 0.01)
    /// No numbers are larger than this, in bytes a second and in seconds.
    private static let (highestRate, longestTime) = (1e18, 1e9)

    /// Those of a phase that has lasted for `seconds`.
    init(_ update: ProgressUpdate, seconds: Double, isFinished: Bool = false) {
        guard seconds > (isFinished ? Self.leastSecondsInAll : Self.leastSeconds), update.completedByteCount > 0 else {
            (rate, secondsLeft) = (nil, nil)
            return
        }
        let exact = Double(update.completedByteCount) / seconds
        rate = update.isPercentage ? nil : Int64(min(exact, Self.highestRate))
        secondsLeft =
            isFinished
            ? nil
            : update.totalByteCount.map { total in
                let left = Double(max(0, total - update.completedByteCount)) / exact
                return Int64(min(left, Self.longestTime).rounded(.up))
            }
    }
}
