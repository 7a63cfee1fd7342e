// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DistributionPoints
import Support
import SystemPackage
import WindowsImaging

/// Splits WIMs from distribution points into parts in the staging folder.
struct ImageSplitter {
    let environment: BuildEnvironment

    /// A WIM whose bytes are what its distribution point promised.
    struct OpenedImage {
        let file: PlannedFile
        let location: FilePath
        let identity: FileIdentity
        let archive: WindowsImage
        /// Bytes of its largest resource, and the file that it belongs to.
        let largestResourceByteCount: Int64
        let largestFileDescription: String
        /// Whether many files are compressed as one in it, so that it cannot be cut at all.
        let isSolid: Bool

        /// Why it cannot be cut into parts of `partByteCount` bytes, in words that follow its name; nil when it can.
        func obstacle(toPartsOf partByteCount: Int64) -> String? {
            if isSolid { return "is solid (compressed as a whole, like an .esd) and cannot be split" }
            guard largestResourceByteCount > partByteCount else { return nil }
            return "cannot be split: \(largestFileDescription) takes \(largestResourceByteCount) bytes in it and cannot"
                + " be cut"
        }

        /// Whether its first image says that it holds Windows.
        var isMarkedAsWindows: Bool { (try? archive.properties(ofImage: 1).architecture) != nil }
    }

    /// Brings `file` within reach, checks its hash and opens it.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` for damaged content; `WindowsImagingError`.
    func open(_ file: PlannedFile) throws -> OpenedImage {
        let (location, identity) = try environment.proven(file, phase: "checking the image")
        let archive = try WindowsImage(path: location)
        let largest = try archive.largestFile()
        return OpenedImage(
            file: file, location: location, identity: identity, archive: archive,
            largestResourceByteCount: largest?.storedByteCount ?? 0,
            largestFileDescription: largest?.description ?? "its list of files",
            isSolid: try archive.hasSolidResources())
    }

    /// The parts of `image`, called as `naming` says, in its folder on the media.
    ///
    /// - Throws: `WindowsImagingError`, `OutputError` when the staging folder is too small, `TransferError` when the image
    ///   changes meanwhile.
    func split(_ image: OpenedImage, partByteCount: Int64, _ naming: ImagePartNaming) throws -> [PlannedFile] {
        let folder = try environment.staging.newFolder(for: image.file.byteCount)
        environment.logger.info(
            "splitting \(image.file) into parts of \(partByteCount) bytes in \(folder)")
        let facts = "tsmedia split 1 \(image.file.sha256) \(partByteCount)"
        let guid = Array(SHA256.digest(of: Array(facts.utf8)).bytes.prefix(16))
        let parts = try image.archive.split(
            into: folder, partByteCount: partByteCount, guid: guid, interruption: environment.interruption,
            progress: environment.progress)
        guard try FileIdentity(of: image.location) == image.identity else {
            throw MediaBuilderError(
                .badContent, "\(image.file)", "changed while it was split", nextStep: "build again")
        }
        let hasher = FileHasher(
            interruption: environment.interruption, progress: environment.progress, phase: "checking the parts")
        return try parts.enumerated().map { index, part in
            let hashed = try hasher.hash(part)
            return PlannedFile(
                MediaFile(
                    path: try MediaPath(name: naming.name(index + 1), in: image.file.path.parent),
                    byteCount: hashed.identity.byteCount, sha256: hashed.sha256, modified: image.file.modified),
                source: .localFile(part, hashed.identity),
                place: "part \(index + 1) of \(parts.count) of \(image.file.origin)")
        }
    }

    /// What became of `file`, in one line.
    static func note(_ file: PlannedFile, parts: [PlannedFile], _ naming: ImagePartNaming) -> String {
        let names = [parts.first, parts.last].compactMap { $0?.path.name }.joined(separator: " to ")
        let line = "\(file), \(file.byteCount) bytes, is split into \(parts.count) parts, \(names)"
        guard case .setup = naming else { return line }
        return line + ": the package's files are not those that its content hash is of (inferred: nothing checks it)"
    }
}
