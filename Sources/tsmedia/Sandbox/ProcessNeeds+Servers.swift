// SPDX-License-Identifier: GPL-3.0-or-later

import Confinement
import DistributionPoints
import Glibc
import Support
import SystemPackage

extension ProcessNeeds {
    /// Ports of servers of a scheme that say no other (RFC 9110 4.2, [MS-SMB2] 2.1, RFC 1002 4.3).
    private static let ports: [String: [UInt16]] = ["http": [80, 443], "https": [443, 80], "smb": [445, 139]]
    /// What curl takes for proxies, and where they are where nobody says it (libcurl-env(3), CURLOPT_PROXYPORT(3)).
    private static let proxies = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    private static let proxyPort: UInt16 = 1080

    /// Adds files by their names.
    mutating func read(_ names: [String?]) { for case let name? in names { read(FilePath(name)) } }

    /// Adds the file of a secret, if it is in one.
    mutating func readSecret(_ text: String?) {
        if let file = text.flatMap({ SecretSource($0).file }) { read(file) }
    }

    /// Adds content of `locations`, which goes to `store` and to temporary files.
    mutating func useContent(of locations: [String], _ servers: ServerOptions, store: String? = nil) {
        add(servers)
        // Offline no server is asked, whoever is named.
        let asked = servers.offline ? locations.filter { LocationForm($0) == .path } : locations
        use(asked, proxy: servers.access.proxy)
        useStore(store)
        useTemporaryFolders()
    }

    /// Adds distribution points, wherever they are.
    mutating func use(_ locations: [String], proxy: String? = nil) {
        for location in locations {
            switch LocationForm(location) {
            case .empty: break
            case .path: readLibrary(FilePath(location))
            case .url, .share: ask(location, proxy: proxy)
            }
        }
    }

    /// Adds the server at `location`, and the proxy before it.
    mutating func ask(_ location: String, proxy: String? = nil) {
        useAccount()
        let scheme: String
        switch LocationForm(location) {
        case .url(let name): scheme = name
        case .share: scheme = "smb"
        case .path, .empty: scheme = "https"
        }
        if let port = Self.port(of: location) {
            connect(toPort: port)
        } else {
            for port in Self.ports[scheme] ?? [] { connect(toPort: port) }
        }
        // libsmbclient runs in processes of its own (Shares).
        if scheme == "smb" { return startItself() }
        let named = [proxy] + Self.proxies.map { getenv($0).map { String(cString: $0) } }
        for case let name? in named where !name.isEmpty { connect(toPort: Self.port(of: name) ?? Self.proxyPort) }
    }

    /// Adds starting this program again, with the libraries that are loaded later.
    private mutating func startItself() {
        let folders = getenv("LD_LIBRARY_PATH").map { String(cString: $0) } ?? ""
        start(programsIn: folders.split(separator: ":").map { FilePath(String($0)) })
    }

    /// The port that `location` names behind its host (RFC 3986 3.2.3); nil for none.
    static func port(of location: String) -> UInt16? {
        let rest =
            location.firstRange(of: "://").map { location[$0.upperBound...] }
            // \\host:port\share
            ?? location.drop { $0 == "\\" || $0 == "/" }
        let authority = rest.prefix { !"/?#\\".contains($0) }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return host.lastIndex(of: ":").flatMap { UInt16(host[host.index(after: $0)...]) }
    }

    /// Adds what shows servers who asks: tickets, and the file of curl(1).
    private mutating func useAccount() {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        read([variable("NETRC") ?? variable("HOME").map { $0 + "/.netrc" }, variable("KRB5_CONFIG")])
        // krb5.conf(5): FILE: is what a cache without a kind is; a folder holds several.
        let cache = variable("KRB5CCNAME") ?? "/tmp/krb5cc_\(getuid())"
        if cache.hasPrefix("DIR:") {
            change(FilePath(String(cache.dropFirst("DIR:".count))))
        } else {
            let path = cache.hasPrefix("FILE:") ? String(cache.dropFirst("FILE:".count)) : cache
            if path.hasPrefix("/") { writeInPlace(FilePath(path)) }
        }
    }

    // MARK: Libraries

    /// Adds a content library that is read, and its further drives, which lie beside it (``LibraryLocation``).
    mutating func readLibrary(_ path: FilePath) {
        read(path)
        for drive in librariesBeside(path) { read(drive) }
    }

    /// Adds a content library that is written, and its further drives.
    mutating func changeLibrary(_ path: FilePath) {
        changeOrMake(path)
        for drive in librariesBeside(path) { change(drive) }
    }

    private mutating func librariesBeside(_ path: FilePath) -> [FilePath] {
        let name = "SCCMCONTENTLIB"
        guard let real = realpath(path.string, nil) else { return [] }
        defer { free(real) }
        let place = FilePath(platformString: real)
        let folder = place.removingLastComponent()
        guard place.lastComponent?.string.uppercased().hasPrefix(name) == true else { return [] }
        list(folder)
        let entries = (try? FolderEntry.entries(of: folder)) ?? []
        return entries.filter { $0.kind == .folder && $0.name?.uppercased().hasPrefix(name) == true }
            .map { folder.appending($0.component) }
    }

    // MARK: Stores

    /// Adds the store, `nil` for the usual one.
    mutating func useStore(_ folder: String?) {
        makeAndChange(folder.map { FilePath($0) } ?? ContentStore.defaultFolder)
    }

    /// Adds the folders for temporary files, small and large ones.
    mutating func useTemporaryFolders() {
        change(TemporaryFolder.defaultParent())
        change(TemporaryFolder.defaultParent(else: "/var/tmp"))
    }

    // MARK: Partitions

    /// Adds starting mkntfs, which formats partitions.
    mutating func formatPartitions() {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        start(programsIn: path.split(separator: ":").filter { $0.hasPrefix("/") }.map { FilePath(String($0)) })
    }
}
