// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// A part of a content on its way to a place in an open image.
public struct PartTransfer: Sendable {
    /// Its bytes in the content.
    public let range: Range<Int64>
    /// The image.
    public let image: FileDescriptor
    /// Where the first of them goes.
    public let offset: Int64

    /// The part `range` of a content, which goes to `offset` of `image`.
    public init(_ range: Range<Int64>, to image: FileDescriptor, at offset: Int64) {
        self.range = range
        self.image = image
        self.offset = offset
    }
}

extension ContentCopier {
    /// Copies `parts` of `content`, none of which overlap, in the order in which they lie in it.
    ///
    /// A file whose hash is not known yet is read once, from front to back and whole: every byte is hashed, and what is a
    /// part goes to its place from the same buffer. One thread reads and hashes while another writes.
    ///
    /// - Throws: as ``run(_:progress:)``.
    public func run(_ parts: [PartTransfer], of content: TransferContent, progress: ProgressMeter) throws {
        while true {
            let targets = try PartTargets(parts, progress: progress)
            do {
                return try copy(parts, of: content, to: targets, progress)
            } catch let error as TransferError {
                guard case .stream(let stream) = content.source else { throw error }
                // What comes the next time goes over what is wrong.
                try stream.retry(error)
                progress.advance(by: -targets.byteCount)
            }
        }
    }

    private func copy(
        _ parts: [PartTransfer], of content: TransferContent, to targets: PartTargets, _ progress: ProgressMeter
    ) throws {
        guard let source = try OpenSource(content) else {
            if case .bytes(let bytes) = content.source { try targets.write(bytes) }
            return
        }
        guard source.isToBeHashed else {
            source.close()
            return try run(parts.map { Transfer($0, of: content) }, progress: progress)
        }
        defer { source.close() }
        source.willReadInOrder()
        let copied = try PieceLine.run(
            byteCount: content.byteCount, isShared: workerCount > 1, hashes: true, interruption: interruption
        ) {
            try source.read(at: $0, into: $1)
        } write: {
            try targets.write($1, from: $0)
        }
        guard copied.byteCount == content.byteCount, let sha256 = copied.sha256 else {
            throw source.ended(after: copied.byteCount)
        }
        try source.require(sha256)
        try source.requireEnd()
        source.report(to: didVerify)
    }
}

/// Writes what of the pieces of a source is a part; used by one thread.
private final class PartTargets: @unchecked Sendable {
    private let parts: [PartTransfer]
    private let progress: ProgressMeter
    private var direct: [FileDescriptor: PositionedOutput] = [:]
    /// The part that comes next, or is being written.
    private var next = 0
    /// How many bytes were written.
    private(set) var byteCount = 0

    init(_ parts: [PartTransfer], progress: ProgressMeter) throws {
        self.parts = parts
        self.progress = progress
        for part in parts where direct[part.image] == nil {
            direct[part.image] = PositionedOutput(part.image, path: Self.imagePath)
        }
        for part in parts where Int64(part.range.count) >= DirectWriter.smallestByteCount {
            try direct[part.image]?.allocate(part.offset..<part.offset + Int64(part.range.count))
        }
    }

    /// What errors call an image, whose path only its owner knows.
    private static let imagePath: FilePath = "the image"

    func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0, from: 0) } }

    /// Writes what of `piece`, which begins at `offset` of the content, is a part.
    func write(_ piece: UnsafeRawBufferPointer, from offset: Int64) throws {
        let end = offset + Int64(piece.count)
        while next < parts.count, parts[next].range.lowerBound < end {
            let part = parts[next]
            let start = max(part.range.lowerBound, offset)
            let stop = min(part.range.upperBound, end)
            if start < stop {
                let bytes = piece[Int(start - offset)..<Int(stop - offset)]
                try write(
                    UnsafeRawBufferPointer(rebasing: bytes), of: part,
                    at: part.offset + (start - part.range.lowerBound))
                byteCount += bytes.count
                progress.advance(by: bytes.count)
            }
            if part.range.upperBound > end { return }
            next += 1
        }
    }

    /// Whole blocks of large parts go past the page cache; what is before the first one goes alone.
    private func write(_ bytes: UnsafeRawBufferPointer, of part: PartTransfer, at offset: Int64) throws {
        guard Int64(part.range.count) >= DirectWriter.smallestByteCount, let output = direct[part.image] else {
            return try PositionedOutput(part.image, path: Self.imagePath, direct: nil).write(bytes, at: offset)
        }
        let head = min(bytes.count, output.isDirect ? DirectWriter.byteCountToBlock(from: offset) : 0)
        if head > 0 { try output.write(UnsafeRawBufferPointer(rebasing: bytes[..<head]), at: offset) }
        if head < bytes.count {
            try output.write(UnsafeRawBufferPointer(rebasing: bytes[head...]), at: offset + Int64(head))
        }
    }
}
