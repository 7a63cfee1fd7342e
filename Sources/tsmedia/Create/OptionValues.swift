// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
import MediaBuilder
import Support

/// Values of options that are more than text.
enum OptionValues {
    /// Package IDs.
    ///
    /// - Throws: `ValidationError`, which names the option.
    static func packageIDs(_ texts: [String], _ option: String) throws -> [PackageID] {
        try texts.map { text in
            guard let id = PackageID(text) else {
                throw ValidationError("\(option) '\(text)' is not a package ID; write it as ABC00001")
            }
            return id
        }
    }

    /// A size, as sizes are written everywhere.
    ///
    /// - Throws: `ValidationError`, which names the option.
    static func byteCount(_ text: String, _ option: String) throws -> Int64 {
        do throws(ByteCountTextError) { return try ByteCountText.parse(text) } catch {
            throw ValidationError("\(option) '\(text)' \(error.problem)")
        }
    }

    /// The size of a disk.
    ///
    /// - Throws: `ValidationError`, which names the option.
    static func diskByteCount(_ text: String, _ option: String) throws -> Int64 {
        let bytes = try byteCount(text, option)
        guard bytes <= largestDiskByteCount else {
            throw ValidationError("\(option) '\(text)' is more than any disk has; \(ByteCountText.form)")
        }
        return bytes
    }

    /// How much one volume holds.
    ///
    /// - Throws: `ValidationError`, which names the option.
    static func capacity(_ text: String, _ option: String) throws -> MediaCapacity {
        do throws(ByteCountTextError) { return try MediaCapacity(text) } catch {
            let names = MediaCapacity.names.joined(separator: ", ")
            throw ValidationError("\(option) '\(text)' \(error.problem), or use \(names)")
        }
    }

    /// More than any disk has, and far below the limits of numbers.
    private static let largestDiskByteCount: Int64 = 1 << 50

    /// The last second of a day YYYY-MM-DD, in UTC.
    static func endOfDay(_ text: String, _ option: String) throws -> Timestamp {
        guard let day = CivilTime(day: text), day.year >= 1970 else {
            throw ValidationError("\(option) '\(text)' is not a day of the calendar; write it as YYYY-MM-DD")
        }
        return Timestamp(unixSeconds: day.timestamp.unixSeconds + 86_399)
    }
}
