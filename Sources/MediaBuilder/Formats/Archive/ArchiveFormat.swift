// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaFormat
import Support
import SystemPackage
import WindowsImaging

/// A WIM, or its parts, as a factory lays it on disks (docs/formats/media.md section 3).
public struct ArchiveFormat: VolumeFormat {
    /// Who made it.
    public var createdBy = ""
    /// Which version it is.
    public var version = ""
    /// What else is to be said.
    public var comment = ""
    /// How the archive is compressed; nil for the compression of the image whose files it holds, else the fastest.
    public var compression: WindowsImageCompression?
    /// Whether the archive gets an integrity table.
    public var hasIntegrityTable = false
    /// The bytes that a part may have; nil for one file.
    public var partByteCount: Int64?
    /// An earlier prestaged file, of which compressed contents are taken over.
    public var base: FilePath?

    /// The limits of New-CMPrestagedMedia in characters (docs/formats/media.md section 3).
    private static let createdByLimit = 50
    private static let versionLimit = 32
    private static let commentLimit = 127
    /// A smaller part would hold little besides its own lists.
    private static let smallestPartByteCount: Int64 = 1 << 20

    /// One file.
    public init() {}

    /// A factory lays it on disks.
    public var isForFactory: Bool { true }
    /// It starts from the disk of the computer.
    public var launchMode: String? { "HD" }
    /// All that Windows keeps of files has a place in it.
    public var holdsImageTrees: Bool { true }
    /// The base.
    public var sources: [FilePath] { [base].compactMap { $0 } }

    /// The name of an output as the format has it: the first part has the name of the whole with the ending of a part.
    public func named(_ output: FilePath) -> FilePath {
        guard partByteCount != nil, output.extension?.lowercased() == "wim" else { return output }
        var output = output
        output.extension = "swm"
        return output
    }

    /// Refuses what no WIM has.
    public func check(_ request: MediaRequest) throws(MediaBuilderError) {
        try checkUse(of: request)
        guard request.output.extension?.lowercased() == (partByteCount == nil ? "wim" : "swm") else {
            throw MediaRequest.bad(
                .output, "\(request.output) does not end in .wim",
                "name a .wim file, or write a whole disk with \(.diskImage) or \(.usb)")
        }
        if let partByteCount {
            guard partByteCount >= Self.smallestPartByteCount else {
                throw MediaRequest.bad(.split, "is \(partByteCount) bytes", "give at least 1MB")
            }
            guard compression != .solid else {
                throw MediaRequest.bad(
                    .split, "does not go with \(.compression, "solid"), whose one resource cannot be cut",
                    "use \(.compression, "maximum")")
            }
        }
        try check(.createdBy, createdBy, Self.createdByLimit)
        try check(.version, version, Self.versionLimit)
        try check(.comment, comment, Self.commentLimit)
    }

    private func check(_ field: RequestField, _ text: String, _ limit: Int) throws(MediaBuilderError) {
        // The site counts UTF-16 units, as Windows does.
        guard text.utf16.count <= limit else {
            throw MediaRequest.bad(field, "has \(text.utf16.count) characters", "give at most \(limit)")
        }
        if text.onOneLine != text {
            throw MediaRequest.bad(field, "holds control characters", "give one line of text")
        }
    }

    /// Those of every output.
    public func pathLimits(at output: FilePath) -> PathLimits { PathLimits(holder: "a WIM") }

    /// Opens the base: one that is none costs no build.
    public func planner(_ frame: VolumeFrame) throws -> any VolumePlanner {
        ArchivePlanner(
            format: self, frame: frame,
            base: try base.map { try BaseArchive($0) })
    }
}

/// Lays the files of volumes out in archives.
private struct ArchivePlanner: VolumePlanner {
    let format: ArchiveFormat
    let frame: VolumeFrame
    let base: BaseArchive?

    /// A base decides how bytes are compressed, and nothing of what they are.
    var facts: [String] {
        [
            "archive", format.compression?.rawValue ?? "", String(format.hasIntegrityTable),
            format.partByteCount.map { String($0) } ?? "",
        ] + [
            format.createdBy, format.version, format.comment, frame.operatingSystemImage?.id.description ?? "",
            frame.operatingSystemImage.map { "\($0.index) \($0.isExtracted)" } ?? "",
            frame.extractedImage?.overlay.tree.compression.rawValue ?? "",
        ]
    }

    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout {
        let manifest = contents.files.last?.sha256.description ?? ""
        let overlay = frame.extractedImage?.overlay
        let compression = format.compression ?? overlay?.tree.compression ?? .fast
        let facts = [
            "tsmedia WIM 1", frame.manifest.mediaGUID, manifest, compression.rawValue, format.createdBy,
            format.version, format.comment, format.partByteCount.map { String($0) } ?? "",
        ]
        let description = WindowsImageDescription(
            name: frame.manifest.label,
            properties: properties.imageProperties + (overlay?.tree.properties ?? []),
            compression: compression, hasIntegrityTable: format.hasIntegrityTable,
            guid: Array(SHA256.digest(of: Array(facts.joined(separator: "\n").utf8)).bytes.prefix(16)),
            created: frame.manifest.created)
        return ArchiveVolume(
            archive: WindowsImageLayout(
                description, files: contents.files.lazy.map(\.file), folders: contents.folders, over: overlay),
            image: frame.extractedImage, partByteCount: format.partByteCount, bases: base.map { [$0] } ?? [])
    }
}

extension ArchivePlanner {
    /// What the archive says about itself.
    private var properties: PrestagedProperties {
        PrestagedProperties(
            createdBy: format.createdBy, version: format.version, comment: format.comment,
            operatingSystemImageId: frame.operatingSystemImage?.id.description,
            operatingSystemImageIndex: frame.operatingSystemImage?.index,
            operatingSystemImageLayout: frame.operatingSystemImage.map { $0.isExtracted ? .extracted : .package })
    }
}
