// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import DistributionPoints
import Identifiers
import Support
import SystemPackage
import WindowsImaging

/// Looks into the operating system image of prestaged media before anything is written.
struct OperatingSystemImagePlanner {
    let environment: BuildEnvironment

    /// What is known of the image.
    struct Result {
        /// What the user should know.
        let warnings: [String]
        /// The bytes that its files take when it is applied; nil when it does not say.
        let appliedByteCount: Int64?
        /// Its files, where they are wanted.
        let extracted: ExtractedImage?
    }

    /// Makes sure that the package of `wanted` holds an image of its number, which the boot image can start.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent`, `.missing`; errors of reading.
    func check(_ wanted: MediaNeeds.Image, bootArchitecture: String) throws -> Result {
        let id = wanted.id
        let found = try environment.locate(id, neededBy: "the request, as the operating system image")
        let packaged: PackagedImage
        switch try PackagedImage.search(found, endings: [".wim", ".esd"]) {
        case .found(let image): packaged = image
        case .none(let problem):
            throw MediaBuilderError(
                .badContent, "package \(id)", "\(problem), and an operating system image package holds one WIM",
                nextStep: "name an operating system image package with \(.operatingSystemImage)")
        }
        let fetched = try packaged.fetch()
        do {
            let image = try WindowsImage(path: fetched.path)
            let properties = try image.properties(ofImage: wanted.index)
            if let edition = properties.edition, ImageProperties.isWindowsPE(edition) {
                throw MediaBuilderError(
                    .badContent, "operating system image \(id)",
                    "is a boot image (\(properties.name)), which is not applied to a disk",
                    nextStep: "name an operating system image package with \(.operatingSystemImage)")
            }
            let total = properties.totalByteCount.map { $0 - min($0, max(0, properties.hardLinkByteCount ?? 0)) }
            var warnings = try compare(properties, bootArchitecture, id)
            guard wanted.isExtracted else {
                return Result(warnings: warnings, appliedByteCount: total, extracted: nil)
            }
            let otherCount = packaged.content.files.count - 1
            if otherCount > 0 {
                warnings.append(
                    "package \(id) has \(otherCount) files besides \(packaged.file.path), and they are not on the"
                        + " media: an extracted image is one WIM alone")
            }
            let extracted = ExtractedImage(
                id: id, version: packaged.contentID.version, contentHash: packaged.content.contentHash,
                index: wanted.index, file: packaged.planned(at: packaged.file.path), identity: fetched.identity,
                tree: try WindowsImageTree(image, index: wanted.index))
            return Result(warnings: warnings, appliedByteCount: total, extracted: extracted)
        } catch let error as WindowsImagingError {
            throw try explain(error, wanted, fetched)
        }
    }

    /// What the user should know of a boot image beside the images that a task sequence applies, when none of these is for
    /// its architecture.
    ///
    /// Looks at images that lie on this computer only: nothing is transferred for it. An image that cannot be read is told
    /// where it is used.
    func warnings(of packages: [MediaNeeds.Package], bootArchitecture: String) throws -> [DiagnosticText] {
        var warnings: [DiagnosticText] = []
        for package in packages where package.use == .operatingSystemImage {
            try environment.interruption.check()
            guard let images = try localImages(of: package), !images.isEmpty,
                images.allSatisfy({ $0.architecture != nil })
            else { return [] }
            guard !images.contains(where: { $0.architecture?.rawValue == bootArchitecture }) else { return [] }
            do {
                warnings += try compare(images[0], bootArchitecture, package.id).map { DiagnosticText($0) }
            } catch let error as MediaBuilderError {
                // The task sequence may have another way: a warning, where the request itself is not contradicted.
                warnings.append(error.text)
            }
        }
        return warnings
    }

    /// Refuses a task sequence that applies an image which its package does not have.
    ///
    /// Looks at images that lie on this computer only, as ``warnings(of:bootArchitecture:)`` does.
    ///
    /// - Throws: ``MediaBuilderError`` `.missing`.
    func checkNumbers(in packages: [MediaNeeds.Package]) throws {
        for package in packages where package.use == .operatingSystemImage && !package.imageUses.isEmpty {
            try environment.interruption.check()
            guard let images = try localImages(of: package) else { continue }
            for use in package.imageUses {
                guard let index = use.imageIndex, index > images.count else { continue }
                let count = images.count == 1 ? "one image" : "\(images.count) images"
                throw MediaBuilderError(
                    .missing, "operating system image \(package.id), image \(index),",
                    "is not there: its WIM has \(count), and step '\(use.pathDescription)' of task sequence"
                        + " '\(use.taskSequenceName)' applies that one",
                    nextStep: "choose an image that it has in the step, and export the task sequence again")
            }
        }
    }

    /// The images of a package on this computer; nil when it has none, or none that can be read.
    private func localImages(of package: MediaNeeds.Package) throws -> [ImageProperties]? {
        let found = try environment.locate(package.id, neededBy: package.reason)
        guard case .found(let packaged) = try PackagedImage.search(found, endings: [".wim"]) else { return nil }
        let path: FilePath
        switch try packaged.point.source(of: packaged.file.file, in: packaged.contentID) {
        case .file(let local), .verifiedFile(let local, _): path = local
        default: return nil
        }
        guard let image = try? WindowsImage(path: path), image.imageCount > 0 else { return nil }
        return try? (1...image.imageCount).map { try image.properties(ofImage: $0) }
    }

    /// A damaged library explains a damaged image better than the image does.
    private func explain(
        _ error: WindowsImagingError, _ wanted: MediaNeeds.Image, _ fetched: FetchedFile
    ) throws -> MediaBuilderError {
        let name = "operating system image \(wanted.id)"
        if error.code == .imageNotFound {
            return MediaBuilderError(
                .missing, "\(name), image \(wanted.index),", error.problem,
                nextStep: "\(error.nextStep ?? "see which images it has") with \(.operatingSystemImageIndex)")
        }
        try environment.prove(
            fetched.path, has: fetched.sha256, as: DiagnosticText(name), phase: "checking the operating system image")
        return MediaBuilderError(
            .badContent, DiagnosticText(name), "\(error.object) \(error.problem)", nextStep: error.nextStep)
    }

    /// x64 computers start x86 and x64 images, and arm64 ones their own only (docs/formats/media.md section 2).
    private func compare(_ image: ImageProperties, _ boot: String, _ id: PackageID) throws -> [String] {
        let name = "operating system image \(id), image \(image.index),"
        guard let architecture = image.architecture?.rawValue else {
            return [
                "\(name) does not say for which architecture it is: check that boot image and image belong together"
            ]
        }
        guard architecture != boot else { return [] }
        let arm = Architecture.arm64.rawValue
        guard architecture != arm, boot != arm else {
            throw MediaBuilderError(
                .badContent, "\(name)", "is for \(architecture), and the boot image for \(boot): no computer runs both",
                nextStep: "use a boot image for \(architecture)")
        }
        return [
            boot == Architecture.x86.rawValue
                ? "\(name) is for x64 and the boot image for x86: that works on computers with BIOS only, since 64-bit"
                    + " UEFI starts no x86 boot image; use an x64 boot image"
                : "\(name) is for x86 and the boot image for x64: computers without a 64-bit processor will not start;"
                    + " use an x86 boot image for them"
        ]
    }
}
