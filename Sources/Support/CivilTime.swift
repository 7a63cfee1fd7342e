// SPDX-License-Identifier: GPL-3.0-or-later

/// Calendar dates of the proleptic Gregorian calendar in UTC, without a time zone database.
public struct CivilTime: Sendable, Equatable {
    /// The year, for example 2026.
    public let year: Int64
    /// The month, 1 to 12.
    public let month: Int64
    /// The day of the month, 1 to 31.
    public let day: Int64
    /// The hour, 0 to 23.
    public let hour: Int64
    /// The minute, 0 to 59.
    public let minute: Int64
    /// The second, 0 to 59.
    public let second: Int64

    /// Days in 400 years, after which the calendar repeats.
    private static let daysPerEra: Int64 = 146_097
    /// Days from 0000-03-01 to 1970-01-01.
    private static let daysBefore1970: Int64 = 719_468

    /// Fields are taken up to here: years make 3 * 10^16 seconds of it.
    private static let fieldLimit: Int64 = 1_000_000_000

    /// Seconds since 1970-01-01T00:00:00Z of a date whose fields may lie outside their ranges.
    ///
    /// Years are counted from March, so that the leap day is the last day of a year.
    public static func unixSeconds(
        year: Int64, month: Int64, day: Int64, hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0
    ) -> Int64 {
        // No calendar reaches further, and no sum below overflows.
        func clamped(_ field: Int64) -> Int64 { max(-fieldLimit, min(field, fieldLimit)) }
        let (year, month, day) = (clamped(year), clamped(month), clamped(day))
        let (hour, minute, second) = (clamped(hour), clamped(minute), clamped(second))
        let marchYear = month > 2 ? year : year - 1
        let era = marchYear >= 0 ? marchYear / 400 : (marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * daysPerEra + dayOfEra - daysBefore1970) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// The date of `timestamp`.
    public init(_ timestamp: Timestamp) {
        let seconds = timestamp.unixSeconds
        let days = (seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
        let secondOfDay = seconds - days * 86_400
        let shifted = days + Self.daysBefore1970
        let era = shifted >= 0 ? shifted / Self.daysPerEra : (shifted - Self.daysPerEra + 1) / Self.daysPerEra
        let dayOfEra = shifted - era * Self.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = secondOfDay / 3_600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
    }

    /// The start of a day that is written as YYYY-MM-DD (ISO 8601), in UTC; nil when `text` is not written so, or names
    /// no day of the calendar.
    public init?(day text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2],
            parts.joined().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let fields = parts.map { $0.reduce(Int64(0)) { 10 * $0 + Int64($1 - UInt8(ascii: "0")) } }
        let start = CivilTime(
            Timestamp(unixSeconds: Self.unixSeconds(year: fields[0], month: fields[1], day: fields[2])))
        guard [start.year, start.month, start.day] == fields else { return nil }
        self = start
    }

    /// The day as YYYY-MM-DD (ISO 8601).
    public var dayText: String { "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))" }

    /// The day and the time as YYYY-MM-DDThh:mm:ssZ (RFC 3339).
    public var text: String {
        "\(dayText)T\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The date as a point in time.
    public var timestamp: Timestamp {
        Timestamp(
            unixSeconds: Self.unixSeconds(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second))
    }
}
