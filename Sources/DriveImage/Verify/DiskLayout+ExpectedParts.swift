// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

extension DiskLayout {
    /// Everything that is planned for the drive, from front to back: also that nothing is where nothing should be.
    ///
    /// - Parameter data: the NTFS volumes, made.
    func expectedParts(data: [DataVolume] = [], _ digest: @escaping @Sendable (Int) -> SHA256Digest) -> ExpectedParts {
        let (first, last) = (firstBlock, backupTable)
        let front = [
            ExpectedPart(.partitionTable, .bytes(first.bytes), [first.range]),
            ExpectedPart(.unusedSpace, .zeros, [first.range.upperBound..<Alignment.byteCount]),
        ]
        // What is wiped at the end reaches into partitions, of which only FAT32 volumes are compared with zeros.
        let others = partitionTable.partitions.map(\.range).filter { range in
            !fatVolumes.contains { $0.range.lowerBound == range.lowerBound }
        }
        let ends = fatVolumes.map(\.body.range.upperBound) + others.map(\.upperBound)
        let tail = (ends + [wipedRanges.last?.lowerBound ?? 0]).max() ?? 0
        let tailEnd = last?.offset ?? wipedRanges.map(\.upperBound).max() ?? 0
        let back =
            [ExpectedPart(.unusedSpace, .zeros, [tail..<max(tail, tailEnd)])]
            + (last.map { [ExpectedPart(.backupPartitionTable, .bytes($0.bytes), [$0.range])] } ?? [])
        let fat = fatVolumes
        return ExpectedParts(
            sequence: {
                let parts = volumes(data).map { volume in
                    switch volume {
                    case .fat(let number, let volume): volume.expectedParts(number, digest)
                    case .ntfs(let volume): AnySequence(volume.expectedParts(digest))
                    }
                }
                return AnySequence([[AnySequence(front)], parts, [AnySequence(back)]].joined().joined())
            },
            makeFill: {
                var structures = fat.map { StructureBytes($0) }
                return { structures[$2].fill($0, with: $1, from: $3) }
            },
            byteCount: Alignment.byteCount + fat.reduce(0) { $0 + Int64($1.body.range.count) }
                + data.reduce(0) { $0 + $1.byteCount } + max(0, tailEnd - tail) + Int64(last?.bytes.count ?? 0))
    }
}

extension FATVolumeLayout {
    /// Everything in the volume, which has this number among those of the drive, and that the rest is zero.
    fileprivate func expectedParts(
        _ volume: Int, _ digest: @escaping @Sendable (Int) -> SHA256Digest
    ) -> AnySequence<ExpectedPart> {
        let body = body
        let reservedEnd = body.range.lowerBound + Int64(DiskBody.reservedByteCount)
        let reserved = ExpectedPart(
            .bootSectors, .bytes(bootSector.start(byteCount: DiskBody.reservedByteCount, isBootable: true)),
            [body.range.lowerBound..<reservedEnd])
        // What lies between two segments is zero; the reserved sectors come first.
        let segments = body.makeIterator()
        var position = reservedEnd
        var next: ExpectedPart?
        var tableCount = 0
        _ = segments.next()
        func part(_ segment: DiskSegment) -> ExpectedPart {
            let structure = ExpectedPart.Content.structure(segment.content, ofVolume: volume)
            switch segment.content {
            case .reservedSectors: return ExpectedPart(.bootSectors, .zeros, [])
            case .table:
                tableCount += 1
                return ExpectedPart(.fileAllocationTable(tableCount), structure, [segment.range])
            case .folder(let number):
                return ExpectedPart(.folder(tree.folders[number].path), structure, [segment.range])
            case .file(let number):
                return ExpectedPart(.file(files[number].path), .digest(digest(firstFile + number)), [segment.range])
            }
        }
        let rest = AnyIterator<ExpectedPart> {
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
        return AnySequence([AnySequence([reserved]), AnySequence(rest)].joined())
    }
}

extension DataVolume {
    /// The structures, and the files.
    fileprivate func expectedParts(_ digest: (Int) -> SHA256Digest) -> [ExpectedPart] {
        [ExpectedPart(.dataVolume, .digest(structureDigest), structures)]
            + zip(paths, files).enumerated().compactMap { number, file in
                file.1.isEmpty ? nil : ExpectedPart(.file(file.0), .digest(digest(firstFile + number)), file.1)
            }
    }
}

extension DiskPiece {
    /// The bytes of the drive that it takes.
    var range: Range<Int64> { offset..<offset + Int64(bytes.count) }
}
