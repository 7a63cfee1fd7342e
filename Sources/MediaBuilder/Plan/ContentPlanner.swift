// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import DistributionPoints
import Identifiers
import MediaFormat
import Support

/// Lists the contents of packages and places them on the media.
struct ContentPlanner {
    let environment: BuildEnvironment
    /// The folder that holds a folder for each content.
    let root: String
    /// What the output holds.
    let limits: PathLimits
    /// What is left out of what it does not hold.
    let skipped: SkippedNames

    /// Adds every content of package `id` to `assembly`; `reason` says in errors why it is needed.
    ///
    /// - Parameter used: gets the numbers of the names of ``skipped`` by which something was left out.
    /// - Returns: warnings of the library about the contents, and what was left out of them.
    /// - Throws: ``MediaBuilderError`` for what is not there, and `.badContent` for a name that no media holds and that is not
    ///   left out; errors of reading.
    func add(
        _ id: PackageID, neededBy reason: String, use: ContentUse, to assembly: inout PlanAssembly,
        used: inout Set<Int>
    ) throws -> [String] {
        let found = try environment.locate(id, neededBy: reason)
        var warnings: [String] = []
        for contentID in found.package.contentIDs {
            let located =
                try environment.contents?.content(contentID, of: found)
                ?? found.content(contentID, keepsRefused: true)
            let content = located.content
            let folder = try folder(for: contentID, of: id)
            let source = ContentSource(contentID, onPoint: located.pointNumber)
            var leftOut = LeftOut(skipped, in: folder)
            try leftOut.requireSkipped(content.refused)
            assembly.reserve(content.files.count)
            var (fileCount, byteCount) = (0, Int64(0))
            for file in content.files {
                let path = file.path.inside(folder)
                if let problem = limits.problem(of: path), leftOut.skips(file.path, problem) { continue }
                try assembly.add(
                    PlannedFile(
                        file.file.moved(to: path), source: .content(file.path, of: source),
                        place: located.point.location))
                fileCount += 1
                byteCount += file.byteCount
            }
            let folders = content.folders.filter { path in
                guard let problem = limits.problem(of: path.inside(folder)) else { return true }
                return !leftOut.skips(path, problem)
            }
            used.formUnion(leftOut.used)
            assembly.add(
                PlannedContent(
                    id: contentID.packageID == id ? id.description : contentID.base, packageID: id,
                    version: contentID.version,
                    contentHash: content.contentHash, folder: folder, isOfApplication: contentID.packageID != id,
                    use: use,
                    fileCount: fileCount, byteCount: byteCount, leftOut: leftOut.paths),
                folders: folders.map { $0.inside(folder) })
            warnings += content.warnings + leftOut.warnings(contentID)
            environment.logger.info(
                "\(contentID) on \(located.point.location): \(fileCount) files, \(byteCount) bytes")
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

/// What is left out of a content: names that people gave, and that the output does not hold.
private struct LeftOut {
    private let skipped: SkippedNames
    /// What the content is called on the media, for names that begin with it.
    private let name: String
    /// The numbers of the names by which something was left out.
    private(set) var used: Set<Int> = []
    /// What was left out, in the order in which it was met.
    private var members: [(path: String, problem: DiagnosticText)] = []
    var paths: [String] { members.map(\.path) }

    /// More are counted and not named.
    private static let namedCount = 10

    init(_ skipped: SkippedNames, in folder: MediaPath) {
        self.skipped = skipped
        name = folder.name
    }

    /// Leaves out the file or folder at `path` of the content, which `problem` keeps from the output, where that is asked for.
    mutating func skips(_ path: MediaPath, _ problem: DiagnosticText) -> Bool {
        guard let index = skipped.index(of: "\(name)/\(path)") else { return false }
        used.insert(index)
        members.append((path.description, problem))
        return true
    }

    /// Leaves `members` out.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` where that is not asked for of all of them.
    mutating func requireSkipped(_ members: [RefusedMember]) throws(MediaBuilderError) {
        var kept: [RefusedMember] = []
        for member in members where !skips(member.path, member.problem) { kept.append(member) }
        guard let first = kept.first else { return }
        let others = kept.dropFirst().prefix(Self.namedCount).map { "\(.skip, "\(name)/\($0.path)")" as DiagnosticText }
        let more = kept.count - 1 - others.count
        let rest: DiagnosticText =
            others.isEmpty
            ? "" : "; so it is with \(others.joined(separator: ", "))\(more > 0 ? ", and \(more) more" : "")"
        throw MediaBuilderError(
            .badContent, first.error.object, first.error.problem,
            nextStep:
                "give it another name at its source, or leave it out with \(.skip, "\(name)/\(first.path)")\(rest)")
    }

    /// What was left out, in a sentence; nothing where nothing was.
    func warnings(_ id: ContentID) -> [String] {
        guard !members.isEmpty else { return [] }
        let named = members.prefix(Self.namedCount).map { "'\($0.path.prefix(200))', which \($0.problem.description)" }
        let others = members.count > named.count ? ", and \(members.count - named.count) more" : ""
        return [
            "\(id.noun): left out on request: \(named.joined(separator: "; "))\(others); what looks at its content hash misses them"
        ]
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
