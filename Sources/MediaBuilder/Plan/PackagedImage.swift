// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import DistributionPoints
import Identifiers
import Support

/// The WIM of an image package, which holds one and nothing else of its kind.
struct PackagedImage {
    let point: DistributionPointSession
    let pointNumber: Int
    let contentID: ContentID
    let content: Content
    let file: ContentFile

    /// What a package was found to hold.
    enum Search {
        /// One WIM.
        case found(PackagedImage)
        /// Something else: what is wrong with it.
        case none(DiagnosticText)
    }

    /// Looks for the one file of `package` whose name has one of `endings`, in lower case.
    ///
    /// - Throws: errors of reading.
    static func search(_ package: DistributionPointGroup.FoundPackage, endings: [String]) throws -> Search {
        let ids = package.package.contentIDs
        guard let contentID = ids.first, ids.count == 1 else { return .none("has \(ids.count) contents") }
        let located = try package.content(contentID)
        let content = located.content
        let images = content.files.filter { file in endings.contains { file.path.name.lowercased().hasSuffix($0) } }
        guard let file = images.first, images.count == 1 else { return .none("holds \(images.count) WIM files") }
        return .found(
            PackagedImage(
                point: located.point, pointNumber: located.pointNumber, contentID: contentID, content: content,
                file: file))
    }

    /// What it is called in messages.
    var name: String { "\(contentID)/\(file.path)" }

    /// A local file with its bytes.
    func fetch() throws -> FetchedFile { try point.fetch(file.file, of: contentID) }

    /// The WIM as a file of the media, at `path`.
    func planned(at path: MediaPath) -> PlannedFile {
        PlannedFile(
            file.file.moved(to: path),
            source: .content(file.path, of: ContentSource(contentID, onPoint: pointNumber)), place: point.location)
    }
}
