// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import Synchronization

/// Reads what is expected of one drive and compares it: one thread reads, one compares, a few buffers go between them.
final class DriveComparison: Sendable {
    /// Buffers between the two threads.
    static let bufferCount = 3

    /// Bytes that were read, on their way to be compared.
    private final class Window: @unchecked Sendable {
        // Unchecked: it belongs to the one thread that took it from a queue.
        let buffer: UnsafeMutableRawBufferPointer
        var range: Range<Int64> = 0..<0

        init(byteCount: Int) { buffer = .allocate(byteCount: byteCount, alignment: AlignedBuffer.alignment) }
        deinit { buffer.deallocate() }

        func bytes(_ part: Range<Int64>) -> UnsafeRawBufferPointer? {
            guard part.lowerBound >= range.lowerBound, part.upperBound <= range.upperBound else { return nil }
            let start = Int(part.lowerBound - range.lowerBound)
            return UnsafeRawBufferPointer(rebasing: buffer[start..<start + part.count])
        }
    }

    private let input: any DiskInput
    private let name: String
    private let parts: ExpectedParts
    private let windowByteCount: Int
    private let interruption: Interruption
    private let progress: ProgressMeter
    private let empty: BoundedQueue<Window>
    private let full: BoundedQueue<Window>
    private let result = Mutex(DiskVerification())

    init(
        _ input: any DiskInput, name: String, _ parts: ExpectedParts, windowByteCount: Int,
        interruption: Interruption, progress: ProgressMeter
    ) {
        self.input = input
        self.name = name
        self.parts = parts
        self.windowByteCount = windowByteCount
        self.interruption = interruption
        self.progress = progress
        empty = BoundedQueue(capacity: Self.bufferCount)
        full = BoundedQueue(capacity: Self.bufferCount)
        for _ in 0..<Self.bufferCount { empty.send(Window(byteCount: windowByteCount)) }
    }

    /// What was found; complete when both threads have ended.
    var verification: DiskVerification { result.withLock { $0 } }

    /// The thread that reads.
    func read() {
        defer { full.close() }
        do {
            for span in ReadSpans(parts.sequence(), windowByteCount: Int64(windowByteCount)) {
                guard let window = empty.receive() else { return }
                try interruption.check()
                try fill(window, span)
                full.send(window)
            }
        } catch {
            result.withLock { $0.failure = error }
        }
    }

    private func fill(_ window: Window, _ span: Range<Int64>) throws {
        let buffer = UnsafeMutableRawBufferPointer(rebasing: window.buffer[..<span.count])
        let count = try input.fill(buffer, from: span.lowerBound)
        window.range = span.lowerBound..<span.lowerBound + Int64(count)
        progress.advance(by: count)
    }

    /// The thread that compares.
    func compare() {
        // The reading thread must not wait for buffers that nobody hands back.
        defer { empty.close() }
        let hash = SHA256()
        let fill = parts.makeFill()
        let scratch = UnsafeMutableRawBufferPointer.allocate(
            byteCount: windowByteCount, alignment: AlignedBuffer.alignment)
        defer { scratch.deallocate() }
        var window: Window?
        // A part is told of once.
        var isWrong = false
        for piece in ExpectedPieces(parts.sequence(), windowByteCount: Int64(windowByteCount)) {
            if piece.partOffset == 0 { isWrong = false }
            while window?.bytes(piece.range) == nil {
                let isEnd = window.map { $0.range.contains(piece.range.lowerBound) } ?? false
                if let window { empty.send(window) }
                window = full.receive()
                guard window != nil else {
                    ended(at: isEnd ? piece.range.upperBound : piece.range.lowerBound)
                    return
                }
            }
            guard let bytes = window?.bytes(piece.range) else { return }
            if case .digest(let expected) = piece.part.content {
                hash.update(bytes)
                if piece.isLast, hash.finalize() != expected { note(piece.part, piece.part.ranges[0].lowerBound) }
                continue
            }
            guard !isWrong else { continue }
            expect(piece, in: UnsafeMutableRawBufferPointer(rebasing: scratch[..<bytes.count]), fill)
            guard let wrong = Self.firstDifference(bytes, UnsafeRawBufferPointer(scratch)) else { continue }
            isWrong = true
            note(piece.part, piece.range.lowerBound + Int64(wrong))
        }
    }

    private func expect(
        _ piece: ExpectedPiece, in buffer: UnsafeMutableRawBufferPointer, _ fill: ExpectedParts.Fill
    ) {
        switch piece.part.content {
        case .bytes(let bytes):
            buffer.copyBytes(from: bytes[Int(piece.partOffset)..<Int(piece.partOffset) + buffer.count])
        case .structure(let content, let volume): fill(buffer, content, volume, piece.partOffset)
        case .zeros, .digest: buffer.initializeMemory(as: UInt8.self, repeating: 0)
        }
    }

    private static func firstDifference(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int? {
        guard let (a, b) = left.baseAddress.flatMap({ a in right.baseAddress.map { (a, $0) } }),
            memcmp(a, b, left.count) != 0
        else { return nil }
        return left.indices.first { left[$0] != right[$0] }
    }

    private func note(_ part: ExpectedPart, _ offset: Int64) {
        result.withLock { $0.mismatches.append(DiskMismatch(part: part.part, offset: offset)) }
    }

    /// The reading ended before everything was compared: the reason is known, or the drive is shorter than it was.
    private func ended(at offset: Int64) {
        result.withLock { result in
            result.failure =
                result.failure
                ?? DriveImageError(
                    .damaged, "\(name)", "ends before byte \(offset), to which it was written",
                    nextStep: "use another drive: this one fails, or has less room than it says")
        }
    }
}
