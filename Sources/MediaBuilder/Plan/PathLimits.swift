// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// How long names and paths may be on an output: told while planning, for every kind of output alike.
struct PathLimits {
    /// Whose names are too long, in words.
    private let holder: String
    /// UTF-16 units that a name may have, as Windows counts.
    private let nameUnitCount: Int
    /// Bytes of UTF-8 that a name may have, where something on this machine counts those; nil where nothing does.
    private let nameByteCount: Int?
    /// The same of a path, with what stands before it.
    private let pathByteCount: Int?

    /// Programs of Windows take 260 characters, with the drive before a path and a NUL behind it (Win32 "Maximum Path
    /// Length Limitation").
    private static let usualUnitCount = 260 - "C:\\".utf16.count - 1
    /// Bytes that libisofs takes for a name (libisofs.h, iso_node_set_name); Joliet's limit is in characters.
    private static let discNameByteCount = 255
    /// Characters of a Joliet name as libisofs writes it.
    private static let discNameUnitCount = 103
    /// What a temporary name is longer than the output's own, and more.
    private static let temporaryByteCount = 64

    /// The limits of what is written as `format` at `output`.
    init(_ format: OutputFormat, output: FilePath) {
        switch format {
        case .disc:
            holder = "a disc"
            (nameUnitCount, nameByteCount) = (Self.discNameUnitCount, Self.discNameByteCount)
            pathByteCount = nil
        case .drive:
            holder = "a FAT32 or NTFS volume"
            (nameUnitCount, nameByteCount, pathByteCount) = (MediaPath.maximumNameLength, nil, nil)
        case .archive:
            holder = "a WIM"
            (nameUnitCount, nameByteCount, pathByteCount) = (MediaPath.maximumNameLength, nil, nil)
        case .folder:
            holder = "the file system of \(output)"
            nameUnitCount = MediaPath.maximumNameLength
            nameByteCount = Self.nameByteCount(at: output)
            pathByteCount = Int(PATH_MAX) - 1 - output.string.utf8.count - Self.temporaryByteCount
        }
    }

    /// The limit of the file system that `output` will be on; where nobody says, what nearly all have.
    private static func nameByteCount(at output: FilePath) -> Int {
        var folder = output
        while folder.removeLastComponent() {
            let limit = pathconf(folder.isEmpty ? "." : folder.string, Int32(_PC_NAME_MAX))
            if limit > 0 { return limit }
        }
        return Int(NAME_MAX)
    }

    /// Makes sure that the output holds every one of `paths`, and says which of them programs of Windows do not take.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent`, with the first that it cannot hold.
    func warnings(_ paths: some Sequence<MediaPath>) throws(MediaBuilderError) -> [String] {
        var long: (count: Int, first: MediaPath)?
        for path in paths {
            // Nothing short in bytes is long in any other way, and nearly all are.
            guard path.description.utf8.count > min(nameUnitCount, Self.usualUnitCount) else { continue }
            let unitCount = path.description.utf16.count
            try check(path, unitCount)
            if unitCount > Self.usualUnitCount { long = ((long?.count ?? 0) + 1, long?.first ?? path) }
        }
        guard let long else { return [] }
        let others = long.count > 1 ? ", and \(long.count - 1) more" : ""
        return [
            "\(beginning(of: long.first)) has a path of \(long.first.description.utf16.count) characters\(others):"
                + " programs of Windows that know no long paths take \(Self.usualUnitCount) behind the drive, so shorten"
                + " its names at their source"
        ]
    }

    private func check(_ path: MediaPath, _ unitCount: Int) throws(MediaBuilderError) {
        func tooLong(_ problem: String) -> MediaBuilderError {
            MediaBuilderError(
                .badContent, "file \(beginning(of: path))", problem,
                nextStep: "shorten it at its source, or choose another kind of output")
        }
        guard unitCount <= MediaPath.maximumPathLength else {
            throw tooLong("has a path of \(unitCount) characters, and media holds \(MediaPath.maximumPathLength)")
        }
        if let pathByteCount, path.description.utf8.count > pathByteCount {
            throw tooLong(
                "has a path of \(path.description.utf8.count) bytes, and \(holder) has room for \(pathByteCount)")
        }
        for name in path.components {
            if name.utf16.count > nameUnitCount {
                throw tooLong("has a name of \(name.utf16.count) characters, and \(holder) holds \(nameUnitCount)")
            }
            if let nameByteCount, name.utf8.count > nameByteCount {
                throw tooLong("has a name of \(name.utf8.count) bytes in UTF-8, and \(holder) holds \(nameByteCount)")
            }
        }
    }

    /// So much of a path as a message can show.
    private func beginning(of path: MediaPath) -> String {
        let scalars = path.description.unicodeScalars
        return scalars.count <= 200 ? path.description : String(String.UnicodeScalarView(scalars.prefix(200))) + "..."
    }
}
