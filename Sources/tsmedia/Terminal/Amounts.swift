// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Amounts for people: 4.7 GiB, 1:05.
enum Amounts {
    /// `byteCount` in the largest unit that leaves at least one, with one decimal.
    static func bytes(_ byteCount: Int64) -> String { ByteCountText.rounded(byteCount) }

    /// A number of files.
    static func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

    /// Seconds as minutes and seconds, or hours, minutes and seconds.
    static func duration(_ seconds: Int64) -> String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
