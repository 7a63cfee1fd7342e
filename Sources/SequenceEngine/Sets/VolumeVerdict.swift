// SPDX-License-Identifier: GPL-3.0-or-later

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
    /// Media that says nothing of its content.
    case withoutManifest
    /// No task sequence media.
    case noMedia
    /// Nothing on it can be read, or its list of files cannot.
    case unreadable

    /// More than the manifest of a volume with 300,000 files has: what is put in may be anything.
    private static let manifestByteLimit = 64 << 20

    /// Looks at the volume that is mounted at `root`, where volume `number` of the set of `reference` was asked for.
    init(of root: FilePath, wanted number: Int, of reference: MediaManifest) {
        let folder = VolumeFolder(root)
        do {
            guard let path = try folder.file(try MediaPath(MediaManifest.path)) else {
                self = FolderMedia.isMedia(root) ? .withoutManifest : .noMedia
                return
            }
            let manifest = try MediaManifest(
                decoding: try SmallFile.read(path, limit: Self.manifestByteLimit), of: "the volume")
            if let reason = MediaSetMembership.difference(manifest, reference, areOfOneForm: true) {
                self = .otherMedia(label: manifest.label, reason: reason)
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
        case .withoutManifest: return "This \(thing) is task sequence media that others made, and none of this set."
        case .noMedia: return "This \(thing) is no task sequence media."
        case .unreadable: return "This \(thing) cannot be read: it is empty or damaged."
        }
    }
}
