// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The files and folders that somebody wants to add as content.
///
/// A symbolic link to a file inside the source counts as that file. A link that leaves the source is refused, for it
/// would publish what its owner did not put there; so is a link to a folder, which could run in circles.
struct SourceTree {
    struct File: Sendable {
        /// The number of its folder in ``SourceTree/places``.
        let place: Int
        /// Its name there.
        let name: String
        let media: MediaPath
    }

    /// Bytes of a name: file systems of this machine keep 255, and a library adds `.INI` to it.
    private static let longestName = 255 - ".INI".utf8.count

    private(set) var files: [File] = []
    /// The folders that files lie in.
    private(set) var places: [FilePath] = []
    private(set) var folders: [MediaPath] = []
    /// The source without links, which every link must stay below.
    let root: FilePath

    /// Walks `source`, a folder or one file.
    init(_ source: FilePath) throws(ContentLibraryError) {
        guard let root = source.resolved else {
            throw ContentLibraryError(FileError("read", source, .noSuchFileOrDirectory))
        }
        self.root = root
        switch try ContentLibraryError.wrap({ try FileError.wrap("read", source) { try Stat(source) } }).type {
        case .directory: try walk()
        case .regular:
            guard let name = String(validating: source.lastComponent ?? "."), let file = try? MediaPath(name) else {
                throw Self.unsuitable(source, "has a name that Windows cannot hold")
            }
            guard let real = String(validating: root.lastComponent ?? ".") else {
                throw Self.unsuitable(root, "has a name that is not UTF-8")
            }
            files = [File(place: place(root.removingLastComponent()), name: real, media: file)]
        default: throw Self.unsuitable(source, "is neither a file nor a folder")
        }
    }

    private mutating func walk() throws(ContentLibraryError) {
        var pending: [(path: FilePath, media: MediaPath?)] = [(root, nil)]
        while let folder = pending.popLast() {
            var seen: Set<CaseFoldedName> = []
            let own = place(folder.path)
            for entry in try ContentLibraryError.wrap({ try FolderEntry.entries(of: folder.path) }) {
                var path: FilePath { folder.path.appending(entry.component) }
                guard let name = entry.name else { throw Self.unsuitable(path, "has a name that is not UTF-8") }
                let media: MediaPath
                do {
                    media = try MediaPath(name: name, in: folder.media)
                } catch {
                    throw Self.unsuitable(path, "has a name that Windows cannot hold: it \(error.problem)", error)
                }
                guard name.utf8.count <= Self.longestName else {
                    throw Self.unsuitable(
                        path,
                        "has a name of \(name.utf8.count) bytes in UTF-8, and a library has room for"
                            + " \(Self.longestName)")
                }
                guard seen.insert(name.caseFolded).inserted else {
                    throw Self.unsuitable(path, "has the same name, without case, as another entry of its folder")
                }
                switch entry.kind {
                case .folder:
                    folders.append(media)
                    pending.append((path, media))
                case .file: files.append(File(place: own, name: name, media: media))
                case .symbolicLink:
                    let target = try target(of: path)
                    guard let real = String(validating: target.lastComponent ?? ".") else {
                        throw Self.unsuitable(path, "is a symbolic link to a name that is not UTF-8")
                    }
                    files.append(File(place: place(target.removingLastComponent()), name: real, media: media))
                case .special: throw Self.unsuitable(path, "is neither a file nor a folder")
                }
            }
        }
    }

    private mutating func place(_ folder: FilePath) -> Int {
        if places.last != folder { places.append(folder) }
        return places.count - 1
    }

    /// Where `file` lies.
    func path(of file: File) -> FilePath { places[file.place].appending(file.name) }

    /// The file inside the source that the link at `path` ends at.
    private func target(of path: FilePath) throws(ContentLibraryError) -> FilePath {
        guard let target = path.resolved else { throw Self.unsuitable(path, "is a symbolic link to nothing") }
        guard target.starts(with: root) else {
            throw Self.unsuitable(path, "is a symbolic link that leaves the source")
        }
        guard let status = try? Stat(target), status.type == .regular else {
            throw Self.unsuitable(path, "is a symbolic link to something other than a file")
        }
        return target
    }

    static func unsuitable(
        _ path: FilePath, _ problem: DiagnosticText, _ underlying: (any DiagnosticError)? = nil
    ) -> ContentLibraryError {
        ContentLibraryError(
            .unsuitableSource, .malformed, "\(path)", problem, nextStep: "rename it or take it out of the source",
            underlying: underlying)
    }

    /// A file whose first and last bytes may never have been together.
    static func changed(_ path: FilePath) -> ContentLibraryError {
        ContentLibraryError(
            .unsuitableSource, .malformed, "\(path)", "changed while it was read",
            nextStep: "add the content again when nothing writes to it")
    }
}
