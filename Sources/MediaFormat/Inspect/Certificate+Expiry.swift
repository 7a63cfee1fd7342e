// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

extension Certificate {
    /// So many days before a certificate expires people are warned: time to make media anew and to hand it out.
    public static let warningDayCount: Int64 = 30

    /// Whole days from `now` until it expires; negative when it has.
    public func dayCount(from now: Timestamp) -> Int64 {
        let seconds = validUntil.unixSeconds - now.unixSeconds
        return seconds >= 0 ? seconds / 86_400 : -1 - (-1 - seconds) / 86_400
    }

    /// That it expired, or will soon; nil when there is time.
    public func expiryText(now: Timestamp) -> String? {
        let day = CivilTime(validUntil).dayText
        if validUntil < now { return "certificate '\(subject)' expired on \(day): no management point accepts it" }
        let count = dayCount(from: now)
        guard count < Self.warningDayCount else { return nil }
        return "certificate '\(subject)' expires on \(day), \(count == 0 ? "within a day" : "in \(count) days")"
    }
}
