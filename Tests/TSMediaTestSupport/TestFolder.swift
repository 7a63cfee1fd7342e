// SPDX-License-Identifier: GPL-3.0-or-later

import CLinux
import Glibc
import SystemPackage

/// A folder for one test, gone with its contents when the test lets go of it.
public final class TestFolder: Sendable {
    /// Where the folder is.
    public let path: FilePath

    /// Makes an empty folder below `$TMPDIR` or `/tmp`.
    public init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/tsmedia-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit {
        _ = tsm_remove_tree(path.string)
    }

    /// The path of `name` inside the folder.
    public func appending(_ name: String) -> FilePath { path.appending(name) }

    /// Writes `bytes` to the file `name` (folders are made) and returns its path.
    @discardableResult
    public func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> FilePath {
        let file = appending(name)
        try makeFolder(file.removingLastComponent())
        let descriptor = try FileDescriptor.open(
            file, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o644)
        )
        return try descriptor.closeAfter {
            try descriptor.writeAll(bytes)
            return file
        }
    }

    /// Makes the folder `path` and those above it.
    public func makeFolder(_ path: FilePath) throws {
        if mkdir(path.string, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT else { throw Errno(rawValue: errno) }
        try makeFolder(path.removingLastComponent())
        guard mkdir(path.string, 0o755) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
    }
}
