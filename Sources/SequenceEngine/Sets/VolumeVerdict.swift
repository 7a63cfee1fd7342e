// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaFormat
import Support
import SystemPackage

/// What was put in where a volume of a set was asked for.
enum VolumeVerdict: Equatable {
    /// The volume that was asked for.
    case wanted(MediaManifest)
    /// Another volume of the same set.
    case otherVolume(Int)
    /// A volume of other media, labelled so.
    case otherMedia(label: String, reason: String)
    /// The volume that was asked for, whose list of files is not signed as it should be.
    case untrusted(String)
    /// Media that says nothing of its content.
    case withoutManifest
    /// No task sequence media.
    case noMedia
    /// Nothing on it can be read, or its list of files cannot.
    case unreadable

    /// More than the manifest of a volume with 300,000 files has: what is put in may be anything.
    static let manifestByteLimit = 64 << 20

    /// Looks at the volume that is mounted at `root`, where volume `number` of the set of `reference` was asked for.
    ///
    /// - Parameter key: by which its list of files must be signed; nil for anybody's.
    init(of root: FilePath, wanted number: Int, of reference: MediaManifest, key: ManifestKey? = nil) {
        let folder = VolumeFolder(root)
        do {
            guard let path = try folder.file(try MediaPath(MediaManifest.path)) else {
                self = FolderMedia.isMedia(root) ? .withoutManifest : .noMedia
                return
            }
            let bytes = try SmallFile.read(path, limit: Self.manifestByteLimit)
            let manifest = try MediaManifest(decoding: bytes, of: "the volume")
            let signature = try key.map { key in
                try FoundSignature(manifest: SHA256.digest(of: bytes), key: key.key) { path, limit in
                    try folder.file(MediaPath(path)).map { try SmallFile.read($0, limit: limit) }
                }
            }
            if let reason = MediaSetMembership.difference(manifest, reference, areOfOneForm: true) {
                self = .otherMedia(label: manifest.label, reason: reason)
            } else if let problem = signature?.problem(key: key?.key) {
                self = .untrusted(problem)
            } else if manifest.volume == number {
                self = .wanted(manifest)
            } else {
                self = .otherVolume(manifest.volume)
            }
        } catch {
            self = .unreadable
        }
    }

    /// The one of two volumes of a drive that says more.
    private var rank: Int {
        switch self {
        case .wanted: 5
        case .untrusted: 4
        case .otherVolume: 4
        case .otherMedia: 3
        case .withoutManifest: 2
        case .noMedia: 1
        case .unreadable: 0
        }
    }

    /// Whether it says more than `other`, of two volumes of one drive.
    func saysMore(than other: VolumeVerdict) -> Bool { rank > other.rank }

    /// What is wrong, for whoever put it in.
    func problem(isDisc: Bool) -> String {
        let thing = isDisc ? "disc" : "drive"
        switch self {
        case .wanted: return ""
        case .otherVolume(let number): return "This \(thing) is media #\(number) of the set."
        case .otherMedia(let label, let reason):
            return "This \(thing) is of other media, labelled '\(label.onOneLine)': it \(reason.onOneLine)."
        case .untrusted(let problem):
            return "This \(thing) is not as whoever made it signed it: its list of files \(problem)."
        case .withoutManifest: return "This \(thing) is task sequence media that others made, and none of this set."
        case .noMedia: return "This \(thing) is no task sequence media."
        case .unreadable: return "This \(thing) cannot be read: it is empty or damaged."
        }
    }
}
