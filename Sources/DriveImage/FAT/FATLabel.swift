// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The label of a FAT volume: up to eleven characters, upper case, or none.
public struct FATLabel: Sendable, Equatable, CustomStringConvertible {
    /// Characters of a label ("FAT: General Overview of On-Disk Format" 1.03, page 12).
    public static let maximumLength = 11

    /// The label; empty when the volume has none.
    public let description: String

    /// The label `text`, in upper case.
    ///
    /// - Throws: ``DriveImageError`` `.unsuitableName` when FAT cannot keep it.
    public init(_ text: String) throws(DriveImageError) {
        var label = Array(text.uppercased().utf8)
        while label.last == UInt8(ascii: " ") { label.removeLast() }
        guard label.allSatisfy(Self.isLegal), label.count <= Self.maximumLength, label.first != UInt8(ascii: " ") else {
            throw DriveImageError(
                .unsuitableName, "label '\(text)'", "cannot be the label of a FAT volume",
                nextStep: "use up to \(Self.maximumLength) letters and digits of ASCII")
        }
        description = String(decoding: label, as: UTF8.self)
    }

    /// The label nearest to `text`: what FAT cannot keep becomes `_`, and what is too long is cut, but not the number
    /// of a volume, ` #N`, at its end.
    public init(fitting text: String) {
        let bytes = text.uppercased().unicodeScalars.map { scalar in
            UInt8(exactly: scalar.value).flatMap { Self.isLegal($0) ? $0 : nil } ?? UInt8(ascii: "_")
        }
        let number = bytes.lastIndex(of: UInt8(ascii: "#")).map { bytes[$0...] } ?? []
        let isNumber = number.count > 1 && number.count < 6 && number.dropFirst().allSatisfy(Self.isDigit)
        let end = isNumber ? [UInt8(ascii: " ")] + number : []
        var start = isNumber ? bytes.dropLast(number.count) : bytes[...]
        while start.last == UInt8(ascii: " ") { start.removeLast() }
        start = start.drop { $0 == UInt8(ascii: " ") }.prefix(Self.maximumLength - end.count)
        while start.last == UInt8(ascii: " ") { start.removeLast() }
        description = String(decoding: start.isEmpty ? Array(end.dropFirst()) : start + end, as: UTF8.self)
    }

    /// The eleven bytes of the label; `NO NAME` in a boot sector without one (the same, page 12).
    func bytes(orIfNone none: String = "NO NAME") -> [UInt8] {
        let text = description.isEmpty ? none : description
        return Array(text.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: Self.maximumLength - text.utf8.count)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLegal(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || ShortName.isLegal(byte)
    }
}
