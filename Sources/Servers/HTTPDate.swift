// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Times as servers write them (RFC 9110 5.6.7).
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The seconds since 1970 of `text`, in one of the three forms; nil for anything else.
    package static func unixSeconds(_ text: String) -> Int64? {
        // Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT; Sun Nov  6 08:49:37 1994
        let words = text.split(whereSeparator: { " ,-".contains($0) }).map(String.init)
        let isCLibrary = words.count == 5
        guard words.count == 6 || isCLibrary else { return nil }
        let (day, month) = isCLibrary ? (words[2], words[1]) : (words[1], words[2])
        let (year, time) = isCLibrary ? (words[4], words[3]) : (words[3], words[4])
        guard let monthNumber = months.firstIndex(of: month), let dayNumber = Int64(day), (1...31).contains(dayNumber),
            var yearNumber = Int64(year), (0...9999).contains(yearNumber)
        else { return nil }
        // Two digits are those of a year that is not long past.
        if year.utf8.count == 2 { yearNumber += yearNumber < 70 ? 2000 : 1900 }
        let parts = time.split(separator: ":").map { Int64($0) }
        guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        return CivilTime.unixSeconds(
            year: yearNumber, month: Int64(monthNumber) + 1, day: dayNumber, hour: hour, minute: minute, second: second)
    }
}
