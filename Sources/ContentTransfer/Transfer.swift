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

/// One content on its way from a source to a target.
public struct Transfer: Sendable {
    /// What the content is called in errors: "file setup.exe of package ABC00012".
    public let name: String
    /// Where it comes from.
    public let source: TransferSource
    /// Where it goes.
    public let target: TransferTarget
    /// Its size in bytes.
    public let byteCount: Int64
    /// Its SHA-256.
    public let sha256: SHA256Digest

    /// Describes a transfer.
    public init(
        name: String, source: TransferSource, target: TransferTarget, byteCount: Int64, sha256: SHA256Digest
    ) {
        self.name = name
        self.source = source
        self.target = target
        self.byteCount = byteCount
        self.sha256 = sha256
    }
}
