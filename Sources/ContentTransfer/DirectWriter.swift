// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// Writes the whole blocks of an image past the page cache, on any thread.
///
/// Writers of one file stand in line for the page cache (ext4 locks the file for each write), copy every byte once more
/// than is needed, and leave the disk idle until the flush at the end. Direct writes into blocks that the file has
/// already do none of this.
final class DirectWriter: Sendable {
    /// The unit in bytes of what is written directly: a block of every common file system, so that no block is written
    /// partly directly and partly through the page cache.
    static let blockByteCount = 4096

    /// From this size on, in bytes, waiting for the disk at each buffer costs less than the page cache does (measured).
    static let smallestByteCount: Int64 = 128 << 10

    private let descriptor: FileDescriptor
    /// True when files here can share blocks, which is cheaper than any writing.
    private let canShareBlocks: Bool

    /// A writer of the file that `image` has open, or nil when its file system cannot do it or does not say so.
    init?(_ image: FileDescriptor) {
        let alignment = tsm_direct_alignment(image.rawValue)
        guard alignment > 0, alignment <= Int64(Self.blockByteCount) else { return nil }
        let direct = tsm_open_direct(image.rawValue, true)
        guard direct >= 0 else { return nil }
        descriptor = FileDescriptor(rawValue: direct)
        canShareBlocks = tsm_can_share_blocks(image.rawValue)
    }

    deinit { try? descriptor.close() }

    /// True for a content of some size whose bytes have to be moved.
    func takes(_ transfer: Transfer) -> Bool {
        guard transfer.byteCount >= Self.smallestByteCount else { return false }
        return switch transfer.source {
        case .bytes: false
        case .file, .stream: true
        case .verifiedFile: !canShareBlocks
        }
    }

    /// Gives the file the blocks for what will be written directly: without them, writers stand in line after all.
    ///
    /// - Throws: `Errno` when there is no room; a file system that cannot do it is no error.
    func allocate(for transfers: some Sequence<Transfer>) throws(Errno) {
        for range in ranges(of: transfers) { try allocate(range) }
    }

    /// Gives the file the blocks for `range`.
    ///
    /// - Throws: `Errno` as above.
    func allocate(_ range: Range<Int64>) throws(Errno) {
        guard tsm_allocate(descriptor.rawValue, range.lowerBound, range.upperBound - range.lowerBound) != 0 else {
            return
        }
        let reason = Errno(rawValue: errno)
        guard ![.noSpace, .diskQuotaExceeded, .fileTooLarge].contains(reason) else { throw reason }
    }

    /// The parts of the image that are written directly, in order; neighbours are one part.
    func ranges(of transfers: some Sequence<Transfer>) -> [Range<Int64>] {
        let ranges = transfers.compactMap { transfer -> Range<Int64>? in
            guard case .image(_, let offset) = transfer.target, takes(transfer) else { return nil }
            return offset + transfer.range.lowerBound..<offset + transfer.range.upperBound
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
            if let last = merged.last, range.lowerBound - last.upperBound < Self.blockByteCount {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
    }

    /// The bytes from `offset` to the next block; 0 at the start of a block.
    static func byteCountToBlock(from offset: Int64) -> Int {
        (blockByteCount - Int(offset % Int64(blockByteCount))) % blockByteCount
    }

    /// Writes the whole blocks at the start of `bytes`; returns how many bytes these were.
    ///
    /// It is none when `bytes` or `offset` does not begin with a block: direct writes need both.
    ///
    /// - Throws: `Errno`.
    func writeBlocks(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws -> Int {
        guard let start = bytes.baseAddress, Int(bitPattern: start) % Self.blockByteCount == 0,
            Self.byteCountToBlock(from: offset) == 0
        else { return 0 }
        let whole = UnsafeRawBufferPointer(
            rebasing: bytes[..<(bytes.count / Self.blockByteCount * Self.blockByteCount)])
        guard !whole.isEmpty else { return 0 }
        do {
            return try descriptor.writeAll(toAbsoluteOffset: offset, whole)
        } catch Errno.invalidArgument {
            // A file system that said it could and cannot; the page cache takes everything.
            return 0
        }
    }
}
