// SPDX-License-Identifier: GPL-3.0-or-later

/// What the text of a location looks like.
package enum LocationForm: Equatable {
    /// Nothing.
    case empty
    /// A path.
    case path
    /// A URL with this scheme (RFC 3986 3.1), in lower case.
    case url(scheme: String)
    /// The name of a network share.
    case share

    /// The form of `location`.
    package init(_ location: String) {
        if location.isEmpty {
            self = .empty
        } else if let scheme = Self.scheme(of: location) {
            self = .url(scheme: scheme)
        } else {
            self = location.hasPrefix("\\\\") || location.hasPrefix("//") ? .share : .path
        }
    }

    private static func scheme(of location: String) -> String? {
        guard let colon = location.firstIndex(of: ":"), location[colon...].hasPrefix("://") else { return nil }
        let scheme = location[..<colon].lowercased()
        guard let first = scheme.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
            scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return nil }
        return scheme
    }
}
