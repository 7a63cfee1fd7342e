// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import SystemPackage

/// What the files and folders were that the list of a content was read from.
public struct ListWitness: Sendable, Equatable {
    /// The SHA-256 of what the kernel says of each of them: device, inode, size, and when it changed last.
    public let digest: SHA256Digest
    /// When one of them changed last.
    public let lastChange: FileIdentity.Instant
}

extension ContentLibrary {
    /// Names that a thread looks at in one go.
    private static let witnessPortionCount = 2_048

    /// The witness of a content that was listed before: with the same witness, the list is the same.
    ///
    /// A folder changes when a name in it comes, goes or is another file's, and an INI when its bytes do; neither can be
    /// hidden from the time of the last change, which no program sets. That holds on file systems of Linux on this computer
    /// only: what others change too, and what Windows writes, has no witness.
    ///
    /// - Returns: nil when something of the list is not there, or has no witness.
    public func witness(of content: Content) -> ListWitness? {
        guard let root = try? lookup.find(content.id.description, in: dataLib),
            let ini = try? lookup.find("\(content.id).INI", in: dataLib), root.status.type == .directory,
            Self.tellsChanges(root.path)
        else { return nil }
        let (files, folders) = (content.files, content.folders)
        let device = FileIdentity(root.status).device
        let portions = files.portions(of: Self.witnessPortionCount) { $0.path.parent == $1.path.parent }
        let parts = WorkerThreads.map(count: portions.count + 1, threadCount: threadCount) { number in
            var part = WitnessPart(device: device)
            guard number < portions.count else {
                part.add(FileIdentity(root.status))
                part.add(FileIdentity(ini.status))
                for folder in folders { part.add(try? FileIdentity(of: root.path.appending(folder))) }
                return part
            }
            let portion = files[portions[number]]
            let parent = portion.first?.path.parent.map { root.path.appending($0) } ?? root.path
            part.add(portion.lazy.map(\.path.name), in: parent)
            return part
        }
        var (bytes, last): ([UInt8], FileIdentity.Instant) = ([], .init(seconds: .min, nanoseconds: 0))
        for part in parts {
            guard part.isComplete else { return nil }
            bytes += SHA256.digest(of: part.bytes).bytes
            last = max(last, part.last)
        }
        return ListWitness(digest: SHA256.digest(of: bytes), lastChange: last)
    }

    /// File systems whose every change the kernel of this computer sees and dates.
    private static let kinds: Set<String> = [
        "ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "overlay", "f2fs", "zfs", "bcachefs",
    ]

    private static func tellsChanges(_ path: FilePath) -> Bool {
        guard let resolved = path.withPlatformString({ realpath($0, nil) }) else { return false }
        defer { free(resolved) }
        guard let mounts = try? SmallFile.read("/proc/self/mountinfo") else { return false }
        return kind(of: FilePath(platformString: resolved), in: String(decoding: mounts, as: UTF8.self))
            .map(kinds.contains) ?? false
    }

    /// The kind of the file system that `path` lies on, by the lines of /proc/self/mountinfo (proc(5)); nil when unknown.
    static func kind(of path: FilePath, in mounts: String) -> String? {
        var found: (depth: Int, kind: String)?
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 6, let dash = words.firstIndex(of: "-"), dash + 1 < words.count else { continue }
            // A name with a space or worse is written in octal: nobody is sent wrong by what is not understood.
            guard !words[4].contains("\\") else {
                if path.string.hasPrefix(words[4].prefix { $0 != "\\" }) { return nil }
                continue
            }
            let place = FilePath(String(words[4]))
            // The last that was mounted at one place is the one that is seen.
            guard path.starts(with: place), place.components.count >= found?.depth ?? 0 else { continue }
            found = (place.components.count, String(words[dash + 1]))
        }
        return found?.kind
    }
}

/// What the kernel says of some of the files and folders of a list.
private struct WitnessPart: Sendable {
    /// The file system that all of them must be on.
    let device: UInt64
    private(set) var bytes: [UInt8] = []
    private(set) var last = FileIdentity.Instant(seconds: .min, nanoseconds: 0)
    private(set) var isComplete = true

    init(device: UInt64) { self.device = device }

    mutating func add(_ identity: FileIdentity?) {
        guard let identity, identity.device == device else {
            isComplete = false
            return
        }
        bytes.append(littleEndian: identity.inode)
        bytes.append(littleEndian: identity.byteCount)
        for instant in [identity.modified, identity.changed] {
            bytes.append(littleEndian: instant.seconds)
            bytes.append(littleEndian: instant.nanoseconds)
        }
        last = max(last, identity.changed)
    }

    /// Adds the INIs of the files `names` of `folder`.
    mutating func add(_ names: some Sequence<String>, in folder: FilePath) {
        guard let descriptor = try? FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec]) else {
            isComplete = false
            return
        }
        defer { try? descriptor.close() }
        for name in names where isComplete {
            var status = stat()
            // As independent readers want it; a library that spells it otherwise has no witness.
            let result = fstatat(descriptor.rawValue, name + ".INI", &status, AT_SYMLINK_NOFOLLOW)
            add(result == 0 ? FileIdentity(Stat(rawValue: status)) : nil)
        }
    }
}
