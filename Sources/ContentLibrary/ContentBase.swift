// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Identifiers
import Support

/// Which content of a package `add` makes a version of.
public enum ContentBase: Sendable, Hashable {
    /// The package's only content, `ABC00001`.
    case package
    /// One of an application's contents, `Content_<guid>`; the GUID is derived from the package ID and `name`, so
    /// that adding the same source again makes the next version of the same content.
    case application(name: String)
    /// A content whose base is known: `Content_<guid>` of an application, `<guid>` of a software update.
    case named(String)

    /// The base as the library writes it.
    func text(in package: PackageID) -> String {
        switch self {
        case .package: package.description
        case .application(let name): "Content_\(Self.guid(of: "\(package)/\(name)"))"
        case .named(let base): base
        }
    }

    /// A GUID of the first bytes of a SHA-256: the same name gives the same GUID.
    private static func guid(of name: String) -> String {
        GUID(custom: SHA256.digest(of: name.utf8).bytes).text(.lower)
    }
}
