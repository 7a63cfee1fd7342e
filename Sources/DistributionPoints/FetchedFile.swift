// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A local file that holds the bytes of a content file, and what is known about them.
public struct FetchedFile: Sendable, Equatable {
    /// The file; a symbolic link is never followed.
    public let path: FilePath
    /// The SHA-256 its bytes must have.
    public let sha256: SHA256Digest
    /// The number of its bytes.
    public let byteCount: Int64
    /// True when these very bytes had that SHA-256 before and ``identity`` has not changed since: they need no hashing.
    public let isVerified: Bool
    /// What the file was when it was fetched.
    public let identity: FileIdentity

    /// A file that was looked at when it was `identity`.
    public init(
        path: FilePath, sha256: SHA256Digest, byteCount: Int64, isVerified: Bool, identity: FileIdentity
    ) {
        self.path = path
        self.sha256 = sha256
        self.byteCount = byteCount
        self.isVerified = isVerified
        self.identity = identity
    }

    /// Opens the file for reading and proves that it is still the file that was fetched.
    ///
    /// - Throws: ``DistributionPointError`` `.fileChanged`, `.file`.
    public func open() throws(DistributionPointError) -> FileDescriptor {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileError.wrap("read", path) {
                try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
            }
        } catch { throw DistributionPointError(error) }
        do {
            try checkIsUnchanged(descriptor)
            return descriptor
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    /// Proves that the open file has not changed since it was fetched.
    ///
    /// To be called after the last byte was read: what was copied by then is what was verified.
    ///
    /// - Throws: ``DistributionPointError`` `.fileChanged`, `.file`.
    public func checkIsUnchanged(_ descriptor: FileDescriptor) throws(DistributionPointError) {
        let now: FileIdentity
        do { now = try FileIdentity(of: descriptor, path: path) } catch { throw DistributionPointError(error) }
        guard now == identity else {
            throw DistributionPointError(
                .fileChanged, .malformed, path.string, "changed while it was being read",
                nextStep: "wait until nobody writes to the distribution point and try again")
        }
    }
}
