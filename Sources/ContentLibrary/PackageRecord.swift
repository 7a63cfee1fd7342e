// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

/// A package INI that is about to be changed; an empty one when the library does not list the package yet.
struct PackageRecord {
    let id: PackageID
    /// The INI's path, whether it exists or not.
    let path: FilePath
    /// Every content it lists.
    let contents: [ContentID]
    private let version: Int?
    private let document: INIDocument
    let exists: Bool

    init(_ id: PackageID, in library: ContentLibrary) throws(ContentLibraryError) {
        self.id = id
        let found = try ContentLibraryError.wrap { try library.lookup.find("\(id).INI", in: library.pkgLib) }
        path = found?.path ?? library.pkgLib.appending("\(id).INI")
        exists = found != nil
        guard found != nil else {
            (contents, version, document) = ([], nil, INIDocument())
            return
        }
        document = try INIDocument(path: path)
        (version, contents) = try ContentLibrary.listing(in: document, path)
    }

    /// The INI with `content` listed.
    func adding(_ content: ContentID) -> INIDocument {
        rebuilt(listing: contents.contains(content) ? contents : contents + [content]) { versions in
            // An older version that is added beside a newer one does not become the current one.
            max(version ?? 0, versions.max() ?? 0)
        }
    }

    /// The INI without `removed`, or nil when nothing is left.
    func removing(_ removed: Set<ContentID>) -> INIDocument? {
        let left = contents.filter { !removed.contains($0) }
        guard !left.isEmpty else { return nil }
        return rebuilt(listing: left) { versions in
            version.flatMap { versions.contains($0) ? $0 : nil } ?? versions.max() ?? 0
        }
    }

    /// Sections we do not know are kept; `Info.Version` is only for packages with a content of their own ID [R].
    private func rebuilt(listing contents: [ContentID], version current: ([Int]) -> Int) -> INIDocument {
        var sections = document.sections.filter { !["Packages", "Info"].contains($0.name.caseFolded) }
        var info = document.entries(in: "Info")
        let own = contents.filter { $0.packageID == id }.map(\.version)
        if !own.isEmpty {
            let entry = INIDocument.Entry(key: "Version", value: String(current(own)))
            if let index = info.firstIndex(where: { $0.key.caseFolded == "Version" }) {
                info[index] = entry
            } else {
                info.append(entry)
            }
        }
        if !info.isEmpty { sections.insert(INIDocument.Section(name: "Info", entries: info), at: 0) }
        let list = contents.map { INIDocument.Entry(key: $0.description, value: "") }
        sections.insert(INIDocument.Section(name: "Packages", entries: list), at: 0)
        return INIDocument(sections: sections)
    }
}
