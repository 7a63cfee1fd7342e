// SPDX-License-Identifier: GPL-3.0-or-later

/// A line of a log in the form that CMTrace and OneTrace read, as the genuine programs write theirs (docs/formats/media.md section 3).
public enum CMTraceLine {
    /// How bad an entry is: the number in its line.
    public enum Severity: Int, Sendable {
        /// Worth knowing.
        case information = 1
        /// May go wrong.
        case warning = 2
        /// Went wrong.
        case error = 3
    }

    /// One line: text, time in UTC with its bias, which is none, severity, thread.
    ///
    /// - Parameters:
    ///   - component: the part of a program that writes.
    ///   - source: the file and line of the program's source.
    public static func text(
        _ text: String, severity: Severity, time: FileIdentity.Instant, component: String, thread: Int32, source: String
    ) -> String {
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let civil = CivilTime(time.timestamp)
        let clock = "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
        let milliseconds = padded(Int64(time.nanoseconds / 1_000_000), 3)
        let date = "\(padded(civil.month, 2))-\(padded(civil.day, 2))-\(civil.year)"
        return "<![LOG[\(entry(text))]LOG]!><time=\"\(clock).\(milliseconds)+000\" date=\"\(date)\" "
            + "component=\"\(component)\" context=\"\" type=\"\(severity.rawValue)\" thread=\"\(thread)\" file=\"\(source)\">\r\n"
    }

    /// `text` on one line and without the marker that would end the entry.
    ///
    /// Looks at bytes: a mark behind the last character would make it another one for a `String`, not for a reader.
    private static func entry(_ text: String) -> String {
        let end = Array("]LOG]!>".utf8)
        var bytes: [UInt8] = []
        for byte in text.onOneLine.utf8 {
            bytes.append(byte)
            if bytes.suffix(end.count) == end[...] { bytes.insert(UInt8(ascii: " "), at: bytes.count - 2) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
