// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads numbers of bytes as people write them: `650MB`.
public enum ByteCountText {
    /// The bytes that `text` stands for: a whole number above 0, and one of `units` behind it or nothing.
    ///
    /// - Parameters:
    ///   - units: endings without regard to case, and what each multiplies by.
    ///   - requiresUnit: whether a number alone is none.
    /// - Returns: nil when it is anything else, or more than 64 bits hold.
    public static func parse(_ text: String, units: KeyValuePairs<String, Int64>, requiresUnit: Bool = false) -> Int64?
    {
        let unit = units.first { text.uppercased().hasSuffix($0.key.uppercased()) }
        let digits = text.dropLast(unit?.key.count ?? 0)
        guard unit != nil || !requiresUnit, digits.allSatisfy(\.isNumber), let number = Int64(digits), number > 0 else {
            return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit?.value ?? 1)
        return overflow ? nil : bytes
    }
}
