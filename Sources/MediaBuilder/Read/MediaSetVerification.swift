// SPDX-License-Identifier: GPL-3.0-or-later

/// A volume that was compared with its manifest.
struct CheckedVolume {
    let verification: MediaVerification
    let manifest: MediaManifest
}

/// What verification found about several volumes: about each, and whether together they are one whole set.
public struct MediaSetVerification: Sendable, Equatable, Encodable {
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
    /// What was found about each volume, in the order in which they were given.
    public let volumes: [MediaVerification]
    /// The numbers of the volumes that were not given.
    public let missing: [Int]
    /// The volumes that are of another set, or were given before.
    public let foreign: [Foreign]
    /// The contents whose files are not all there, although every volume is; never on media that tsmedia made.
    public let incomplete: [String]
    /// True when every volume is there and intact, and no other.
    public let isComplete: Bool

    init(_ checked: [CheckedVolume]) {
        precondition(!checked.isEmpty, "a set has a volume")
        let reference = Self.reference(checked).manifest
        var foreign: [Foreign] = []
        var members: [Int: CheckedVolume] = [:]
        for volume in checked {
            let name = volume.verification.media
            if let reason = Self.difference(volume.manifest, reference) {
                foreign.append(Foreign(media: name, reason: reason))
            } else if let other = members[volume.manifest.volume] {
                let reason = "is volume \(volume.manifest.volume), as \(other.verification.media) is"
                foreign.append(Foreign(media: name, reason: reason))
            } else {
                members[volume.manifest.volume] = volume
            }
        }
        mediaGuid = reference.mediaGuid
        volumeCount = reference.volumeCount
        volumes = checked.map(\.verification)
        self.foreign = foreign
        missing = (1...max(1, reference.volumeCount)).filter { members[$0] == nil }
        incomplete = missing.isEmpty ? Self.incomplete(reference, members) : []
        isComplete = missing.isEmpty && foreign.isEmpty && incomplete.isEmpty && volumes.allSatisfy(\.isIntact)
    }

    /// A volume of the set that most volumes are of; of the first one given when several sets have as many.
    private static func reference(_ checked: [CheckedVolume]) -> CheckedVolume {
        var best = (checked[0], 0)
        for candidate in checked {
            let count = checked.count { difference($0.manifest, candidate.manifest) == nil }
            if count > best.1 { best = (candidate, count) }
        }
        return best.0
    }

    /// Why `volume` and `other` are not of one set; nil when they are.
    private static func difference(_ volume: MediaManifest, _ other: MediaManifest) -> String? {
        if volume.mediaGuid != other.mediaGuid { return "has media GUID \(volume.mediaGuid), not \(other.mediaGuid)" }
        if volume.volumeCount != other.volumeCount {
            return "is of a set of \(volume.volumeCount) volumes, not \(other.volumeCount)"
        }
        guard (1...max(1, volume.volumeCount)).contains(volume.volume) else {
            return "claims to be volume \(volume.volume) of \(volume.volumeCount)"
        }
        if volume.mediaType != other.mediaType { return "is other media: \(volume.mediaType.rawValue)" }
        if volume.contents != other.contents { return "is of another build: its list of contents differs" }
        if volume.bootImage != other.bootImage || volume.taskSequence != other.taskSequence {
            return "is of another build: its boot image or task sequence differs"
        }
        return nil
    }

    /// The contents that have fewer or more files on the volumes than the manifests say, or lie on other volumes.
    private static func incomplete(_ manifest: MediaManifest, _ members: [Int: CheckedVolume]) -> [String] {
        manifest.contents.filter { content in
            let prefix = content.folder.caseFolded + "/"
            let counts = members.mapValues { member in
                member.manifest.files.count { $0.path.caseFolded.hasPrefix(prefix) }
            }
            let sum = counts.values.reduce(0, +)
            return content.fileCount.map { $0 != sum } ?? false
                || counts.contains { $0.value > 0 && !content.volumes.contains($0.key) }
        }.map(\.id)
    }
}
