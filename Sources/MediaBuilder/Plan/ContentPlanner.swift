// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import DistributionPoints
import Identifiers
import Support

/// Lists the contents of packages and places them on the media.
struct ContentPlanner {
    let environment: BuildEnvironment
    /// The folder that holds a folder for each content.
    let root: String

    /// Adds every content of package `id` to `assembly`; `reason` says in errors why it is needed.
    ///
    /// - Returns: warnings of the library about the contents.
    func add(
        _ id: PackageID, neededBy reason: String, use: ContentUse, to assembly: inout PlanAssembly
    ) throws -> [String] {
        let found = try environment.locate(id, neededBy: reason)
        var warnings: [String] = []
        for contentID in found.package.contentIDs {
            let located = try found.content(contentID)
            let content = located.content
            let folder = try folder(for: contentID, of: id)
            let source = ContentSource(contentID, onPoint: located.pointNumber)
            assembly.reserve(content.files.count)
            for file in content.files {
                try assembly.add(
                    PlannedFile(
                        file.file.moved(to: file.path.inside(folder)), source: .content(file.path, of: source),
                        place: located.point.location))
            }
            assembly.add(
                PlannedContent(
                    id: contentID.packageID == id ? id.description : contentID.base, packageID: id,
                    version: contentID.version,
                    contentHash: content.contentHash, folder: folder, isOfApplication: contentID.packageID != id,
                    use: use,
                    fileCount: content.files.count, byteCount: content.byteCount),
                folders: content.folders.map { $0.inside(folder) })
            warnings += content.warnings
            environment.logger.info(
                "\(contentID) on \(located.point.location): \(content.files.count) files, \(content.byteCount) bytes")
        }
        return warnings
    }

    /// Where `content` lies, or would lie, below ``root``; nil when its ID is no name.
    func folder(of content: PlannedContent) -> MediaPath? { try? MediaPath("\(root)/\(content.folder.name)") }

    /// A package's content lies under its ID (docs/formats/media.md section 2).
    ///
    /// The contents of an application, of which there may be several with files of one name, lie under their content
    /// IDs: inferred, a decision of ours.
    private func folder(for content: ContentID, of package: PackageID) throws(MediaPathError) -> MediaPath {
        try MediaPath("\(root)/\(content.packageID == package ? package.description : content.description)")
    }
}

extension BuildEnvironment {
    /// The package `id` on the distribution point that is used for it; `reason` says in errors why it is needed.
    ///
    /// - Throws: ``MediaBuilderError`` `.missing`; errors of reading.
    func locate(_ id: PackageID, neededBy reason: String) throws -> DistributionPointGroup.FoundPackage {
        do {
            return try distributionPoints.package(id)
        } catch let error as any DiagnosticError where error.saysContentIsMissing {
            throw MediaBuilderError(
                .missing, error.object, "\(error.problem) (needed by \(reason))", nextStep: error.nextStep)
        }
    }
}
