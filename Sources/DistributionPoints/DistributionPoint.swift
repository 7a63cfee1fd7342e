// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Identifiers
import Servers
import Support
import SystemPackage

/// Something that holds packages: a content library on a path, or on a server.
///
/// It is asked for lists while media is planned and for bytes while it is written. Who uses it goes through a
/// ``DistributionPointGroup`` and does not know where the bytes come from; a source of content of another kind is one
/// type that conforms, and its ``DistributionPointTransport``.
public protocol DistributionPoint: Sendable {
    /// Where it is, as the user named it.
    var location: String { get }

    /// What it says of `id`, or nil when it does not have the package.
    ///
    /// - Throws: a `DiagnosticError`, of the class `.unreachable` when nobody answers; `InterruptedError`.
    func package(
        _ id: PackageID, interruption: Interruption, progress: any ProgressObserver
    ) throws -> LibraryPackage?

    /// The files and folders of a content, each file with its size and its SHA-256.
    ///
    /// One that cannot tell a SHA-256 without the bytes keeps these in the ``ContentStore`` meanwhile, which says what
    /// it is: they are not asked for again.
    ///
    /// - Throws: as ``package(_:interruption:progress:)``, of the class `.notFound` when it does not have the content.
    func content(_ id: ContentID, interruption: Interruption, progress: any ProgressObserver) throws -> Content

    /// Makes sure that it has a content, which is listed soon after if so.
    ///
    /// - Throws: as ``content(_:interruption:progress:)``.
    func require(_ id: ContentID, interruption: Interruption, progress: any ProgressObserver) throws

    /// How the bytes of `file` can be had; nothing waits for them yet.
    ///
    /// - Throws: as ``content(_:interruption:progress:)``.
    func supply(of file: MediaFile, in content: ContentID) throws -> ContentSupply

    /// Forgets the list of a content whose files were not what it says; what it says next is asked for anew.
    func forget(_ id: ContentID)

    /// How often a stream is read whose bytes were not what was promised.
    var retryPolicy: RetryPolicy { get }

    /// Whether bytes come as streams only, so that the store is looked into first.
    var isStreaming: Bool { get }

    /// Whether it is asked at all; if not, only what it said before counts.
    var isAsked: Bool { get }

    /// How often something that was asked of it did not work, and was asked again.
    var faultCount: Int { get }

    /// Whether what comes as a stream is to be kept in the store, so that it is not asked for again.
    var isKept: Bool { get }
}

extension DistributionPoint {
    /// Lists it: a server is asked for a list once.
    public func require(_ id: ContentID, interruption: Interruption, progress: any ProgressObserver) throws {
        _ = try content(id, interruption: interruption, progress: progress)
    }

    /// Nothing is remembered.
    public func forget(_ id: ContentID) {}
    /// Once: what is damaged stays so.
    public var retryPolicy: RetryPolicy { .once }
    /// It is.
    public var isAsked: Bool { true }
    /// Nothing is asked again.
    public var faultCount: Int { 0 }
    /// No.
    public var isStreaming: Bool { false }
    /// No.
    public var isKept: Bool { false }
}

/// How the bytes of a file of a content can be had.
public enum ContentSupply: Sendable {
    /// In a local file that nobody changes meanwhile, so that blocks can be shared and the kernel can copy.
    case localFile(FilePath)
    /// As a stream from its first byte on, which the closure opens; it ends soon after the interruption is requested.
    case stream(@Sendable (Interruption) throws -> any ByteStream)
}
