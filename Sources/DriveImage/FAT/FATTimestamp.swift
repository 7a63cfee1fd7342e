// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A time as a directory record holds it: two seconds fine, from 1980 to 2107, without a time zone; ours is UTC.
struct FATTimestamp: Equatable {
    /// Year since 1980, month and day ("FAT: General Overview of On-Disk Format" 1.03, page 25).
    let date: UInt16
    /// Hour, minute and seconds halved (the same).
    let time: UInt16

    private static let earliest = CivilTime.unixSeconds(year: 1980, month: 1, day: 1)
    private static let latest = CivilTime.unixSeconds(year: 2107, month: 12, day: 31, hour: 23, minute: 59, second: 58)

    /// The time, rounded down; times outside the range become its ends.
    init(_ timestamp: Timestamp) {
        let seconds = min(max(timestamp.unixSeconds, Self.earliest), Self.latest)
        let civil = CivilTime(Timestamp(unixSeconds: seconds))
        date = UInt16((civil.year - 1980) << 9 | civil.month << 5 | civil.day)
        time = UInt16(civil.hour << 11 | civil.minute << 5 | civil.second / 2)
    }

    /// The time that is stored as these numbers.
    init(date: UInt16, time: UInt16) {
        self.date = date
        self.time = time
    }

    /// The time; impossible days and hours run on into the next month or day.
    var timestamp: Timestamp {
        Timestamp(
            unixSeconds: CivilTime.unixSeconds(
                year: 1980 + Int64(date >> 9), month: min(max(1, Int64(date >> 5 & 15)), 12),
                day: max(1, Int64(date & 31)), hour: Int64(time >> 11), minute: Int64(time >> 5 & 63),
                second: Int64(time & 31) * 2))
    }
}
