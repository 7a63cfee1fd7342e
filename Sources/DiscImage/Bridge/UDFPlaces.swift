// SPDX-License-Identifier: GPL-3.0-or-later

/// Which blocks of a bridge hold what.
///
/// Of these the standards fix the anchors; the rest lies where the writers of UDF bridges mostly put it, within what a
/// reader asks for first.
enum UDFPlaces {
    /// The main and the reserve volume descriptor sequence (ECMA-167 3/8.4.2.2), each of the 16 blocks that UDF 2.2.3.1
    /// and 2.2.3.2 ask for at least.
    static let mainSequence: UInt32 = 32
    static let reserveSequence: UInt32 = 48
    static let sequenceBlockCount: UInt32 = 16
    /// The integrity of the logical volume, of the 8 KiB that UDF 2.2.4.6 asks for at least.
    static let integrity: UInt32 = 64
    static let integrityBlockCount: UInt32 = 4
    /// The first anchor (ECMA-167 3/8.4.2.1, UDF 2.2.3).
    static let anchorBlock: UInt32 = 256
    /// What both anchors say.
    static let anchor = UDFAnchor(
        main: UDFAnchor.Extent(byteCount: sequenceByteCount, block: mainSequence),
        reserve: UDFAnchor.Extent(byteCount: sequenceByteCount, block: reserveSequence))
    private static let sequenceByteCount = sequenceBlockCount * UInt32(DiscGeometry.blockByteCount)
    /// The partition holds all that follows but the anchor in the last block.
    static let partition: UInt32 = 257
    /// Blocks of the file set in the partition: its descriptor, and a terminating one (ECMA-167 4/8.3.1).
    static let fileSetBlockCount: UInt32 = 2
}
