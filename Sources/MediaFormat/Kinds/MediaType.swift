// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The kinds of task sequence media, spelled as TsmBootstrap.ini spells them (docs/formats/media.md section 2).
public enum MediaType: String, Sendable, Codable, CaseIterable {
    /// Starts a computer and asks a management point for its task sequence.
    case bootable = "BootMedia"
    /// Holds a task sequence and all its content.
    case standalone = "FullMedia"
    /// Holds content for a factory, without a task sequence.
    case prestaged = "OEMMedia"
    /// Captures a reference computer. The spelling is ours: no genuine sample is public.
    case capture = "CaptureMedia"

    /// The folder of the media that holds a folder for each content (docs/formats/media.md section 2; for prestaged media the
    /// client's cache, inferred there).
    package var contentRoot: String { self == .prestaged ? "_SMSTaskSequence/Packages" : "SMS/PKG" }

    /// Whether `path` lies in the first folder of where contents are: on a divided disk all of that is on one partition.
    package func isContent(_ path: MediaPath) -> Bool {
        let end = contentRoot.utf8.firstIndex(of: UInt8(ascii: "/")) ?? contentRoot.endIndex
        return path.components.first?.caseFolded == String(contentRoot[..<end]).caseFolded
    }

    /// Where the boot image lies on the media (docs/formats/media.md section 2).
    package static let bootImagePath = "sources/boot.wim"

    /// The name of the content folder that `path` lies in, on media of any kind; nil when it lies in none.
    package static func contentFolder(of path: MediaPath) -> String? {
        let parts = path.components
        guard parts.count > 3, contentRoots.contains(parts.prefix(2).map(\.caseFolded)) else { return nil }
        return parts[2]
    }

    private static let contentRoots = Set(
        allCases.map { $0.contentRoot.split(separator: "/").map { String($0).caseFolded } })

    /// Whether it is what a factory lays on disks; other media starts a computer as it is.
    public var isForFactory: Bool { self == .prestaged }

    /// Whether variables and task sequence are worth a password.
    public var hasSecrets: Bool { self != .capture }

    /// What a password of this media encrypts, in words (docs/formats/media.md section 1).
    public var encryptedParts: [String] { ["variables"] + (self == .standalone ? ["task sequence"] : []) }

    /// What media with secrets gives away that has no password (docs/formats/media.md section 1).
    public func withoutPassword(hasCertificate: Bool) -> String {
        let parts = encryptedParts.map { "its \($0)" } + (hasCertificate ? ["the private key of its certificate"] : [])
        let list = parts.dropLast().joined(separator: ", ") + (parts.count > 1 ? " and " : "") + (parts.last ?? "")
        return "no password: anyone who holds this media can read \(list)"
            + (hasCertificate ? ", and be this media before the site" : "")
    }

    /// The kind in words.
    public var title: String {
        switch self {
        case .bootable: "bootable media"
        case .standalone: "stand-alone media"
        case .prestaged: "prestaged media"
        case .capture: "capture media"
        }
    }
}
