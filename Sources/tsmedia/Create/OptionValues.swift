// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
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

    /// A size: bytes, or with KB, MB, GB or TB, which count in powers of two as New-CM*Media do.
    ///
    /// - Throws: `ValidationError`, which names the option.
    static func byteCount(_ text: String, _ option: String) throws -> Int64 {
        let units: KeyValuePairs<String, Int64> = ["KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40]
        guard let bytes = ByteCountText.parse(text, units: units) else {
            throw ValidationError("\(option) '\(text)' is not a size; write it as 4GB, 650MB or a number of bytes")
        }
        return bytes
    }

    /// The size of a disk: bytes, or with MB, GB or TB, which count in thousands as makers of disks do, or with MiB, GiB
    /// or TiB, which count in powers of two (IEC 80000-13).
    ///
    /// - Throws: `ValidationError`, which names the option.
    static func diskByteCount(_ text: String, _ option: String) throws -> Int64 {
        let units: KeyValuePairs<String, Int64> = [
            "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40, "MB": 1_000_000, "GB": 1_000_000_000,
            "TB": 1_000_000_000_000,
        ]
        guard let bytes = ByteCountText.parse(text, units: units), bytes <= largestDiskByteCount else {
            throw ValidationError("\(option) '\(text)' is not the size of a disk; write it as 256GB, 238GiB or bytes")
        }
        return bytes
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
