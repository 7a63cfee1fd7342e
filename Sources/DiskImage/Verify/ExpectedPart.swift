// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// A part of a drive and what it must hold.
struct ExpectedPart {
    /// What must be there.
    enum Content {
        case bytes([UInt8])
        case zeros
        /// A structure, made piece by piece when it is compared.
        case structure(DiskSegment.Content)
        /// The content of a file.
        case digest(SHA256Digest)
    }

    let part: DiskPart
    let content: Content
    /// Where it lies on the drive, in the order of its bytes; none is empty.
    let ranges: [Range<Int64>]

    init(_ part: DiskPart, _ content: Content, _ ranges: [Range<Int64>]) {
        self.part = part
        self.content = content
        self.ranges = ranges.filter { !$0.isEmpty }
    }
}

/// What a whole drive, or what was changed of it, must hold.
struct ExpectedParts: Sendable {
    /// Makes a part of a structure: its bytes from an offset on, into all of a buffer.
    typealias Fill = (UnsafeMutableRawBufferPointer, DiskSegment.Content, Int64) -> Void

    /// The parts in the order in which they are read; asked for twice, by the thread that reads and the one that
    /// compares.
    let sequence: @Sendable () -> AnySequence<ExpectedPart>
    /// A maker of structures with a memory of its own.
    let makeFill: @Sendable () -> Fill
    /// The bytes of all parts together.
    let byteCount: Int64
}

extension DiskLayout {
    /// Everything that is planned for the drive, from front to back: also that nothing is where nothing should be.
    func expectedParts(data: DataVolume? = nil, _ digest: @escaping @Sendable (Int) -> SHA256Digest) -> ExpectedParts {
        let pieces = bootPieces
        let (first, last) = (pieces[pieces.count - 1], pieces.count > 2 ? pieces[1] : nil)
        let body = body
        let end = wipedRanges.map(\.upperBound).max() ?? 0
        // A data partition reaches into what is wiped, and is looked at apart.
        let tail = max(body.range.upperBound, wipedRanges.last?.lowerBound ?? 0, dataPartition?.upperBound ?? 0)
        let tailEnd = last?.offset ?? end
        let reservedEnd = body.range.lowerBound + Int64(DiskBody.reservedByteCount)

        let front = [
            ExpectedPart(.partitionTable, .bytes(first.bytes), [first.range]),
            ExpectedPart(.unusedSpace, .zeros, [first.range.upperBound..<body.range.lowerBound]),
            ExpectedPart(
                .bootSectors, .bytes(bootSector.start(byteCount: DiskBody.reservedByteCount, isBootable: true)),
                [body.range.lowerBound..<reservedEnd]),
        ]
        let back =
            [ExpectedPart(.unusedSpace, .zeros, [tail..<max(tail, tailEnd)])]
            + (last.map { [ExpectedPart(.backupPartitionTable, .bytes($0.bytes), [$0.range])] } ?? [])
        let second = data.map { $0.expectedParts(from: description.files.count, digest) } ?? []
        return ExpectedParts(
            sequence: {
                // What lies between two segments is zero; the reserved sectors are in the front.
                let segments = body.makeIterator()
                var position = reservedEnd
                var next: ExpectedPart?
                var tableCount = 0
                _ = segments.next()
                func part(_ segment: DiskSegment) -> ExpectedPart {
                    switch segment.content {
                    case .reservedSectors: return ExpectedPart(.bootSectors, .zeros, [])
                    case .table:
                        tableCount += 1
                        return ExpectedPart(
                            .fileAllocationTable(tableCount), .structure(segment.content), [segment.range])
                    case .folder(let number):
                        return ExpectedPart(
                            .folder(tree.folders[number].path), .structure(segment.content), [segment.range])
                    case .file(let number):
                        return ExpectedPart(
                            .file(description.files[number].path), .digest(digest(number)), [segment.range])
                    }
                }
                let middle = AnyIterator<ExpectedPart> {
                    if let found = next {
                        next = nil
                        return found
                    }
                    while let segment = segments.next() {
                        // An empty file has no place on the drive.
                        guard !segment.range.isEmpty else { continue }
                        let gap = position..<max(position, segment.range.lowerBound)
                        position = segment.range.upperBound
                        guard !gap.isEmpty else { return part(segment) }
                        next = part(segment)
                        return ExpectedPart(.unusedSpace, .zeros, [gap])
                    }
                    guard position < body.range.upperBound else { return nil }
                    defer { position = body.range.upperBound }
                    return ExpectedPart(.unusedSpace, .zeros, [position..<body.range.upperBound])
                }
                return AnySequence(
                    [AnySequence(front), AnySequence(middle), AnySequence(second), AnySequence(back)].joined())
            },
            makeFill: {
                var structures = StructureBytes(self)
                return { structures.fill($0, with: $1, from: $2) }
            },
            byteCount: body.range.upperBound + (data?.byteCount ?? 0) + max(0, tailEnd - tail)
                + Int64(last?.bytes.count ?? 0))
    }
}

extension DataVolume {
    /// The structures, and the files, the first of which has this number.
    fileprivate func expectedParts(from first: Int, _ digest: (Int) -> SHA256Digest) -> [ExpectedPart] {
        [ExpectedPart(.dataVolume, .digest(structureDigest), structures)]
            + zip(paths, files).enumerated().compactMap { number, file in
                file.1.isEmpty ? nil : ExpectedPart(.file(file.0), .digest(digest(first + number)), file.1)
            }
    }
}

extension DiskPiece {
    /// The bytes of the drive that it takes.
    var range: Range<Int64> { offset..<offset + Int64(bytes.count) }
}
