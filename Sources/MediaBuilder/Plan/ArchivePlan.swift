// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import WindowsImaging

/// How a volume is written as a WIM.
public struct ArchivePlan: Sendable, Equatable {
    /// A file that was written.
    public struct Part: Sendable, Equatable {
        /// Where it is.
        public let path: FilePath
        /// Its size in bytes.
        public let byteCount: Int64
    }

    /// What it says about itself.
    public let description: WindowsImageDescription
    /// The bytes that a part may have; nil for one file.
    public let partByteCount: Int64?
    /// Earlier archives, of which compressed contents are taken over: of the first that has one.
    public internal(set) var bases: [FilePath]
    /// The size in bytes of one file: exact without compression, else the most that it can be.
    let byteCount: Int64
    /// Whether the size is exact: what compression saves is known only when it is done.
    public internal(set) var byteCountIsExact: Bool
    /// The files, once they are written.
    public internal(set) var parts: [Part] = []
    /// What was taken over of the base, once it is written.
    public internal(set) var reuse: ArchiveReuse? = nil

    /// Plans an archive of `files`, the last of which is the manifest.
    init(_ request: MediaRequest, _ frame: ManifestFrame, files: [PlannedFile], folders: [MediaPath]) {
        let options = request.prestaged
        let facts = [
            "tsmedia WIM 1", frame.mediaGUID, files.last?.sha256.description ?? "", options.compression.rawValue,
            options.createdBy, options.version, options.comment, options.partByteCount.map { String($0) } ?? "",
        ]
        description = WindowsImageDescription(
            name: frame.label,
            properties: PrestagedProperties(options).imageProperties,
            compression: options.compression, hasIntegrityTable: options.hasIntegrityTable,
            guid: Array(SHA256.digest(of: Array(facts.joined(separator: "\n").utf8)).bytes.prefix(16)),
            created: frame.created)
        partByteCount = options.partByteCount
        bases = options.base.map { [$0] } ?? []
        let layout = WindowsImageLayout(
            description, files: files.lazy.map(WindowsImageLayout.File.init), folders: folders)
        byteCount = layout.byteCount
        byteCountIsExact = layout.isExact && partByteCount == nil
    }

    /// At least as many files as it becomes.
    ///
    /// A part is begun only when a resource has no room in the one before: two neighbours hold more than one part may.
    /// That is less than three times as many parts as there would be without gaps, header and table of each included.
    var partLimit: Int { partByteCount.map { 4 + 3 * Int(byteCount / max(1, $0)) } ?? 1 }
}

extension WindowsImageLayout.File {
    /// The file as an archive sees it.
    init(_ file: PlannedFile) {
        self.init(path: file.path, byteCount: file.byteCount, sha256: file.sha256, modified: file.modified)
    }
}
