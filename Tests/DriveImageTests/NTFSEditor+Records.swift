// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

extension NTFSEditor {
    private static let large = 4_096
    /// Where the update sequence array lies, and the attributes behind an array for eight sectors.
    private static let (arrayOffset, attributesOffset) = (0x30, 0x48)

    /// Makes records of 4 KiB of those of 1 KiB, in a new $MFT at three quarters of the volume: Windows makes such
    /// volumes, but mkntfs does not.
    ///
    /// $MFTMirr stays as it is, and this editor knows the old records alone: it cannot be used after this.
    func enlargeRecords() throws {
        let count = Int(mft.reduce(0) { $0 + $1.count } * clusterByteCount) / recordByteCount
        let run = Run(
            cluster: clusterCount / 4 * 3, count: Int64(count * Self.large) / clusterByteCount + 1)
        // Record 0 first gets its new runs, and is then read as all others are.
        let old = mft
        try setRuns(.data, of: 0, to: [run], isMoved: false)
        for number in 0..<count {
            let raw = try read(old, at: Int64(number * recordByteCount), recordByteCount)
            guard raw.starts(with: "FILE".utf8) else { continue }
            let record = Self.unprotect(raw)
            var new = Array(record[..<Self.arrayOffset])
            new += [UInt8](repeating: 0, count: Self.attributesOffset - new.count)
            new += record[Self.number(UInt16.self, record, 0x14)...]
            new += [UInt8](repeating: 0, count: Self.large - new.count)
            Self.put(UInt16(Self.arrayOffset), &new, 4)
            Self.put(UInt16(Self.large / 512 + 1), &new, 6)
            Self.put(UInt16(Self.attributesOffset), &new, 0x14)
            Self.put(UInt16(0x1234), &new, Self.arrayOffset)
            try write(Self.protect(new), to: [run], at: Int64(number * Self.large))
        }
        for piece in old {
            try write(
                [UInt8](repeating: 0, count: Int(piece.count * clusterByteCount)), at: piece.cluster * clusterByteCount)
        }
        try write(withUnsafeBytes(of: run.cluster.littleEndian, Array.init), at: 0x30)
        // 2^12 bytes.
        try write([UInt8(bitPattern: -12)], at: 0x40)
    }
}
