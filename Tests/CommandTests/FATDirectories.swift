// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport

/// The directory records of the FAT32 volume in an image, byte for byte.
///
/// Written by the specification and not with the code of the library.
struct FATDirectories {
    private let image: FilePath
    private let table: Int64
    private let data: Int64
    private let clusterByteCount: Int64
    private let root: UInt32

    /// A file or folder.
    struct Found {
        /// Where its own record lies in the image.
        let offset: Int64
        /// Its records, those of a long name first.
        let records: [UInt8]

        var own: [UInt8] { Array(records.suffix(32)) }
        var cluster: UInt32 {
            UInt32(own[20]) << 16 | UInt32(own[21]) << 24 | UInt32(own[26]) | UInt32(own[27]) << 8
        }
        /// The records without the cluster.
        var withoutCluster: [UInt8] {
            records.indices.filter { ![20, 21, 26, 27].contains($0 - (records.count - 32)) }.map { records[$0] }
        }
    }

    init(_ image: FilePath, volumeAt offset: Int) throws {
        self.image = image
        let volume = Int64(offset)
        let sector = ByteReader(try Self.bytes(image, volume, 512))
        func number<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(_ offset: Int, _: Value.Type) -> Int64
        {
            Int64(sector.littleEndian(Value.self, at: offset) ?? 0)
        }
        table = volume + number(14, UInt16.self) * 512
        data = table + number(16, UInt8.self) * number(36, UInt32.self) * 512
        clusterByteCount = number(13, UInt8.self) * 512
        root = UInt32(number(44, UInt32.self))
    }

    /// What is called `names`, short names of eleven bytes; an empty list is the label.
    func find(_ names: String...) throws -> Found? {
        var cluster = root
        var found: Found?
        for name in names {
            found = try find(name, in: cluster)
            guard let next = found?.cluster else { return nil }
            cluster = next
        }
        return found
    }

    /// The record of the label.
    func label() throws -> Found? { try find(in: root) { $0[11] & 0x08 != 0 && $0[11] != 0x0F } }

    private func find(_ name: String, in folder: UInt32) throws -> Found? {
        try find(in: folder) { $0[11] != 0x0F && $0.prefix(11).elementsEqual(name.utf8) }
    }

    private func find(in folder: UInt32, _ isWanted: ([UInt8]) -> Bool) throws -> Found? {
        var cluster = folder
        var name: [UInt8] = []
        // No folder of a test has more.
        for _ in 0..<10_000 {
            let start = data + Int64(cluster - 2) * clusterByteCount
            let bytes = try Self.bytes(image, start, Int(clusterByteCount))
            for place in stride(from: 0, to: bytes.count, by: 32) {
                let record = Array(bytes[place..<place + 32])
                if record[0] == 0 { return nil }
                if isWanted(record) { return Found(offset: start + Int64(place), records: name + record) }
                name = record[11] == 0x0F && record[0] != 0xE5 ? name + record : []
            }
            let entry = ByteReader(try Self.bytes(image, table + Int64(cluster) * 4, 4)).littleEndian(
                UInt32.self, at: 0)
            guard let next = entry.map({ $0 & 0x0FFF_FFFF }), next >= 2, next < 0x0FFF_FFF0 else { return nil }
            cluster = next
        }
        return nil
    }

    /// Writes `bytes` at `offset` of the image.
    func write(_ bytes: [UInt8], at offset: Int64) throws {
        let descriptor = try FileDescriptor.open(image, .readWrite)
        _ = try descriptor.closeAfter { try descriptor.writeAll(toAbsoluteOffset: offset, bytes) }
    }

    private static func bytes(_ image: FilePath, _ offset: Int64, _ count: Int) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(image, .readOnly)
        return try descriptor.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = try descriptor.read(
                    fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
    }
}
