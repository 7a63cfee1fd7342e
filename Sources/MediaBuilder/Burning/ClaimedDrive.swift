// SPDX-License-Identifier: GPL-3.0-or-later

import DiscBurning
import Glibc
import Support
import SystemPackage

/// A drive that this run burns with; a file that stands for one is held so that no other run burns to it.
final class ClaimedDrive {
    /// Where libburn finds it.
    let address: DriveAddress
    /// The file that stands for it, open and locked.
    private let file: FileDescriptor?
    /// Whether that file was made for it.
    private let isNew: Bool

    /// A drive for discs, or a disk, which libburn opens alone.
    init(_ address: DriveAddress) { (self.address, file, isNew) = (address, nil, false) }

    /// The file `path`, which is there.
    ///
    /// - Throws: `FileError` when it cannot be written, or another run holds it.
    convenience init(file path: FilePath) throws(FileError) {
        try self.init(path, options: [.noFollow], permissions: nil)
    }

    /// The file `path`, which is made.
    ///
    /// - Parameter isSecret: whether nobody but its owner may read it.
    /// - Throws: `FileError` when it cannot be made.
    convenience init(newFile path: FilePath, isSecret: Bool) throws(FileError) {
        try self.init(
            path, options: [.noFollow, .create, .exclusiveCreate],
            permissions: isSecret ? .ownerReadWrite : FilePermissions(rawValue: 0o644))
    }

    private init(
        _ path: FilePath, options: FileDescriptor.OpenOptions, permissions: FilePermissions?
    ) throws(FileError) {
        isNew = permissions != nil
        address = DriveAddress(pseudo: path)
        let file = try FileError.wrap(isNew ? "created" : "written", path) {
            try FileDescriptor.open(path, .readWrite, options: options.union(.closeOnExec), permissions: permissions)
        }
        self.file = file
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            throw FileError("locked", path, Errno(rawValue: errno))
        }
    }

    deinit {
        // What was made and got nothing is nobody's.
        if let file {
            if isNew, (try? Stat(file))?.size == 0 { try? Folder.removeFile(address.path) }
            try? file.close()
        }
    }
}
