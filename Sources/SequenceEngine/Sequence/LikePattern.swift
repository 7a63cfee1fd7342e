// SPDX-License-Identifier: GPL-3.0-or-later

/// A pattern with wildcards, compared without case.
///
/// Conditions on variables know `*` and `?`; those of WMI know `%`, `_` and sets in brackets ([MS-WMI] 2.2.1, WQL LIKE).
struct LikePattern {
    /// The wildcards of a kind of pattern.
    enum Wildcards {
        /// `*` and `?`.
        case variables
        /// `%`, `_`, `[a-f]`, `[^a-f]`.
        case management
    }

    private enum Part {
        case any
        case one
        case exactly(UInt16)
        case set(ClosedRanges, isNegated: Bool)
    }

    private typealias ClosedRanges = [ClosedRange<UInt16>]

    private var parts: [Part] = []

    /// Reads `pattern`.
    init(_ pattern: String, _ wildcards: Wildcards) {
        let units = Array(pattern.lowercased().utf16)
        var index = 0
        while index < units.count {
            let unit = units[index]
            index += 1
            switch (wildcards, unit) {
            case (.variables, 0x2A), (.management, 0x25): parts.append(.any)
            case (.variables, 0x3F), (.management, 0x5F): parts.append(.one)
            case (.management, 0x5B):
                if let (part, end) = Self.set(units, from: index) {
                    parts.append(part)
                    index = end
                } else {
                    parts.append(.exactly(unit))
                }
            default: parts.append(.exactly(unit))
            }
        }
    }

    /// The set that begins behind the bracket at `start - 1`, and where it ends.
    private static func set(_ units: [UInt16], from start: Int) -> (Part, Int)? {
        guard let end = units[start...].firstIndex(of: 0x5D), end > start else { return nil }
        var inside = units[start..<end]
        let isNegated = inside.first == 0x5E
        if isNegated { inside = inside.dropFirst() }
        var ranges: ClosedRanges = []
        var index = inside.startIndex
        while index < inside.endIndex {
            if index + 2 < inside.endIndex, inside[index + 1] == 0x2D, inside[index] <= inside[index + 2] {
                ranges.append(inside[index]...inside[index + 2])
                index += 3
            } else {
                ranges.append(inside[index]...inside[index])
                index += 1
            }
        }
        return (.set(ranges, isNegated: isNegated), end + 1)
    }

    /// True when all of `text` is of this pattern.
    func matches(_ text: String) -> Bool {
        let units = Array(text.lowercased().utf16)
        var (part, unit) = (0, 0)
        var retry: (part: Int, unit: Int)?
        // Back to the last "any" only: time grows with the product of the lengths at worst.
        while unit < units.count {
            if part < parts.count, case .any = parts[part] {
                retry = (part + 1, unit)
                part += 1
            } else if part < parts.count, Self.holds(parts[part], units[unit]) {
                part += 1
                unit += 1
            } else if let last = retry {
                retry = (last.part, last.unit + 1)
                (part, unit) = (last.part, last.unit + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { if case .any = $0 { true } else { false } }
    }

    private static func holds(_ part: Part, _ unit: UInt16) -> Bool {
        switch part {
        case .any: false
        case .one: true
        case .exactly(let wanted): wanted == unit
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(unit) } != isNegated
        }
    }
}
