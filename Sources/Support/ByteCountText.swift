// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a text is no number of bytes.
public struct ByteCountTextError: Error, Equatable {
    /// What is wrong with it and what to write instead, as the predicate of a sentence.
    public let problem: String

    /// Describes what is wrong.
    public init(problem: String) { self.problem = problem }
}

/// Reads numbers of bytes as people write them, the same everywhere: `650MB`, `4.7GB`, `4GiB`, `4700372992`.
///
/// KB, MB, GB and TB are powers of ten, KiB, MiB, GiB and TiB powers of two (IEC 80000-13), in upper or lower case; a
/// number alone is bytes. A letter alone is no unit: half the world takes `4G` for the one, half for the other.
public enum ByteCountText {
    /// What is a size, in words.
    public static let form = "write it as 650MB, 4.7GB, 4GiB or a number of bytes"

    private static let units: [(letters: String, byteCount: Int64)] = [
        ("KIB", 1 << 10), ("MIB", 1 << 20), ("GIB", 1 << 30), ("TIB", 1 << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ]

    /// `byteCount` in the largest unit that leaves at least one, with one decimal, as `4.7 GiB`.
    public static func rounded(_ byteCount: Int64) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var tenths = min(max(0, byteCount), .max / 10) * 10
        var unit = 0
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1024
            unit += 1
        }
        return unit == 0 ? "\(byteCount) bytes" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// More decimals say nothing: the largest unit has thirteen digits.
    private static let decimalLimit = 18

    /// The bytes that `text` stands for, more than 0; a fraction of a byte is left out.
    ///
    /// - Throws: ``ByteCountTextError`` when it is anything else, or more than 63 bits hold.
    public static func parse(_ text: String) throws(ByteCountTextError) -> Int64 {
        let end = text.utf8.firstIndex { !isDigit($0) && $0 != UInt8(ascii: ".") } ?? text.endIndex
        let (number, letters) = (text[..<end], String(text[end...]))
        let parts = number.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(
            Substring.init)
        guard (1...2).contains(parts.count), !parts.contains("") else { throw ByteCountTextError.malformed }
        guard !letters.isEmpty else {
            guard parts.count == 1 else {
                throw ByteCountTextError(problem: "is not a whole number of bytes; \(form)")
            }
            return try bytes(parts[0], decimals: "", unit: 1)
        }
        // Letters of other alphabets are no units, whatever their capitals are.
        guard letters.utf8.allSatisfy({ $0 < 0x80 }) else { throw ByteCountTextError.malformed }
        let capitals = letters.uppercased()
        if let unit = units.first(where: { $0.letters == capitals }) {
            return try bytes(parts[0], decimals: parts.dropFirst().first ?? "", unit: unit.byteCount)
        }
        guard capitals.count == 1, units.contains(where: { $0.letters == capitals + "B" }) else {
            throw ByteCountTextError.malformed
        }
        throw ByteCountTextError(
            problem: "may stand for either of two sizes; write it as \(number)\(capitals)B (powers of ten) or"
                + " \(number)\(capitals)iB (powers of two)")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func bytes(
        _ whole: Substring, decimals: Substring, unit: Int64
    ) throws(ByteCountTextError) -> Int64 {
        guard let count = Int64(whole) else { throw ByteCountTextError.tooLarge }
        // Neither product can be more than 63 bits and 63 bits together have.
        var (fraction, scale): (Int128, Int128) = (0, 1)
        for digit in decimals.utf8.prefix(decimalLimit) {
            fraction = fraction * 10 + Int128(digit - UInt8(ascii: "0"))
            scale *= 10
        }
        guard let bytes = Int64(exactly: Int128(count) * Int128(unit) + fraction * Int128(unit) / scale) else {
            throw ByteCountTextError.tooLarge
        }
        guard bytes > 0 else { throw ByteCountTextError(problem: "is less than a byte; \(form)") }
        return bytes
    }
}

extension ByteCountTextError {
    fileprivate static let malformed = ByteCountTextError(problem: "is not a size; \(ByteCountText.form)")
    fileprivate static let tooLarge = ByteCountTextError(problem: "is more than any disk has; \(ByteCountText.form)")
}
