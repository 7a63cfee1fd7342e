// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import SystemPackage

/// Opens distribution points by the locations that users name.
public enum DistributionPoints {
    /// Opens the distribution points at `locations`, in order.
    ///
    /// A location with only a FileLib is a further drive of the location before it.
    ///
    /// - Throws: ``DistributionPointError`` `.unsupportedLocation` for a server, ``ContentLibraryError`` for a path that
    ///   is not a content library.
    public static func open(locations: [String], store: ContentStore) throws -> DistributionPointGroup {
        for location in locations { try checkIsPath(location) }
        let libraries = try LibraryLocation.libraries(at: locations.map { FilePath($0) })
        return DistributionPointGroup(
            try libraries.map { drives in
                try LocalDistributionPoint(drives: drives, location: drives[0].string, store: store)
            })
    }

    private static func checkIsPath(_ location: String) throws(DistributionPointError) {
        func unsupported(_ kind: String) -> DistributionPointError {
            DistributionPointError(
                .unsupportedLocation, .usage, "distribution point '\(location)'",
                "is \(kind), which is not supported by this version",
                nextStep: "mount it and name the path of its content library")
        }
        if location.isEmpty {
            throw DistributionPointError(
                .unsupportedLocation, .usage, "distribution point ''", "is empty",
                nextStep: "name the path of a content library")
        }
        if let scheme = scheme(of: location) { throw unsupported("a \(scheme) location") }
        if location.hasPrefix("\\\\") || location.hasPrefix("//") { throw unsupported("a network share") }
    }

    /// The scheme of a URL (RFC 3986 3.1), or nil for a path.
    private static func scheme(of location: String) -> String? {
        guard let colon = location.firstIndex(of: ":"), location[colon...].hasPrefix("://") else { return nil }
        let scheme = location[..<colon].lowercased()
        guard let first = scheme.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
            scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return nil }
        return scheme
    }
}
