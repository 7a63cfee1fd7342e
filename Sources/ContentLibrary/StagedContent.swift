// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// A source copied into the work folder of a library, ready to be named.
///
/// Bytes that the library has already are hashed and let go; each other file lies in `files` under its hash.
struct StagedContent {
    private(set) var files: [ContentFile] = []
    let folders: [MediaPath]
    private(set) var contentHash = ""
    /// The hashes whose bytes are staged.
    private(set) var newHashes: Set<SHA256Digest> = []
    /// The bytes that the library did not have.
    private(set) var newByteCount: Int64 = 0

    private static let bufferByteCount = 1 << 20

    /// Copies the files of `source` into `folder`, hashing them on the way.
    init(
        _ source: SourceTree, in folder: FilePath, library: ContentLibrary, interruption: Interruption,
        progress: any ProgressObserver
    ) throws {
        folders = source.folders.sorted()
        var total: Int64 = 0
        for file in source.files {
            let size = try FileError.wrap("read", file.path) { try Stat(file.path) }.size
            guard size <= Content.maximumByteCount - total else {
                throw SourceTree.unsuitable(file.path, "makes the content larger than 1 PiB")
            }
            total += size
        }
        let meter = ProgressMeter(phase: "adding", totalByteCount: total, observer: progress)
        defer { meter.finish() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferByteCount, alignment: 4096)
        defer { buffer.deallocate() }
        for file in source.files.sorted(by: { $0.media < $1.media }) {
            let incoming = folder.appending("incoming")
            let copied = try Self.copy(
                file, to: incoming, buffer: buffer, interruption: interruption, meter: meter)
            files.append(copied)
            let existing = try library.find(copied.sha256)?.status
            let isKnown = existing.map { $0.type == .regular && $0.size == copied.byteCount } ?? false
            if isKnown || newHashes.contains(copied.sha256) {
                try Folder.removeFile(incoming)
            } else {
                try AtomicFile.rename(incoming, to: folder.appending(copied.sha256.upperCase))
                newHashes.insert(copied.sha256)
                newByteCount += copied.byteCount
            }
        }
        contentHash = ContentHash.compute(files: files, folders: folders)
    }

    private static func copy(
        _ file: SourceTree.File, to target: FilePath, buffer: UnsafeMutableRawBufferPointer,
        interruption: Interruption, meter: ProgressMeter
    ) throws -> ContentFile {
        // noFollow: the walk resolved every link, so one that is here now was put there since.
        let input = try FileError.wrap("read", file.path) {
            try FileDescriptor.open(file.path, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
        }
        return try input.closeAfter {
            let status = try FileError.wrap("read", file.path) { try Stat(input) }
            guard status.type == .regular else {
                throw SourceTree.unsuitable(file.path, "is neither a file nor a folder")
            }
            let output = try FileError.wrap("written", target) {
                try FileDescriptor.open(
                    target, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow],
                    permissions: FilePermissions(rawValue: 0o644))
            }
            return try output.closeAfter {
                let hash = SHA256()
                var byteCount: Int64 = 0
                while true {
                    try interruption.check()
                    let count = try FileError.wrap("read", file.path) { try input.read(into: buffer) }
                    if count == 0 { break }
                    let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    hash.update(chunk)
                    try FileError.wrap("written", target) { _ = try output.writeAll(chunk) }
                    byteCount += Int64(count)
                    meter.advance(by: count)
                }
                let identity = FileIdentity(status)
                guard try FileIdentity(of: input, path: file.path) == identity else {
                    throw SourceTree.changed(file.path)
                }
                return ContentFile(
                    path: file.media, byteCount: byteCount, sha256: hash.finalize(),
                    modified: identity.modified.timestamp)
            }
        }
    }

    /// Writes the DataLib tree of these files to `root`.
    func writeTree(to root: FilePath) throws(FileError) {
        try Folder.create(root)
        for folder in folders { try Folder.create(root.appending(folder)) }
        for file in files {
            let document = INIDocument(sections: [
                INIDocument.Section(
                    name: "File",
                    entries: [
                        .init(key: "Attributes", value: file.attributes.paddedHexadecimal),
                        .init(key: "Hash", value: file.sha256.upperCase),
                        .init(key: "Size", value: String(file.byteCount)),
                        .init(key: "TimeModified", value: String(file.modified.fileTime)),
                    ])
            ])
            let path = root.appending(file.path)
            try AtomicFile.create(
                document.bytes, at: path.removingLastComponent().appending("\(file.path.name).INI"))
        }
    }

    /// The content's own INI.
    static func contentINI(hash: String) -> [UInt8] {
        INIDocument(sections: [
            INIDocument.Section(
                name: "Info",
                entries: [
                    .init(key: "Hash", value: hash),
                    .init(key: "HashAlgorithm", value: String(ContentHash.algorithm)),
                ])
        ]).bytes
    }
}

extension FilePath {
    func appending(_ media: MediaPath) -> FilePath {
        media.components.reduce(self) { $0.appending($1) }
    }
}

extension UInt32 {
    fileprivate var paddedHexadecimal: String {
        let digits = String(self, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}
