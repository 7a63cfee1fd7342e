// SPDX-License-Identifier: GPL-3.0-or-later

/// How fast a disc is written.
public enum BurnSpeed: Sendable, Equatable {
    /// As fast as drive and disc can.
    case fastest
    /// As slowly as they can.
    case slowest
    /// So many times as fast as the first drives of the disc's kind.
    case times(Double)

    /// The largest factor that is believed.
    public static let limit = 100.0

    /// The speed that `text` says: `max`, `min`, or a factor such as `4` or `2.4x`; nil for anything else.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "max": self = .fastest
        case "min": self = .slowest
        case let text:
            let digits = text.hasSuffix("x") ? text.dropLast() : text[...]
            guard
                digits.utf8.allSatisfy({
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
                }),
                let factor = Double(digits), factor > 0, factor <= Self.limit
            else { return nil }
            self = .times(factor)
        }
    }

    /// Kilobytes (1,000 bytes) a second that a factor of one is (libburn.h, burn_drive_set_speed).
    private static func unit(_ family: DiscMedium.Family?) -> Double {
        switch family {
        case .cd: 176.4
        case .bd: 4496
        default: 1385
        }
    }

    /// What libburn takes: 0 for the fastest, -1 for the slowest; fractions are rounded up.
    func kilobytesPerSecond(_ family: DiscMedium.Family?) -> Int32 {
        switch self {
        case .fastest: 0
        case .slowest: -1
        case .times(let factor): Int32((factor * Self.unit(family)).rounded(.up))
        }
    }
}
