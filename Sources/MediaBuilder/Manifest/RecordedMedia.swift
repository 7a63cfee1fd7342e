// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import JSON
import Support
import SystemPackage

/// A file or folder that a manifest has made, and by what it is known again.
struct RecordedFile: Equatable, Sendable, Encodable {
    let path: String
    /// Of a folder the sum of its files.
    let size: Int64
    /// When its bytes were last written, as `SECONDS.NANOSECONDS`; of a folder the hash of the sizes and times of all in it.
    let modified: String
    let inode: String

    /// What is at `path`, which is called `name` or will be; nil when nothing is, or something else than a file or folder.
    init?(_ path: FilePath, named name: String) {
        guard let status = try? Stat(path, followTargetSymlink: false) else { return nil }
        let identity = FileIdentity(status)
        self.path = name
        inode = String(identity.inode)
        switch status.type {
        case .regular:
            size = identity.byteCount
            modified = Self.text(identity.modified)
        case .directory:
            guard let listing = try? FolderListingDigest(path) else { return nil }
            (size, modified) = (listing.byteCount, listing.digest.description)
        default: return nil
        }
    }

    /// What a record says; nil where it is none.
    init?(_ node: JSONNode) {
        guard case .text(let path)? = node["path"], case .number(let digits)? = node["size"],
            let size = Int64(digits), case .text(let modified)? = node["modified"],
            case .text(let inode)? = node["inode"]
        else { return nil }
        (self.path, self.size, self.modified, self.inode) = (path, size, modified, inode)
    }

    /// Whether nobody has written to it, or put another in its place.
    func isSame(as other: RecordedFile) -> Bool {
        size == other.size && modified == other.modified && inode == other.inode
    }

    private static func text(_ time: FileIdentity.Instant) -> String {
        let digits = String(time.nanoseconds)
        return "\(time.seconds)." + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    }

    /// The names, sizes and times of everything in a folder.
    private struct FolderListingDigest {
        private(set) var byteCount: Int64 = 0
        let digest: SHA256Digest

        init(_ root: FilePath) throws {
            let hash = SHA256()
            var folders = [(path: root, name: "")]
            var size: Int64 = 0
            while let folder = folders.popLast() {
                let entries = try FolderEntry.entries(of: folder.path).sorted {
                    $0.component.string < $1.component.string
                }
                for entry in entries {
                    let path = folder.path.appending(entry.component)
                    let name = "\(folder.name)/\(entry.component.string)"
                    if entry.kind == .folder {
                        hash.update("\(name)/\u{0}".utf8)
                        folders.append((path, name))
                    } else {
                        let identity = try FileIdentity(of: path)
                        size = size.addingReportingOverflow(identity.byteCount).partialValue
                        hash.update(
                            "\(name)\u{0}\(identity.byteCount) \(RecordedFile.text(identity.modified))\u{0}".utf8)
                    }
                }
            }
            byteCount = size
            digest = hash.finalize()
        }
    }
}

/// Media that a manifest has made.
struct RecordedMedia: Sendable, Encodable {
    /// The output that was asked for; volumes of sets have other names.
    let output: String
    let key: String
    let files: [RecordedFile]

    init(output: String, key: String, files: [RecordedFile]) {
        (self.output, self.key, self.files) = (output, key, files)
    }

    init?(_ node: JSONNode) {
        guard case .text(let output)? = node["output"], case .text(let key)? = node["key"],
            case .list(let list)? = node["files"]
        else { return nil }
        files = list.compactMap { RecordedFile($0) }
        guard files.count == list.count, !files.isEmpty else { return nil }
        (self.output, self.key) = (output, key)
    }

    /// Whether all of it is there as it was made.
    var isPresent: Bool {
        files.allSatisfy { file in
            RecordedFile(FilePath(file.path), named: file.path).map(file.isSame) ?? false
        }
    }
}

/// The file of a record.
struct RecordDocument: Encodable {
    static let schemaVersion = 1

    let schemaVersion: Int
    let manifest: String
    let media: [RecordedMedia]

    init(manifest: String, media: [RecordedMedia]) {
        schemaVersion = Self.schemaVersion
        (self.manifest, self.media) = (manifest, media)
    }

    init?(_ node: JSONNode) {
        guard case .number("1")? = node["schemaVersion"], case .text(let manifest)? = node["manifest"],
            case .list(let list)? = node["media"]
        else { return nil }
        media = list.compactMap { RecordedMedia($0) }
        guard media.count == list.count else { return nil }
        schemaVersion = Self.schemaVersion
        self.manifest = manifest
    }
}
