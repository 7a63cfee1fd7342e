// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage

/// Changes a volume as programs do that use it for years: moves the clusters of a file apart.
///
/// Written by the specification and not with the code of the layout.
struct FATEditor {
    let descriptor: FileDescriptor
    private let geometry: FATGeometry
    private let volume: Int64

    init(_ disk: WrittenDisk) throws {
        descriptor = try FileDescriptor.open(disk.path, .readWrite)
        geometry = disk.layout.geometry
        volume = disk.layout.bootPartition.lowerBound
    }

    func bytes(at offset: Int64, _ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = try descriptor.read(fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws {
        _ = try descriptor.writeAll(toAbsoluteOffset: offset, bytes)
    }

    /// Where a cluster lies in the image.
    func offset(ofCluster cluster: UInt32) -> Int64 {
        volume + geometry.firstDataSector * 512 + Int64(cluster - 2) * geometry.clusterByteCount
    }

    private func tableOffset(_ table: Int64, _ cluster: UInt32) -> Int64 {
        volume + (geometry.reservedSectorCount + table * geometry.sectorsPerFAT) * 512 + Int64(cluster) * 4
    }

    func next(after cluster: UInt32) throws -> UInt32 {
        ByteReader(try bytes(at: tableOffset(0, cluster), 4)).littleEndian(at: 0) ?? 0
    }

    func set(_ cluster: UInt32, to value: UInt32) throws {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: value)
        for table in 0..<Int64(2) { try write(bytes, at: tableOffset(table, cluster)) }
    }

    func chain(from first: UInt32) throws -> [UInt32] {
        var chain = [first]
        while let last = chain.last {
            let next = try next(after: last)
            guard next < 0x0FFF_FFF8 else { break }
            chain.append(next)
        }
        return chain
    }

    /// Where the record with the short name `name`, eleven bytes, lies in the root directory, and its first cluster.
    func rootRecord(_ name: String) throws -> (offset: Int64, cluster: UInt32)? {
        for cluster in try chain(from: 2) {
            let start = offset(ofCluster: cluster)
            let directory = try bytes(at: start, Int(geometry.clusterByteCount))
            for place in stride(from: 0, to: directory.count, by: 32)
            where directory[place..<place + 11].elementsEqual(name.utf8) {
                let record = ByteReader(directory[place...])
                let high: UInt16 = record.littleEndian(at: 20) ?? 0
                let low: UInt16 = record.littleEndian(at: 26) ?? 0
                return (start + Int64(place), UInt32(high) << 16 | UInt32(low))
            }
        }
        return nil
    }

    /// Gives the file of the root directory called `name` other clusters, one of `places` for each of its own.
    func move(_ name: String, to places: (Int) -> [UInt32]) throws {
        guard let (offset, first) = try rootRecord(name) else { throw Errno.noSuchFileOrDirectory }
        let old = try chain(from: first)
        let new = places(old.count)
        try move(old, to: new)
        var high: [UInt8] = []
        high.append(littleEndian: UInt16(new[0] >> 16))
        var low: [UInt8] = []
        low.append(littleEndian: UInt16(truncatingIfNeeded: new[0]))
        try write(high, at: offset + 20)
        try write(low, at: offset + 26)
    }

    /// Moves the clusters `old`, a whole chain, to the free clusters `new`.
    func move(_ old: [UInt32], to new: [UInt32]) throws {
        let contents = try old.map { try bytes(at: offset(ofCluster: $0), Int(geometry.clusterByteCount)) }
        for cluster in old { try set(cluster, to: 0) }
        for (index, cluster) in new.enumerated() {
            try write(contents[index], at: offset(ofCluster: cluster))
            try set(cluster, to: index + 1 < new.count ? new[index + 1] : 0x0FFF_FFFF)
        }
    }
}
