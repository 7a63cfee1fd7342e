// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// Who may do what with a file or folder that is about to be replaced, for what takes its place.
struct ReplacedMode {
    private let mode: FilePermissions
    private let owner: uid_t
    private let group: gid_t

    /// That of the file or folder at `path`; nil when there is none.
    init?(of path: FilePath) {
        guard let status = try? Stat(path, followTargetSymlink: false),
            status.type == .regular || status.type == .directory
        else { return nil }
        // A program that a file was, set-user-ID and all, is nothing that an output could be.
        mode = status.permissions.intersection(FilePermissions(rawValue: status.type == .regular ? 0o777 : 0o7777))
        owner = status.userID.rawValue
        group = status.groupID.rawValue
    }

    /// True when nobody but the owner and the group could do anything with it.
    var keepsOthersOut: Bool { mode.rawValue & 0o7 == 0 }

    /// Gives it to an open file or folder of ours, as far as the system and the file system allow.
    func apply(to descriptor: FileDescriptor) {
        let keepsGroup = fchown(descriptor.rawValue, geteuid() == 0 ? owner : uid_t.max, group) == 0
        _ = fchmod(descriptor.rawValue, mode(keepsGroup: keepsGroup).rawValue)
    }

    /// As ``apply(to:)-FileDescriptor``, to a file or folder of ours by its name.
    func apply(to path: FilePath) {
        path.withPlatformString { path in
            let keepsGroup = lchown(path, geteuid() == 0 ? owner : uid_t.max, group) == 0
            _ = chmod(path, mode(keepsGroup: keepsGroup).rawValue)
        }
    }

    /// Another group must not get what was for the group of the old file alone.
    private func mode(keepsGroup: Bool) -> FilePermissions {
        guard !keepsGroup else { return mode }
        let others = FilePermissions(rawValue: (mode.rawValue & 0o7) << 3)
        return mode.subtracting(.groupReadWriteExecute).union(mode.intersection(others))
    }
}
