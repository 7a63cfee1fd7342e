// SPDX-License-Identifier: GPL-3.0-or-later

/// Security descriptors of Windows (MS-DTYP 2.4), self-relative.
public enum SecurityDescriptor {
    /// Rights to everything about a file or folder: FILE_ALL_ACCESS (winnt.h of the Windows SDK).
    public static let allOfFiles: UInt32 = 0x001F_01FF
    /// Rights to everything about a key: KEY_ALL_ACCESS (the same).
    public static let allOfKeys: UInt32 = 0x000F_003F

    /// What is inherited by folders or keys, and by files: CONTAINER_INHERIT_ACE, OBJECT_INHERIT_ACE (MS-DTYP 2.4.4.1).
    public struct Inheritance: OptionSet, Sendable {
        /// The flags as they are stored.
        public let rawValue: UInt8
        /// Flags as they are stored.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Files inherit.
        public static let files = Inheritance(rawValue: 1)
        /// Folders and keys inherit.
        public static let containers = Inheritance(rawValue: 2)
    }

    /// Administrators own it, and they and the system have `rights`; nobody else has any.
    ///
    /// - Parameter isProtected: whether what lies above passes nothing on.
    public static func administration(
        rights: UInt32, inheritance: Inheritance = [], isProtected: Bool = false
    ) -> [UInt8] {
        let (system, administrators) = (account([18]), account([32, 544]))
        var entries: [UInt8] = []
        for account in [system, administrators] {
            // ACCESS_ALLOWED_ACE (2.4.4.2).
            entries += [0, inheritance.rawValue]
            entries.append(littleEndian: UInt16(8 + account.count))
            entries.append(littleEndian: rights)
            entries += account
        }
        // The list: revision 2, its size, the number of entries (2.4.5).
        var list: [UInt8] = [2, 0]
        list.append(littleEndian: UInt16(8 + entries.count))
        list.append(littleEndian: UInt16(2))
        list += [0, 0] + entries
        // SE_SELF_RELATIVE and SE_DACL_PRESENT, then the offsets of owner, group, no list for audits, and that list (2.4.6).
        var descriptor: [UInt8] = [1, 0]
        descriptor.append(littleEndian: UInt16(isProtected ? 0x9004 : 0x8004))
        let start: UInt32 = 20
        let owner = start + UInt32(list.count)
        for offset in [owner, owner + UInt32(administrators.count), 0, start] {
            descriptor.append(littleEndian: offset)
        }
        return descriptor + list + administrators + system
    }

    /// The identifier of an account that the authority NT (5) knows (2.4.2.2).
    private static func account(_ parts: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = [1, UInt8(parts.count), 0, 0, 0, 0, 0, 5]
        for part in parts { bytes.append(littleEndian: part) }
        return bytes
    }
}
