// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Support
import SystemPackage

/// Reads drives again, past the page cache, and compares everything that was planned: structures byte for byte, files
/// by SHA-256, and that what should be empty is.
///
/// It finds what a drive forgot, what it wrote elsewhere, and drives whose writes wrap around because they have less
/// room than they say.
public struct DiskVerifier: Sendable {
    /// Bytes that all drives together have for their buffers.
    private static let bufferByteCount = 64 << 20
    private static let largestWindowByteCount = 4 << 20
    private static let smallestWindowByteCount = 256 << 10

    private let parts: ExpectedParts
    private let interruption: Interruption

    /// A verifier of drives that `layout` was written to.
    ///
    /// - Parameters:
    ///   - data: the NTFS volumes of the layout, made.
    ///   - digest: the SHA-256 of the file with this number; called on any thread.
    public init(
        _ layout: DiskLayout, data: [DataVolume] = [], interruption: Interruption,
        digest: @escaping @Sendable (Int) -> SHA256Digest
    ) {
        self.init(layout.expectedParts(data: data, digest), interruption: interruption)
    }

    init(_ parts: ExpectedParts, interruption: Interruption) {
        self.parts = parts
        self.interruption = interruption
    }

    /// The bytes that ``verify(_:progress:)`` reads of each drive, to a page, and reports as progress.
    public var byteCount: Int64 { parts.byteCount }

    /// Reads all of `drives` side by side; one that fails does not stop the others.
    ///
    /// - Parameter drives: each with the name it has in errors.
    /// - Returns: what was found on each.
    /// - Throws: `InterruptedError`; `FileError` when there are not enough threads.
    public func verify(
        _ drives: [(input: any DiskInput, name: String)], progress: ProgressMeter
    ) throws -> [DiskVerification] {
        var windowByteCount = Self.largestWindowByteCount
        // One more buffer is what is compared with.
        while windowByteCount * (DriveComparison.bufferCount + 1) * drives.count > Self.bufferByteCount,
            windowByteCount > Self.smallestWindowByteCount
        {
            windowByteCount /= 2
        }
        let comparisons = drives.map { drive in
            DriveComparison(
                drive.input, name: drive.name, parts, windowByteCount: windowByteCount, interruption: interruption,
                progress: progress)
        }
        do throws(Errno) {
            var work: [@Sendable () -> Void] = []
            for comparison in comparisons {
                work.append { comparison.read() }
                work.append { comparison.compare() }
            }
            try WorkerThreads.runTogether(work)
        } catch {
            throw FileError("started", "a thread for the drive", error)
        }
        try interruption.check()
        return comparisons.map(\.verification)
    }
}
