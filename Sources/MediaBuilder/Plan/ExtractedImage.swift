// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import DriveImage
import Identifiers
import MediaFormat
import Support
import SystemPackage
import WindowsImaging

/// An operating system image whose files will lie at the root of the media.
struct ExtractedImage: Sendable {
    /// Its package.
    let id: PackageID
    /// The version of that.
    let version: Int
    /// The content hash that the library states.
    let contentHash: String?
    /// The number of the image, from 1.
    let index: Int
    /// The WIM of the package, under its name there.
    let file: PlannedFile
    /// The file that its list of files was read from.
    let identity: FileIdentity
    /// Its files.
    let tree: WindowsImageTree

    /// The image with files of the media and the folders of contents over it.
    ///
    /// - Parameter partition: the number of the partition of NTFS that it is applied to, from 1; nil for an archive.
    /// - Throws: `WindowsImagingError` when it lacks contents, or no volume can hold it.
    func placed(
        under files: some Collection<MediaPath>, folders: [MediaPath], on partition: Int?
    ) throws -> PlacedImage {
        let overlay = try WindowsImageOverlay(tree, files: files, folders: folders)
        return PlacedImage(
            image: self, overlay: overlay,
            applied: try partition.map { (tree: try overlay.appliedTree(), partition: $0) })
    }

    /// The WIM as it is read while the media is written: still the file whose list of files was read.
    ///
    /// - Parameter isCopied: whether all of it is read in one go, and proved by that; else it is proved here.
    /// - Throws: ``MediaBuilderError`` `.badContent`; errors of reading.
    func package(isCopied: Bool, _ environment: BuildEnvironment) throws -> TransferContent {
        let content = try environment.content(file, asFile: true)
        switch content.source {
        case .file(let path):
            try require(path, try FileIdentity(of: path))
            guard !isCopied else { break }
            try environment.prove(
                path, has: file.sha256, as: "\(file)", phase: "checking the operating system image")
        case .verifiedFile(let path, let identity): try require(path, identity)
        case .bytes, .stream: break
        }
        return content
    }

    private func require(_ path: FilePath, _ found: FileIdentity) throws(MediaBuilderError) {
        guard found == identity else {
            throw MediaBuilderError(
                .badContent, "\(file)", "changed while the media was planned: \(path)",
                nextStep: "build again when nothing writes to it")
        }
    }

    /// What of the request the media's GUID is derived from.
    var facts: [String] { ["extracted", file.sha256.description, String(index)] }
}

/// An operating system image at the root of media, with the media's own files over it.
struct PlacedImage: Sendable {
    let image: ExtractedImage
    let overlay: WindowsImageOverlay
    /// What it is on the partition of NTFS that it is applied to; nil in an archive.
    let applied: (tree: WindowsImageOverlay.AppliedTree, partition: Int)?

    /// What the manifest says of it.
    var manifestEntry: MediaManifest.OperatingSystemImage {
        let summary = overlay.summary
        let tree = applied.map {
            MediaManifest.OperatingSystemImage.Tree.volume($0.tree.sha256, partition: $0.partition)
        }
        return .init(
            id: image.id.description, version: image.version, index: image.index, contentHash: image.contentHash,
            packageSha256: image.file.sha256, tree: tree ?? .archive(summary.sha256), fileCount: summary.fileCount,
            folderCount: summary.folderCount, streamCount: summary.streamCount, size: summary.byteCount,
            sharedFolders: overlay.sharedFolders.sorted())
    }

    /// What is applied to a volume of NTFS; nil in an archive.
    var treePlan: NTFSTreePlan? {
        applied.map {
            NTFSTreePlan(
                byteCount: $0.tree.byteCount, sha256: $0.tree.sha256, sharedFolders: overlay.sharedFolders)
        }
    }

    /// Applies it to the volume in `volume`; every byte of its package is proved before.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent`; errors of reading and writing.
    func apply(to volume: FilePath, _ environment: BuildEnvironment) throws {
        let path: FilePath
        switch try image.package(isCopied: false, environment).source {
        case .file(let file), .verifiedFile(let file, _): path = file
        case .bytes, .stream: fatalError("the package was asked for as a file")
        }
        try overlay.apply(
            path, index: image.index, to: volume, interruption: environment.interruption,
            progress: environment.progress)
    }

    /// As many names as a message shows.
    private static let shownCount = 3

    /// What of the image is not on the media.
    var warnings: [DiagnosticText] {
        let names = overlay.replacedNames
        guard !names.isEmpty else { return [] }
        let shown = names.prefix(Self.shownCount).joined(separator: ", ")
        let more = names.count > Self.shownCount ? " and \(names.count - Self.shownCount) more" : ""
        return [
            "operating system image \(image.id) has \(shown)\(more) where the media has its own: those of the media are"
                + " on it, and those of the image are not"
        ]
    }
}
