// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A block of a logical volume (ECMA-167 4/7.1): its number in a partition, and which partition that is by the maps.
struct UDFAddress: Hashable {
    let block: UInt32
    let partition: UInt16
}

/// Where the blocks of a partition of a logical volume lie on the medium (ECMA-167 3/10.7; UDF 2.2.8 to 2.2.10).
enum UDFPartition {
    /// One behind another.
    case plain(start: UInt32)
    /// The same, but for packets that were defective and lie elsewhere.
    case sparable(UDFSparing)
    /// In a file of another partition, of which there may be a copy.
    case metadata(UDFMetadata)
}

/// A partition whose defective packets lie elsewhere (UDF 2.2.9, 2.2.12).
struct UDFSparing {
    let start: UInt32
    /// Blocks of a packet.
    let packet: UInt32
    /// The moved packets in the order of their place in the partition: their first blocks there, and on the medium.
    let moved: [(original: UInt32, mapped: UInt32)]

    /// Where `count` blocks from `block` of the partition lie on the medium.
    func runs(of block: UInt32, count: UInt64) -> [(block: UInt64, count: UInt64)] {
        var runs: [(block: UInt64, count: UInt64)] = []
        var next = UInt64(block)
        let end = next + count
        func add(until limit: UInt64) {
            guard next < limit else { return }
            runs.append((UInt64(start) + next, limit - next))
            next = limit
        }
        var index = moved.partitioningIndex { UInt64($0.original) + UInt64(packet) > next }
        while index < moved.count, UInt64(moved[index].original) < end {
            let (original, mapped) = (UInt64(moved[index].original), UInt64(moved[index].mapped))
            add(until: original)
            // Packets that lie over each other are damage, and are not looked at twice.
            let stop = min(end, original + UInt64(packet))
            if next < stop, next >= original {
                runs.append((mapped + (next - original), stop - next))
                next = stop
            }
            index += 1
        }
        add(until: end)
        return runs
    }
}

/// A partition that is a file of another one, and the copy of that file (UDF 2.2.10, 2.2.13).
struct UDFMetadata {
    /// Which of the two files is read.
    enum Copy {
        case main
        case mirror
    }

    /// A run of blocks of the file.
    struct Run {
        /// The first block of the run, counted in the file.
        let first: UInt64
        let count: UInt64
        /// Where it lies.
        let place: UDFAddress
    }

    /// Nil for a file whose entry cannot be read.
    let main: [Run]?
    let mirror: [Run]?

    /// The runs of a file of `runs`; nil when one of them is not recorded.
    static func runs(_ runs: [UDFRun], blockByteCount: Int64) -> [Run]? {
        var first: UInt64 = 0
        var found: [Run] = []
        for run in runs {
            guard let place = run.place else { return nil }
            let count = UInt64((run.byteCount + blockByteCount - 1) / blockByteCount)
            found.append(Run(first: first, count: count, place: place))
            first += count
        }
        return found
    }

    /// Where `count` blocks from `block` lie in the other partition; nil when the file has not so many.
    func places(of block: UInt32, count: UInt64, _ copy: Copy) -> [(place: UDFAddress, count: UInt64)]? {
        guard let runs = copy == .main ? main ?? mirror : mirror else { return nil }
        var next = UInt64(block)
        let end = next + count
        var places: [(place: UDFAddress, count: UInt64)] = []
        var index = runs.partitioningIndex { $0.first + $0.count > next }
        while next < end {
            guard index < runs.count, let inside = UInt32(exactly: next - runs[index].first) else { return nil }
            let run = runs[index]
            let (start, overflow) = run.place.block.addingReportingOverflow(inside)
            guard !overflow else { return nil }
            let length = min(end, run.first + run.count) - next
            places.append((UDFAddress(block: start, partition: run.place.partition), length))
            next += length
            index += 1
        }
        return places
    }
}

extension Array {
    /// The first index whose element is as `isBehind` says, as all after it are; the end when none is.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
