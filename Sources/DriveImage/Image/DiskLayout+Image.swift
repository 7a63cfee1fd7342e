// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension DiskLayout {
    /// Where the last byte that holds something ends: what is behind it on the drive is free, but for the backup of a GUID
    /// partition table.
    ///
    /// An NTFS volume has a copy of its first sector at its end, so that it is never shorter than its partition.
    public var endOfContents: Int64 {
        let end = (fatVolumes.map(\.body.range.upperBound) + ntfsVolumes.map(\.range.upperBound)).max() ?? 0
        return min(deviceByteCount, Alignment.up(max(end, Alignment.byteCount)))
    }

    /// What a drive gets when the layout is written to it, all of it that matters, zeros too: a copy of these bytes makes a
    /// drive that held something else what a new file is.
    func writtenRanges(_ data: [DataVolume]) -> [Range<Int64>] {
        wipedRanges + partitionStarts + fatVolumes.map(\.body.range) + bootPieces.map(\.range)
            + data.flatMap { volume in
                // What was on the drive before stays in no cluster of a file.
                volume.structures
                    + volume.files.joined().map {
                        $0.lowerBound..<Alignment.up($0.upperBound, to: volume.clusterByteCount)
                    }
            }
    }
}
