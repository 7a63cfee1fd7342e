// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport

/// Changes an NTFS volume in an image as Windows does that used it for years: moves files and structures apart.
///
/// Written by layout.h of ntfs-3g, and not with the code of the boot record.
final class NTFSEditor {
    /// Types of attributes.
    enum Kind: UInt32 {
        case fileName = 0x30
        case data = 0x80
        case indexRoot = 0x90
        case indexAllocation = 0xA0
        case bitmap = 0xB0
    }

    /// Clusters that follow each other.
    struct Run: Equatable {
        var cluster: Int64
        var count: Int64
    }

    static let (root, bitmapFile) = (5, 6)
    /// Records of which $MFTMirr holds copies, in volumes whose clusters are no larger than these.
    private static let mirrored = 4

    private let descriptor: FileDescriptor
    private let volume: Int64
    let clusterByteCount: Int64
    let recordByteCount: Int
    private let mirror: Int64
    let clusterCount: Int64
    private(set) var mft: [Run] = []

    init(_ image: FilePath, at volume: Int64) throws {
        descriptor = try FileDescriptor.open(image, .readWrite)
        self.volume = volume
        let boot = ByteReader(try FileSource(descriptor, path: image).bytes(at: volume, length: 512) ?? [])
        guard let code: UInt8 = boot.littleEndian(at: 0x0D), let sectors: UInt64 = boot.littleEndian(at: 0x28),
            let first: UInt64 = boot.littleEndian(at: 0x30), let second: UInt64 = boot.littleEndian(at: 0x38),
            let record: UInt8 = boot.littleEndian(at: 0x40)
        else { throw Errno.invalidArgument }
        clusterByteCount = code > 128 ? 512 << (256 - Int64(code)) : 512 * Int64(code)
        recordByteCount = record > 127 ? 1 << (256 - Int(record)) : Int(record) * Int(clusterByteCount)
        mirror = Int64(second) * clusterByteCount
        clusterCount = Int64(sectors) * 512 / clusterByteCount
        mft = [Run(cluster: Int64(first), count: Int64(recordByteCount) / clusterByteCount + 1)]
        mft = try runs(.data, of: 0)
    }

    deinit { try? descriptor.close() }

    func bytes(at offset: Int64, _ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = try descriptor.read(
                fromAbsoluteOffset: volume + offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws {
        _ = try descriptor.writeAll(toAbsoluteOffset: volume + offset, bytes)
    }

    // MARK: Records

    /// Where the pieces of `count` bytes at `offset` of what has these runs lie on the volume.
    private func pieces(_ runs: [Run], at offset: Int64, _ count: Int) -> [(offset: Int64, count: Int)] {
        var (pieces, start, rest) = ([(Int64, Int)](), offset, Int64(count))
        for run in runs where rest > 0 {
            let length = run.count * clusterByteCount
            if start < length {
                let part = min(rest, length - start)
                pieces.append((run.cluster * clusterByteCount + start, Int(part)))
                (start, rest) = (0, rest - part)
            } else {
                start -= length
            }
        }
        return pieces
    }

    func read(_ runs: [Run], at offset: Int64, _ count: Int) throws -> [UInt8] {
        try pieces(runs, at: offset, count).flatMap { try bytes(at: $0.offset, $0.count) }
    }

    func write(_ new: [UInt8], to runs: [Run], at offset: Int64) throws {
        var done = 0
        for piece in pieces(runs, at: offset, new.count) {
            try write(Array(new[done..<done + piece.count]), at: piece.offset)
            done += piece.count
        }
    }

    /// Exchanges the ends of sectors with what the update sequence array keeps of them.
    static func unprotect(_ protected: [UInt8]) -> [UInt8] {
        var bytes = protected
        let array = number(UInt16.self, bytes, 4)
        for sector in 0..<bytes.count / 512 {
            for byte in 0..<2 { bytes[sector * 512 + 510 + byte] = bytes[array + 2 + 2 * sector + byte] }
        }
        return bytes
    }

    static func protect(_ plain: [UInt8]) -> [UInt8] {
        var bytes = plain
        let array = number(UInt16.self, bytes, 4)
        for sector in 0..<bytes.count / 512 {
            for byte in 0..<2 {
                bytes[array + 2 + 2 * sector + byte] = bytes[sector * 512 + 510 + byte]
                bytes[sector * 512 + 510 + byte] = bytes[array + byte]
            }
        }
        return bytes
    }

    static func number<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ type: Value.Type, _ bytes: [UInt8], _ offset: Int
    ) -> Int {
        Int(truncatingIfNeeded: ByteReader(bytes).littleEndian(type, at: offset) ?? 0)
    }

    /// A record as it lies on the volume.
    func rawRecord(_ number: Int) throws -> [UInt8] {
        try read(mft, at: Int64(number * recordByteCount), recordByteCount)
    }

    func setRawRecord(_ number: Int, _ bytes: [UInt8]) throws {
        try write(bytes, to: mft, at: Int64(number * recordByteCount))
        if number < Self.mirrored { try write(bytes, at: mirror + Int64(number * recordByteCount)) }
    }

    func record(_ number: Int) throws -> [UInt8] { Self.unprotect(try rawRecord(number)) }

    func setRecord(_ number: Int, _ bytes: [UInt8]) throws { try setRawRecord(number, Self.protect(bytes)) }

    /// Changes a record.
    func edit(_ number: Int, _ change: (inout [UInt8]) throws -> Void) throws {
        var bytes = try record(number)
        try change(&bytes)
        try setRecord(number, bytes)
    }

    /// The offset of the first attribute of this kind in a record.
    static func attribute(_ kind: Kind, in record: [UInt8]) throws -> Int {
        var offset = number(UInt16.self, record, 0x14)
        while offset + 8 <= record.count, number(UInt32.self, record, offset) != 0xFFFF_FFFF {
            if number(UInt32.self, record, offset) == Int(kind.rawValue) { return offset }
            offset += number(UInt32.self, record, offset + 4)
        }
        throw Errno.noSuchFileOrDirectory
    }

    /// The number of the record of a file, which is the first with this name.
    func find(_ name: String) throws -> Int {
        let units = name.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let count = mft.reduce(0) { $0 + $1.count } * clusterByteCount / Int64(recordByteCount)
        for number in 16..<Int(count) {
            let raw = try rawRecord(number)
            guard raw.starts(with: "FILE".utf8), raw[0x16] & 1 == 1 else { continue }
            let record = Self.unprotect(raw)
            guard let offset = try? Self.attribute(.fileName, in: record) else { continue }
            let value = offset + Self.number(UInt16.self, record, offset + 0x14)
            if Int(record[value + 0x40]) * 2 == units.count,
                record[value + 0x42..<value + 0x42 + units.count].elementsEqual(units)
            {
                return number
            }
        }
        throw Errno.noSuchFileOrDirectory
    }

    // MARK: Runs

    func runs(_ kind: Kind, of number: Int) throws -> [Run] {
        let record = try record(number)
        let attribute = try Self.attribute(kind, in: record)
        var offset = attribute + Self.number(UInt16.self, record, attribute + 0x20)
        var (runs, cluster) = ([Run](), Int64(0))
        func signed(_ count: Int) -> Int64 {
            defer { offset += count }
            let start = Int64(Int8(bitPattern: record[offset + count - 1]))
            return (0..<count - 1).reversed().reduce(start) { $0 << 8 | Int64(record[offset + $1]) }
        }
        while record[offset] != 0 {
            let header = record[offset]
            offset += 1
            let count = signed(Int(header & 15))
            cluster += signed(Int(header >> 4))
            runs.append(Run(cluster: cluster, count: count))
        }
        return runs
    }

    private static func encode(_ runs: [Run]) -> [UInt8] {
        func signed(_ value: Int64) -> [UInt8] {
            var bytes: [UInt8] = []
            var rest = value
            repeat {
                bytes.append(UInt8(truncatingIfNeeded: rest))
                rest >>= 8
            } while rest != (bytes[bytes.count - 1] > 127 ? -1 : 0)
            return bytes
        }
        var (bytes, cluster) = ([UInt8](), Int64(0))
        for run in runs {
            let (count, distance) = (signed(run.count), signed(run.cluster - cluster))
            bytes += [UInt8(count.count | distance.count << 4)] + count + distance
            cluster = run.cluster
        }
        return bytes + [0]
    }

    /// Writes the runs of an attribute, without touching what lies in them.
    ///
    /// - Parameter isMoved: false for those of $MFT when records still lie where they were.
    func setRuns(_ kind: Kind, of number: Int, to runs: [Run], isMoved: Bool = true) throws {
        try edit(number) { record in
            let attribute = try Self.attribute(kind, in: record)
            let list = Self.number(UInt16.self, record, attribute + 0x20)
            let old = Self.number(UInt32.self, record, attribute + 4)
            var pairs = Self.encode(runs)
            while (list + pairs.count) % 8 != 0 { pairs.append(0) }
            let used = Self.number(UInt32.self, record, 0x18) + list + pairs.count - old
            guard used <= record.count else { throw Errno.noSpace }
            let tail = record[(attribute + old)...]
            record = Array((record[..<(attribute + list)] + pairs + tail).prefix(record.count))
            while record.count < self.recordByteCount { record.append(0) }
            Self.put(UInt32(list + pairs.count), &record, attribute + 4)
            Self.put(UInt32(used), &record, 0x18)
        }
        if number == 0, isMoved { mft = runs }
    }

    static func put<Value: FixedWidthInteger>(_ value: Value, _ bytes: inout [UInt8], _ offset: Int) {
        withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }

    /// Moves the clusters of an attribute, but for the first `kept`, to the end of the volume: into runs of `length`
    /// clusters that do not touch each other, in no order.
    func scatter(_ kind: Kind, of number: Int, length: Int64, keeping kept: Int64 = 0) throws {
        let old = try runs(kind, of: number)
        let total = old.reduce(0) { $0 + $1.count }
        let content = try read(old, at: 0, Int(total * clusterByteCount))
        var new: [Run] = []
        var place = clusterCount - 1
        while new.reduce(0, { $0 + $1.count }) < total - kept {
            let count = min(length, total - kept - new.reduce(0) { $0 + $1.count })
            place -= count + 1
            while try !(place..<place + count).allSatisfy({ try !isUsed($0) }) { place -= 1 }
            new.append(Run(cluster: place, count: count))
        }
        var generator = SeededGenerator(seed: 23)
        // The last run may be the shortest; all others are alike, so that any order is right.
        new = new.dropLast().shuffled(using: &generator) + new.suffix(1)
        var start: [Run] = []
        var left = kept
        for run in old where left > 0 {
            start.append(Run(cluster: run.cluster, count: min(run.count, left)))
            left -= run.count
        }
        for run in old { try mark(run, false) }
        new = start + new
        for run in new { try mark(run, true) }
        try write(content, to: new, at: 0)
        if number == 0 { mft = new }
        try setRuns(kind, of: number, to: new)
    }

    private func isUsed(_ cluster: Int64) throws -> Bool {
        try read(try runs(.data, of: Self.bitmapFile), at: cluster / 8, 1)[0] >> UInt8(cluster % 8) & 1 == 1
    }

    private func mark(_ run: Run, _ isUsed: Bool) throws {
        let bitmap = try runs(.data, of: Self.bitmapFile)
        for cluster in run.cluster..<run.cluster + run.count {
            var byte = try read(bitmap, at: cluster / 8, 1)[0]
            let bit = UInt8(1) << UInt8(cluster % 8)
            byte = isUsed ? byte | bit : byte & ~bit
            try write([byte], to: bitmap, at: cluster / 8)
        }
    }

    // MARK: The root directory

    /// The blocks of its index, and in which of them and where the entry of `name` is.
    func rootBlock(of name: String) throws -> (number: Int, block: [UInt8], offset: Int) {
        let runs = try runs(.indexAllocation, of: Self.root)
        let units = [UInt8(name.utf16.count)]
        let wanted = name.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        for number in 0..<Int(runs.reduce(0) { $0 + $1.count } * clusterByteCount / 4096) {
            let block = Self.unprotect(try read(runs, at: Int64(number * 4096), 4096))
            var offset = 0x18 + Self.number(UInt32.self, block, 0x18)
            while block.starts(with: "INDX".utf8), block[offset + 0x0C] & 2 == 0 {
                if block[offset + 0x50..<offset + 0x51] == units[...],
                    block[offset + 0x52..<offset + 0x52 + wanted.count].elementsEqual(wanted)
                {
                    return (number, block, offset)
                }
                offset += Self.number(UInt16.self, block, offset + 8)
            }
        }
        throw Errno.noSuchFileOrDirectory
    }

    /// Changes the block of the root directory that has the entry of `name`, which begins at the given offset.
    func editRoot(_ name: String, protects: Bool = true, _ change: (inout [UInt8], Int) -> Void) throws {
        var (number, block, offset) = try rootBlock(of: name)
        if !protects { block = Self.protect(block) }
        change(&block, offset)
        if protects { block = Self.protect(block) }
        try write(block, to: try runs(.indexAllocation, of: Self.root), at: Int64(number * 4096))
    }
}
