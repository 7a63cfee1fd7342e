// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The files and folders of media that are extracted.
struct ExtractionSelection {
    /// The files, each path once, in the order of the media.
    private(set) var files: [MediaEntry] = []
    /// The folders, those above first.
    private(set) var folders: [MediaFolder] = []
    /// What is not extracted, although it was asked for.
    private(set) var leftOut: [MediaExtraction.LeftOut] = []
    /// Names that no path can have, among what was asked for; links too.
    let refused: [MediaPathError]
    /// Whether a path is among what was asked for.
    let isChosen: (_ path: String) -> Bool

    /// What `choice` names of `media`, which is called `name` in messages.
    ///
    /// - Throws: ``ExtractionError`` `.notFound`.
    init(_ choice: ExtractionChoice, of media: any OpenedMedia, named name: String) throws(ExtractionError) {
        let allFolders = media.folders
        func names() -> [String] {
            media.files.map(\.path.description) + allFolders.map(\.path.description)
                + media.refusedNames.map(\.name)
        }
        let all = choice.paths.isEmpty && choice.skipped.isEmpty ? [] : names()
        func set(_ paths: [String]) throws(ExtractionError) -> PathSet {
            var set = PathSet()
            for path in paths where !set.add(path, from: all) {
                // What is called so beside us may be meant.
                let isOther = (try? Stat(FilePath(path)).type) != nil
                throw ExtractionError(
                    .notFound, "'\(path)'", "is not on \(name)",
                    nextStep: isOther
                        ? "extract other media in a run of its own: each run reads one"
                        : "look at what is there with \(.list)")
            }
            return set
        }
        let (chosen, skipped) = (try set(choice.paths), try set(choice.skipped))
        let isChosen = { path in (chosen.isEmpty || chosen.contains(path)) && !skipped.contains(path) }
        self.isChosen = isChosen
        refused = media.refusedNames.filter { isChosen($0.name) }
        leftOut = refused.filter(\.isLink).map { .init($0) }
        if choice.paths.isEmpty {
            leftOut += (0..<min(media.furtherImageCount, Self.namedImageCount)).map {
                .init(path: "image \($0 + 2)", reason: "is not the first image of the archive, whose files these are")
            }
        }
        take(media.files, allFolders)
    }

    /// No archive has more images that anybody asks for.
    private static let namedImageCount = 1_000

    /// Refuses names that would not stay in the folder that they are extracted to, or that Windows could not have, of the
    /// media that is called `name` in messages, and what is damaged.
    ///
    /// - Throws: ``ExtractionError`` `.unsuitableName`, `.damaged`.
    func requireSuitableNames(on name: String) throws(ExtractionError) {
        guard let first = refused.first(where: { !$0.isLink }) else { return }
        let otherCount = refused.count { !$0.isLink } - 1
        let others = otherCount > 0 ? "; so it is with \(otherCount) more" : ""
        throw ExtractionError(
            first.isDamage ? .damaged : .unsuitableName, "'\(first.name)' on \(name)",
            "cannot be extracted: \(first.statement)\(others)",
            nextStep: first.isDamage
                ? first.name == "/"
                    ? "copy the media again, or name what of it to extract"
                    : "copy the media again, or leave out what is damaged with \(.skip, first.name)"
                : "leave it out with \(.skip, first.name), or the folder that it is in")
    }

    private mutating func take(_ all: [MediaEntry], _ allFolders: [MediaFolder]) {
        var places: [MediaPath: MediaFolder] = [:]
        for folder in allFolders where isChosen(folder.path.description) {
            if places[folder.path] == nil { places[folder.path] = folder }
        }
        var known: Set<MediaPath> = []
        files.reserveCapacity(all.count)
        for file in all where isChosen(file.path.description) {
            guard places[file.path] == nil, known.insert(file.path).inserted else {
                leftOut.append(.init(path: file.path.description, reason: "has the name of another file or folder"))
                continue
            }
            files.append(file)
        }
        // The folders above, which may not have been asked for; nothing can lie in a file.
        let times = Dictionary(allFolders.map { ($0.path, $0.modified) }) { first, _ in first }
        for path in Array(places.keys) + files.map(\.path) {
            var above = path.parent
            while let folder = above, places[folder] == nil {
                places[folder] = MediaFolder(path: folder, modified: times[folder] ?? nil)
                above = folder.parent
            }
        }
        folders = places.values.sorted { $0.path < $1.path }
        let inFiles = files.filter { places[$0.path] != nil }
        guard !inFiles.isEmpty else { return }
        files.removeAll { places[$0.path] != nil }
        leftOut += inFiles.map { .init(path: $0.path.description, reason: "has the name of a folder") }
    }
}
