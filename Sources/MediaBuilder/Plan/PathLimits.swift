// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support

/// How long names and paths may be on an output: told while planning, for every kind of output alike.
public struct PathLimits: Sendable {
    /// Whose names are too long, in words.
    private let holder: String
    /// UTF-16 units that a name may have, as Windows counts.
    private let nameUnitCount: Int
    /// As many may have one that is not all of Latin-1, where that is less.
    private let wideNameUnitCount: Int
    /// Bytes of UTF-8 that a name may have, where something on this machine counts those; nil where nothing does.
    private let nameByteCount: Int?
    /// The same of a path, with what stands before it.
    private let pathByteCount: Int?

    /// Programs of Windows take 260 characters, with the drive before a path and a NUL behind it (Win32 "Maximum Path
    /// Length Limitation").
    private static let usualUnitCount = 260 - "C:\\".utf16.count - 1

    /// The limits of `holder`; by default what every output of media takes.
    init(
        holder: String, nameUnitCount: Int = MediaPath.maximumNameLength, wideNameUnitCount: Int? = nil,
        nameByteCount: Int? = nil, pathByteCount: Int? = nil
    ) {
        self.holder = holder
        self.nameUnitCount = nameUnitCount
        self.wideNameUnitCount = wideNameUnitCount ?? nameUnitCount
        self.nameByteCount = nameByteCount
        self.pathByteCount = pathByteCount
    }

    /// Makes sure that the output holds every one of `paths`, and says which of them programs of Windows do not take.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent`, with the first that it cannot hold.
    func warnings(_ paths: some Sequence<MediaPath>) throws(MediaBuilderError) -> [String] {
        var long: (count: Int, first: MediaPath)?
        for path in paths {
            // Nothing short in bytes is long in any other way, and nearly all are.
            guard path.description.utf8.count > min(wideNameUnitCount, Self.usualUnitCount) else { continue }
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
        guard let problem = problem(of: path, unitCount) else { return }
        throw MediaBuilderError(
            .badContent, "file \(beginning(of: path))", problem,
            nextStep: "shorten it at its source, choose another kind of output, or leave it out with \(.skip)")
    }

    /// What keeps the output from holding `path`; nil for one that it holds.
    func problem(of path: MediaPath) -> DiagnosticText? {
        guard path.description.utf8.count > min(wideNameUnitCount, Self.usualUnitCount) else { return nil }
        return problem(of: path, path.description.utf16.count)
    }

    private func problem(of path: MediaPath, _ unitCount: Int) -> DiagnosticText? {
        guard unitCount <= MediaPath.maximumPathLength else {
            return "has a path of \(unitCount) characters, and media holds \(MediaPath.maximumPathLength)"
        }
        if let pathByteCount, path.description.utf8.count > pathByteCount {
            return "has a path of \(path.description.utf8.count) bytes, and \(holder) has room for \(pathByteCount)"
        }
        for name in path.components {
            if name.utf16.count > nameUnitCount {
                return "has a name of \(name.utf16.count) characters, and \(holder) holds \(nameUnitCount)"
            }
            if name.utf16.count > wideNameUnitCount, name.utf16.contains(where: { $0 > 0xFF }) {
                return "has a name of \(name.utf16.count) characters not all of Latin-1, and of those \(holder) holds"
                    + " \(wideNameUnitCount)"
            }
            if let nameByteCount, name.utf8.count > nameByteCount {
                return "has a name of \(name.utf8.count) bytes in UTF-8, and \(holder) holds \(nameByteCount)"
            }
        }
        return nil
    }

    /// So much of a path as a message can show.
    private func beginning(of path: MediaPath) -> String {
        let scalars = path.description.unicodeScalars
        return scalars.count <= 200 ? path.description : String(String.UnicodeScalarView(scalars.prefix(200))) + "..."
    }
}
