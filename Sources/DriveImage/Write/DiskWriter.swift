// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import SystemPackage

/// Writes a layout to drives and image files in one pass from front to back, hashing contents as they go by.
///
/// One thread reads, others hash, and each target has one of its own that writes; a bounded number of chunks is in
/// flight. A second thread reads only while hashing is slower than every target. What makes a drive boot is wiped first
/// and written last, after everything else is safe on it.
public struct DiskWriter: Sendable {
    /// Takes note of a file whose bytes had the promised hash, and of when the reading began; called on any thread.
    public typealias DidVerify = ContentCopier.DidVerify

    /// Chunks in flight: so many that a drive that pauses does not stop the reading at once.
    private static let chunkCount = 5

    private let layout: DiskLayout
    private let data: [DataVolume]
    private let interruption: Interruption
    private let didVerify: DidVerify

    /// A writer of `layout`.
    ///
    /// - Parameter data: the NTFS volumes of the layout, made.
    public init(
        _ layout: DiskLayout, data: [DataVolume] = [], interruption: Interruption,
        didVerify: @escaping DidVerify = { _, _, _, _ in }
    ) {
        self.layout = layout
        self.data = data
        self.interruption = interruption
        self.didVerify = didVerify
    }

    /// The bytes that ``write(to:progress:content:)`` reports as progress.
    public var byteCount: Int64 {
        layout.fatVolumes.reduce(0) { $0 + Int64($1.body.range.count) } + data.reduce(0) { $0 + $1.byteCount }
    }

    /// Writes the image file `path`, which appears whole or not at all; what is free on the drive is a hole in it.
    ///
    /// - Parameter content: where the bytes of the file with this number come from; called on one other thread.
    /// - Throws: `OutputError`, `TransferError`, `FileError`, `InterruptedError`.
    public func write(
        toImage path: FilePath, replacesExisting: Bool, progress: ProgressMeter,
        content: @escaping @Sendable (Int) throws -> TransferContent
    ) throws {
        let output = try PendingOutput(path, kind: .file, replacesExisting: replacesExisting)
        try write(to: output, progress: progress, content: content)
        try output.publish()
    }

    /// Writes an image to `output`, which is an empty file and is not published; what is free on the drive is a hole.
    ///
    /// - Parameters:
    ///   - byteCount: where the image ends, when that is before the end of the drive.
    ///   - content: where the bytes of the file with this number come from; called on one other thread.
    /// - Throws: `OutputError`, `TransferError`, `FileError`, `InterruptedError`.
    public func write(
        to output: PendingOutput, byteCount: Int64? = nil, progress: ProgressMeter,
        content: @escaping @Sendable (Int) throws -> TransferContent
    ) throws {
        let segments = layout.fatVolumes.reduce(0) { $0 + $1.body.segmentByteCount }
        try PendingOutput.requireSpace(data.reduce(segments) { $0 + $1.byteCount }, for: output.path)
        try FileError.wrap("written", output.temporaryPath) {
            try output.descriptor.resize(to: layout.deviceByteCount)
        }
        let target = DiskTarget(newFile: output.descriptor, path: output.temporaryPath)
        for volume in layout.fatVolumes { try target.allocate(volume) }
        for range in data.flatMap(\.files).joined() { try target.output.allocate(range) }
        for case let failure? in try write(to: [target], progress: progress, content: content) { throw failure }
        guard let byteCount else { return }
        try FileError.wrap("written", output.temporaryPath) { try output.descriptor.resize(to: byteCount) }
    }

    /// Writes an image as a stream, from its first byte to its last; the caller ends it.
    ///
    /// A content from a server that is not what was promised cannot be read again here: what was wrong has passed.
    ///
    /// - Parameter content: where the bytes of the file with this number come from; called on one other thread.
    /// - Throws: what the stream's sink throws; `TransferError`, `FileError`, `InterruptedError`.
    public func write(
        toStream stream: SequentialDisk, progress: ProgressMeter,
        content: @escaping @Sendable (Int) throws -> TransferContent
    ) throws {
        let failures = try write(
            to: [DiskTarget(stream: stream)], isInOrder: true, progress: progress, content: content)
        if let failure = failures.compactMap({ $0 }).first { throw stream.failure ?? failure }
    }

    /// Writes all of `targets` side by side from one reading of the contents.
    ///
    /// A target that fails does not stop the others.
    ///
    /// - Parameter content: where the bytes of the file with this number come from; called on one other thread.
    /// - Returns: for each target why it failed, or nil; one that failed does not boot.
    /// - Throws: `TransferError`, `FileError`, `InterruptedError` when the contents could not be read, were not what
    ///   was promised, or the user stopped it: then no target boots.
    public func write(
        to targets: [DiskTarget], progress: ProgressMeter, content: @escaping @Sendable (Int) throws -> TransferContent
    ) throws -> [(any Error)?] {
        try write(to: targets, isInOrder: false, progress: progress, content: content)
    }

    /// - Parameter isInOrder: whether everything must come from front to back.
    private func write(
        to targets: [DiskTarget], isInOrder: Bool, progress: ProgressMeter,
        content: @escaping @Sendable (Int) throws -> TransferContent
    ) throws -> [(any Error)?] {
        let pipeline = Pipeline(
            targetCount: targets.count, chunkCount: Self.chunkCount, isInOrder: isInOrder, interruption: interruption,
            progress: progress)
        var work: [@Sendable () -> Void] = [{ read(content, into: pipeline) }] + pipeline.hashers(didVerify)
        for (number, target) in targets.enumerated() { work.append { write(target, number, pipeline) } }
        do throws(Errno) {
            try WorkerThreads.runTogether(work)
        } catch {
            throw FileError("started", "a thread for the drive", error)
        }
        if let failure = pipeline.sourceFailure { throw failure }
        return pipeline.targetFailures
    }

    // MARK: The threads

    /// The first thread: reads all.
    private func read(_ content: @escaping (Int) throws -> TransferContent, into pipeline: Pipeline) {
        pipeline.read { filler in
            var reader = BodyReader(content: content, isInOrder: pipeline.isInOrder, filler: filler)
            try reader.read(layout, data)
        }
    }

    /// A target's thread: wipes it, writes what comes, and makes it boot when all was well.
    private func write(_ target: DiskTarget, _ number: Int, _ pipeline: Pipeline) {
        let difference = target.difference(from: layout)
        pipeline.write(
            number, before: { try target.wipe(layout) }, chunk: { try target.write($0, difference) },
            after: { try target.makeBootable(layout) })
    }
}

extension DiskTarget {
    /// Writes `chunk`, with the bytes of `own` in the place of what all targets get.
    fileprivate func write(_ chunk: DiskChunk, _ own: DiskPiece?) throws {
        guard let bytes = chunk.bytes else { return try writeZeros(chunk.range) }
        guard let own, own.range.overlaps(chunk.range) else { return try output.write(bytes, at: chunk.offset) }
        try AlignedBuffer.withCopy(of: bytes) { copy in
            for (index, byte) in own.bytes.enumerated() where chunk.range.contains(own.offset + Int64(index)) {
                copy[Int(own.offset + Int64(index) - chunk.offset)] = byte
            }
            try output.write(UnsafeRawBufferPointer(copy), at: chunk.offset)
        }
    }

    /// Makes room for what will be written, so that a full disk shows at once.
    fileprivate func allocate(_ volume: FATVolumeLayout) throws(FileError) {
        let data = volume.range(ofFolder: VolumeTree.root).lowerBound..<volume.body.range.upperBound
        if !data.isEmpty { try output.allocate(data) }
    }
}
