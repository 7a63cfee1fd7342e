// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import ContentTransfer
import Cryptography
import Glibc
import Support
import SystemPackage
import WindowsImaging

/// Writes files of media to new files; used by one thread.
final class FileExtraction {
    /// A file on its way.
    struct Job: Sendable {
        let file: MediaEntry
        /// Its SHA-256 by the manifest; nil when that does not list it.
        let sha256: SHA256Digest?
    }

    private let media: any OpenedMedia
    private let root: FilePath
    private let interruption: Interruption
    private let meter: ProgressMeter
    private let buffer = HugePages.allocate(byteCount: HugePages.byteCount)
    private let hash = SHA256()

    /// From this size on one thread writes while another reads and hashes: below it costs more than it gains.
    private static let sharedByteCount: Int64 = 32 << 20
    /// From this size on files are written past the page cache where that can be.
    private static let directByteCount: Int64 = 1 << 20
    /// Below this size blocks are not shared: a few pages are copied as quickly.
    private static let clonedByteCount: Int64 = 64 << 10
    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)

    /// An extraction of files of `media` to folders in `root`, which are there.
    init(_ media: any OpenedMedia, to root: FilePath, interruption: Interruption, meter: ProgressMeter) {
        self.media = media
        self.root = root
        self.interruption = interruption
        self.meter = meter
    }

    deinit { buffer.deallocate() }

    /// Nothing more can be written; not a fault of the media.
    private struct OutputFailure: Error {
        let reason: any Error
    }

    /// Extracts a file; returns what is wrong with it on the media, nil when nothing is.
    ///
    /// - Throws: `FileError` when it cannot be written; ``ExtractionError``; `InterruptedError`.
    func extract(_ job: Job) throws -> MediaVerification.Finding? {
        let path = root.appending(job.file.path.components)
        let descriptor = try create(path, job.file.path)
        return try descriptor.closeAfter {
            hash.reset()
            let copied: PieceLine.Copied
            do {
                copied = try copy(job, to: Output(descriptor: descriptor, path: path))
            } catch let error as OutputFailure {
                throw error.reason
            } catch let error as InterruptedError {
                throw error
            } catch {
                // All of it could be read, and the archive knows it by another hash.
                let isDamaged = (error as? WindowsImagingError)?.code == .damaged
                return .init(job.file.path, isDamaged ? .damaged : .unreadable, reason: Self.reason(error))
            }
            guard copied.byteCount == job.file.byteCount else {
                return .init(
                    job.file.path, .unreadable,
                    reason: "the media ends after \(copied.byteCount) of its \(job.file.byteCount) bytes")
            }
            if let time = job.file.modified { futimens(descriptor.rawValue, [timespec(time), timespec(time)]) }
            guard let expected = job.sha256 else { return nil }
            return copied.sha256 == expected ? nil : .init(job.file.path, .damaged)
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? any DiagnosticError else { return "\(error)" }
        return DiagnosticText("\(error.object) \(error.problem)").description
    }

    private func create(_ path: FilePath, _ name: MediaPath) throws -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: FilePermissions(rawValue: 0o644))
        } catch Errno.fileExists {
            throw ExtractionTarget.twin(name)
        } catch let error as Errno {
            throw FileError("created", path, error)
        }
    }

    // MARK: Copying

    /// A new file.
    private struct Output: Sendable {
        let descriptor: FileDescriptor
        let path: FilePath

        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(OutputFailure) {
            do {
                _ = try descriptor.writeAll(toAbsoluteOffset: offset, bytes)
            } catch {
                throw OutputFailure(reason: FileError("written", path, error as? Errno ?? .ioError))
            }
        }

        /// Makes the file as long as it is when it ends in a hole.
        func end(at byteCount: Int64) throws(OutputFailure) {
            guard ftruncate(descriptor.rawValue, Int(byteCount)) != 0 else { return }
            throw OutputFailure(reason: FileError("written", path, Errno(rawValue: errno)))
        }
    }

    private func copy(_ job: Job, to output: Output) throws -> PieceLine.Copied {
        var copied: PieceLine.Copied?
        let isStored = try media.withStoredBytes(of: job.file) { copied = try copy($0, job, to: output) }
        if isStored, let copied { return copied }
        var offset: Int64 = 0
        func take(_ bytes: UnsafeRawBufferPointer) throws {
            try interruption.check()
            if job.sha256 != nil { hash.update(bytes) }
            try writeLeavingHoles(bytes, at: offset, to: output)
            offset += Int64(bytes.count)
            meter.advance(by: bytes.count)
        }
        if job.sha256 == nil { try media.read(job.file, take) } else { try media.readUnchecked(job.file, take) }
        try output.end(at: offset)
        return finished(offset, job)
    }

    /// Writes what of `bytes` is not all zeros: who hands it out does not say where holes are.
    private func writeLeavingHoles(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64, to output: Output
    ) throws(OutputFailure) {
        var (start, place) = (0, 0)
        while place < bytes.count {
            let end = min(bytes.count, place + Self.zeros.count)
            let isHole = Self.zeros.withUnsafeBytes { zeros in
                guard let zeros = zeros.baseAddress,
                    let piece = UnsafeRawBufferPointer(rebasing: bytes[place..<end]).baseAddress
                else { return true }
                return memcmp(piece, zeros, end - place) == 0
            }
            if isHole {
                if start < place { try output.write(.init(rebasing: bytes[start..<place]), at: offset + Int64(start)) }
                start = end
            }
            place = end
        }
        if start < place { try output.write(.init(rebasing: bytes[start..<place]), at: offset + Int64(start)) }
    }

    private func finished(_ byteCount: Int64, _ job: Job) -> PieceLine.Copied {
        PieceLine.Copied(byteCount: byteCount, sha256: job.sha256.map { _ in hash.finalize() })
    }

    private func copy(_ stored: StoredBytes, _ job: Job, to output: Output) throws -> PieceLine.Copied {
        let byteCount = job.file.byteCount
        if byteCount >= Self.clonedByteCount, tsm_can_share_blocks(output.descriptor.rawValue),
            let copied = try clone(stored, job, to: output)
        {
            return copied
        }
        let isSparse = stored.runs.contains { $0.offset == nil }
        if byteCount >= Self.directByteCount, !isSparse { return try copyLarge(stored, job, to: output) }
        let cursor = StoredBytesCursor(stored)
        var offset: Int64 = 0
        while offset < byteCount {
            try interruption.check()
            if let hole = cursor.hole {
                let count = min(hole, Int64(Self.zeros.count))
                if job.sha256 != nil { hash.update(Self.zeros[..<Int(count)]) }
                // Without a hash there is nothing to do for all of it.
                let step = job.sha256 == nil ? hole : count
                cursor.skip(step)
                offset += step
                meter.advance(by: Int(step))
                continue
            }
            let count = try cursor.read(into: buffer)
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            if job.sha256 != nil { hash.update(bytes) }
            try output.write(bytes, at: offset)
            offset += Int64(count)
            meter.advance(by: count)
        }
        if isSparse { try output.end(at: offset) }
        return finished(offset, job)
    }

    /// Copies a large file past the page cache where that can be.
    private func copyLarge(_ stored: StoredBytes, _ job: Job, to output: Output) throws -> PieceLine.Copied {
        let positioned = PositionedOutput(output.descriptor, path: output.path)
        do { try positioned.allocate(0..<job.file.byteCount) } catch { throw OutputFailure(reason: error) }
        let cursor = StoredBytesCursor(stored)
        let meter = meter
        return try PieceLine.run(
            byteCount: job.file.byteCount, isShared: job.file.byteCount >= Self.sharedByteCount,
            hashes: job.sha256 != nil, interruption: interruption
        ) { _, buffer in
            try cursor.read(into: buffer)
        } write: { offset, bytes in
            do { try positioned.write(bytes, at: offset) } catch { throw OutputFailure(reason: error) }
            meter.advance(by: bytes.count)
        }
    }

    // MARK: Sharing blocks

    /// Lets the file system share the blocks of the media with the new file; nil where it cannot.
    ///
    /// What is hashed is read once more from the same blocks.
    private func clone(_ stored: StoredBytes, _ job: Job, to output: Output) throws -> PieceLine.Copied? {
        var offset: Int64 = 0
        for run in stored.runs {
            guard let start = run.offset else {
                if job.sha256 != nil { return nil }
                offset += run.byteCount
                continue
            }
            var done: Int64 = 0
            while done < run.byteCount {
                try interruption.check()
                var (from, to) = (start + done, offset)
                let count = tsm_copy_file_range(
                    stored.descriptor.rawValue, &from, output.descriptor.rawValue, &to,
                    Int(min(run.byteCount - done, Self.cloneStep)))
                guard count > 0 else {
                    // Nothing was counted yet when the first step cannot be made; whoever copies instead writes over it.
                    return nil
                }
                done += Int64(count)
                offset += Int64(count)
            }
        }
        try output.end(at: offset)
        guard job.sha256 != nil else {
            meter.advance(by: Int(offset))
            return PieceLine.Copied(byteCount: offset, sha256: nil)
        }
        try stored.read { bytes in
            try interruption.check()
            hash.update(bytes)
            meter.advance(by: bytes.count)
        }
        return finished(offset, job)
    }

    /// A step short enough to notice an interruption.
    private static let cloneStep: Int64 = 64 << 20
}
