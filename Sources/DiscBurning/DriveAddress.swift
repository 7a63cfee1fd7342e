// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Where libburn finds a drive.
public struct DriveAddress: Sendable, Hashable, CustomStringConvertible {
    /// What a drive that is a file or a block device is called with.
    public static let pseudoPrefix = "stdio:"

    /// The node of an optical drive, or the file that stands for a disc.
    public let path: FilePath
    /// Whether it is a file or a block device that stands for a drive with a disc that can be overwritten (libburn.h,
    /// burn_drive_scan_and_grab, role 2).
    public let isPseudo: Bool

    /// The drive at the node `path`.
    public init(drive path: FilePath) { (self.path, isPseudo) = (path, false) }

    /// The file or block device `path` as a drive.
    public init(pseudo path: FilePath) { (self.path, isPseudo) = (path, true) }

    /// The address as libburn takes it, and as people write it.
    public var description: String { (isPseudo ? Self.pseudoPrefix : "") + path.string }

    /// Bytes of an address with the NUL at its end (libburn.h, BURN_DRIVE_ADR_LEN).
    static let byteLimit = 1024
}
