// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import DistributionPoints
import Identifiers
import Support
import SystemPackage

/// Finds the WIM of a boot image package.
struct BootImageLocator {
    let environment: BuildEnvironment

    /// The WIM of a boot image package, which nobody asked for yet.
    struct PackagedImage {
        let point: DistributionPointSession
        let pointNumber: Int
        let contentID: ContentID
        let file: ContentFile

        /// What it is called in messages.
        var name: String { "\(contentID)/\(file.path)" }
        /// A local file with its bytes.
        func fetch() throws -> FetchedFile { try point.fetch(file.file, of: contentID) }
    }

    /// Finds the WIM of package `id`.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` when it does not hold one WIM; errors of reading.
    func find(_ id: PackageID) throws -> PackagedImage {
        let found = try environment.distributionPoints.package(id)
        guard let contentID = found.package.contentIDs.first, found.package.contentIDs.count == 1 else {
            throw notABootImage(id, "has \(found.package.contentIDs.count) contents")
        }
        let images = try found.point.content(contentID).files.filter { $0.path.name.lowercased().hasSuffix(".wim") }
        guard let file = images.first, images.count == 1 else {
            throw notABootImage(id, "holds \(images.count) WIM files")
        }
        return PackagedImage(point: found.point, pointNumber: found.pointNumber, contentID: contentID, file: file)
    }

    /// Runs `body` on the local file `fetched` of `image`, which is `object` in errors: a damaged library explains a damaged
    /// image better than the image does.
    func explainingDamage<Result>(
        of object: String, _ image: PackagedImage, _ fetched: FetchedFile, _ body: () throws -> Result
    ) throws -> Result {
        do { return try body() } catch let error as any DiagnosticError where error.failureClass == .malformed {
            let hashed = try environment.hash(fetched.path, phase: "checking the boot image")
            guard hashed.sha256 != image.file.sha256 else { throw error }
            throw MediaBuilderError(
                .badContent, "\(object)",
                "is damaged: \(fetched.path) has SHA-256 \(hashed.sha256), expected \(image.file.sha256)",
                nextStep: "distribute the content again, then build again")
        }
    }

    private func notABootImage(_ id: PackageID, _ problem: DiagnosticText) -> MediaBuilderError {
        MediaBuilderError(
            .badContent, "package \(id)", "\(problem), and a boot image package holds one WIM",
            nextStep: "name a boot image package, or a WIM file")
    }
}
