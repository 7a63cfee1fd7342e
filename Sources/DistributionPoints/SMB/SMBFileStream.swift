// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Servers
import Shares
import Support

/// The bytes of a file on a share, in order, whatever happens on the way: a connection that breaks is made again, and goes
/// on where it broke.
///
/// Unchecked: used by one thread at a time, as streams are.
final class SMBFileStream: ByteStream, @unchecked Sendable {
    /// A file of a content.
    struct Wanted: Sendable {
        /// What errors call it.
        let noun: String
        let byteCount: Int64
        let sha256: SHA256Digest
    }

    private let wanted: Wanted
    private let library: SMBLibrary
    private let interruption: Interruption

    private var stream: ShareStream?
    /// The drive that is read, by its place among all.
    private var drive = 0
    private var offset: Int64 = 0
    private var tries = TransferTries()
    /// What was said where it was looked for first.
    private var firstRefusal: ShareError?

    init(_ wanted: Wanted, _ library: SMBLibrary, _ interruption: Interruption) {
        self.wanted = wanted
        self.library = library
        self.interruption = interruption
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while offset < wanted.byteCount {
            do {
                guard let stream = try opened() else { continue }
                let count = try stream.read(into: buffer)
                guard count == 0 else {
                    offset += Int64(count)
                    if offset == wanted.byteCount { try finish(stream) }
                    return count
                }
                // A file that is being written, or one that is damaged: the hash will tell.
                self.stream = nil
                throw DistributionPointError(
                    .unreachable, .unreachable, DiagnosticText(wanted.noun),
                    "ended after \(offset) of \(wanted.byteCount) bytes on \(library.location.text)",
                    nextStep: "distribute the content again, or name another distribution point")
            } catch let error as ShareError {
                stream = nil
                if error.code == .notFound {
                    firstRefusal = firstRefusal ?? error
                    drive += 1
                } else {
                    guard error.mayPass else { throw named(error) }
                    try fault(error)
                }
            }
        }
        return 0
    }

    func skip(_ byteCount: Int64) -> Bool {
        guard stream == nil, offset == 0 else { return false }
        (offset, tries) = (byteCount, TransferTries(at: byteCount))
        return true
    }

    /// Reads the end of the answer, so that the connection can be used again.
    private func finish(_ stream: ShareStream) throws {
        self.stream = nil
        _ = try? withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { try stream.read(into: $0) }
    }

    /// The open file, from ``offset`` on; nil when it has to be looked at again.
    private func opened() throws -> ShareStream? {
        if let stream { return stream }
        var drives = try library.drives(all: false, interruption)
        if drive >= drives.count { drives = try library.drives(all: true, interruption) }
        guard drive < drives.count else {
            throw named(firstRefusal)
        }
        let place = SMBDistributionPoint.place(of: wanted.sha256, on: drives[drive])
        stream = try library.shares.open(
            place, from: offset, count: wanted.byteCount - offset, interruption)
        return stream
    }

    private func named(_ refusal: ShareError?) -> DistributionPointError {
        guard let refusal else {
            return DistributionPointError(
                .contentMissing, .notFound, DiagnosticText(wanted.noun), "is on no drive of \(library.location.text)",
                nextStep: "distribute the content again")
        }
        let error = DistributionPointError(refusal)
        return DistributionPointError(
            error.code, error.failureClass, DiagnosticText(wanted.noun),
            "cannot be fetched: \(error.object) \(error.problem)", nextStep: error.nextStep)
    }

    /// Takes note of a fault that may pass, and waits; throws when there were too many.
    private func fault(_ error: ShareError) throws {
        let retries = library.retries
        guard let number = tries.next(after: offset, error.fault, retries.policy) else {
            throw named(error)
        }
        try retries.pause(before: number, after: error, error.fault, interruption)
    }
}
