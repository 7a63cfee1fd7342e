// SPDX-License-Identifier: GPL-3.0-or-later

/// What several media are to each other, told by their manifests alone.
public struct MediaRelation: Sendable, Equatable {
    /// What they are.
    public enum Kind: String, Sendable, Encodable {
        /// Volumes of one set.
        case set
        /// The same media several times.
        case copies
        /// Media that have nothing to do with each other.
        case separate
    }

    /// Media of one build: the volumes of a set, each of them once or several times.
    public struct Group: Sendable, Equatable, Encodable {
        /// The media, in the order in which they were given.
        public let media: [String]
        /// The media GUID.
        public let mediaGuid: String
        /// How many volumes the set has; 1 for media of one volume.
        public let volumeCount: Int
        /// The numbers of the volumes that were not given.
        public let missing: [Int]
        /// The contents whose files are not all there, although every volume is.
        public let incomplete: [String]

        /// True when every volume is there.
        public var isComplete: Bool { missing.isEmpty && incomplete.isEmpty }
    }

    /// What they are.
    public let kind: Kind
    /// The media of each build, the build of most media first.
    public let groups: [Group]
    /// Media with the GUID of others that are of another build than these, and why: one of them is out of date.
    public let foreign: [MediaSetMembership.Foreign]

    /// True when every set is whole, and no two media are of different builds of the same.
    public var isComplete: Bool { foreign.isEmpty && groups.allSatisfy(\.isComplete) }

    /// A volume, its manifest, and whether it is a drive.
    package typealias Volume = (media: String, manifest: MediaManifest, isDrive: Bool)

    private static func difference(_ volume: Volume, _ other: Volume) -> String? {
        MediaSetMembership.difference(
            volume.manifest, other.manifest, areOfOneForm: volume.isDrive == other.isDrive)
    }

    /// Compares the manifests of `volumes`; nil when there are none.
    package init?(_ volumes: [Volume]) {
        guard !volumes.isEmpty else { return nil }
        var builds: [[Volume]] = []
        for volume in volumes {
            let build = builds.firstIndex { Self.difference(volume, $0[0]) == nil }
            if let build { builds[build].append(volume) } else { builds.append([volume]) }
        }
        // Equal numbers in the order in which they were given.
        builds = builds.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
            .map(\.element)
        groups = builds.map { build in
            var numbers: Set<Int> = []
            let set = MediaSetMembership(
                build.filter { numbers.insert($0.manifest.volume).inserted }.map { ($0.media, $0.manifest) })
            return Group(
                media: build.map(\.media), mediaGuid: set.mediaGuid, volumeCount: set.volumeCount,
                missing: set.missing, incomplete: set.incomplete)
        }
        foreign = builds.indices.dropFirst().flatMap { index -> [MediaSetMembership.Foreign] in
            let guid = builds[index][0].manifest.mediaGuid
            guard let other = builds[..<index].first(where: { $0[0].manifest.mediaGuid == guid }) else { return [] }
            return builds[index].map {
                MediaSetMembership.Foreign(
                    media: $0.media, reason: Self.difference($0, other[0]) ?? "differs")
            }
        }
        kind = groups.count > 1 ? .separate : groups.contains { $0.volumeCount > 1 } ? .set : .copies
    }
}
