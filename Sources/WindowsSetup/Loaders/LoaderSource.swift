// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What lies below `Windows\Boot`, found without case.
struct LoaderSource {
    /// The folder that all of it lies in.
    static let folder = "Windows/Boot"
    /// What names of the newer set end in, before the extension.
    private static let newerMark = "_EX"

    private let files: [MediaPath]
    private let byPath: [CaseFoldedName: MediaPath]

    init(_ files: [MediaPath]) {
        self.files = files
        byPath = Dictionary(files.map { ($0.caseFolded, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The file at this path below the folder.
    subscript(path: String) -> MediaPath? { byPath["\(Self.folder)/\(path)".caseFolded] }

    /// The files with these names in `folder`, where they are.
    func copies(of names: [String], in folder: String, to target: String) throws -> [LoaderPlan.Copy] {
        try names.compactMap { name in
            try self["\(folder)/\(name)"].map { LoaderPlan.Copy(source: $0, target: try Self.path(target, name)) }
        }
    }

    /// The messages of loaders: files of folders for languages, `en-US/bootmgr.exe.mui`.
    func messages(_ folder: String, to target: String) throws -> [LoaderPlan.Copy] {
        try below(folder).compactMap { file, rest in
            let names = rest.components
            guard names.count == 2, names[1].caseFolded.hasSuffix(".mui") else { return nil }
            return LoaderPlan.Copy(source: file, target: try Self.path(target, rest.description))
        }
    }

    /// Everything below `folder`.
    func tree(_ folder: String, to target: String) throws -> [LoaderPlan.Copy] {
        try below(folder).map { LoaderPlan.Copy(source: $0, target: try Self.path(target, $1.description)) }
    }

    /// The files of `folder` whose names have the mark of the newer set, without it.
    func renamed(_ folder: String, to target: String) throws -> [LoaderPlan.Copy] {
        try below(folder).compactMap { file, rest in
            guard let name = Self.withoutMark(rest.name) else { return nil }
            let parent = rest.parent.map { "\($0)/" } ?? ""
            return LoaderPlan.Copy(source: file, target: try Self.path(target, parent + name))
        }
    }

    private func below(_ folder: String) throws -> [(file: MediaPath, rest: MediaPath)] {
        let prefix = "\(Self.folder)/\(folder)/".caseFolded
        let depth = prefix.description.split(separator: "/").count
        return try files.filter { $0.caseFolded.hasPrefix(prefix) }.map {
            ($0, try MediaPath(components: Array($0.components.dropFirst(depth))))
        }
    }

    /// `bootmgfw_EX.efi.mui` without `_EX`; nil for a name without it.
    private static func withoutMark(_ name: String) -> String? {
        guard let dot = name.firstIndex(of: ".") else { return nil }
        let stem = String(name[..<dot])
        guard stem.caseFolded.hasSuffix(newerMark.caseFolded), stem.utf8.count > newerMark.utf8.count else {
            return nil
        }
        return String(stem.dropLast(newerMark.count)) + String(name[dot...])
    }

    private static func path(_ folder: String, _ name: String) throws -> MediaPath {
        try MediaPath(folder.isEmpty ? name : "\(folder)/\(name)")
    }
}
