// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// A folder that is open: its files are found by their names, without walking along the whole path each time.
public struct OpenFolder: ~Copyable {
    /// Where it was opened.
    public let path: FilePath
    private let descriptor: FileDescriptor

    /// Opens the folder at `path`, which must not be a link.
    public init(_ path: FilePath) throws(FileError) {
        self.path = path
        descriptor = try FileError.wrap("read", path) {
            try FileDescriptor.open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec])
        }
    }

    deinit { try? descriptor.close() }

    /// Opens the file `name` for reading; links are not followed, and a pipe is not waited for.
    ///
    /// - Throws: `Errno`.
    public func open(_ name: String) throws(Errno) -> FileDescriptor {
        while true {
            let opened = openat(descriptor.rawValue, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            if opened >= 0 { return FileDescriptor(rawValue: opened) }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }
}
