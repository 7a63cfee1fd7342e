// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import SystemPackage

/// A file or folder that is being written under a temporary name and appears under its own name whole, or never.
///
/// Until then it lies in a hidden folder of ours beside its place (``WorkFolder``). A writer that was killed leaves that
/// folder, and the next writer of the same output removes it.
public final class PendingOutput {
    /// What is being written.
    public enum Kind: Sendable {
        /// A single file; ``PendingOutput/descriptor`` writes to it.
        case file
        /// A folder; ``PendingOutput/temporaryPath`` is where its contents go.
        case folder
    }

    private static let suffix = ".tsmedia-partial"

    /// The name the output will have.
    public let path: FilePath
    /// Where it is written until then.
    public var temporaryPath: FilePath { work.content }
    /// The open file, or the open folder, under the temporary name.
    public let descriptor: FileDescriptor
    private let work: WorkFolder
    private let kind: Kind
    private let replacesExisting: Bool
    private var state = State.pending

    /// How far the output is.
    private enum State {
        case pending
        /// It has its name, which was free, or which a file had that is gone.
        case renamed
        /// It has its name, and what had it before has the temporary one.
        case exchanged
        /// It has its name, and what had it before lies in the work folder.
        case putAside
    }

    /// Removes what killed writers of `path` left, then begins to write it.
    ///
    /// - Parameter isSecret: whether nobody but the owner may read it; otherwise everyone may, as far as the umask
    ///   allows. What replaces something gets its mode, unless it is secret and others could read what was there.
    /// - Parameter isAlone: whether nobody but this process writes to that file system, so that whoever left something
    ///   there is gone, whatever its locks are worth.
    /// - Throws: ``OutputError`` when the output exists and `replacesExisting` is false, or may not be replaced;
    ///   ``FileError`` when its folder cannot be written.
    public init(_ path: FilePath, kind: Kind, replacesExisting: Bool, isSecret: Bool = false, isAlone: Bool = false)
        throws
    {
        let path = try Self.check(path, kind: kind, replacesExisting: replacesExisting)
        self.path = path
        self.kind = kind
        self.replacesExisting = replacesExisting
        let folder = AtomicFile.parent(of: path)
        WorkFolder.removeAbandoned(
            in: folder, prefix: Self.prefix(for: path), suffix: Self.suffix, keeping: path, isAlone: isAlone)
        // An old output may have come back.
        _ = try Self.check(path, kind: kind, replacesExisting: replacesExisting)
        work = try WorkFolder(in: folder, prefix: Self.prefix(for: path), suffix: Self.suffix)
        descriptor = try Self.create(work.content, kind: kind, isSecret: isSecret)
        let replaced = ReplacedMode(of: path)
        if let replaced, !isSecret || replaced.keepsOthersOut {
            replaced.apply(to: descriptor)
        } else if isSecret, fchmod(descriptor.rawValue, kind == .folder ? 0o700 : 0o600) != 0 {
            throw FileError("protected", path, Errno(rawValue: errno))
        }
    }

    /// Removes what killed writers of `path` left, for whoever has nothing to write now.
    public static func removeAbandoned(of path: FilePath) {
        WorkFolder.removeAbandoned(
            in: AtomicFile.parent(of: path), prefix: prefix(for: path), suffix: suffix, keeping: path)
    }

    deinit {
        try? descriptor.close()
        work.remove()
    }

    /// Flushes everything to the disk and gives the output its name.
    ///
    /// - Throws: ``OutputError`` `.exists` when the name was taken meanwhile; ``FileError`` when the disk fails.
    public func publish() throws { try Self.publish([self]) }

    /// Flushes several outputs to the disk, then gives all of them their names, or none of them.
    ///
    /// When one cannot have its name, those before it give theirs back, and what they replaced is there again. Only a
    /// program that is killed between two of the renames, which follow one another at once, leaves some without others.
    ///
    /// - Throws: as ``publish()``.
    public static func publish(_ outputs: [PendingOutput]) throws {
        for output in outputs { try output.flush() }
        do {
            for output in outputs { try output.takeName(mayGiveBack: outputs.count > 1) }
        } catch {
            for output in outputs.reversed() { output.giveNameBack() }
            throw error
        }
        for folder in Set(outputs.map { AtomicFile.parent(of: $0.path) }) { try AtomicFile.syncFolder(folder) }
        for output in outputs { output.work.remove() }
    }

    private func flush() throws {
        let flushed = kind == .file ? fsync(descriptor.rawValue) : tsm_syncfs(descriptor.rawValue)
        guard flushed == 0 else { throw FileError("written", temporaryPath, Errno(rawValue: errno)) }
    }

    private func takeName(mayGiveBack: Bool) throws {
        if replacesExisting, let existing = try? Stat(path, followTargetSymlink: false) {
            // What came here since the output was begun may be anything, and would be removed as a whole.
            guard existing.type == (kind == .file ? .regular : .directory) else {
                throw OutputError(
                    .unsafe, path, "was replaced by something else meanwhile", nextStep: "choose another name")
            }
            if Self.exchange(temporaryPath, path) {
                // The old output now has the temporary name.
                state = .exchanged
                return
            }
            guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(errno) else {
                throw FileError("replaced", path, Errno(rawValue: errno))
            }
            // A file can be replaced by a rename; a folder cannot, and neither has a way back.
            if kind == .folder || mayGiveBack {
                try putAside()
                return
            }
        }
        guard Self.rename(temporaryPath, path, replacing: replacesExisting) else {
            let reason = Errno(rawValue: errno)
            throw reason == .fileExists ? Self.exists(path) : FileError("created", path, reason)
        }
        state = .renamed
    }

    /// Moves what has the name to the work folder and the output to the name: what file systems do that cannot swap two
    /// names, which are those of networks, FAT and most of FUSE.
    ///
    /// Whoever is killed between the two leaves the old output in the work folder, from where the next writer of the same
    /// output brings it back.
    private func putAside() throws {
        guard Self.rename(path, work.replaced, replacing: false) else {
            throw FileError("replaced", path, Errno(rawValue: errno))
        }
        guard Self.rename(temporaryPath, path, replacing: false) else {
            let reason = Errno(rawValue: errno)
            _ = Self.rename(work.replaced, path, replacing: false)
            throw FileError("replaced", path, reason)
        }
        state = .putAside
    }

    private func giveNameBack() {
        switch state {
        case .pending: return
        case .exchanged: _ = Self.exchange(temporaryPath, path)
        case .renamed: _ = Self.rename(path, temporaryPath, replacing: false)
        case .putAside:
            _ = Self.rename(path, temporaryPath, replacing: false)
            _ = Self.rename(work.replaced, path, replacing: false)
        }
        state = .pending
    }

    private static func rename(_ source: FilePath, _ target: FilePath, replacing: Bool) -> Bool {
        source.withPlatformString { source in target.withPlatformString { tsm_rename(source, $0, replacing) } } == 0
    }

    private static func exchange(_ first: FilePath, _ second: FilePath) -> Bool {
        first.withPlatformString { first in second.withPlatformString { tsm_exchange(first, $0) } } == 0
    }

    // MARK: Room

    /// Makes sure that `byteCount` bytes fit on the output's file system.
    ///
    /// - Throws: ``OutputError`` `.noSpace`, ``FileError``.
    public static func requireSpace(_ byteCount: Int64, for path: FilePath) throws {
        let folder = AtomicFile.parent(of: path)
        let free = try Folder.freeByteCount(of: folder)
        guard free >= byteCount else {
            throw OutputError(
                .noSpace, path, "needs \(byteCount) bytes, and \(folder) has \(free) free",
                nextStep: "free some space or choose another folder")
        }
    }

    // MARK: Names

    /// Checks that `path` can become an output, and resolves a link to what it points to.
    ///
    /// - Throws: ``OutputError``.
    public static func check(_ path: FilePath, kind: Kind, replacesExisting: Bool) throws -> FilePath {
        guard let name = path.lastComponent, name.kind == .regular else {
            throw OutputError(.unsafe, path, "has no name of its own", nextStep: "name a new file or folder")
        }
        let folder = AtomicFile.parent(of: path)
        guard (try? Stat(folder))?.type == .directory else {
            throw OutputError(.noFolder, path, "lies in \(folder), which is not a folder", nextStep: "create it first")
        }
        let limit = pathconf(folder.string, Int32(_PC_NAME_MAX))
        if limit > 0, name.string.utf8.count > limit {
            throw OutputError(
                .longName, path,
                "has a name of \(name.string.utf8.count) bytes, and the file system of \(folder) holds"
                    + " \(limit)", nextStep: "choose a shorter name")
        }
        try ForeignLink.refuse(on: path)
        guard let status = try? Stat(path, followTargetSymlink: false) else { return path }
        if status.type == .symbolicLink {
            guard let resolved = path.withPlatformString({ realpath($0, nil) }) else {
                throw OutputError(.unsafe, path, "is a broken link", nextStep: "remove it or choose another name")
            }
            defer { free(resolved) }
            return try check(FilePath(platformString: resolved), kind: kind, replacesExisting: replacesExisting)
        }
        switch (kind, status.type) {
        case (.file, .regular), (.folder, .directory): break
        case (.file, .directory):
            throw OutputError(.exists, path, "is a folder, and an image is a file", nextStep: "name a file")
        case (.folder, .regular):
            throw OutputError(.exists, path, "is a file, and a folder was asked for", nextStep: "name a folder")
        default:
            throw OutputError(
                .unsafe, path, "is neither a file nor a folder",
                nextStep: "name a file; drives are written with \(.usb)")
        }
        if !replacesExisting { throw exists(path) }
        return path
    }

    private static func exists(_ path: FilePath) -> OutputError {
        OutputError(.exists, path, "exists", nextStep: "choose another name, or replace it with \(.force)")
    }

    /// The start of every temporary name for `path`, and for no other name in its folder.
    ///
    /// Long names are cut so that the rest fits 255 bytes.
    private static func prefix(for path: FilePath) -> String {
        let name = Array((path.lastComponent?.string ?? "").utf8)
        guard name.count > longestName else { return "." + String(decoding: name, as: UTF8.self) + "." }
        // FNV-1a (draft-eastlake-fnv), 64 bits: names that begin alike stay apart.
        let hash = name.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let start = String(decoding: name.prefix(longestName - 20), as: UTF8.self)
        return ".\(start)~\(String(hash, radix: 36))."
    }

    private static let longestName = 200

    private static func create(
        _ path: FilePath, kind: Kind, isSecret: Bool
    ) throws(FileError) -> FileDescriptor {
        switch kind {
        case .file:
            return try FileError.wrap("created", path) {
                try FileDescriptor.open(
                    path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: FilePermissions(rawValue: isSecret ? 0o600 : 0o644))
            }
        case .folder:
            try Folder.create(path)
            return try FileError.wrap("opened", path) {
                try FileDescriptor.open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec])
            }
        }
    }
}
