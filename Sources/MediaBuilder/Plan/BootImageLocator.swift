// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import Identifiers
import Support

/// Finds the WIM of a boot image package.
struct BootImageLocator {
    let environment: BuildEnvironment

    /// Finds the WIM of package `id`.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` when it does not hold one WIM; errors of reading.
    func find(_ id: PackageID) throws -> PackagedImage {
        switch try PackagedImage.search(try environment.distributionPoints.package(id), endings: [".wim"]) {
        case .found(let image): return image
        case .none(let problem):
            throw MediaBuilderError(
                .badContent, "package \(id)", "\(problem), and a boot image package holds one WIM",
                nextStep: "name a boot image package, or a WIM file")
        }
    }

    /// Runs `body` on the local file `fetched` of `image`, which is `object` in errors: a damaged library explains a damaged
    /// image better than the image does.
    func explainingDamage<Result>(
        of object: String, _ image: PackagedImage, _ fetched: FetchedFile, _ body: () throws -> Result
    ) throws -> Result {
        do { return try body() } catch let error as any DiagnosticError where error.failureClass == .malformed {
            try environment.prove(
                fetched.path, has: image.file.sha256, as: "\(object)", phase: "checking the boot image")
            throw error
        }
    }
}
