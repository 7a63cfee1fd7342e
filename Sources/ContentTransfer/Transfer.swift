// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Where the bytes of one content come from.
public enum TransferSource: Sendable, Equatable {
    /// Bytes in memory, generated or extracted.
    case bytes([UInt8])
    /// A local file whose bytes are hashed while they are copied.
    case file(FilePath)
    /// A local file whose hash is known as long as its identity is this one.
    case verifiedFile(FilePath, FileIdentity)
    /// Bytes that come one after the other, once, and are hashed while they are copied.
    case stream(StreamedContent)
}

/// Where the bytes go.
public enum TransferTarget: Sendable, Equatable {
    /// A place inside an open image.
    case image(FileDescriptor, offset: Int64)
    /// A new file with this modification time.
    case newFile(FilePath, modified: Timestamp)

    /// The image, for a place inside one.
    var image: FileDescriptor? {
        guard case .image(let descriptor, _) = self else { return nil }
        return descriptor
    }
}

/// A content that is to be copied: what it is called, where it comes from and what it must be.
public struct TransferContent: Sendable {
    /// What the content is called in errors: "file setup.exe of package ABC00012".
    public let name: String
    /// Where it comes from.
    public let source: TransferSource
    /// Its size in bytes.
    public let byteCount: Int64
    /// Its SHA-256.
    public let sha256: SHA256Digest

    /// Describes a content.
    public init(name: String, source: TransferSource, byteCount: Int64, sha256: SHA256Digest) {
        self.name = name
        self.source = source
        self.byteCount = byteCount
        self.sha256 = sha256
    }

    /// Makes sure that `bytes`, which are in memory, are as many as was promised.
    ///
    /// - Throws: ``TransferError`` `.wrongSize`.
    public func requireSize(of bytes: [UInt8]) throws(TransferError) {
        guard Int64(bytes.count) == byteCount else { throw .wrongSize(self, "memory", found: Int64(bytes.count)) }
    }
}

/// One content on its way from a source to a target.
public struct Transfer: Sendable {
    /// The content.
    public let content: TransferContent
    /// Where it goes: the image's offset is that of its first byte, copied or not.
    public let target: TransferTarget
    /// What of it is copied: all, unless it is a file whose hash is known.
    let range: Range<Int64>

    /// Where the content comes from.
    var source: TransferSource { content.source }
    /// The bytes that are copied.
    var byteCount: Int64 { Int64(range.count) }

    /// Describes a transfer.
    public init(
        name: String, source: TransferSource, target: TransferTarget, byteCount: Int64, sha256: SHA256Digest
    ) {
        content = TransferContent(name: name, source: source, byteCount: byteCount, sha256: sha256)
        self.target = target
        range = 0..<byteCount
    }

    /// Describes the transfer of a part of a file whose hash is known.
    init(_ part: PartTransfer, of content: TransferContent) {
        self.content = content
        target = .image(part.image, offset: part.offset - part.range.lowerBound)
        range = part.range
    }
}
