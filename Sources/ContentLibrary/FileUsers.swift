// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

/// Where the bytes of one hash are or belong, and the list of contents that use them.
struct FileSlot {
    /// The drive.
    let drive: FilePath
    /// The folder named after the first four digits.
    let folder: FilePath
    /// The file, when it exists.
    let file: (path: FilePath, status: Stat)?
    /// The user list's path, whether it exists or not.
    let usersPath: FilePath
    /// True when the user list exists.
    let hasUsers: Bool
    /// Where the bytes are or belong.
    let path: FilePath
}

extension ContentLibrary {
    /// The slot of `hash`: on the drive that has the bytes, else on the first.
    func slot(of hash: SHA256Digest) throws(ContentLibraryError) -> FileSlot {
        try ContentLibraryError.wrap {
            let name = hash.upperCase
            let file = try find(hash)
            let fileLib = fileLibs.first { file?.path.starts(with: $0) ?? true }
            guard let fileLib, let drive = drives.first(where: { fileLib.starts(with: $0) }) else {
                throw ContentLibraryError(
                    .notALibrary, .malformed, DiagnosticText(drives[0].string), "has no FileLib",
                    nextStep: "make the folder FileLib")
            }
            let prefix = String(name.prefix(4))
            let folder =
                try file?.path.removingLastComponent() ?? lookup.find(prefix, in: fileLib)?.path
                ?? fileLib.appending(prefix)
            let users = try lookup.find("\(name).INI", in: folder)?.path
            return FileSlot(
                drive: drive, folder: folder, file: file, usersPath: users ?? folder.appending("\(name).INI"),
                hasUsers: users != nil, path: file?.path ?? folder.appending(name))
        }
    }
}

/// The contents that use a file: its reference count.
///
/// The section's name is not known for certain [?]: `[Users]` is what we write, and in a list made by a genuine site
/// that calls it something else, its only section.
struct FileUsers {
    private(set) var document: INIDocument

    init(document: INIDocument = INIDocument()) { self.document = document }

    private static let sectionName = "Users"

    private var sectionIndex: Int? {
        document.sections.firstIndex { $0.name.caseFolded == Self.sectionName.caseFolded }
            ?? (document.sections.count == 1 ? 0 : nil)
    }

    /// True when nobody uses the file any more.
    var isEmpty: Bool { document.sections.allSatisfy(\.entries.isEmpty) }

    /// True when `content` uses the file.
    func contains(_ content: ContentID) -> Bool {
        document.sections.contains { $0.entries.contains { ContentID($0.key) == content } }
    }

    mutating func insert(_ content: ContentID) {
        guard !contains(content) else { return }
        let entry = INIDocument.Entry(key: content.description, value: "")
        if let index = sectionIndex {
            document.sections[index].entries.append(entry)
        } else {
            document.sections.append(INIDocument.Section(name: Self.sectionName, entries: [entry]))
        }
    }

    mutating func remove(_ contents: Set<ContentID>) {
        for index in document.sections.indices {
            document.sections[index].entries.removeAll { ContentID($0.key).map(contents.contains) ?? false }
        }
    }
}
