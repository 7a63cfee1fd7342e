// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TSMediaTestSupport
import Testing

@Suite("Points in time")
struct TimeTests {
    /// Seconds and date as `date -u` has them.
    private static let known: [(Int64, [Int64])] = [
        (0, [1970, 1, 1, 0, 0, 0]), (-1, [1969, 12, 31, 23, 59, 59]), (951_782_400, [2000, 2, 29, 0, 0, 0]),
        (951_868_799, [2000, 2, 29, 23, 59, 59]), (-2_203_977_600, [1900, 2, 28, 0, 0, 0]),
        (-2_203_891_200, [1900, 3, 1, 0, 0, 0]), (1_709_164_800, [2024, 2, 29, 0, 0, 0]),
        (4_107_542_400, [2100, 3, 1, 0, 0, 0]), (2_147_483_648, [2038, 1, 19, 3, 14, 8]),
        (-11_644_473_600, [1601, 1, 1, 0, 0, 0]), (253_402_300_799, [9999, 12, 31, 23, 59, 59]),
    ]

    @Test("a date and its seconds agree in both directions", arguments: known)
    func knownDates(seconds: Int64, fields: [Int64]) {
        let date = CivilTime(Timestamp(unixSeconds: seconds))
        #expect([date.year, date.month, date.day, date.hour, date.minute, date.second] == fields)
        #expect(
            CivilTime.unixSeconds(
                year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4], second: fields[5]
            )
                == seconds)
    }

    @Test("dates agree with date(1) over 1,600 years")
    func agreesWithDate() throws {
        var generator = SeededGenerator(seed: 7)
        let seconds = (0..<400).map { _ in Int64.random(in: -11_644_473_600...40_000_000_000, using: &generator) }
        let input = seconds.map { "@\($0)" }.joined(separator: "\n")
        let output = try Program.succeed("date", ["-u", "-f", "-", "+%Y %m %d %H %M %S"], input: Array(input.utf8))
            .output
        let lines = output.split(separator: "\n")
        try #require(lines.count == seconds.count)
        for (second, line) in zip(seconds, lines) {
            let date = CivilTime(Timestamp(unixSeconds: second))
            let found = [date.year, date.month, date.day, date.hour, date.minute, date.second]
            #expect(found == line.split(separator: " ").compactMap { Int64($0) }, "\(second)")
        }
    }

    @Test(
        "FILETIME counts from 1601", arguments: [(0 as UInt64, -11_644_473_600 as Int64), (116_444_736_000_000_000, 0)])
    func fileTime(value: UInt64, seconds: Int64) {
        #expect(Timestamp(fileTime: value).unixSeconds == seconds)
        #expect(Timestamp(unixSeconds: seconds).fileTime == value)
    }

    @Test(
        "any FILETIME and any number of seconds is taken, and clamped to what FILETIME holds",
        arguments: [Int64.min, .min + 1, -11_644_473_601, -1, 0, 1, .max / 10_000_000, .max - 1, .max])
    func extremes(seconds: Int64) {
        for nanoseconds in [Int64.min, -1, 0, 999_999_999, .max] {
            let time = Timestamp(unixSeconds: seconds, nanoseconds: nanoseconds)
            #expect((0..<1_000_000_000).contains(time.nanoseconds))
            #expect(time.fileTime <= UInt64(Int64.max))
            #expect((1...12).contains(CivilTime(time).month))
        }
        let time = Timestamp(fileTime: UInt64(bitPattern: seconds))
        #expect((0..<1_000_000_000).contains(time.nanoseconds))
        #expect((1...12).contains(CivilTime(time).month))
    }

    @Test("seconds are rounded down before 1970 too, and nanoseconds kept to 100")
    func fractions() {
        let time = Timestamp(unixSeconds: -5, nanoseconds: 123_456_789)
        #expect(time.unixSeconds == -5)
        #expect(time.nanoseconds == 123_456_700)
        #expect(Timestamp(fileTime: time.fileTime) == time)
        #expect(Timestamp(unixSeconds: -5) < time)
    }

    @Test("a day is written as YYYY-MM-DD and in no other way")
    func days() {
        for (text, seconds) in [("1970-01-01", 0), ("2026-01-01", 1_767_225_600), ("2024-02-29", 1_709_164_800)] {
            #expect(CivilTime(day: text)?.timestamp.unixSeconds == Int64(seconds), "\(text)")
        }
        for text in [
            "", "2026", "2026-01", "2026-1-1", "2026-01-1", "26-01-01", "02026-01-01", "2026-01-001", "2026-01-01-",
            "-2026-01-01", "+026-01-01", "2026-+1-01", "2026-01- 1", " 2026-01-01", "2026-01-01\n", "2026/01/01",
            "2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32", "2023-02-29", "2026-99-99", "٢٠٢٦-٠١-٠١",
            "2026-99999999999999999-01", "99999999999999999999-01-01", "2026-01-9223372036854775807",
        ] {
            #expect(CivilTime(day: text) == nil, "\(text)")
        }
    }

    @Test("fields of any size make a number of seconds, in order, and never a crash")
    func extremeFields() {
        let values = [Int64.min, -1_000_000_001, -1, 0, 1, 12, 1_000_000_001, Int64.max]
        for field in 0..<6 {
            var fields: [Int64] = [2026, 1, 1, 0, 0, 0]
            let seconds = values.map { value in
                fields[field] = value
                return CivilTime.unixSeconds(
                    year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4],
                    second: fields[5])
            }
            #expect(seconds == seconds.sorted())
        }
    }
}
