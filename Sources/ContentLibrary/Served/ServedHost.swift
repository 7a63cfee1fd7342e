// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The server whose lists are read: links of them that lead to another count for nothing.
package struct ServedHost: Sendable, Equatable {
    /// The name or the address, in lower case and without brackets.
    package let host: String
    /// The port that is asked.
    package let port: Int

    /// The server at `host`.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The names of the path that `link` leads to from a page at `folder`, or nil when it leads to another server or is
    /// none that can be read.
    ///
    /// The scheme counts for nothing: lists say http even over https [V].
    package func names(of link: String, from folder: [String]) -> [String]? {
        var path = link.prefix { $0 != "?" && $0 != "#" }
        var names = folder
        if case .url(let scheme) = LocationForm(String(path)) {
            guard scheme == "http" || scheme == "https", let start = path.firstRange(of: "://") else { return nil }
            let authority = path[start.upperBound...].prefix { $0 != "/" }
            guard let (host, port) = ServerAuthority.split(authority), host == self.host,
                port == nil || port == self.port
            else { return nil }
            path = path[authority.endIndex...]
            names = []
        } else if path.hasPrefix("//") {
            return nil
        } else if path.hasPrefix("/") {
            names = []
        } else if path.contains(":") {
            // Another scheme: mailto, javascript.
            return nil
        }
        for part in path.split(separator: "/") {
            guard let name = PercentEncoding.decoded(part) else { return nil }
            switch name {
            case ".": continue
            case "..": _ = names.popLast()
            default: names.append(name)
            }
        }
        return names
    }
}
