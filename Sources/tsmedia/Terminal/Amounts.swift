// SPDX-License-Identifier: GPL-3.0-or-later

/// Amounts for people: 4.7 GiB, 1:05.
enum Amounts {
    private static let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]

    /// `byteCount` in the largest unit that leaves at least one, with one decimal.
    static func bytes(_ byteCount: Int64) -> String {
        var tenths = min(max(0, byteCount), .max / 10) * 10
        var unit = 0
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1024
            unit += 1
        }
        return unit == 0 ? "\(byteCount) bytes" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// A number of files.
    static func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

    /// Seconds as minutes and seconds, or hours, minutes and seconds.
    static func duration(_ seconds: Int64) -> String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
