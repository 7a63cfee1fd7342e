// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import Synchronization
import SystemPackage

/// The user's own store on this machine: which files were verified before, and the files that came as streams.
///
/// Its folder is made when something is saved.
public final class ContentStore: Sendable {
    /// The store's folder.
    public let folder: FilePath
    /// The files that were verified before.
    public let index: VerificationIndex
    /// The SHA-1 of contents that were written to WIMs before.
    public let sha1Index: SHA1Index
    /// True when nothing that was verified before is believed (`--rehash`).
    let isDistrustful: Bool
    /// What this run counts on.
    let use: StoreUse
    /// What this run itself has written to the store and hashed meanwhile, which counts even then.
    private let arrived = Mutex<[SHA256Digest: FileIdentity]>([:])

    /// The store in `folder`; with `rehash` every file counts as not verified, and what is verified is remembered anew.
    public init(folder: FilePath, rehash: Bool = false) {
        self.folder = folder
        index = VerificationIndex(folder: folder)
        sha1Index = SHA1Index(folder: folder)
        use = StoreUse(of: folder.appending("files"))
        isDistrustful = rehash
    }

    /// `$XDG_CACHE_HOME/tsmedia`, else `~/.cache/tsmedia` (XDG Base Directory Specification).
    public static var defaultFolder: FilePath {
        defaultFolder(cacheHome: path("XDG_CACHE_HOME"), home: path("HOME"), accountHome: passwordFileHome)
    }

    /// The default folder for these settings; relative paths are ignored, as the specification has it: they would be other
    /// folders wherever the program runs.
    static func defaultFolder(cacheHome: FilePath?, home: FilePath?, accountHome: FilePath?) -> FilePath {
        if let cacheHome, cacheHome.isAbsolute { return cacheHome.appending("tsmedia") }
        let home = [home, accountHome].compactMap { $0 }.first(where: \.isAbsolute) ?? "/tmp"
        return home.appending(".cache").appending("tsmedia")
    }

    private static func path(_ variable: String) -> FilePath? { getenv(variable).map { FilePath(platformString: $0) } }

    private static var passwordFileHome: FilePath? {
        getpwuid(getuid()).flatMap { $0.pointee.pw_dir }.map { FilePath(platformString: $0) }
    }

    /// True when a file that was `identity` had the SHA-256 `digest`.
    public func isVerified(_ identity: FileIdentity, _ digest: SHA256Digest) -> Bool {
        !isDistrustful && index.isVerified(identity, digest)
    }

    /// The SHA-256 that a file had when it was `identity`, if it was verified then.
    public func digest(of identity: FileIdentity) -> SHA256Digest? {
        isDistrustful ? nil : index.digest(of: identity)
    }

    /// Remembers that the file at `path`, which was `identity` before and after it was read, has the SHA-256 `digest`.
    ///
    /// Nothing is remembered when it changed so shortly before `hashingBegan` that a change could hide in the same tick
    /// of the clock (docs/decisions/verified-content.md).
    public func remember(
        _ path: FilePath, _ identity: FileIdentity, _ digest: SHA256Digest, hashingBegan: FileIdentity.Instant
    ) {
        index.remember(identity, digest, path: path, hashingBegan: hashingBegan)
    }

    /// Remembers a file of the store's own, at `path`, that was hashed while it was written.
    ///
    /// At once, and not only when it has settled: nobody else writes here.
    func arrive(_ identity: FileIdentity, _ digest: SHA256Digest, path: FilePath) {
        arrived.withLock { $0[digest] = identity }
        index.remember(ownFile: identity, digest, path: path)
    }

    /// True for the file that this run has written to the store.
    func isArrived(_ identity: FileIdentity, _ digest: SHA256Digest) -> Bool {
        arrived.withLock { $0[digest] == identity }
    }

    /// Saves what was remembered.
    ///
    /// - Throws: ``FileError``, ``InterruptedError``; the caller may go on, for only speed is lost.
    public func save() throws {
        // What is believed after a loss of power must have been on the disk: one flush for all files.
        if arrived.withLock({ !$0.isEmpty }) { try AtomicFile.syncFileSystem(of: folder) }
        try index.save()
        try sha1Index.save()
    }

    /// The SHA-1 of the content with the SHA-256 `digest`, if it was written to a WIM before.
    public func sha1(of digest: SHA256Digest) -> [UInt8]? { isDistrustful ? nil : sha1Index.sha1(of: digest) }
}
