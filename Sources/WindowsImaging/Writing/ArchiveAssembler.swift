// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Support
import SystemPackage

/// Puts segments into an archive in their order; used by one thread at a time.
final class ArchiveAssembler {
    /// Opens the file of part `number`, which is empty.
    typealias OpenPart = (_ number: Int) throws -> (path: FilePath, descriptor: FileDescriptor)

    private var layout: WindowsImageLayout { contents.layout }
    private let contents: ArchiveContents
    private let units: [ResourceUnit]
    private let partByteCount: Int64?
    private let openPart: OpenPart
    private let progress: ProgressMeter
    private let xmlByteCount: Int64

    private let knownHashes: [[UInt8]?]
    private let didHash: (Int, [UInt8]) -> Void

    private var parts: [ArchivePart] = []
    /// What goes to its place when everything has one.
    private(set) var transfers: [Transfer] = []
    private var hashes: [[UInt8]]
    private var contentsByHash: [[UInt8]: Int] = [:]
    /// References of streams of a tree that files have already.
    private var furtherReferences: [[UInt8]: Int] = [:]
    /// Whether the resource that is written is a stream that the archive has already.
    private var isKnown = false
    private let sha1 = SHA1()
    /// The resource that is being written.
    private var start: Int64 = 0
    private var isCompressed = false
    private var chunkByteCounts: [UInt32] = []

    init(
        _ contents: ArchiveContents, _ units: [ResourceUnit], partByteCount: Int64?,
        knownHashes: [[UInt8]?], progress: ProgressMeter, didHash: @escaping (Int, [UInt8]) -> Void,
        openPart: @escaping OpenPart
    ) {
        self.knownHashes = knownHashes
        self.didHash = didHash
        self.contents = contents
        self.units = units
        self.partByteCount = partByteCount
        self.openPart = openPart
        self.progress = progress
        hashes = Array(repeating: [], count: contents.indices.count)
        xmlByteCount = Int64(contents.layout.xml(totalByteCount: .max).count)
    }

    // MARK: Resources

    /// Writes `segment`, which follows the one before.
    func commit(_ segment: Segment) throws {
        let unit = units[segment.unit]
        if unit.isCopied { return try reserve(unit.contents[0]) }
        if let storage = unit.reused { return try commit(segment, unit.contents[0], storage) }
        let plain = segment.plain
        defer { progress.advance(by: plain.count) }
        if segment.isFirst { isKnown = isKnownStream(unit) }
        // What was read of it is proved by the file that has it.
        if isKnown { return }
        if segment.isFirst { try begin(unit, segment) }
        for piece in segment.pieces {
            sha1.update(UnsafeRawBufferPointer(rebasing: plain[piece.range]))
            if piece.isLast {
                let hash = sha1.finalize()
                try settle(piece.content, hash)
                // Only large ones are ever copied without being read.
                if contents.stream(piece.content) == nil,
                    contents.byteCount(piece.content) >= WindowsImageLayout.smallestAlignedByteCount
                {
                    didHash(piece.content, hash)
                }
            }
        }
        let part = try currentPart()
        if isCompressed {
            try part.append(segment.stored)
            chunkByteCounts += segment.chunkByteCounts
        } else {
            try part.append(plain)
        }
        if segment.isLast { try end(unit, part) }
    }

    /// Gives a content its place, to which it is copied later.
    private func reserve(_ content: Int) throws {
        let byteCount = contents.byteCount(content)
        let part = try part(with: byteCount, entryCount: 1)
        try part.skip(to: WindowsImageLayout.start(of: byteCount, after: part.position))
        try settle(content, knownHashes[content] ?? [])
        let place = ArchiveFormat.Place(storedByteCount: byteCount, offset: part.position, byteCount: byteCount)
        add(content, to: part, place)
        transfers.append(part.transfer(try contents(content)))
        part.position += byteCount
    }

    /// Writes a piece of a resource as another archive has it.
    private func commit(_ segment: Segment, _ content: Int, _ storage: WindowsImageStorage) throws {
        if segment.isFirst {
            let part = try part(with: storage.storedByteCount, entryCount: 1)
            try settle(content, storage.sha1)
            let place = ArchiveFormat.Place(
                storedByteCount: storage.storedByteCount, flags: ArchiveFormat.ResourceFlag.compressed,
                offset: part.position, byteCount: storage.byteCount)
            add(content, to: part, place)
        }
        try currentPart().append(segment.plain)
        if segment.isLast { progress.advance(by: Int(storage.byteCount)) }
    }

    private func begin(_ unit: ResourceUnit, _ segment: Segment) throws {
        let byteCount = unit.contents.reduce(0) { $0 + contents.byteCount($1) }
        let listByteCount = chunkListByteCount(of: byteCount, isSolid: unit.isSolid)
        isCompressed = segment.isCompressed
        var needed = byteCount
        if isCompressed, segment.isLast, !unit.isSolid {
            needed = listByteCount + Int64(segment.outputByteCount)
            if needed >= byteCount { (isCompressed, needed) = (false, byteCount) }
        }
        let part = try part(with: needed, entryCount: unit.isSolid ? unit.contents.count + 1 : 1)
        if !isCompressed { try part.skip(to: WindowsImageLayout.start(of: byteCount, after: part.position)) }
        start = part.position
        if !isCompressed, byteCount >= WindowsImageLayout.smallestAlignedByteCount { try part.allocate(byteCount) }
        chunkByteCounts.removeAll(keepingCapacity: true)
        if isCompressed { part.position += listByteCount }
    }

    private func end(_ unit: ResourceUnit, _ part: ArchivePart) throws {
        if isCompressed { try writeChunkList(unit, part) }
        let byteCount = unit.contents.reduce(0) { $0 + contents.byteCount($1) }
        if isCompressed, !unit.isSolid, part.position - start >= byteCount { try storeAsItIs(unit.contents[0], part) }
        let stored = part.position - start
        guard unit.isSolid else {
            let flags = isCompressed ? ArchiveFormat.ResourceFlag.compressed : 0
            return add(
                unit.contents[0], to: part,
                .init(storedByteCount: stored, flags: flags, offset: start, byteCount: byteCount))
        }
        part.hasSolidResource = true
        let flags = ArchiveFormat.ResourceFlag.solid
        part.entries.append(
            .init(
                place: .init(
                    storedByteCount: stored, flags: flags, offset: start, byteCount: ArchiveFormat.solidMark),
                part: part.number, referenceCount: 1, sha1: [UInt8](repeating: 0, count: SHA1.byteCount)))
        var offset: Int64 = 0
        for content in unit.contents {
            let byteCount = contents.byteCount(content)
            add(content, to: part, .init(storedByteCount: byteCount, flags: flags, offset: offset, byteCount: 0))
            offset += byteCount
        }
    }

    private func add(_ content: Int, to part: ArchivePart, _ place: ArchiveFormat.Place) {
        // In a solid resource lies what may lie elsewhere too, in a file of ours or a stream: one entry is for both.
        if let other = contentsByHash[hashes[content]], other != content {
            furtherReferences[hashes[content], default: 0] += contents.referenceCount(content)
            return
        }
        part.entries.append(
            .init(
                place: place, part: part.number, referenceCount: contents.referenceCount(content),
                sha1: hashes[content]))
    }

    // MARK: Streams of a tree

    /// Whether `unit` is a stream whose bytes a file of the archive has, which is taken note of.
    private func isKnownStream(_ unit: ResourceUnit) -> Bool {
        guard !unit.isSolid, let stream = contents.stream(unit.contents[0]) else { return false }
        return isKnown(stream)
    }

    private func isKnown(_ stream: WindowsImageOverlay.Stream) -> Bool {
        guard contentsByHash[stream.storage.sha1] != nil else { return false }
        furtherReferences[stream.storage.sha1, default: 0] += stream.referenceCount
        return true
    }

    /// Gives the streams that are copied their places; returns where what of their archive goes.
    func placeStreams() throws -> [PartTransfer] {
        guard let overlay = layout.overlay, layout.copiesStreams else { return [] }
        var transfers: [PartTransfer] = []
        for run in overlay.runs {
            var rest = overlay.streams[run].reduce(0) { $0 + $1.storage.storedByteCount }
            var last: (part: ArchivePart, range: Range<Int64>, offset: Int64)?
            func finish() {
                if let last { transfers.append(last.part.transfer(last.range, to: last.offset)) }
                last = nil
            }
            func extend(to end: Int64) {
                if let range = last?.range { last?.range = range.lowerBound..<end }
            }
            for stream in overlay.streams[run] {
                let storage = stream.storage
                defer { rest -= storage.storedByteCount }
                guard !isKnown(stream) else {
                    finish()
                    continue
                }
                let padding = WindowsImageLayout.copyPadding(of: rest)
                let part = try part(with: storage.storedByteCount + padding, entryCount: 1)
                if last.map({ $0.part !== part }) ?? true {
                    finish()
                    if padding > 0 {
                        // Blocks of the one file are blocks of the other: they go past the page cache.
                        let block = WindowsImageLayout.blockByteCount
                        let distance = (storage.resourceOffset - part.position) % block
                        try part.skip(to: part.position + (distance + block) % block)
                    }
                    last = (part, storage.resourceOffset..<storage.resourceOffset, part.position)
                }
                part.entries.append(
                    .init(
                        place: .init(
                            storedByteCount: storage.storedByteCount,
                            flags: storage.isCompressed ? ArchiveFormat.ResourceFlag.compressed : 0,
                            offset: part.position, byteCount: storage.byteCount),
                        part: part.number, referenceCount: stream.referenceCount, sha1: storage.sha1))
                part.position += storage.storedByteCount
                extend(to: storage.resourceOffset + storage.storedByteCount)
            }
            finish()
        }
        return transfers
    }

    /// Takes note of the SHA-1 of a content, by which the archive knows it.
    private func settle(_ content: Int, _ hash: [UInt8]) throws {
        hashes[content] = hash
        if let stream = contents.stream(content) {
            guard hash == stream.storage.sha1 else { throw damaged(stream) }
            if contentsByHash[hash] == nil { contentsByHash[hash] = content }
            return
        }
        guard let other = contentsByHash[hash] else {
            contentsByHash[hash] = content
            return
        }
        // A file of ours may hold what a stream of a tree does, whose hash is all that is known of it.
        guard contents.stream(other) == nil else { return }
        throw WindowsImagingError(
            .unsupported, DiagnosticText(try contents(content).name),
            "has other bytes than \(try contents(other).name) but the same SHA-1, by which an image tells files apart",
            nextStep: "leave one of them out")
    }

    private func damaged(_ stream: WindowsImageOverlay.Stream) -> WindowsImagingError {
        WindowsImagingError(
            .damaged, "\(layout.overlay?.tree.name ?? "")",
            "has a stream that is not what was written: its SHA-1 should be \(stream.storage.sha1.hexadecimal())",
            nextStep: "get a fresh copy of it")
    }

    /// Writes a resource once more that compressing did not make smaller.
    private func storeAsItIs(_ content: Int, _ part: ArchivePart) throws {
        isCompressed = false
        part.position = start
        try part.skip(to: WindowsImageLayout.start(of: contents.byteCount(content), after: start))
        start = part.position
        let reader = try contents.reader(content)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = try reader.read(into: buffer)
            if count == 0 { return }
            try part.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    // MARK: Chunks

    /// Before the chunks of a resource stand the offsets of all but the first, in 4 bytes, or in 8 for 4 GiB and more;
    /// before those of a solid one a head of 16 bytes and the sizes of all.
    private func chunkListByteCount(of byteCount: Int64, isSolid: Bool) -> Int64 {
        guard layout.description.compression != .none else { return 0 }
        if isSolid {
            let chunk = Int64(WindowsImageCompression.solidChunkByteCount)
            return 16 + 4 * ((byteCount + chunk - 1) / chunk)
        }
        let chunk = Int64(layout.description.compression.chunkByteCount)
        return ((byteCount + chunk - 1) / chunk - 1) * (byteCount > UInt32.max ? 8 : 4)
    }

    private func writeChunkList(_ unit: ResourceUnit, _ part: ArchivePart) throws {
        let byteCount = unit.contents.reduce(0) { $0 + contents.byteCount($1) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(chunkListByteCount(of: byteCount, isSolid: unit.isSolid)))
        if unit.isSolid {
            bytes.append(littleEndian: UInt64(byteCount))
            bytes.append(littleEndian: UInt32(WindowsImageCompression.solidChunkByteCount))
            bytes.append(littleEndian: ArchiveFormat.lzmsNumber)
            for count in chunkByteCounts { bytes.append(littleEndian: count) }
        } else {
            var offset: UInt64 = 0
            for count in chunkByteCounts.dropLast() {
                offset += UInt64(count)
                if byteCount > UInt32.max {
                    bytes.append(littleEndian: offset)
                } else {
                    bytes.append(littleEndian: UInt32(truncatingIfNeeded: offset))
                }
            }
        }
        try bytes.withUnsafeBytes { try part.write($0, at: start) }
    }

    // MARK: Parts

    private func currentPart() throws -> ArchivePart {
        if let part = parts.last { return part }
        let (path, descriptor) = try openPart(parts.count + 1)
        let part = ArchivePart(number: parts.count + 1, path: path, descriptor: descriptor)
        // Growing step by step would take twice the memory.
        part.entries.reserveCapacity(layout.resourceCount + 2)
        parts.append(part)
        return part
    }

    /// The part that takes `byteCount` more bytes and `entryCount` more entries: a new one when the last has no room.
    private func part(with byteCount: Int64, entryCount: Int) throws -> ArchivePart {
        let part = try currentPart()
        guard let limit = partByteCount, !part.entries.isEmpty else { return part }
        let start = WindowsImageLayout.start(of: byteCount, after: part.position)
        let metadata = part.number == 1 ? Int64(layout.tree.metadataByteCount) : 0
        let table = Int64(ArchiveFormat.tableEntryByteCount * (part.entries.count + entryCount + 1))
        var end = start + byteCount + metadata + table
        if layout.description.hasIntegrityTable { end += WindowsImageLayout.integrityByteCount(tableEnd: end) }
        guard end + xmlByteCount > limit else { return part }
        let (path, descriptor) = try openPart(parts.count + 1)
        let next = ArchivePart(number: parts.count + 1, path: path, descriptor: descriptor)
        parts.append(next)
        return next
    }

    /// Writes what follows the resources in every part; returns the sizes of the files in bytes.
    func finish() throws -> [Int64] {
        _ = try currentPart()
        var tree = layout.tree
        let metadata = tree.metadata(created: layout.description.created, hashes: hashes)
        return try parts.map { part in
            if !furtherReferences.isEmpty {
                for index in part.entries.indices {
                    part.entries[index].referenceCount += furtherReferences[part.entries[index].sha1] ?? 0
                }
            }
            return try part.finish(layout, partCount: parts.count, metadata: part.number == 1 ? metadata : nil)
        }
    }
}
