// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Which of several volumes are one set, and what the set lacks: told by their manifests alone.
public struct MediaSetMembership: Sendable, Equatable, Encodable {
    /// A volume that does not belong to the set of the others.
    public struct Foreign: Sendable, Equatable, Encodable {
        /// The media.
        public let media: String
        /// Why it does not belong to it, in words.
        public let reason: String
    }

    /// The media GUID of the set.
    public let mediaGuid: String
    /// How many volumes the set has.
    public let volumeCount: Int
    /// The numbers of the volumes that were not given.
    public let missing: [Int]
    /// The volumes that are of another set, or were given before.
    public let foreign: [Foreign]
    /// The contents whose files are not all there, although every volume is; never on media that tsmedia made.
    public let incomplete: [String]

    /// True when every volume is there, and no other.
    public var isComplete: Bool { missing.isEmpty && foreign.isEmpty && incomplete.isEmpty }

    /// Compares the manifests of `volumes`; the set is the one that most of them are of.
    package init(_ volumes: [(media: String, manifest: MediaManifest)]) {
        precondition(!volumes.isEmpty, "a set has a volume")
        let reference = Self.reference(volumes.map(\.manifest))
        var foreign: [Foreign] = []
        var members: [Int: (media: String, manifest: MediaManifest)] = [:]
        for volume in volumes {
            if let reason = Self.difference(volume.manifest, reference) {
                foreign.append(Foreign(media: volume.media, reason: reason))
            } else if let other = members[volume.manifest.volume] {
                let reason = "is volume \(volume.manifest.volume), as \(other.media) is"
                foreign.append(Foreign(media: volume.media, reason: reason))
            } else {
                members[volume.manifest.volume] = volume
            }
        }
        mediaGuid = reference.mediaGuid
        volumeCount = reference.volumeCount
        self.foreign = foreign
        missing = (1...reference.volumeCount).filter { members[$0] == nil }
        incomplete = missing.isEmpty ? Self.incomplete(reference, members.mapValues(\.manifest)) : []
    }

    /// A volume of the set that most volumes are of; of the first one given when several sets have as many.
    private static func reference(_ manifests: [MediaManifest]) -> MediaManifest {
        var best = (manifests[0], 0)
        for candidate in manifests {
            let count = manifests.count { difference($0, candidate) == nil }
            if count > best.1 { best = (candidate, count) }
        }
        return best.0
    }

    /// Why `volume` and `other` are not of one set; nil when they are.
    ///
    /// - Parameter areOfOneForm: whether both are discs, or both drives: then their variables are the same too, which say as
    ///   what the media was made.
    package static func difference(
        _ volume: MediaManifest, _ other: MediaManifest, areOfOneForm: Bool = false
    ) -> String? {
        if volume.mediaGuid != other.mediaGuid { return "has media GUID \(volume.mediaGuid), not \(other.mediaGuid)" }
        if volume.volumeCount != other.volumeCount {
            return "is of a set of \(volume.volumeCount) volumes, not \(other.volumeCount)"
        }
        if volume.mediaType != other.mediaType { return "is other media: \(volume.mediaType.rawValue)" }
        if volume.contents != other.contents { return "is of another build: its list of contents differs" }
        if volume.bootImage != other.bootImage || volume.taskSequence != other.taskSequence {
            return "is of another build: its boot image or task sequence differs"
        }
        if volume.volume == other.volume, differ(volume, other, areOfOneForm: areOfOneForm) {
            return "is of another build: its files differ"
        }
        return nil
    }

    /// Whether the files of two volumes are not those of one build.
    ///
    /// The same request written as a disc and as a drive is one build: what starts them and how large images are divided is
    /// another matter for each, and nothing else is.
    private static func differ(
        _ volume: MediaManifest, _ other: MediaManifest, areOfOneForm: Bool
    ) -> Bool {
        if let key = volume.buildKey, key == other.buildKey { return false }
        func isOfFormat(_ path: MediaPath) -> Bool {
            let name = path.components.last?.lowercased() ?? ""
            let isOfMedia = ["sms", "sources"].contains(path.components.first?.lowercased())
            return !isOfMedia || name.hasSuffix(".wim") || name.hasSuffix(".swm")
        }
        var others: [CaseFoldedName: MediaManifest.File] = [:]
        for file in other.files { others[file.path.caseFolded] = file }
        for file in volume.files {
            guard let twin = others.removeValue(forKey: file.path.caseFolded) else {
                guard isOfFormat(file.path) else { return true }
                continue
            }
            if twin.sha256 != file.sha256, areOfOneForm || file.path.caseFolded != variables { return true }
        }
        return !others.values.allSatisfy { isOfFormat($0.path) }
    }

    private static let variables = MediaDataFile.variables.caseFolded

    /// The contents that have fewer or more files on the volumes than the manifests say, or lie on other volumes.
    private static func incomplete(_ manifest: MediaManifest, _ members: [Int: MediaManifest]) -> [String] {
        manifest.contents.filter { content in
            let counts = members.mapValues { member in member.files.count { content.folder.contains($0.path) } }
            return content.fileCount.map { $0 != counts.values.reduce(0, +) } ?? false
                || counts.contains { $0.value > 0 && !content.volumes.contains($0.key) }
        }.map(\.id)
    }
}
