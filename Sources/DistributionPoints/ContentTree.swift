// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Support

/// The folders and files of a content as a server lists them, a folder at a time.
struct ContentTree {
    let id: ContentID
    private(set) var folders: [MediaPath] = []
    private(set) var files: [MediaPath] = []
    private var warnings: [String] = []
    private var refused: [RefusedMember] = []

    /// Files and folders of one content: more than any that people distribute, and far from filling memory.
    static let memberLimit = 1_000_000

    /// Files whose INIs take long enough to be shown.
    private static let longListCount = 1_000

    init(of id: ContentID) { self.id = id }

    /// The names that lead to the INI of each file, below the root of the library.
    var documents: [[String]] {
        files.map { path in
            var names = ["DataLib", id.description] + path.components
            names[names.count - 1] += ".INI"
            return names
        }
    }

    /// Counts the bytes of the INIs; what is over at once is not worth a line.
    func meter(_ progress: any ProgressObserver) -> ProgressMeter {
        ProgressMeter(
            phase: "listing \(id)", totalByteCount: nil,
            observer: files.count > Self.longListCount ? progress : SilentProgress())
    }

    /// A folder that is to be listed next.
    struct Folder {
        let name: String
        let path: MediaPath
    }

    /// Puts what a folder lists into the tree.
    ///
    /// - Parameters:
    ///   - folder: the path of the folder; nil for the content itself.
    ///   - place: where it was listed, for messages; ends with a separator.
    ///   - isInDataLib: whether a file is listed as its INI.
    /// - Returns: the folders in it.
    /// - Throws: ``DistributionPointError`` `.malformedAnswer`.
    mutating func take(
        _ listing: FolderListing, of folder: MediaPath?, place: String, isInDataLib: Bool
    ) throws -> [Folder] {
        var found: [Folder] = []
        func path(_ name: String) throws -> MediaPath {
            do { return try MediaPath(name: name, in: folder) } catch {
                throw DistributionPointError(
                    .malformedAnswer, .malformed, place, "lists '\(name)', which \(error.problem)")
            }
        }
        for member in listing.members {
            if let problem = member.problem {
                let name = isInDataLib && !member.isFolder ? member.name.withoutINI ?? member.name : member.name
                refused.append(
                    RefusedMember(
                        name, in: folder, DistributionPointError(.malformedAnswer, .malformed, place, problem)))
            } else if member.isFolder {
                let path = try path(member.name)
                folders.append(path)
                found.append(Folder(name: member.name, path: path))
            } else if !isInDataLib {
                files.append(try path(member.name))
            } else if let name = member.name.withoutINI {
                do throws(MediaPathError) {
                    files.append(try MediaPath(name: name, in: folder))
                } catch {
                    refused.append(
                        RefusedMember(
                            name, in: folder,
                            DistributionPointError(
                                .malformedAnswer, .malformed, place, "lists '\(member.name)', which \(error.problem)")))
                }
            } else {
                warnings.append("\(id.noun): \(place)\(member.name) is not an INI and was passed over")
            }
        }
        guard files.count + folders.count + refused.count <= Self.memberLimit else {
            throw DistributionPointError(
                .malformedAnswer, .malformed, place, "makes the content larger than \(Self.memberLimit) files")
        }
        return found
    }

    /// The content, with what the INI of each file says.
    ///
    /// - Parameters:
    ///   - records: in the order of ``files``.
    ///   - sizes: those of files whose INI names none.
    ///   - place: the server, for messages.
    /// - Throws: ``DistributionPointError`` `.malformedAnswer`.
    func content(
        hash: String?, warnings: [String], records: [LibraryDocument.File?], sizes: [SHA256Digest: Int64], place: String
    ) throws -> Content {
        var files: [ContentFile] = []
        files.reserveCapacity(records.count)
        var total = ByteTotal()
        for (path, record) in zip(self.files, records) {
            guard let record else { continue }
            let byteCount = record.byteCount ?? sizes[record.sha256] ?? 0
            guard total.add(byteCount) else {
                throw DistributionPointError(
                    .malformedAnswer, .malformed, place, "lists \(id.noun) as larger than 1 PiB")
            }
            files.append(
                ContentFile(
                    MediaFile(path: path, byteCount: byteCount, sha256: record.sha256, modified: record.modified),
                    attributes: record.attributes))
        }
        files.sort { $0.path < $1.path }
        let folders = self.folders.sorted()
        var warnings = warnings + self.warnings
        guard refused.isEmpty else {
            warnings.append(
                "\(id.noun): it has names that media cannot hold, so that it is not held against its content hash")
            return Content(
                id: id, contentHash: hash, files: files, folders: folders, warnings: warnings, refused: refused)
        }
        if let hash, ContentHash.compute(files: files, folders: folders) != hash.uppercased() {
            warnings.append("\(id.noun): its files do not add up to the content hash \(hash)")
        }
        return Content(id: id, contentHash: hash, files: files, folders: folders, warnings: warnings)
    }
}

extension String {
    /// The name without `.INI` in either case; nil when it does not end so, or is nothing else.
    fileprivate var withoutINI: String? {
        count > 4 && suffix(4).uppercased() == ".INI" ? String(dropLast(4)) : nil
    }
}
