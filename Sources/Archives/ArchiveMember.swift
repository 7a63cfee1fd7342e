// SPDX-License-Identifier: GPL-3.0-or-later

/// A member of an archive without its bytes.
public struct ArchiveMember: Sendable, Equatable {
    /// What a member is.
    public enum Kind: Sendable, Equatable {
        /// A file with bytes of its own.
        case file
        /// A folder.
        case folder
        /// A symbolic link, with what it points to.
        case symbolicLink(String)
        /// A further name of the member that is named.
        case hardLink(String)
        /// Devices, pipes and what else there is.
        case other
    }

    /// The name as the archive has it: nothing is checked.
    public let name: String
    /// What it is.
    public let kind: Kind
    /// Its permissions, the lowest twelve bits of a mode.
    public let permissions: UInt16
    /// Whether its bytes can be read with a password only.
    public let isEncrypted: Bool
}
