// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import ContentTransfer
import Support
import Synchronization
import SystemPackage

/// What is known of contents before they are read; numbers are those of ``WindowsImageLayout/contentFiles``.
public struct WindowsImageKnowledge {
    /// The SHA-1 of contents.
    public var hashes: [Int: [UInt8]] = [:]
    /// Compressed resources of other archives that hold contents, proved by the caller.
    public var reuses: [Int: WindowsImageReuse] = [:]

    /// Nothing is known.
    public init() {}
}

/// A compressed resource of another archive that holds a content.
public struct WindowsImageReuse: Sendable {
    /// The other archive.
    public let reader: WindowsImageReader
    /// Where the resource lies in it.
    public let storage: WindowsImageStorage

    /// The resource at `storage` of the archive that `reader` reads.
    public init(_ storage: WindowsImageStorage, in reader: WindowsImageReader) {
        self.storage = storage
        self.reader = reader
    }
}

/// Writes an archive of one image straight from files that lie anywhere, under any names.
///
/// One thread reads, and proves every byte; all compress; one writes, in the order of the layout: so the number of threads
/// does not change a byte. libwim compresses, and everything around it is written here, because libwim compresses all or
/// nothing, and takes GUID, times and order from chance, clock and paths (docs/decisions/prestaged-images.md).
public struct WindowsImageWriter {
    private let layout: WindowsImageLayout
    private let threadCount: Int
    private let interruption: Interruption

    /// More bytes than a compressed chunk has, few enough to be in the cache of a core.
    private static let segmentByteCount = 1 << 20

    /// About the bytes of memory that writing takes besides the lists of files, most of them for compressing.
    public static func byteCountInMemory(_ compression: WindowsImageCompression, threadCount: Int) -> Int {
        let segment = segmentByteCount(compression) * (compression == .none ? 1 : 2)
        return segmentCount(compression, threadCount) * segment + threadCount * compression.compressorByteCount
    }

    private static func segmentByteCount(_ compression: WindowsImageCompression) -> Int {
        compression == .solid ? WindowsImageCompression.solidChunkByteCount : segmentByteCount
    }

    private static func segmentCount(_ compression: WindowsImageCompression, _ threadCount: Int) -> Int {
        compression == .solid ? threadCount + 1 : 2 * threadCount + 2
    }

    /// A writer of `layout` on `threadCount` threads.
    public init(_ layout: WindowsImageLayout, threadCount: Int, interruption: Interruption) {
        self.layout = layout
        self.threadCount = max(1, threadCount)
        self.interruption = interruption
    }

    /// Writes the archive; flushing it to the disk is the caller's.
    ///
    /// - Parameters:
    ///   - source: where the bytes are of each of ``WindowsImageLayout/contentFiles``, by its place among them; asked on
    ///     any thread, when they are wanted.
    ///   - archive: the archive that holds the tree below the files; nil where its streams are not copied, and the caller
    ///     has proved it.
    ///   - known: what need not be found out.
    ///   - didHash: told the SHA-1 of contents for which knowing it the next time saves reading them.
    ///   - partByteCount: the limit of a file, above which further parts are begun; only a resource that is larger itself
    ///     breaks it. Not with solid compression.
    ///   - openPart: opens the file of a part, which is empty; parts are numbered from 1.
    /// - Returns: the sizes of the files in bytes.
    /// - Throws: `TransferError` for content that is not what was promised; `FileError`; `InterruptedError`;
    ///   ``WindowsImagingError``.
    public func write(
        _ source: @escaping @Sendable (Int) throws -> TransferContent, tree archive: TransferContent? = nil,
        known: WindowsImageKnowledge = WindowsImageKnowledge(),
        partByteCount: Int64? = nil, progress: ProgressMeter,
        didHash: @escaping (_ content: Int, _ sha1: [UInt8]) -> Void = { _, _ in },
        didVerify: @escaping ContentCopier.DidVerify = { _, _, _, _ in },
        openPart: @escaping (_ number: Int) throws -> (path: FilePath, descriptor: FileDescriptor)
    ) throws -> [Int64] {
        precondition((archive != nil) == layout.copiesStreams, "streams are copied from their archive")
        precondition(partByteCount == nil || layout.description.compression != .solid, "solid resources are not split")
        try Libwim.check(Libwim.initialization, "libwim", "could not be set up")
        let compression = layout.description.compression
        let contents = ArchiveContents(layout: layout, source: source)
        let units = try units(contents, known)
        let segmentByteCount = Self.segmentByteCount(compression)
        let work = Work(
            source: SegmentSource(
                contents, units, segmentByteCount: segmentByteCount,
                formats: compression == .none ? nil : try CompressedFormats(), didVerify: didVerify),
            assembler: ArchiveAssembler(
                contents, units, partByteCount: partByteCount,
                knownHashes: contents.indices.map { known.hashes[$0] }, progress: progress, didHash: didHash,
                openPart: openPart),
            segmentCount: Self.segmentCount(compression, threadCount),
            segmentByteCount: segmentByteCount,
            compression: compression, interruption: interruption)
        WorkerThreads.run(count: threadCount) { _ in work.run() }
        if let failure = work.failure { throw failure }
        let copier = ContentCopier(workerCount: threadCount, interruption: interruption, didVerify: didVerify)
        try copier.run(work.assembler.transfers, progress: progress)
        if let archive { try copier.run(try work.assembler.placeStreams(), of: archive, progress: progress) }
        return try work.assembler.finish()
    }

    /// The resources: one for each content, unless those that are worth compressing share a solid one.
    private func units(_ contents: ArchiveContents, _ known: WindowsImageKnowledge) throws -> [ResourceUnit] {
        let compression = layout.description.compression
        // Whether it is copied is asked only where that saves much.
        let isCopyable = try contents.indices.map { number in
            guard contents.stream(number) == nil,
                contents.byteCount(number) >= WindowsImageLayout.smallestAlignedByteCount,
                known.hashes[number] != nil, case .verifiedFile = try contents(number).source
            else { return false }
            return true
        }
        func making(_ number: Int, _ isCompressible: Bool?) -> ResourceUnit.Making {
            if let reuse = known.reuses[number] { return .reused(reuse) }
            if isCopyable[number], isCompressible == false { return .copied }
            return .read(isCompressed: isCompressible)
        }
        guard compression == .solid else {
            var compressible = compression == .none ? [:] : try compressible(contents) { isCopyable[$0] }
            if compression != .none { addStreams(of: contents, to: &compressible) }
            return contents.indices.map { number in
                let isCompressible = compression == .none ? false : compressible[number]
                return ResourceUnit(number, making: making(number, isCompressible))
            }
        }
        var compressible = try compressible(contents) { _ in true }
        addStreams(of: contents, to: &compressible)
        let solid = contents.indices.filter { compressible[$0] == true }
        return contents.indices.filter { compressible[$0] != true }
            .map { ResourceUnit($0, making: making($0, false)) }
            + [ResourceUnit(solid: solid)].compactMap { $0 }
    }

    /// Streams are compressed unless their archive tried that in vain.
    private func addStreams(of contents: ArchiveContents, to compressible: inout [Int: Bool]) {
        let isArchiveCompressed = layout.overlay?.tree.isCompressed == true
        for number in contents.indices {
            guard let stream = contents.stream(number) else { continue }
            compressible[number] = stream.storage.isCompressed || !isArchiveCompressed
        }
    }

    /// Whether the contents that `isAsked` chooses are worth compressing, by number.
    private func compressible(
        _ contents: ArchiveContents, _ isAsked: (Int) -> Bool
    ) throws -> [Int: Bool] {
        var compressible: [Int: Bool] = [:]
        let start = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 4096)
        defer { start.deallocate() }
        let formats = try CompressedFormats()
        for number in contents.fileIndices where isAsked(number) {
            try interruption.check()
            let reader = try ContentReader(try contents(number))
            let count = try reader.sample(into: start, at: 0)
            compressible[number] = try formats.isCompressible(
                reader, byteCount: contents.byteCount(number), name: contents.fileName(number),
                start: UnsafeRawBufferPointer(rebasing: start[..<count]))
        }
        return compressible
    }
}

/// What the threads share.
private final class Work: @unchecked Sendable {
    /// Guarded by ``reading``.
    private let source: SegmentSource
    /// Guarded by ``State/isCommitting``.
    let assembler: ArchiveAssembler
    /// Segments that are free: whoever wants one more waits, so that memory does not grow with the content.
    private let pool: BoundedQueue<Segment>
    private let compression: WindowsImageCompression
    private let interruption: Interruption
    private let reading = Mutex(())
    private let state = Mutex(State())

    private struct State {
        var next = 0
        /// Segments that wait for those before them.
        var ready: [Int: Segment] = [:]
        var isCommitting = false
        var failure: (any Error)?
    }

    init(
        source: SegmentSource, assembler: ArchiveAssembler, segmentCount: Int, segmentByteCount: Int,
        compression: WindowsImageCompression, interruption: Interruption
    ) {
        self.source = source
        self.assembler = assembler
        self.compression = compression
        self.interruption = interruption
        pool = BoundedQueue(capacity: segmentCount)
        for _ in 0..<segmentCount {
            pool.send(Segment(byteCount: segmentByteCount, isCompressing: compression != .none))
        }
    }

    /// The first failure.
    var failure: (any Error)? { state.withLock { $0.failure } }

    /// Works until nothing is left or something failed.
    func run() {
        do {
            let chunkByteCount =
                compression == .solid ? WindowsImageCompression.solidChunkByteCount : compression.chunkByteCount
            var compressor: Compressor?
            while failure == nil, let segment = pool.receive() {
                try interruption.check()
                let isFilled = try reading.withLock { _ in try source.fill(segment) }
                guard isFilled else {
                    free(segment)
                    return
                }
                if segment.isCompressed, let type = compression.type {
                    if compressor == nil { compressor = try Compressor(type, chunkByteCount: chunkByteCount) }
                    if let compressor { segment.compress(compressor, chunkByteCount: chunkByteCount) }
                }
                try commit(segment)
            }
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
            pool.close()
        }
    }

    private func free(_ segment: Segment) {
        segment.reset()
        pool.send(segment)
    }

    /// Lets `segment` be written when its turn comes: by this thread, or by the one that is writing.
    private func commit(_ segment: Segment) throws {
        let isMine = state.withLock { state in
            state.ready[segment.number] = segment
            guard !state.isCommitting else { return false }
            state.isCommitting = true
            return true
        }
        guard isMine else { return }
        while true {
            let next = state.withLock { state -> Segment? in
                guard state.failure == nil, let next = state.ready.removeValue(forKey: state.next) else {
                    state.isCommitting = false
                    return nil
                }
                state.next += 1
                return next
            }
            guard let next else { return }
            try assembler.commit(next)
            free(next)
        }
    }
}

extension Segment {
    /// Compresses what was read, chunk by chunk; a chunk that does not become smaller stays as it is.
    fileprivate func compress(_ compressor: Compressor, chunkByteCount: Int) {
        var offset = 0
        while offset < inputByteCount {
            let count = min(chunkByteCount, inputByteCount - offset)
            let chunk = UnsafeRawBufferPointer(rebasing: plain[offset..<(offset + count)])
            let target = UnsafeMutableRawBufferPointer(rebasing: output[outputByteCount..<(outputByteCount + count)])
            var stored = compressor.compress(chunk, to: target)
            if stored == 0 {
                target.copyMemory(from: chunk)
                stored = count
            }
            chunkByteCounts.append(UInt32(stored))
            outputByteCount += stored
            offset += count
        }
    }
}
