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
        /// These, as files of the media.
        let plannedBootFiles: [PlannedFile]
        /// The architecture of Windows PE in it.
        let architecture: Architecture
        /// What its drivers serve.
        let drivers: BootImageDrivers
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
        let locator = BootImageLocator(environment: environment)
        let found = try locator.find(id)
        try checkSize(found.file.byteCount, "file \(found.file.path) of \(found.contentID)")
        let fetched = try found.fetch()
        let image = found.planned(at: try MediaPath(MediaType.bootImagePath))
        return try locator.explainingDamage(of: "\(image)", found, fetched) {
            try result(
                image, id: id.description, version: found.contentID.version, wim: fetched.path, wimName: found.name)
        }
    }

    private func result(
        _ image: PlannedFile, id: String, version: Int?, wim: FilePath, wimName: String
    ) throws -> Result {
        let opened = try environment.bootImages.opened(
            BootImageMemory.Question(
                path: wim, identity: try FileIdentity(of: wim), id: id, options: request.bootFileOptions,
                hardware: request.hardware)
        ) {
            try open(wim, id, wimName)
        }
        let generation = opened.files.generation?.rawValue ?? "none"
        environment.logger.info(
            "boot image \(id), \(opened.architecture.rawValue): \(opened.files.files.count) boot files, loaders \(generation)"
        )
        return Result(
            manifestEntry: MediaManifest.BootImage(
                id: id, version: version, architecture: opened.architecture.rawValue), image: image,
            imageIndex: opened.imageIndex, bootFiles: opened.files, plannedBootFiles: opened.planned,
            architecture: opened.architecture,
            drivers: opened.drivers)
    }

    /// Looks into the boot image `wim`, which is called `id`.
    private func open(_ wim: FilePath, _ id: String, _ wimName: String) throws -> BootImageMemory.Opened {
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
        return BootImageMemory.Opened(
            files: files, architecture: bootImage.architecture,
            imageIndex: bootImage.imageIndex,
            drivers: try BootImageDrivers(
                of: bootImage, title: "boot image \(id)", hardware: request.hardware,
                interruption: environment.interruption),
            planned: files.files.map { file in
                PlannedFile(
                    generated: file.contents, at: file.path, modified: file.modified,
                    origin: "\(wimName):\(file.origin)")
            })
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
}

extension ImageProperties {
    /// Whether `edition` is that of a boot image, which Windows' recovery environment has too.
    static func isWindowsPE(_ edition: String) -> Bool { edition.lowercased() == "windowspe" }
}
