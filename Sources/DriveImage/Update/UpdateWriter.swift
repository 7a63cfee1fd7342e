// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Support
import SystemPackage

/// Carries an update out, in an order that keeps the old state whole until one sector makes it the new one.
///
/// Contents and directories go to free clusters; when they are safe, their chains go into the tables; when those are
/// safe, what others may not read is written, so that a cut leaves it nowhere but in clusters that are found again; when that
/// is safe, the boot sector gets the new root directory; when that is, what others may not read of the old state is overwritten,
/// and then the clusters of what is gone are freed.
public struct UpdateWriter: Sendable {
    private static let chunkCount = 6
    private static let erasingByteCount = 1 << 20

    private let update: DriveUpdate
    private let interruption: Interruption
    private let didVerify: DiskWriter.DidVerify

    /// A writer of `update`.
    public init(
        _ update: DriveUpdate, interruption: Interruption,
        didVerify: @escaping DiskWriter.DidVerify = { _, _, _, _ in }
    ) {
        self.update = update
        self.interruption = interruption
        self.didVerify = didVerify
    }

    /// The bytes that ``write(to:source:progress:content:)`` reports as progress: contents and directories.
    public var byteCount: Int64 {
        update.writtenContentByteCount
            + update.folderRuns.joined().reduce(0) { $0 + Int64($1.count) } * update.frame.shape.clusterByteCount
    }

    /// Writes everything; an update that has nothing to do writes nothing.
    ///
    /// - Parameters:
    ///   - output: the drive.
    ///   - source: the same drive, which has not changed since the update was planned.
    ///   - content: where the bytes of the file with this number come from; called on one other thread, for
    ///     ``DriveUpdate/writtenFiles`` alone.
    /// - Throws: `TransferError`, `FileError`, `InterruptedError` when the contents could not be read or were not what
    ///   was promised, or the user stopped it: then the drive is what it was. `FileError` when the drive fails: then
    ///   it is what it was or what it was to be.
    public func write(
        to output: any DiskOutput, source: any ByteSource, progress: ProgressMeter,
        content: @escaping @Sendable (Int) throws -> TransferContent
    ) throws {
        guard !update.isUpToDate else { return }
        try writeClusters(of: update.newFiles(erased: false), withFolders: true, to: output, progress, content)
        try output.synchronize()
        try interruption.check()
        let sectors = VolumeSectors(frame: update.frame, source: source, output: output)
        let frame = update.frame
        // From here on what FSInfo says is not so; it is only a hint, and may say that it does not know.
        try sectors.write(try frame.information(free: nil, next: nil, in: source))
        try addChains(source, output)
        try output.synchronize()
        let sealed = update.newFiles(erased: true)
        if !sealed.isEmpty {
            try writeClusters(of: sealed, withFolders: false, to: output, progress, content)
            try output.synchronize()
        }
        try sectors.write(
            frame.switching(to: update.directories.folderClusters[VolumeTree.root], label: update.goal.label))
        try eraseClusters(output)
        try freeClusters(source, output)
        try output.synchronize()
        let used = update.live.count + update.bad.count
        var full = update.live
        full.formUnion(update.bad)
        try sectors.write(
            try frame.information(
                free: UInt32(frame.shape.clusterCount - used),
                next: full.first(from: UInt32(FATGeometry.firstCluster), isIn: false), in: source))
    }

    // MARK: Clusters

    private func writeClusters(
        of files: [DriveUpdate.PlacedFile], withFolders: Bool, to output: any DiskOutput, _ progress: ProgressMeter,
        _ content: @escaping @Sendable (Int) throws -> TransferContent
    ) throws {
        let pipeline = Pipeline(
            targetCount: 1, chunkCount: Self.chunkCount, interruption: interruption, progress: progress)
        do throws(Errno) {
            try WorkerThreads.runTogether(
                pipeline.hashers(didVerify) + [
                    { read(files, withFolders: withFolders, content, into: pipeline) },
                    {
                        pipeline.write(
                            0, before: {},
                            chunk: { chunk in
                                if let bytes = chunk.bytes { try output.write(bytes, at: chunk.offset) }
                            }, after: {})
                    },
                ])
        } catch {
            throw FileError("started", "a thread for the drive", error)
        }
        if let failure = pipeline.sourceFailure ?? pipeline.targetFailures[0] { throw failure }
    }

    private func read(
        _ files: [DriveUpdate.PlacedFile], withFolders: Bool, _ content: @escaping (Int) throws -> TransferContent,
        into pipeline: Pipeline
    ) {
        pipeline.read { filler in
            var filler = filler
            for file in files {
                let byteCount = update.goal.files[file.number].byteCount
                try filler.read(try content(file.number), into: update.ranges(file.runs, byteCount: byteCount))
                if update.paddedFiles.contains(file.number), let slack = update.slack(of: file) {
                    try filler.put([UInt8](repeating: 0, count: slack.count), into: [slack])
                }
            }
            for number in update.folderRuns.indices where withFolders {
                try filler.put(update.paddedDirectory(number), into: update.ranges(ofFolder: number))
            }
            try filler.flush()
        }
    }

    // MARK: Tables

    private func addChains(_ source: any ByteSource, _ output: any DiskOutput) throws {
        for range in update.unequalTableRanges {
            try write(try table(range, source), at: range.lowerBound, output)
        }
        for range in update.links.ranges(in: update.frame.tableByteCount) {
            var entries = try table(range, source)
            update.links.apply(to: &entries, from: range.lowerBound)
            try write(entries, at: range.lowerBound, output)
        }
    }

    /// Overwrites what others may not read; it is safe before its clusters are free, so that it is found again after a cut.
    private func eraseClusters(_ output: any DiskOutput) throws {
        let ranges = update.erasedRanges
        guard let longest = ranges.map(\.count).max() else { return }
        let chunk = min(longest, Self.erasingByteCount)
        try AlignedBuffer.withCopy(of: [UInt8](repeating: 0, count: chunk)) { zeros in
            for range in ranges {
                for start in stride(from: range.lowerBound, to: range.upperBound, by: chunk) {
                    let count = min(Int64(chunk), range.upperBound - start)
                    try output.write(UnsafeRawBufferPointer(rebasing: zeros[..<Int(count)]), at: start)
                }
            }
        }
        try output.synchronize()
    }

    private func freeClusters(_ source: any ByteSource, _ output: any DiskOutput) throws {
        for range in update.freedRanges {
            var entries = try table(range, source)
            let first = UInt32(range.lowerBound / ClusterMap.entryByteCount)
            for index in 0..<UInt32(entries.count / Int(ClusterMap.entryByteCount))
            where update.stale.contains(first + index) {
                TableRanges.set(index, to: 0, in: &entries)
            }
            try write(entries, at: range.lowerBound, output)
        }
    }

    private func table(_ range: Range<Int64>, _ source: any ByteSource) throws -> [UInt8] {
        guard
            let entries = try source.bytes(
                at: update.frame.tableOffsets[0] + range.lowerBound, length: range.count)
        else {
            throw DriveImageError(
                .damaged, "the volume of the drive", "ends inside its tables", nextStep: DriveUpdate.writeAnew)
        }
        return entries
    }

    private func write(_ entries: [UInt8], at offset: Int64, _ output: any DiskOutput) throws {
        try AlignedBuffer.withCopy(of: entries) { bytes in
            for table in update.frame.tableOffsets { try output.write(bytes, at: table + offset) }
        }
    }
}

extension DriveUpdate {
    /// The bytes of a table in which entries become free: whole pages, neighbours together.
    var freedRanges: [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        for run in stale.runs {
            let first = Int64(run.lowerBound) * ClusterMap.entryByteCount
            let end = Int64(run.upperBound) * ClusterMap.entryByteCount
            TableRanges.append(first..<min(end, frame.tableByteCount), to: &ranges, in: frame.tableByteCount)
        }
        return ranges
    }

    /// The bytes of the drive that are overwritten.
    var erasedRanges: [Range<Int64>] {
        erased.runs.compactMap { run in
            guard let first = frame.shape.range(ofCluster: run.lowerBound),
                let last = frame.shape.range(ofCluster: run.upperBound - 1)
            else { return nil }
            return first.lowerBound..<last.upperBound
        }
    }

    /// The directory of a folder, filled with zeros to the end of its clusters.
    func paddedDirectory(_ number: Int) -> [UInt8] {
        let byteCount = folderRuns[number].reduce(0) { $0 + Int64($1.count) } * frame.shape.clusterByteCount
        let bytes = directories.bytes(of: number)
        return bytes + [UInt8](repeating: 0, count: Int(byteCount) - bytes.count)
    }
}

/// Changes sectors of a volume in place.
private struct VolumeSectors {
    private static let pageByteCount = Int64(AlignedBuffer.alignment)

    let frame: VolumeFrame
    let source: any ByteSource
    let output: any DiskOutput

    /// Makes `edits`, those of one page of the drive in one write; each page is safe before the next is written.
    func write(_ edits: [VolumeFrame.Edit]) throws {
        var rest = edits
        while let first = rest.first {
            let page = page(of: first)
            let length = Int(min(Self.pageByteCount, source.byteCount - page))
            guard var bytes = try source.bytes(at: page, length: length) else {
                throw DriveImageError(
                    .damaged, "the volume of the drive", "ends inside its boot sectors", nextStep: DriveUpdate.writeAnew
                )
            }
            for edit in rest where self.page(of: edit) == page {
                let start = Int(place(of: edit) - page)
                bytes.replaceSubrange(start..<start + edit.bytes.count, with: edit.bytes)
            }
            rest.removeAll { self.page(of: $0) == page }
            try AlignedBuffer.withCopy(of: bytes) { try output.write($0, at: page) }
            try output.synchronize()
        }
    }

    private func place(of edit: VolumeFrame.Edit) -> Int64 {
        frame.offset + edit.sector * Int64(Sector.byteCount) + Int64(edit.offset)
    }

    private func page(of edit: VolumeFrame.Edit) -> Int64 { Alignment.down(place(of: edit), to: Self.pageByteCount) }
}
