// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// A folder by its path as the kernel takes it.
///
/// Content has very many files, and to put a `FilePath` together costs more than the call that it is for.
struct RawFolder: Sendable {
    /// The folder.
    let path: FilePath
    /// The bytes of its path and a slash.
    private let prefix: [CChar]

    init(_ path: FilePath) {
        self.path = path
        let slash = CChar(bitPattern: UInt8(ascii: "/"))
        var prefix = path.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
        if prefix.last != slash { prefix.append(slash) }
        self.prefix = prefix
    }

    /// The folder `name` in this one.
    func folder(_ name: String) -> RawFolder { RawFolder(path.appending(name)) }

    /// Makes this folder; one that exists is left alone.
    func make() throws(FileError) { try Folder.create(path) }

    /// Writes `bytes` to a new or emptied file `name`.
    func create(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(FileError) {
        let problem = withPath(name) { path -> Errno? in
            let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
            var descriptor = open(path, flags, 0o644)
            while descriptor < 0, errno == EINTR { descriptor = open(path, flags, 0o644) }
            guard descriptor >= 0 else { return Errno(rawValue: errno) }
            var position = 0
            while position < bytes.count {
                let count = write(descriptor, bytes.baseAddress?.advanced(by: position), bytes.count - position)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else {
                    defer { close(descriptor) }
                    return Errno(rawValue: errno)
                }
                position += count
            }
            // Network file systems tell only now that there was no room.
            return close(descriptor) == 0 || errno == EINTR ? nil : Errno(rawValue: errno)
        }
        if let problem { throw FileError("written", path.appending(name), problem) }
    }

    /// Gives the file `name` the same name in `target`, replacing what is there.
    func move(_ name: String, to target: RawFolder) throws(FileError) {
        let problem = withPath(name) { source in
            target.withPath(name) { tsm_rename(source, $0, true) == 0 ? nil : Errno(rawValue: errno) }
        }
        if let problem { throw FileError("created", target.path.appending(name), problem) }
    }

    private func withPath<Result>(_ name: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let path = prefix + name.utf8CString
        return path.withUnsafeBufferPointer { path in
            guard let start = path.baseAddress else { fatalError("a path has its ending zero") }
            return body(start)
        }
    }
}
