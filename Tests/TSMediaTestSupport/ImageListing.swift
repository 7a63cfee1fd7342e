// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import SystemPackage

/// What wimlib-imagex says of every file of an image: attributes, security descriptor, times, links, streams and hashes.
public struct ImageListing: Equatable {
    /// The lines about each file, by its path in quotes.
    public let entries: [String: [String]]

    /// Lists image `index` of `archive`.
    ///
    /// - Parameter parts: a pattern of the parts of a split archive.
    public init(_ archive: FilePath, index: Int = 1, parts: String? = nil) throws {
        let references = parts.map { ["--ref=\($0)"] } ?? []
        let output = try Program.succeed(
            "wimlib-imagex", ["dir", archive.string, String(index), "--detailed"] + references
        ).output
        var entries: [String: [String]] = [:]
        var path: String?
        for line in output.split(separator: "\n") {
            let (name, value) = Self.fields(line)
            if name == "Full Path" {
                path = value
                entries[value] = []
            } else if let path, let kept = Self.kept(line, name, value) {
                entries[path, default: []].append(kept)
            }
        }
        self.entries = entries
    }

    private static func fields(_ line: Substring) -> (name: String, value: String) {
        let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
        return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    }

    /// What a line says of the file, rather than of where an archive keeps it; groups of links have other numbers in each.
    private static func kept(_ line: Substring, _ name: String, _ value: String) -> String? {
        let places = [
            "Compressed size", "Offset in WIM", "Part Number", "Reference Count", "Flags", "Raw offset in WIM",
            "Raw compressed size", "Raw uncompressed size", "Raw Uncompressed size", "Solid resource", "Solid offset",
        ]
        if places.contains(name) || name.hasPrefix("WIM_RESHDR") || name.hasPrefix("----") { return nil }
        if name.hasPrefix("Raw") || name.hasPrefix("Offset") { return nil }
        if name == "Link Group ID" { return nil }
        return line.trimmingSpaces
    }

    /// The paths whose lines differ from those in `other`, or that are not there.
    public func differences(from other: ImageListing) -> [String] {
        entries.keys.filter { entries[$0] != other.entries[$0] }.sorted()
    }
}

extension StringProtocol {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
