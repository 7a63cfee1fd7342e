// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// The source of a content, open to be copied: a local file that must stay what it was, or a stream.
public struct OpenSource: Sendable {
    /// A local file, and what it was when it was opened.
    struct File {
        let descriptor: FileDescriptor
        let path: FilePath
        let identity: FileIdentity
        let began = FileIdentity.Instant.now
    }

    private enum Origin {
        case file(File)
        case stream(OpenStream)
    }

    private let origin: Origin
    private let content: TransferContent
    /// True when the bytes have to be hashed; false for a file whose hash is known.
    public let isToBeHashed: Bool

    /// Opens what `content` comes from, or returns nil when its bytes are in memory; whoever opens it closes it.
    ///
    /// - Throws: `FileError`; ``TransferError`` `.wrongSize` and `.changed`; what opening a stream throws.
    public init?(_ content: TransferContent) throws {
        switch content.source {
        case .bytes: return nil
        case .file(let path): (origin, isToBeHashed) = (.file(try File(path, of: content)), true)
        case .verifiedFile(let path, let known):
            (origin, isToBeHashed) = (.file(try File(path, of: content, known: known)), false)
        case .stream(let stream): (origin, isToBeHashed) = (.stream(try OpenStream(stream)), true)
        }
        self.content = content
    }

    /// The local file; nil for a stream.
    var file: File? { if case .file(let file) = origin { file } else { nil } }

    /// Reads up to the size of `buffer` from `offset`; 0 only at the end.
    ///
    /// A stream must be read from front to back.
    ///
    /// - Throws: `FileError`; what a stream throws.
    public func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        switch origin {
        case .file(let file): try file.read(at: offset, into: buffer)
        case .stream(let stream): try stream.read(at: offset, into: buffer)
        }
    }

    /// Tells the kernel that the source will be read from front to back.
    public func willReadInOrder() {
        if let file { posix_fadvise(file.descriptor.rawValue, 0, 0, POSIX_FADV_SEQUENTIAL) }
    }

    /// Makes sure, after the last byte that was promised, that there is no other, and that a file is still what it was
    /// when it was opened.
    ///
    /// - Throws: ``TransferError`` `.changed`, `.wrongSize`; `FileError`; what a stream throws.
    public func requireEnd() throws {
        switch origin {
        case .file(let file):
            if isToBeHashed, try file.hasByte(at: content.byteCount) { throw ended(after: content.byteCount + 1) }
            guard try FileIdentity(of: file.descriptor, path: file.path) == file.identity else {
                throw TransferError.changed(content, file.path)
            }
        case .stream(let stream): guard try stream.isAtEnd() else { throw TransferError.tooLong(content, stream.place) }
        }
    }

    /// The error that the source ended after `byteCount` bytes.
    public func ended(after byteCount: Int64) -> TransferError {
        .wrongSize(content, place, found: byteCount)
    }

    /// Makes sure that `digest`, of all bytes, is the one that was promised; a stream takes note of that.
    ///
    /// - Throws: ``TransferError`` `.wrongHash`.
    public func require(_ digest: SHA256Digest) throws(TransferError) {
        guard digest == content.sha256 else { throw .wrongHash(content, place, found: digest) }
        if case .stream(let stream) = origin { stream.accept() }
    }

    /// Tells `didVerify` of a file that has the hash that was promised, as its bytes have shown.
    public func report(to didVerify: ContentCopier.DidVerify) {
        if let file { didVerify(file.path, file.identity, content.sha256, file.began) }
    }

    /// Closes a file; a stream ends with the last that holds it.
    public func close() { try? file?.descriptor.close() }

    private var place: String {
        switch origin {
        case .file(let file): file.path.string
        case .stream(let stream): stream.place
        }
    }
}

extension OpenSource.File {
    /// Opens the file at `path`; `known` is the identity under which the hash of the content is known.
    init(_ path: FilePath, of content: TransferContent, known: FileIdentity? = nil) throws {
        let descriptor = try InputFile.open(path)
        do {
            let identity = try FileIdentity(of: descriptor, path: path)
            guard identity.byteCount == content.byteCount else {
                throw TransferError.wrongSize(content, path.string, found: identity.byteCount)
            }
            if let known, known != identity { throw TransferError.changed(content, path) }
            self.init(descriptor: descriptor, path: path, identity: identity)
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        try FileError.wrap("read", path) { try descriptor.read(fromAbsoluteOffset: offset, into: buffer) }
    }

    func hasByte(at offset: Int64) throws -> Bool {
        try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { try read(at: offset, into: $0) } > 0
    }
}
