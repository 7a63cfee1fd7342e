// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import DistributionPoints
import Identifiers
import MediaFormat
import Support
import SystemPackage
import TaskSequence

/// Tells ahead of time what a client will find current in the cache of media, and what it will download.
///
/// Believes the manifest, which `verify` proves; media without one is read, and its files are compared.
public struct ContentComparer: Sendable {
    private let points: DistributionPointGroup
    private let interruption: Interruption
    private let progress: any ProgressObserver

    /// A comparer with what `points` have.
    public init(_ points: DistributionPointGroup, interruption: Interruption, progress: any ProgressObserver) {
        self.points = points
        self.interruption = interruption
        self.progress = progress
    }

    /// Compares the volumes at `paths`, which are of one set.
    ///
    /// - Parameter taskSequence: what it needs and the media does not hold is told as well.
    /// - Throws: errors of reading media, task sequence and libraries; `MediaFormatError` `.notMedia`.
    public func compare(_ paths: [FilePath], taskSequence: FilePath? = nil) throws -> ContentComparison {
        var entries: [ContentComparison.Entry] = []
        var first: (manifest: MediaManifest?, path: FilePath)?
        var seen: Set<CaseFoldedName> = []
        var unlisted: (any OpenedMedia)?
        func add(_ entry: ContentComparison.Entry) {
            if seen.insert(entry.id.caseFolded).inserted { entries.append(entry) }
        }
        for path in paths {
            let media = try MediaOpening.open(path)
            let manifest = try media.file(MediaManifest.path).map { file in
                try MediaManifest(
                    decoding: try media.contents(of: file, limit: MediaManifest.byteLimit), of: path.string)
            }
            if let first { try Self.requireSameSet(manifest, path, first.manifest, first.path) }
            first = first ?? (manifest, path)
            guard let manifest else {
                for entry in try compareFiles(of: media, path) { add(entry) }
                unlisted = media
                continue
            }
            let images = [HeldContent(manifest.bootImage), manifest.operatingSystemImage.map { HeldContent($0) }]
            for content in images.compactMap({ $0 }) + manifest.contents.map({ HeldContent($0, manifest) }) {
                try interruption.check()
                add(try compare(content))
            }
        }
        if let taskSequence {
            for entry in try needed(by: taskSequence, unlisted) { add(entry) }
        }
        return ContentComparison(mediaGuid: first?.manifest?.mediaGuid, contents: entries)
    }

    /// Makes sure that two volumes are of one set, which only their manifests can tell.
    private static func requireSameSet(
        _ manifest: MediaManifest?, _ path: FilePath, _ other: MediaManifest?, _ otherPath: FilePath
    ) throws(MediaFormatError) {
        let nextStep: DiagnosticText = "compare media one by one"
        guard let manifest, let other else {
            throw MediaFormatError(
                .notMedia, DiagnosticText((manifest == nil ? path : otherPath).string),
                "has no manifest, so that nobody can tell whether it is of one set with the others", nextStep: nextStep)
        }
        guard let difference = MediaSetMembership.difference(manifest, other) else { return }
        throw MediaFormatError(
            .notMedia, "\(path)", "\(difference), so it is not of one set with \(otherPath)", nextStep: nextStep)
    }

    // MARK: What a manifest tells

    private func compare(_ held: HeldContent) throws -> ContentComparison.Entry {
        let offer = try held.packageID.flatMap { try find($0) }.map { found in
            OfferedPackage(found.package, at: found.point.location) { id in
                try found.content(id, keepsRefused: true).content.contentHash
            } content: { id in
                try found.content(id, keepsRefused: true).content
            }
        }
        let standing = try held.standing(to: offer)
        return ContentComparison.Entry(
            id: held.id, version: held.version, status: standing.status,
            availableVersion: standing.available?.version, reason: standing.reason)
    }

    private func find(_ id: PackageID) throws -> DistributionPointGroup.FoundPackage? {
        do {
            return try points.package(id)
        } catch let error as any DiagnosticError where error.failureClass == .notFound {
            return nil
        }
    }

    // MARK: What files tell

    private func compareFiles(of media: any OpenedMedia, _ path: FilePath) throws -> [ContentComparison.Entry] {
        // What cannot be read any more may be what would be compared.
        if let damage = media.refusedNames.first(where: \.isDamage) {
            throw MediaFormatError(
                .verificationFailed, "\(path)", "is damaged: \(damage.object) \(damage.problem)",
                nextStep: "copy it again")
        }
        var contents: [CaseFoldedName: [MediaEntry]] = [:]
        var order: [CaseFoldedName] = []
        for file in media.files {
            guard let id = MediaType.contentFolder(of: file.path)?.caseFolded else { continue }
            if contents[id] == nil { order.append(id) }
            contents[id, default: []].append(file)
        }
        guard !order.isEmpty || media.file(MediaDataFile.bootstrap) != nil else {
            throw MediaFormatError(
                .notMedia, "\(path)", "is not task sequence media", nextStep: "name an .iso, a .wim or a folder")
        }
        return try order.map { try compare($0.description, contents[$0] ?? [], of: media) }
    }

    private func compare(
        _ id: String, _ files: [MediaEntry], of media: any OpenedMedia
    ) throws -> ContentComparison.Entry {
        func entry(
            _ status: ContentComparison.Status, _ available: Int? = nil, _ reason: String? = nil
        ) -> ContentComparison.Entry {
            // A folder of an application's content says its version; what needs it does not.
            let own = PackageID(id) == nil ? ContentID(id) : nil
            return .init(
                id: own?.base ?? id, version: own?.version, status: status, availableVersion: available, reason: reason)
        }
        guard let (content, location) = try content(ofFolder: id) else {
            return entry(.missing, nil, "no distribution point has it")
        }
        let version = content.id.version
        let differs = "\(location) has other files"
        guard files.count == content.files.count else { return entry(.outdated, version, differs) }
        let theirs = Dictionary(content.files.map { ($0.path.caseFolded, $0) }) { first, _ in first }
        let meter = ProgressMeter(
            phase: "comparing \(id)", totalByteCount: files.reduce(0) { $0 + $1.byteCount }, observer: progress)
        defer { meter.finish() }
        for file in files {
            // The folder of the content and the two above it.
            let name = file.path.components.dropFirst(3).joined(separator: "/").caseFolded
            guard let theirs = theirs[name], theirs.byteCount == file.byteCount else {
                return entry(.outdated, version, differs)
            }
            guard try digest(of: file, on: media, meter) == theirs.sha256 else {
                return entry(.outdated, version, differs)
            }
        }
        return entry(.current, version)
    }

    /// Compares the boot image that media starts with that of the task sequence, `id`.
    private func compareBootImage(
        _ id: PackageID, of media: any OpenedMedia
    ) throws -> ContentComparison.Entry {
        func entry(
            _ status: ContentComparison.Status, _ available: Int? = nil, _ reason: String? = nil
        ) -> ContentComparison.Entry {
            .init(id: id.description, version: nil, status: status, availableVersion: available, reason: reason)
        }
        guard let found = try find(id), let content = found.package.contentIDs.first else {
            return entry(.missing, nil, "no distribution point has it")
        }
        guard let file = media.file(MediaType.bootImagePath) else {
            return entry(.absent, content.version, "the media has no \(MediaType.bootImagePath)")
        }
        let meter = ProgressMeter(phase: "comparing \(id)", totalByteCount: file.byteCount, observer: progress)
        defer { meter.finish() }
        let digest = try digest(of: file, on: media, meter)
        let located = try found.content(content, keepsRefused: true)
        return located.content.files.contains { $0.sha256 == digest }
            ? entry(.current, content.version)
            : entry(
                .outdated, content.version,
                "\(located.point.location) has another boot image, or the media's was changed when it was made")
    }

    private func digest(
        of file: MediaEntry, on media: any OpenedMedia, _ meter: ProgressMeter
    ) throws -> SHA256Digest {
        let hash = SHA256()
        try media.read(file) { bytes in
            try interruption.check()
            hash.update(bytes)
            meter.advance(by: bytes.count)
        }
        return hash.finalize()
    }

    /// The content whose folder on media is `name`: that of a package by its ID, that of an application by its own.
    private func content(ofFolder name: String) throws -> (content: Content, location: String)? {
        if let id = PackageID(name) {
            guard let found = try find(id), let own = found.package.contentIDs.first else { return nil }
            let located = try found.content(own, keepsRefused: true)
            return (located.content, located.point.location)
        }
        guard let id = ContentID(name) else { return nil }
        for point in points.points {
            do {
                return (try point.content(id, keepsRefused: true), point.location)
            } catch let error as any DiagnosticError where error.failureClass == .notFound {
                continue
            }
        }
        return nil
    }

    // MARK: What a task sequence needs

    /// - Parameter unlisted: media without a manifest, which does not say what its boot image is.
    private func needed(by path: FilePath, _ unlisted: (any OpenedMedia)?) throws -> [ContentComparison.Entry] {
        let required = RequiredContent(of: try TaskSequenceFile.read(path).chosen(id: nil))
        var entries: [ContentComparison.Entry] = []
        if let unlisted, let id = required.bootImage?.packageID.flatMap({ PackageID($0) }) {
            entries.append(try compareBootImage(id, of: unlisted))
        }
        for item in required.items {
            guard let id = item.packageID.flatMap({ PackageID($0) }) else { continue }
            guard let found = try find(id) else {
                entries.append(
                    .init(
                        id: id.description, version: nil, status: .missing, availableVersion: nil,
                        reason: "no distribution point has it"))
                continue
            }
            for content in found.package.contentIDs {
                entries.append(
                    .init(
                        id: content.packageID == id ? id.description : content.base, version: nil, status: .absent,
                        availableVersion: content.version, reason: "the media does not hold it"))
            }
        }
        return entries
    }
}
