// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A run of bytes of a file.
struct UDFRun {
    /// Where it lies; nil for one that was never recorded, which is all zeros (ECMA-167 4/14.14.1.1).
    let place: UDFAddress?
    let byteCount: Int64
}

/// How the descriptors of the extents of a file are written (ECMA-167 4/14.6.8, bits 0 to 2).
enum UDFAllocation: UInt16 {
    case short = 0
    case long = 1
    case extended = 2

    /// The bytes of a descriptor (4/14.14.1, 4/14.14.2, 4/14.14.3).
    private var byteCount: Int {
        switch self {
        case .short: 8
        case .long: 16
        case .extended: 20
        }
    }

    /// The extent that a descriptor at `offset` of `list` tells, or nil when it is not all there.
    ///
    /// - Parameter partition: that of the extents of short descriptors.
    private func extent(
        at offset: Int, of list: ByteReader, partition: UInt16
    ) -> (length: UInt32, place: UDFAddress, isPlain: Bool)? {
        guard let length: UInt32 = list.littleEndian(at: offset), list.slice(at: offset, length: byteCount) != nil
        else {
            return nil
        }
        let blockOffset = self == .extended ? 12 : 4
        let block: UInt32 = list.littleEndian(at: offset + blockOffset) ?? 0
        let own: UInt16? = self == .short ? nil : list.littleEndian(at: offset + blockOffset + 4)
        // 4/14.14.3: what was recorded in fewer or more bytes than it has was compressed.
        let isPlain =
            self != .extended
            || list.littleEndian(UInt32.self, at: offset + 4) == list.littleEndian(UInt32.self, at: offset + 8)
        return (length, UDFAddress(block: block, partition: own ?? partition), isPlain)
    }

    /// The runs of the first `byteCount` bytes of a file whose descriptors begin in `list`.
    ///
    /// - Parameter more: reads a block with more of them (4/14.5), which is as it was written.
    /// - Throws: ``DiscImageError`` `.damaged` when they are fewer bytes.
    func runs(
        _ list: ByteReader, partition: UInt16, byteCount: Int64, name: String, _ limits: inout DiscLimits,
        more: (UDFAddress) throws(DiscImageError) -> ByteReader
    ) throws(DiscImageError) -> [UDFRun] {
        var rest = byteCount
        var runs: [UDFRun] = []
        var (list, offset) = (list, 0)
        while rest > 0, let (length, place, isPlain) = extent(at: offset, of: list, partition: partition) {
            offset += self.byteCount
            let count = min(rest, Int64(length & 0x3FFF_FFFF))
            // 4/12: an extent of no length ends the list.
            if count == 0 { break }
            // 4/14.14.1.1: the upper two bits of a length.
            switch length >> 30 {
            case 0:
                guard isPlain else { throw .unsupported(name, "UDF with compressed files") }
                runs.append(UDFRun(place: place, byteCount: count))
                rest -= count
                try limits.countRecord()
            case 1, 2:
                runs.append(UDFRun(place: nil, byteCount: count))
                rest -= count
                try limits.countRecord()
            default:
                let block = try more(place)
                try limits.enter(byteCount: Int64(block.count))
                guard let bytes: UInt32 = block.littleEndian(at: 20), let next = block.slice(at: 24, length: Int(bytes))
                else { throw .damaged(name, "the list of a file's extents is cut short") }
                (list, offset) = (ByteReader(next), 0)
            }
        }
        guard rest == 0 else { throw .damaged(name, "a file has fewer bytes than it says") }
        return runs
    }
}
