// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import SystemPackage

/// A drive or an image file that a layout is written to.
public struct DiskTarget: Sendable {
    let output: any DiskOutput
    /// True for a new file, of which nothing needs to be written that is zero.
    private let readsAsZeros: Bool
    /// Its size in bytes, when it may be larger than what is laid out.
    private let byteCount: Int64

    /// A drive of `byteCount` bytes that is open for writing, has the name `path` in errors and must stay open.
    ///
    /// Nothing is asked here about whether it may be written: that is decided before it is opened. A drive that is
    /// larger than what is laid out keeps room behind it.
    public init(device: FileDescriptor, path: FilePath, byteCount: Int64 = 0) {
        self.init(PositionedOutput(device, path: path), byteCount: byteCount)
    }

    /// A drive that is written through `output`.
    public init(_ output: any DiskOutput, byteCount: Int64 = 0) {
        self.output = output
        self.byteCount = byteCount
        readsAsZeros = false
    }

    /// A new file of the right size.
    init(newFile descriptor: FileDescriptor, path: FilePath) {
        output = PositionedOutput(descriptor, path: path)
        byteCount = 0
        readsAsZeros = true
    }

    /// Makes sure that nothing on the drive boots or is taken for something else until all of it is written.
    func wipe(_ layout: DiskLayout) throws {
        guard !readsAsZeros else { return }
        // Without its first sectors an old drive does not boot any more, whatever of the rest is still there.
        try writeZeros(0..<Int64(DiskBody.bootBlockByteCount))
        try output.synchronize()
        for range in layout.placed(onDriveOf: byteCount).wipedRanges + layout.partitionStarts { try writeZeros(range) }
        try output.synchronize()
    }

    /// Writes zeros where there may be something else.
    func writeZeros(_ range: Range<Int64>) throws(FileError) {
        guard !readsAsZeros else { return }
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = min(Int64(ZeroBlock.bytes.count), range.upperBound - offset)
            try output.write(UnsafeRawBufferPointer(rebasing: ZeroBlock.bytes[..<Int(count)]), at: offset)
            offset += count
        }
    }

    /// Makes what was written boot: first everything is safe on the drive, then each step is, in its order.
    func makeBootable(_ layout: DiskLayout) throws {
        try output.synchronize()
        for piece in layout.placed(onDriveOf: byteCount).bootPieces {
            try AlignedBuffer.withCopy(of: piece.bytes) { try output.write($0, at: piece.offset) }
            try output.synchronize()
        }
    }
}

/// Zeros that are written again and again.
private enum ZeroBlock {
    // Safe: nothing ever writes to it.
    nonisolated(unsafe) static let bytes: UnsafeRawBufferPointer = {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: AlignedBuffer.alignment)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        return UnsafeRawBufferPointer(buffer)
    }()
}

/// Memory that may be written past the page cache.
enum AlignedBuffer {
    static let alignment = 4096

    /// Calls `body` with a copy of `bytes` in such memory.
    static func withCopy(of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: alignment)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: bytes)
        try body(UnsafeRawBufferPointer(buffer))
    }
}
