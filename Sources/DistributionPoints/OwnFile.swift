// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Files of the store, which are believed without hashing content: only ours may be.
enum OwnFile {
    /// The bytes of the file at `path`; nil when it cannot be read, when it belongs to someone else than us or root, or
    /// when others may write it: somebody else could have written anything into it.
    static func read(_ path: FilePath) -> [UInt8]? {
        try? FileError.wrap("read", path) {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
            return try descriptor.closeAfter { () -> [UInt8] in
                let status = try Stat(descriptor)
                guard status.type == .regular, [0, geteuid()].contains(status.userID.rawValue),
                    status.permissions.isDisjoint(with: [.groupWrite, .otherWrite])
                else { throw Errno.permissionDenied }
                let limit = Int(clamping: status.size)
                guard limit <= SmallFile.defaultLimit else { throw Errno.fileTooLarge }
                return try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                    while count < limit {
                        let rest = UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                        let step = try descriptor.read(into: rest)
                        if step == 0 { break }
                        count += step
                    }
                }
            }
        }
    }
}
