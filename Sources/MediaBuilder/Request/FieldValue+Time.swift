// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension FieldValue {
    /// The last second of a day YYYY-MM-DD, in UTC.
    public static func endOfDay(_ text: String, _ field: RequestField) throws(MediaBuilderError) -> Timestamp {
        Timestamp(unixSeconds: try startOfDay(text, field).unixSeconds + secondsPerDay - 1)
    }

    /// The first second of a day YYYY-MM-DD, in UTC.
    public static func startOfDay(_ text: String, _ field: RequestField) throws(MediaBuilderError) -> Timestamp {
        guard let day = day(text) else {
            throw MediaRequest.bad(field, "'\(text)' is not a day of the calendar", "write it as YYYY-MM-DD")
        }
        return day
    }

    /// A time, as 2030-12-31T18:00 or 2030-12-31T18:00:00+01:00 (RFC 3339), or the first second of a day.
    ///
    /// Without a zone it is in UTC.
    public static func start(_ text: String, _ field: RequestField) throws(MediaBuilderError) -> Timestamp {
        if let time = try time(text, field) { return time }
        return try startOfDay(text, field)
    }

    /// A time, as 2030-12-31T18:00 or 2030-12-31T18:00:00+01:00 (RFC 3339), or the last second of a day.
    ///
    /// Without a zone it is in UTC.
    public static func end(_ text: String, _ field: RequestField) throws(MediaBuilderError) -> Timestamp {
        if let time = try time(text, field) { return time }
        return try endOfDay(text, field)
    }

    private static let secondsPerDay: Int64 = 86_400
    /// No zone is further from UTC (RFC 3339 4.2 allows hours up to 23).
    private static let longestOffset: Int64 = 14 * 3600

    private static func day(_ text: String) -> Timestamp? {
        guard let day = CivilTime(day: text), day.year >= 1970 else { return nil }
        return day.timestamp
    }

    /// The time that `text` says; nil when it says a day alone.
    private static func time(_ text: String, _ field: RequestField) throws(MediaBuilderError) -> Timestamp? {
        guard let separator = text.firstIndex(where: { $0 == "T" || $0 == "t" || $0 == " " }) else { return nil }
        let (clock, zone) = divided(text[text.index(after: separator)...])
        guard let day = day(String(text[..<separator])), let second = secondOfDay(clock), let offset = offset(zone)
        else {
            throw MediaRequest.bad(
                field, "'\(text)' is not a time", "write it as 2030-12-31T18:00, or 2030-12-31T18:00+01:00")
        }
        return Timestamp(unixSeconds: day.unixSeconds + second - offset)
    }

    /// The time of day, and the zone behind it; empty for none.
    private static func divided(_ text: Substring) -> (clock: Substring, zone: Substring) {
        guard let zone = text.firstIndex(where: { "Zz+-".contains($0) }) else { return (text, "") }
        return (text[..<zone], text[zone...])
    }

    private static func secondOfDay(_ text: Substring) -> Int64? {
        let fields = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(twoDigits)
        guard fields.count == 2 || fields.count == 3, fields.allSatisfy({ $0 != nil }) else { return nil }
        let numbers = fields.compactMap { $0 } + [0]
        guard numbers[0] < 24, numbers[1] < 60, numbers[2] < 60 else { return nil }
        return numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
    }

    /// The seconds by which a zone is before UTC.
    private static func offset(_ zone: Substring) -> Int64? {
        guard let sign = zone.first, sign != "Z", sign != "z" else { return zone.count <= 1 ? 0 : nil }
        let fields = zone.dropFirst().utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard fields.count == 2, let hours = twoDigits(fields[0]), let minutes = twoDigits(fields[1]), minutes < 60
        else { return nil }
        let offset = hours * 3600 + minutes * 60
        return offset <= longestOffset ? (sign == "-" ? -offset : offset) : nil
    }

    private static func twoDigits(_ text: Substring.UTF8View) -> Int64? {
        guard text.count == 2, text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(String(Substring(text)))
    }
}
