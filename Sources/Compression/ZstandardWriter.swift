// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibzstd
import Support

/// Why something could not be compressed.
public struct CompressionError: DiagnosticError {
    /// What libzstd says.
    let reason: String

    /// Nothing that could be mended by another input.
    public var failureClass: FailureClass { .io }
    /// The library.
    public var object: DiagnosticText { "libzstd" }
    /// What it says.
    public var problem: DiagnosticText { "could not compress: \(reason)" }
    /// Memory is what it may lack.
    public var nextStep: DiagnosticText? { "try again with more memory, or write it without compression" }
}

/// Compresses a stream to Zstandard frames (RFC 8878), each with a checksum of its content.
///
/// The same input gives the same bytes with the same libzstd, on any number of threads: its jobs are cut by size.
public final class ZstandardWriter {
    /// Takes what was compressed.
    public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    private let context: OpaquePointer
    private let output: UnsafeMutableRawBufferPointer
    private let sink: Sink
    private var isInFrame = false
    /// A frame of ``zeroFrameByteCount`` zeros.
    private var zeroFrame: [UInt8] = []

    /// From this many zeros on they become frames of their own, which cost nothing to make.
    public static let zeroFrameByteCount = 16 << 20
    /// The library's own default; higher ones are slower than any drive, and images of media hardly shrink further.
    public static let standardLevel: Int32 = 3
    private static let zeros = [UInt8](repeating: 0, count: 1 << 20)

    /// A writer that uses up to `workerCount` threads; with none it compresses where it is called, in one piece.
    ///
    /// - Parameter level: of libzstd, where higher ones are smaller and slower.
    /// - Throws: ``CompressionError`` when there is no memory for it.
    public init(workerCount: Int, level: Int32 = standardLevel, sink: @escaping Sink) throws(CompressionError) {
        guard let context = ZSTD_createCCtx() else { throw CompressionError(reason: "no memory") }
        self.context = context
        self.sink = sink
        output = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 16)
        try check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level))
        try check(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
        // A library without threads says so, and compresses on this one.
        _ = ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, Int32(clamping: max(0, workerCount)))
    }

    deinit {
        ZSTD_freeCCtx(context)
        output.deallocate()
    }

    /// Compresses `bytes` behind what came before.
    ///
    /// - Throws: ``CompressionError``; what the sink throws.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        isInFrame = true
        try compress(bytes, ZSTD_e_continue)
    }

    /// Compresses `byteCount` zeros behind what came before.
    ///
    /// - Throws: as ``write(_:)``.
    public func writeZeros(_ byteCount: Int64) throws {
        var left = byteCount
        if left >= Int64(Self.zeroFrameByteCount) {
            try endFrame()
            if zeroFrame.isEmpty { zeroFrame = try makeZeroFrame() }
            while left >= Int64(Self.zeroFrameByteCount) {
                try zeroFrame.withUnsafeBytes { try sink($0) }
                left -= Int64(Self.zeroFrameByteCount)
            }
        }
        while left > 0 {
            let count = Int(min(left, Int64(Self.zeros.count)))
            try Self.zeros.withUnsafeBytes { try write(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            left -= Int64(count)
        }
    }

    /// Ends the last frame.
    ///
    /// - Throws: as ``write(_:)``.
    public func finish() throws { try endFrame() }

    private func endFrame() throws {
        guard isInFrame else { return }
        isInFrame = false
        try compress(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end)
    }

    private func compress(_ bytes: UnsafeRawBufferPointer, _ directive: ZSTD_EndDirective) throws {
        try Self.compress(context, bytes, directive, into: output, sink)
    }

    private static func compress(
        _ context: OpaquePointer, _ bytes: UnsafeRawBufferPointer, _ directive: ZSTD_EndDirective,
        into buffer: UnsafeMutableRawBufferPointer, _ sink: Sink
    ) throws {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while true {
            var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
            let left = ZSTD_compressStream2(context, &output, &input, directive)
            try check(left)
            if output.pos > 0 { try sink(UnsafeRawBufferPointer(rebasing: buffer[..<output.pos])) }
            if directive == ZSTD_e_end ? left == 0 : input.pos == input.size { return }
        }
    }

    /// A frame of zeros, made by the library as any other.
    private func makeZeroFrame() throws -> [UInt8] {
        var frame: [UInt8] = []
        for start in stride(from: 0, to: Self.zeroFrameByteCount, by: Self.zeros.count) {
            try Self.zeros.withUnsafeBytes { zeros in
                let isLast = start + zeros.count >= Self.zeroFrameByteCount
                try Self.compress(context, zeros, isLast ? ZSTD_e_end : ZSTD_e_continue, into: output) { frame += $0 }
            }
        }
        return frame
    }

    private func check(_ result: Int) throws(CompressionError) { try Self.check(result) }

    private static func check(_ result: Int) throws(CompressionError) {
        guard ZSTD_isError(result) != 0 else { return }
        throw CompressionError(reason: String(cString: ZSTD_getErrorName(result)))
    }
}
