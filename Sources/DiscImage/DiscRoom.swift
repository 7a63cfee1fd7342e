// SPDX-License-Identifier: GPL-3.0-or-later

/// Room on a disc for what somebody else puts there, in whole blocks of 2,048 bytes; nothing of the disc leads to it.
public struct DiscRoom: Sendable, Equatable {
    /// Bytes between the directories and the content.
    public var beforeContent: Int64
    /// Bytes between the content and what ends the disc.
    public var behindContent: Int64
    /// Whether the last blocks of the disc are free: the last anchor of UDF lies 256 blocks before the last one, which is
    /// another of its places (ECMA-167 3/8.4.2.1).
    public var keepsEndFree: Bool

    /// No room at all.
    public static let none = DiscRoom(beforeContent: 0, behindContent: 0, keepsEndFree: false)

    /// Room of that size.
    public init(beforeContent: Int64, behindContent: Int64, keepsEndFree: Bool) {
        self.beforeContent = beforeContent
        self.behindContent = behindContent
        self.keepsEndFree = keepsEndFree
    }

    /// Blocks behind the last anchor when the end is kept free (ECMA-167 3/8.4.2.1: N - 256).
    static let endBlockCount: Int64 = 256

    /// Blocks at the end of the disc that hold no content; `hasAnchor` says whether one of them is UDF's.
    func tailBlockCount(hasAnchor: Bool) -> Int64 {
        DiscGeometry.blocks(for: behindContent) + (hasAnchor ? 1 : 0) + (keepsEndFree ? Self.endBlockCount : 0)
    }

    /// The blocks of the room around `content`, in bytes, on a disc of `blockCount` blocks.
    func blocks(around content: Range<Int64>, ofBlocks blockCount: Int64, hasAnchor: Bool) -> [Range<UInt32>] {
        let size = Int64(DiscGeometry.blockByteCount)
        let first = content.lowerBound / size
        let end = DiscGeometry.blocks(for: content.upperBound)
        let anchor = hasAnchor ? blockCount - 1 - (keepsEndFree ? Self.endBlockCount : 0) : blockCount
        return [
            first - DiscGeometry.blocks(for: beforeContent)..<first, end..<max(end, anchor),
            min(anchor + 1, blockCount)..<blockCount,
        ]
        .filter { !$0.isEmpty }.map { UInt32(clamping: $0.lowerBound)..<UInt32(clamping: $0.upperBound) }
    }

    /// The block of the last anchor on a disc of `blockCount` blocks.
    func lastAnchor(ofBlocks blockCount: UInt32) -> UInt32 {
        blockCount - 1 - (keepsEndFree ? UInt32(Self.endBlockCount) : 0)
    }
}
