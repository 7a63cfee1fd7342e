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
    /// The label of the volume that is started, when it has another than what is laid out.
    private let label: FATLabel?

    /// A drive of `byteCount` bytes that is open for writing, has the name `path` in errors and must stay open.
    ///
    /// Nothing is asked here about whether it may be written: that is decided before it is opened. A drive that is
    /// larger than what is laid out keeps room behind it.
    ///
    /// - Parameter label: the label of the volume that is started, of this drive alone; nil for the one that is laid out.
    public init(device: FileDescriptor, path: FilePath, byteCount: Int64 = 0, label: FATLabel? = nil) {
        self.init(PositionedOutput(device, path: path), byteCount: byteCount, label: label)
    }

    /// A drive that is written through `output`.
    public init(_ output: any DiskOutput, byteCount: Int64 = 0, label: FATLabel? = nil) {
        self.output = output
        self.byteCount = byteCount
        self.label = label
        readsAsZeros = false
    }

    /// A new file of the right size.
    init(newFile descriptor: FileDescriptor, path: FilePath) {
        output = PositionedOutput(descriptor, path: path)
        byteCount = 0
        label = nil
        readsAsZeros = true
    }

    /// The image of a drive as a stream.
    init(stream: SequentialDisk) {
        output = stream
        byteCount = 0
        label = nil
        readsAsZeros = true
    }

    /// `layout` as it is on this drive.
    private func own(_ layout: DiskLayout) -> DiskLayout { layout.placed(onDriveOf: byteCount).labelled(label) }

    /// What of the pass over the drive differs from what is laid out: the record of the label.
    func difference(from layout: DiskLayout) -> DiskPiece? {
        guard label != nil, let record = own(layout).labelRecord, record != layout.labelRecord else { return nil }
        return record
    }

    /// Makes sure that nothing on the drive boots or is taken for something else until all of it is written.
    func wipe(_ layout: DiskLayout) throws {
        guard !readsAsZeros else { return }
        // Without its first sectors an old drive does not boot any more, whatever of the rest is still there.
        try writeZeros(0..<Int64(DiskBody.bootBlockByteCount))
        try output.synchronize()
        for range in own(layout).wipedRanges + layout.partitionStarts { try writeZeros(range) }
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
        for piece in own(layout).bootPieces {
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

    /// Calls `body` with a copy of `bytes` in such memory, which it may change.
    static func withCopy(
        of bytes: UnsafeRawBufferPointer, _ body: (UnsafeMutableRawBufferPointer) throws -> Void
    ) rethrows {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: alignment)
        defer { buffer.deallocate() }
        buffer.copyMemory(from: bytes)
        try body(buffer)
    }

    /// Calls `body` with a copy of `bytes` in such memory.
    static func withCopy(of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: alignment)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: bytes)
        try body(UnsafeRawBufferPointer(buffer))
    }
}
