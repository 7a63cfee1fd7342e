// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Identifiers
import Support

/// The folders and files of a content as a server lists them, a folder at a time.
package struct ContentTree {
    /// The content.
    package let id: ContentID
    /// What says that the list at a place is wrong.
    private let error: (_ place: String, _ problem: DiagnosticText) -> any DiagnosticError
    private(set) var folders: [MediaPath] = []
    /// The files, in the order in which they were listed.
    package private(set) var files: [MediaPath] = []
    private var warnings: [String] = []
    private var refused: [RefusedMember] = []

    /// Files and folders of one content: more than any that people distribute, and far from filling memory.
    package static let memberLimit = 1_000_000

    /// Files whose INIs take long enough to be shown.
    private static let longListCount = 1_000

    /// A content of which nothing is listed yet; what is wrong with a list is said by `error`.
    package init(
        of id: ContentID, error: @escaping (_ place: String, _ problem: DiagnosticText) -> any DiagnosticError
    ) {
        self.id = id
        self.error = error
    }

    /// The names that lead to the INI of each file, below the root of the library.
    package var documents: [[String]] {
        files.map { path in
            var names = ["DataLib", id.description] + path.components
            names[names.count - 1] += ".INI"
            return names
        }
    }

    /// Counts the bytes of the INIs; what is over at once is not worth a line.
    package func meter(_ progress: any ProgressObserver) -> ProgressMeter {
        ProgressMeter(
            phase: "listing \(id)", totalByteCount: nil,
            observer: files.count > Self.longListCount ? progress : SilentProgress())
    }

    /// A folder that is to be listed next.
    package struct Folder {
        /// Its name as it was listed.
        package let name: String
        /// Its place in the content.
        package let path: MediaPath
    }

    /// Puts what a folder lists into the tree.
    ///
    /// - Parameters:
    ///   - folder: the path of the folder; nil for the content itself.
    ///   - place: where it was listed, for messages; ends with a separator.
    ///   - isInDataLib: whether a file is listed as its INI.
    /// - Returns: the folders in it.
    /// - Throws: what says that the list is wrong.
    package mutating func take(
        _ listing: FolderListing, of folder: MediaPath?, place: String, isInDataLib: Bool
    ) throws -> [Folder] {
        var found: [Folder] = []
        func path(_ name: String, _ member: FolderListing.Member) -> MediaPath {
            let (path, own) = MediaPath.placing(name, in: folder)
            if let problem = member.problem ?? own?.problem {
                let shown = member.name.prefix(100).description.onOneLine
                refused.append(
                    RefusedMember(
                        path, problem,
                        error(place, "lists '\(shown)', which \(problem)")))
            }
            return path
        }
        for member in listing.members {
            if member.isFolder {
                let path = path(member.name, member)
                folders.append(path)
                found.append(Folder(name: member.name, path: path))
            } else if !isInDataLib {
                files.append(path(member.name, member))
            } else if let name = member.name.withoutINI {
                files.append(path(name, member))
            } else {
                warnings.append("\(id.noun): \(place)\(member.name) is not an INI and was passed over")
            }
        }
        guard files.count + folders.count <= Self.memberLimit else {
            throw error(place, "makes the content larger than \(Self.memberLimit) files")
        }
        return found
    }

    /// The content, with what the INI of each file says.
    ///
    /// - Parameters:
    ///   - records: in the order of ``files``.
    ///   - sizes: those of files whose INI names none.
    ///   - place: the server, for messages.
    /// - Throws: what says that the list is wrong.
    package func content(
        hash: String?, warnings: [String], records: [LibraryDocument.File?], sizes: [SHA256Digest: Int64], place: String
    ) throws -> Content {
        var files: [ContentFile] = []
        files.reserveCapacity(records.count)
        var total = ByteTotal()
        for (path, record) in zip(self.files, records) {
            guard let record else { continue }
            let byteCount = record.byteCount ?? sizes[record.sha256] ?? 0
            guard total.add(byteCount) else {
                throw error(place, "lists \(id.noun) as larger than 1 PiB")
            }
            files.append(
                ContentFile(
                    MediaFile(path: path, byteCount: byteCount, sha256: record.sha256, modified: record.modified),
                    attributes: record.attributes))
        }
        files.sort { $0.path < $1.path }
        let folders = self.folders.sorted()
        var warnings = warnings + self.warnings
        if let hash, ContentHash.compute(files: files, folders: folders) != hash.uppercased() {
            warnings.append("\(id.noun): its files do not add up to the content hash \(hash)")
        }
        return Content(id: id, contentHash: hash, files: files, folders: folders, warnings: warnings).without(refused)
    }
}

extension String {
    /// The name without `.INI` in either case; nil when it does not end so, or is nothing else.
    fileprivate var withoutINI: String? {
        count > 4 && suffix(4).uppercased() == ".INI" ? String(dropLast(4)) : nil
    }
}
