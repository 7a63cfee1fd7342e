// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import Synchronization
import SystemPackage

/// A file that is on its way into the store, and whose it is: `files/incoming/<SHA-256>.part`, locked by whoever brings it.
///
/// What a run that was stopped or killed leaves lies there for the next, which fetches only the rest; it is believed when
/// all of it has the SHA-256 that its name says, and not before. The kernel drops the lock when its holder dies, so that
/// somebody who waits takes over.
final class PartialFile: Sendable {
    static let nameSuffix = ".part"
    /// From this many bytes on a file is worth writing to the disk while others come; smaller ones go there together.
    private static let largeByteCount: Int64 = 256 << 10
    /// Fewer bytes than this are asked for as quickly as they are kept.
    private static let smallestByteCount: Int64 = 64 << 10

    let path: FilePath
    /// Open for reading and writing as long as the file is ours.
    let descriptor: FileDescriptor
    private let isOpen = Atomic<Bool>(true)

    private init(_ path: FilePath, _ descriptor: FileDescriptor) {
        (self.path, self.descriptor) = (path, descriptor)
    }

    deinit { letGo() }

    /// The digest that the name of a partial file says.
    static func digest(of name: String) -> SHA256Digest? {
        name.hasSuffix(nameSuffix) ? SHA256Digest(hexadecimal: name.dropLast(nameSuffix.utf8.count)) : nil
    }

    /// Opens and locks the file at `path`, which is made if there is none; nil when somebody else has it.
    static func attempt(_ path: FilePath, makes: Bool = true) throws(FileError) -> PartialFile? {
        try FileError.wrap("written", path) {
            var options: FileDescriptor.OpenOptions = [.closeOnExec, .noFollow, .nonBlocking]
            if makes { options.insert(.create) }
            let descriptor = try FileDescriptor.open(
                path, .readWrite, options: options, permissions: makes ? .ownerReadWrite : nil)
            do {
                guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
                    guard errno == EWOULDBLOCK || errno == EINTR else { throw Errno(rawValue: errno) }
                    try descriptor.close()
                    return nil
                }
                // It may have got its name in the store meanwhile, or be gone.
                let opened = try Stat(descriptor)
                guard opened.type == .regular else { throw Errno.fileExists }
                guard let named = try? Stat(path, followTargetSymlink: false), named.inode == opened.inode,
                    named.deviceID == opened.deviceID
                else {
                    try descriptor.close()
                    return nil
                }
                return PartialFile(path, descriptor)
            } catch {
                try? descriptor.close()
                throw error
            }
        }
    }

    /// How many bytes it has.
    var byteCount: Int64 { (try? Stat(descriptor))?.size ?? 0 }

    /// Gives it the name `target`; it is still ours until it is let go of.
    func rename(to target: FilePath) throws(FileError) {
        if byteCount >= Self.largeByteCount { AtomicFile.beginSync(descriptor) }
        try AtomicFile.rename(path, to: target)
    }

    /// Lets go of it, whatever name it has.
    func letGoOfPublished() { close() }

    /// Lets go of it; what it holds stays for the next run if that is worth it.
    func letGo() {
        guard isOpen.load(ordering: .relaxed) else { return }
        if byteCount < Self.smallestByteCount { try? Folder.removeFile(path) }
        close()
    }

    /// Removes it.
    func discard() {
        guard isOpen.load(ordering: .relaxed) else { return }
        try? Folder.removeFile(path)
        close()
    }

    private func close() {
        guard isOpen.exchange(false, ordering: .relaxed) else { return }
        try? descriptor.close()
    }
}

extension ContentStore {
    /// What came of asking for the right to bring a file.
    enum Claim {
        /// Nobody else brings it.
        case partial(PartialFile)
        /// It is here, somebody else has brought it.
        case kept(FetchedFile)
    }

    /// Waits until nobody else brings the file with the SHA-256 `digest`.
    ///
    /// - Parameter waiting: is called again and again while somebody does.
    /// - Throws: `FileError`, `InterruptedError`.
    func claim(
        _ digest: SHA256Digest, byteCount: Int64, _ interruption: Interruption, waiting: () -> Void = {}
    ) throws -> Claim {
        let path = incomingFolder.appending("\(digest)\(PartialFile.nameSuffix)")
        while true {
            let partial = try makingFolders { () throws(FileError) in
                try makeFolders()
            } _: { () throws(FileError) in
                try PartialFile.attempt(path)
            }
            if let partial {
                guard let kept = kept(digest, byteCount: byteCount) else { return .partial(partial) }
                // Nobody writes to it any more.
                partial.discard()
                return .kept(kept)
            }
            try interruption.check()
            waiting()
            usleep(Self.waitMicroseconds)
        }
    }

    /// Removes what came of the file with the SHA-256 `digest`, unless somebody brings it just now, who will see what it is.
    func discardPartial(_ digest: SHA256Digest) {
        let path = incomingFolder.appending("\(digest)\(PartialFile.nameSuffix)")
        (try? PartialFile.attempt(path, makes: false))?.discard()
    }

    /// How long nobody looks whether the other has ended: a tenth of what a person notices.
    private static var waitMicroseconds: UInt32 { 20_000 }
}
