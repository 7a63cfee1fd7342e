// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A local file that is open to be copied, and that must stay the file it was.
public struct OpenSource: Sendable {
    /// The open file.
    public let descriptor: FileDescriptor
    /// Where it is.
    public let path: FilePath
    /// What it was when it was opened.
    public let identity: FileIdentity
    private let content: TransferContent

    /// Opens the file at `path`, from which `content` is to come; whoever opens it closes it.
    ///
    /// - Parameter known: the identity under which the hash of the content is known.
    /// - Throws: `FileError`; ``TransferError`` `.wrongSize` and `.changed`.
    public init(_ path: FilePath, of content: TransferContent, known: FileIdentity? = nil) throws {
        let descriptor = try InputFile.open(path)
        do {
            identity = try FileIdentity(of: descriptor, path: path)
            guard identity.byteCount == content.byteCount else {
                throw TransferError.wrongSize(content, path, found: identity.byteCount)
            }
            if let known, known != identity { throw TransferError.changed(content, path) }
        } catch {
            try? descriptor.close()
            throw error
        }
        self.descriptor = descriptor
        self.path = path
        self.content = content
    }

    /// Reads up to the size of `buffer` from `offset`; 0 only at the end of the file.
    ///
    /// - Throws: `FileError`.
    public func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        try FileError.wrap("read", path) { try descriptor.read(fromAbsoluteOffset: offset, into: buffer) }
    }

    /// Makes sure that the file is still what it was when it was opened.
    ///
    /// - Throws: ``TransferError`` `.changed`, `FileError`.
    public func requireUnchanged() throws {
        guard try FileIdentity(of: descriptor, path: path) == identity else {
            throw TransferError.changed(content, path)
        }
    }

    /// The error that the file ended after `byteCount` bytes.
    public func ended(after byteCount: Int64) -> TransferError { .wrongSize(content, path, found: byteCount) }

    /// Makes sure that `digest` is the one that was promised.
    ///
    /// - Throws: ``TransferError`` `.wrongHash`.
    public func require(_ digest: SHA256Digest) throws(TransferError) {
        guard digest == content.sha256 else { throw .wrongHash(content, path, found: digest) }
    }
}
