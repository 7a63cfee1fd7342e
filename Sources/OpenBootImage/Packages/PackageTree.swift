// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Support

/// Files that were taken out of packages, by their path without `usr/`.
struct PackageTree {
    /// A file.
    struct File {
        let bytes: [UInt8]
        let permissions: UInt16
    }

    private(set) var files: [String: File] = [:]
    private var links: [String: String] = [:]

    private static let fileByteCountLimit = 256 << 20
    private static let linkLimit = 16

    /// Takes the files of `package` over whose paths `isWanted` accepts.
    mutating func add(_ package: DebianPackage, _ isWanted: (String) -> Bool) throws {
        try package.forEach(isWanted) { path, member, bytes in
            switch member.kind {
            case .file:
                files[path] = File(bytes: try bytes(Self.fileByteCountLimit), permissions: member.permissions)
            case .symbolicLink(let target):
                links[path] = Self.resolve(target, from: path)
            case .hardLink(let target):
                if let place = DebianPackage.place(target) { links[path] = place }
            case .folder, .other: break
            }
        }
    }

    /// The file at `path`, through links; nil when there is none.
    func file(_ path: String) -> File? {
        var path = path
        for _ in 0..<Self.linkLimit {
            if let file = files[path] { return file }
            guard let target = links[path] else { return nil }
            path = target
        }
        return nil
    }

    /// The paths of all files and links, in the order of their bytes.
    var paths: [String] { (Array(files.keys) + Array(links.keys)).sorted { $0.precedesByBytes($1) } }

    /// What the link at `path` to `target` points to.
    private static func resolve(_ target: String, from path: String) -> String {
        var components =
            target.hasPrefix("/") ? [] : path.split(separator: "/").dropLast().map(String.init)
        for component in target.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(String(component)) }
        }
        if components.first == "usr" { components.removeFirst() }
        return components.joined(separator: "/")
    }
}
