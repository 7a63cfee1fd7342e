// SPDX-License-Identifier: GPL-3.0-or-later

/// The disc in a drive.
public struct DiscMedium: Sendable, Equatable {
    /// What can be done with it.
    public enum Status: String, Sendable, Encodable {
        /// There is none.
        case none
        /// Nothing is on it, as far as the drive knows: a disc that can be overwritten counts as blank whatever it holds.
        case blank
        /// There is something on it, and room for more.
        case appendable
        /// There is something on it, and no room.
        case full
        /// The drive does not write it, or cannot tell.
        case unusable
    }

    /// The kinds of discs that have a speed of their own.
    public enum Family: Sendable {
        /// CD.
        case cd
        /// DVD.
        case dvd
        /// Blu-ray.
        case bd
        /// A file that stands for a disc.
        case file

        /// The family of an MMC profile (libburn.h, burn_disc_get_profile); nil for none that is written.
        init?(profile: Int32) {
            switch profile {
            case 0x08...0x0A: self = .cd
            case 0x10...0x2B: self = .dvd
            case 0x40...0x43: self = .bd
            case 0xFFFF: self = .file
            default: return nil
            }
        }
    }

    /// What kind of disc it is, in the words of MMC: "DVD+R"; empty for none.
    public let name: String
    /// The same; nil for none.
    public let family: Family?
    /// What can be done with it.
    public let status: Status
    /// Whether it is written at any place, again and again: it is never blanked.
    public let isOverwritable: Bool
    /// Whether it can be blanked.
    public let isErasable: Bool
    /// The bytes that can be written now.
    public let freeByteCount: Int64
    /// Whether there is something on it that burning would destroy or cannot follow.
    public let holdsData: Bool
    /// The first bytes on it, as far as they can be read.
    public let start: [UInt8]

    /// The profiles that are overwritten: DVD-RAM, DVD-RW with restricted overwrite, DVD+RW, BD-RE, and files (libburn.h,
    /// enum burn_disc_status).
    static let overwritableProfiles: Set<Int32> = [0x12, 0x13, 0x1A, 0x43, 0xFFFF]
}
