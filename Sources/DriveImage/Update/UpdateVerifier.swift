// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// Reads what an update wrote again, past the page cache: new contents by SHA-256, directories byte for byte, and that
/// the tables lead to every file, changed or not, in the clusters where it should be.
///
/// Contents that stayed are read on demand: who planned the update vouched for them, but a drive with less room than it
/// says may have written new contents over them.
public struct UpdateVerifier: Sendable {
    private let update: DriveUpdate
    private let readsKeptContents: Bool
    private let interruption: Interruption

    /// A verifier of a drive on which `update` was carried out.
    ///
    /// - Parameter readsKeptContents: whether contents that stayed where they were are read too.
    public init(_ update: DriveUpdate, readsKeptContents: Bool = false, interruption: Interruption) {
        self.update = update
        self.readsKeptContents = readsKeptContents
        self.interruption = interruption
    }

    /// The bytes that ``verify(_:name:byteCount:progress:)`` reports as progress.
    public var byteCount: Int64 { update.isUpToDate ? 0 : parts.byteCount }

    private var parts: ExpectedParts { update.expectedParts(includingKept: readsKeptContents) }

    /// Reads the drive.
    ///
    /// - Parameters:
    ///   - name: what the drive is called in errors.
    ///   - byteCount: its size in bytes.
    /// - Throws: `InterruptedError`; `FileError` when there are not enough threads.
    public func verify(
        _ input: any DiskInput, name: String, byteCount: Int64, progress: ProgressMeter
    ) throws -> DiskVerification {
        guard !update.isUpToDate else { return DiskVerification() }
        var found = try DiskVerifier(parts, interruption: interruption)
            .verify([(input, name)], progress: progress)[0]
        guard found.failure == nil else { return found }
        do {
            found.mismatches += try compareStructures(UncachedSource(input, byteCount: byteCount))
        } catch {
            found.failure = error
        }
        return found
    }

    private func compareStructures(_ source: UncachedSource) throws -> [DiskMismatch] {
        let frame = update.frame
        guard let volume = try FATVolume(source, at: frame.offset) else {
            return [DiskMismatch(part: .bootSectors, offset: frame.offset)]
        }
        let contents = try VolumeContents(volume, try VolumeFrame(volume))
        var mismatches: [DiskMismatch] = []
        let entries = Dictionary(contents.files.map { ($0.entry.path, $0.entry) }) { first, _ in first }
        for (number, file) in update.directories.files.enumerated() {
            guard let entry = entries[file.path.description], entry.byteCount == file.byteCount,
                entry.firstCluster == update.directories.fileClusters[number]
            else {
                mismatches.append(DiskMismatch(part: .file(file.path), offset: frame.offset))
                continue
            }
        }
        if contents.reachable != update.live || contents.allocated != update.live {
            mismatches.append(DiskMismatch(part: .fileAllocationTable(1), offset: frame.tableOffsets[0]))
        }
        for range in update.links.ranges(in: frame.tableByteCount) + update.freedRanges {
            let first = try source.bytes(at: frame.tableOffsets[0] + range.lowerBound, length: range.count)
            for (number, table) in frame.tableOffsets.enumerated().dropFirst()
            where try source.bytes(at: table + range.lowerBound, length: range.count) != first {
                mismatches.append(
                    DiskMismatch(part: .fileAllocationTable(number + 1), offset: table + range.lowerBound))
            }
        }
        return mismatches
    }
}

extension DriveUpdate {
    /// What was written to clusters, and on demand what stayed in them.
    fileprivate func expectedParts(includingKept: Bool) -> ExpectedParts {
        let contents = ((includingKept ? keptFiles : []) + newFiles).map { file in
            ExpectedPart(
                .file(goal.files[file.number].path), .digest(goal.digests[file.number]),
                ranges(file.runs, byteCount: goal.files[file.number].byteCount))
        }
        let folders = folderRuns.indices.map { number in
            ExpectedPart(
                .folder(directories.tree.folders[number].path), .structure(.folder(number)), ranges(ofFolder: number))
        }
        let parts = contents + folders
        return ExpectedParts(
            sequence: { AnySequence(parts) },
            makeFill: {
                var latest: (number: Int, bytes: [UInt8])?
                return { buffer, content, _, offset in
                    guard case .folder(let number) = content else { return }
                    if latest?.number != number { latest = (number, paddedDirectory(number)) }
                    guard let bytes = latest?.bytes else { return }
                    buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
                }
            },
            byteCount: parts.reduce(0) { $1.ranges.reduce($0) { $0 + Int64($1.count) } })
    }
}

/// Bytes that are read from the medium each time.
private struct UncachedSource: ByteSource {
    private static let pageByteCount = Int64(AlignedBuffer.alignment)

    private let input: any DiskInput
    let byteCount: Int64

    init(_ input: any DiskInput, byteCount: Int64) {
        self.input = input
        self.byteCount = byteCount
    }

    func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]? {
        guard offset >= 0, length >= 0, offset <= byteCount, Int64(length) <= byteCount - offset else { return nil }
        let start = Alignment.down(offset, to: Self.pageByteCount)
        let end = Alignment.up(offset + Int64(length), to: Self.pageByteCount)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(end - start), alignment: AlignedBuffer.alignment)
        defer { buffer.deallocate() }
        let count = try input.fill(buffer, from: start)
        let first = Int(offset - start)
        return count >= first + length ? Array(buffer[first..<first + length]) : nil
    }
}
