// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension MediaVariableList {
    /// Of these names the second is known from one public script alone, and the first is ours after it: inferred
    /// (docs/formats/media.md section 1).
    private static let (startName, expirationName) = ("_SMSTSMediaStart", "_SMSTSMediaExpire")

    /// When stand-alone media begins to work; nil when it does not say, or not in a form that is known.
    public var start: Timestamp? { self[Self.startName].flatMap(Self.time) }
    /// When stand-alone media ceases to work; nil when it does not say, or not in a form that is known.
    public var expiration: Timestamp? { self[Self.expirationName].flatMap(Self.time) }

    /// Sets when stand-alone media begins to work.
    public mutating func setStart(_ time: Timestamp) throws(MediaVariablesError) {
        try set(Self.startName, to: Self.text(time))
    }

    /// Sets when stand-alone media ceases to work.
    public mutating func setExpiration(_ time: Timestamp) throws(MediaVariablesError) {
        try set(Self.expirationName, to: Self.text(time))
    }

    /// The two halves of a FILETIME in decimal, as CreateMedia.exe takes them too (docs/formats/media.md section 2a).
    private static func text(_ time: Timestamp) -> String {
        let ticks = time.fileTime
        return "\(ticks >> 32);\(ticks & 0xFFFF_FFFF)"
    }

    private static func time(_ text: String) -> Timestamp? {
        let halves = text.split(separator: ";", omittingEmptySubsequences: false).map { UInt32($0) }
        guard halves.count == 2, let high = halves[0], let low = halves[1] else { return nil }
        return Timestamp(fileTime: UInt64(high) << 32 | UInt64(low))
    }
}
