// SPDX-License-Identifier: GPL-3.0-or-later

/// A point in time, UTC, with the 100-nanosecond resolution of a Windows FILETIME.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// 100-nanosecond intervals between 1601-01-01 and 1970-01-01 (MS-DTYP 2.3.3).
    private static let ticksFrom1601To1970: Int64 = 116_444_736_000_000_000
    private static let ticksPerSecond: Int64 = 10_000_000

    /// 100-nanosecond intervals since 1970-01-01T00:00:00Z; negative before.
    public let ticksSince1970: Int64

    /// The time `seconds` and `nanoseconds` after 1970-01-01T00:00:00Z, clamped to what FILETIME can hold.
    public init(unixSeconds seconds: Int64, nanoseconds: Int64 = 0) {
        let (ticks, overflow) = seconds.multipliedReportingOverflow(by: Self.ticksPerSecond)
        let clamped = overflow ? (seconds < 0 ? Int64.min / 2 : Int64.max / 2) : ticks
        ticksSince1970 = max(-Self.ticksFrom1601To1970, min(clamped, Int64.max / 2)) + nanoseconds / 100
    }

    /// The time of a Windows FILETIME: 100-nanosecond intervals since 1601-01-01T00:00:00Z.
    public init(fileTime: UInt64) {
        ticksSince1970 = Int64(min(fileTime, UInt64(Int64.max))) - Self.ticksFrom1601To1970
    }

    /// The Windows FILETIME.
    public var fileTime: UInt64 { UInt64(max(0, ticksSince1970.addingReportingOverflow(Self.ticksFrom1601To1970).0)) }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public var unixSeconds: Int64 {
        ticksSince1970 / Self.ticksPerSecond - (ticksSince1970 % Self.ticksPerSecond < 0 ? 1 : 0)
    }

    /// Nanoseconds within the second: 0 to 999,999,900.
    public var nanoseconds: Int64 { (ticksSince1970 - unixSeconds * Self.ticksPerSecond) * 100 }

    /// Orders by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.ticksSince1970 < right.ticksSince1970 }
}
