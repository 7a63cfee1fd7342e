// SPDX-License-Identifier: GPL-3.0-or-later

import CLinux
import Glibc
import SystemPackage

/// A private folder (mode 0700) for intermediate files, gone with its contents when it is let go of.
///
/// A lock on the folder says that its owner lives. A program that was killed leaves its folder without one: the next
/// folder made in the same place removes it.
public final class TemporaryFolder: Sendable {
    /// What the names of our folders begin with; the rest is random.
    static let namePrefix = "tsmedia-work-"

    /// Where the folder is.
    public let path: FilePath
    private let lock: FileDescriptor

    /// Makes an empty folder in `parent`; without one in `$TMPDIR`, or else `/tmp`.
    public init(in parent: FilePath? = nil) throws(FileError) {
        let parent = parent ?? getenv("TMPDIR").map { FilePath(String(cString: $0)) } ?? "/tmp"
        Self.removeAbandoned(in: parent)
        while true {
            var template = Array(parent.appending("\(Self.namePrefix)XXXXXX").string.utf8CString)
            guard mkdtemp(&template) != nil else {
                throw FileError("created in", parent, Errno(rawValue: errno))
            }
            let made = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
            let descriptor: FileDescriptor
            do {
                descriptor = try FileError.wrap("opened", made) { try Self.open(made) }
            } catch {
                rmdir(made.string)
                guard error.errno == .noSuchFileOrDirectory else { throw error }
                continue
            }
            // A file system without locks will do: nobody there can take the folder for an abandoned one.
            let isOurs = flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
            if isOurs, access(made.string, F_OK) == 0 {
                path = made
                lock = descriptor
                return
            }
            // Another process took it for an abandoned one before it was locked: make another.
            try? descriptor.close()
        }
    }

    deinit {
        _ = tsm_remove_tree(path.string)
        try? lock.close()
    }

    /// The path of `name` inside the folder.
    public func appending(_ name: String) -> FilePath { path.appending(name) }

    private static func open(_ path: FilePath) throws -> FileDescriptor {
        try FileDescriptor.open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec, .nonBlocking])
    }

    /// Locks the folder at `path`, or returns nil when it is gone, another's, not a folder, or locked.
    private static func lock(_ path: FilePath) -> FileDescriptor? {
        guard let descriptor = try? open(path) else { return nil }
        var status = stat()
        // A folder that was removed after it was opened has no links left.
        if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0, fstat(descriptor.rawValue, &status) == 0,
            status.st_nlink > 0, status.st_uid == geteuid()
        {
            return descriptor
        }
        try? descriptor.close()
        return nil
    }

    /// Removes the folders in `parent` whose owner was killed; what cannot be removed stays.
    private static func removeAbandoned(in parent: FilePath) {
        guard let stream = opendir(parent.string), let offset = MemoryLayout<dirent>.offset(of: \.d_name) else {
            return
        }
        defer { closedir(stream) }
        while let record = readdir(stream) {
            // Compared as it lies in the record: /tmp may have very many names, and few are ours.
            let name = (UnsafeRawPointer(record) + offset).assumingMemoryBound(to: CChar.self)
            guard strncmp(name, namePrefix, namePrefix.utf8.count) == 0 else { continue }
            let path = parent.appending(String(cString: name))
            guard let lock = lock(path) else { continue }
            _ = tsm_remove_tree(path.string)
            try? lock.close()
        }
    }
}
