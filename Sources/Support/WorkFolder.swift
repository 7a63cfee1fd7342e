// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Synchronization
import SystemPackage

/// A private folder (mode 0700) of ours in a folder of somebody else, for what is not finished.
///
/// A file in it says whose it is and is locked as long as its owner lives (``OwnerMark``). What a killed owner left is
/// removed by ``removeAbandoned(in:prefix:suffix:keeping:)``; anything that only has such a name is never touched.
final class WorkFolder: Sendable {
    /// Where the folder is.
    let path: FilePath
    private let mark: FileDescriptor
    private let isRemoved = Atomic<Bool>(false)

    private static let markName = "tsmedia-owner"
    /// What the owner works on, a file or a folder; nothing else in the folder is ever removed.
    private static let contentName = "content"
    /// What had the name of the content before, on file systems that cannot swap two names.
    private static let replacedName = "replaced"

    /// What the owner works on.
    var content: FilePath { path.appending(Self.contentName) }
    /// Where what had the content's name before is kept until the content is safe.
    var replaced: FilePath { path.appending(Self.replacedName) }

    /// Makes a folder in `parent` whose name begins with `prefix` and ends with `suffix`.
    init(in parent: FilePath, prefix: String, suffix: String = "") throws(FileError) {
        (path, mark) = try Self.make(in: parent, prefix, suffix)
    }

    deinit { remove() }

    /// Removes the folder with what is worked on, of which nothing may be open any more.
    func remove() {
        guard !isRemoved.exchange(true, ordering: .relaxed) else { return }
        Self.remove(path, mark)
    }

    private static func make(
        in parent: FilePath, _ prefix: String, _ suffix: String
    ) throws(FileError) -> (path: FilePath, mark: FileDescriptor) {
        while true {
            let tag = Tag()
            let path = parent.appending(prefix + tag.text + suffix)
            guard path.withPlatformString({ mkdir($0, 0o700) }) == 0 else {
                if errno == EEXIST { continue }
                throw FileError("created", path, Errno(rawValue: errno))
            }
            do {
                if let mark = try mark(path, tag) { return (path, mark) }
            } catch {
                Folder.removeEmpty(path)
                // Without its mark another process may have taken it for an abandoned one: make another.
                guard error.errno == .noSuchFileOrDirectory else { throw error }
            }
        }
    }

    /// Marks the folder at `path`; nil when another process took it for an abandoned one before it was marked.
    private static func mark(_ path: FilePath, _ tag: Tag) throws(FileError) -> FileDescriptor? {
        let file = path.appending(markName)
        return try FileError.wrap("created", file) {
            let descriptor = try FileDescriptor.open(
                file, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
            do {
                // Locked before it says anything: whoever can read it finds it locked. A file system without locks will
                // do, since nobody there can take the folder for an abandoned one.
                let isLocked = flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
                guard isLocked, isOurs(descriptor, .regular) else {
                    try? descriptor.close()
                    return nil
                }
                try OwnerMark(name: tag.text).write(to: descriptor)
            } catch {
                try? descriptor.close()
                _ = file.withPlatformString { unlink($0) }
                throw error
            }
            return descriptor
        }
    }

    /// Removes what is ours and closes `mark`; the mark goes last, so that who is killed here, or cannot remove something,
    /// leaves what the next can.
    ///
    /// NFS and FUSE keep a file that is open under another name in its folder, which then cannot be removed.
    private static func remove(_ path: FilePath, _ mark: FileDescriptor) {
        let isGone = [contentName, replacedName].allSatisfy { name in
            path.appending(name).withPlatformString { tsm_remove_tree($0) } == 0 || errno == ENOENT
        }
        // FUSE tells its file system of a close only some time after it.
        var patience = tsm_is_local_file_system(mark.rawValue) ? 0 : 50
        try? mark.close()
        guard isGone else { return }
        _ = path.appending(markName).withPlatformString { unlink($0) }
        while path.withPlatformString({ rmdir($0) }) != 0, patience > 0, errno != ENOENT {
            patience -= 1
            usleep(2_000)
        }
    }

    // MARK: Killed owners

    /// Removes the folders in `parent` of these names whose owner was killed.
    ///
    /// - Parameters:
    ///   - target: gets back what was put aside for it, if its owner was killed before it had the new content.
    ///   - isAlone: whether nobody else writes there: the owner of whatever is not this process' own is gone.
    static func removeAbandoned(
        in parent: FilePath, prefix: String, suffix: String = "", keeping target: FilePath? = nil, isAlone: Bool = false
    ) {
        guard let stream = parent.withPlatformString({ opendir($0) }),
            let offset = MemoryLayout<dirent>.offset(of: \.d_name)
        else { return }
        defer { closedir(stream) }
        while let record = readdir(stream) {
            // Compared as it lies in the record: /tmp may have very many names, and few are ours.
            let bytes = (UnsafeRawPointer(record) + offset).assumingMemoryBound(to: CChar.self)
            guard strncmp(bytes, prefix, prefix.utf8.count) == 0, let name = String(validatingCString: bytes),
                let tag = Tag(of: name, prefix, suffix)
            else { continue }
            let path = parent.appending(name)
            guard let mark = lockAbandoned(path, tag, isAlone: isAlone) else { continue }
            if let target {
                // Refused when the target is there.
                _ = path.appending(replacedName).withPlatformString { replaced in
                    target.withPlatformString { tsm_rename(replaced, $0, false) }
                }
            }
            remove(path, mark)
        }
    }

    /// Locks the mark of the folder at `path`, or returns nil when it is not ours, or its owner may be alive.
    private static func lockAbandoned(_ path: FilePath, _ tag: Tag, isAlone: Bool) -> FileDescriptor? {
        let options: FileDescriptor.OpenOptions = [.noFollow, .closeOnExec, .nonBlocking]
        guard let folder = try? FileDescriptor.open(path, .readOnly, options: options.union(.directory)) else {
            return nil
        }
        defer { try? folder.close() }
        guard isOurs(folder, .directory) else { return nil }
        let opened = openat(folder.rawValue, markName, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            // Whoever was killed before it had marked its folder left it empty: there is nothing in it to lose.
            if errno == ENOENT { Folder.removeEmpty(path) }
            return nil
        }
        let file = FileDescriptor(rawValue: opened)
        // The lock first: what a living owner has not written yet is not read.
        if isOurs(file, .regular), flock(opened, LOCK_EX | LOCK_NB) == 0, isOurs(file, .regular) {
            if let mark = OwnerMark(in: file) {
                if mark.name == tag.text, isAlone || mark.isProvenGone(byLockOn: file) { return file }
            } else if isAlone, OwnerMark.isBegun(in: file, name: tag.text) {
                // The power went before the mark was on the disk.
                return file
            }
            removeUnwritten(file, path, tag)
        }
        try? file.close()
        return nil
    }

    /// Removes a folder whose owner was killed between making its mark and having written it, if that is all there is.
    private static func removeUnwritten(_ mark: FileDescriptor, _ path: FilePath, _ tag: Tag) {
        guard OwnerMark.isBegun(in: mark, name: tag.text), tsm_is_local_file_system(mark.rawValue),
            (try? FolderEntry.entries(of: path))?.count == 1
        else { return }
        _ = path.appending(markName).withPlatformString { unlink($0) }
        Folder.removeEmpty(path)
    }

    /// True for what belongs to this user and was not removed meanwhile.
    private static func isOurs(_ descriptor: FileDescriptor, _ type: FileType) -> Bool {
        guard let status = try? Stat(descriptor) else { return false }
        return status.type == type && status.userID.rawValue == geteuid() && status.linkCount > 0
    }

    /// The random part of a folder's name: 13 digits or letters, as many as 64 bits need.
    private struct Tag {
        private static let length = 13

        let text: String

        init() {
            let digits = String(UInt64.random(in: .min ... .max), radix: 36)
            text = String(repeating: "0", count: Self.length - digits.utf8.count) + digits
        }

        /// That of `name`; nil when it is no name that we give.
        init?(of name: String, _ prefix: String, _ suffix: String) {
            guard name.hasPrefix(prefix), name.hasSuffix(suffix),
                name.utf8.count == prefix.utf8.count + Self.length + suffix.utf8.count,
                let tag = String(name.utf8.dropFirst(prefix.utf8.count).prefix(Self.length)),
                tag.utf8.allSatisfy({
                    UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
                })
            else { return nil }
            text = tag
        }
    }
}
