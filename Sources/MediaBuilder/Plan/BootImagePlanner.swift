// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import ContentLibrary
import ContentTransfer
import DistributionPoints
import Identifiers
import MediaFormat
import Support
import SystemPackage
import WindowsImaging

/// Finds the boot image of a request and takes the boot files out of it.
struct BootImagePlanner {
    let request: MediaRequest
    let environment: BuildEnvironment

    /// The boot image with what it contributes.
    struct Result {
        let manifestEntry: MediaManifest.BootImage
        var image: PlannedFile
        /// The number of the image that starts, in its archive.
        let imageIndex: Int
        let bootFiles: BootFileSet
        /// The architecture of Windows PE in it.
        let architecture: Architecture
        /// The boot files' origin: the WIM.
        let wimName: String
    }

    /// Opens the boot image that `reference` names.
    func plan(_ reference: BootImageReference) throws -> Result {
        switch reference {
        case .package(let id): try plan(package: id)
        case .file(let path): try plan(file: path)
        }
    }

    private func plan(file path: FilePath) throws -> Result {
        try checkSize(try FileIdentity(of: path).byteCount, "boot image \(path)")
        let hashed = try environment.hash(path, phase: "reading the boot image")
        let image = PlannedFile(hashed, of: path, at: try MediaPath(MediaType.bootImagePath))
        return try result(
            image, id: path.lastComponent?.string ?? path.string, version: nil, wim: path,
            wimName: path.lastComponent?.string ?? path.string)
    }

    private func plan(package id: PackageID) throws -> Result {
        let found = try environment.distributionPoints.package(id)
        guard let contentID = found.package.contentIDs.first, found.package.contentIDs.count == 1 else {
            throw notABootImage(id, "has \(found.package.contentIDs.count) contents")
        }
        let content = try found.point.content(contentID)
        let images = content.files.filter { $0.path.name.lowercased().hasSuffix(".wim") }
        guard let file = images.first, images.count == 1 else {
            throw notABootImage(id, "holds \(images.count) WIM files")
        }
        try checkSize(file.byteCount, "file \(file.path) of \(contentID)")
        let fetched = try found.point.fetch(file.file, of: contentID)
        let image = PlannedFile(
            file.file.moved(to: try MediaPath(MediaType.bootImagePath)),
            source: .content(file.path, of: ContentSource(contentID, onPoint: found.pointNumber)),
            place: found.point.location)
        do {
            return try result(
                image, id: id.description, version: contentID.version, wim: fetched.path,
                wimName: "\(contentID)/\(file.path)")
        } catch let error as any DiagnosticError where error.failureClass == .malformed {
            // A damaged library explains a damaged image better than the image does.
            let hashed = try environment.hash(fetched.path, phase: "checking the boot image")
            if hashed.sha256 != file.sha256 {
                throw MediaBuilderError(
                    .badContent, "\(image)",
                    "is damaged: \(fetched.path) has SHA-256 \(hashed.sha256), expected \(file.sha256)",
                    nextStep: "distribute the content again, then build again")
            }
            throw error
        }
    }

    private func result(
        _ image: PlannedFile, id: String, version: Int?, wim: FilePath, wimName: String
    ) throws -> Result {
        let bootImage = try BootImage(
            path: wim, interruption: environment.interruption, progress: environment.progress)
        if let edition = bootImage.properties.edition, !ImageProperties.isWindowsPE(edition) {
            throw MediaBuilderError(
                .badContent, "boot image \(id)",
                "is an operating system image (\(bootImage.name.isEmpty ? edition : bootImage.name), edition \(edition)):"
                    + " no computer starts task sequences from it",
                nextStep: "name a boot image, which is Windows PE, with \(.bootImage)")
        }
        let files = try bootImage.bootFiles(request.bootFileOptions)
        let generation = files.generation?.rawValue ?? "none"
        environment.logger.info(
            "boot image \(id), \(bootImage.architecture.rawValue): \(files.files.count) boot files, loaders \(generation)"
        )
        return Result(
            manifestEntry: MediaManifest.BootImage(
                id: id, version: version, architecture: bootImage.architecture.rawValue), image: image,
            imageIndex: bootImage.imageIndex, bootFiles: files, architecture: bootImage.architecture, wimName: wimName)
    }

    /// Throws when the boot image is too large for what the boot manager reads it from.
    ///
    /// In a folder or a WIM it is on its way to NTFS, as on a prestaged disk: the image's own warning says what is known.
    func checkSize(_ byteCount: Int64, _ object: String) throws(MediaBuilderError) {
        guard let problem = request.format.largeBootImageProblem, byteCount >= BootImage.byteCountLimit else { return }
        throw MediaBuilderError(
            .tooLarge, "\(object)", "has \(byteCount) bytes, 4 GiB or more, and \(problem)",
            nextStep: DiagnosticText(BootImage.wayToShrink))
    }

    private func notABootImage(_ id: PackageID, _ problem: DiagnosticText) -> MediaBuilderError {
        MediaBuilderError(
            .badContent, "package \(id)", "\(problem), and a boot image package holds one WIM",
            nextStep: "name a boot image package or a WIM file with \(.bootImage)")
    }
}

extension ImageProperties {
    /// Whether `edition` is that of a boot image, which Windows' recovery environment has too.
    static func isWindowsPE(_ edition: String) -> Bool { edition.lowercased() == "windowspe" }
}
