// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import MediaFormat
import Support
import Synchronization
import SystemPackage
import WindowsImaging

/// What was taken over of earlier archives.
public struct ArchiveReuse: Sendable, Equatable {
    /// The earlier archive; several are joined by commas.
    public internal(set) var base: String
    /// Contents that were not compressed again.
    public internal(set) var reusedFileCount = 0
    /// Their bytes before compression.
    public internal(set) var reusedSize: Int64 = 0
    /// Why nothing was, or why something was not; nil when there is nothing to tell.
    public internal(set) var reason: DiagnosticText?
}

extension ArchiveReuse {
    /// What was taken over of all bases together; nil when there are none.
    init?(_ reuses: [ArchiveReuse]) {
        guard let first = reuses.first else { return nil }
        self = reuses.dropFirst().reduce(into: first) { sum, reuse in
            sum.base += ", \(reuse.base)"
            sum.reusedFileCount += reuse.reusedFileCount
            sum.reusedSize += reuse.reusedSize
            sum.reason = sum.reason ?? reuse.reason
        }
    }
}

/// An earlier prestaged file of ours, whose compressed contents are taken over as they are.
///
/// Each is read and compared with its SHA-256 before: a base is only a file that somebody named.
struct BaseArchive: Sendable {
    private let path: FilePath
    private let reader: WindowsImageReader
    /// Where contents lie that are compressed one by one.
    private let storages: [SHA256Digest: WindowsImageStorage]
    /// The same of streams of an operating system image, by their SHA-1.
    private let streams: [[UInt8]: WindowsImageStorage]

    /// Opens the archive at `path` and reads its manifest.
    ///
    /// - Throws: `WindowsImagingError`; `MediaFormatError` `.notMedia` for a WIM without a manifest.
    init(_ path: FilePath) throws {
        let media = try WIMMedia(path)
        guard let file = media.file(MediaManifest.path) else {
            throw MediaFormatError(
                .notMedia, "\(path)", "holds no \(MediaManifest.path), so that nothing of it can be taken over",
                nextStep: "name a prestaged file that tsmedia made, or leave \(.base) out")
        }
        let manifest = try MediaManifest(
            decoding: try media.contents(of: file, limit: MediaManifest.byteLimit), of: path.string)
        var storages: [SHA256Digest: WindowsImageStorage] = [:]
        for file in manifest.files {
            guard let storage = media.storage(of: file.path), storage.isCompressed, storage.solid == nil,
                storage.byteCount == file.size
            else { continue }
            storages[file.sha256] = storage
        }
        self.path = path
        self.storages = storages
        streams = media.overlay?.compressedStreams ?? [:]
        reader = media.reader
    }

    /// Adds what can be taken over of the contents of `files`, and is not in `known` yet, to it.
    ///
    /// - Parameter anew: streams of an operating system image that would be compressed, by the numbers of contents.
    /// - Returns: what is taken over.
    /// - Throws: `InterruptedError`.
    func offer(
        _ files: some RandomAccessCollection<MediaFile>, _ anew: [(number: Int, storage: WindowsImageStorage)],
        _ compression: WindowsImageCompression,
        to known: inout WindowsImageKnowledge,
        _ environment: BuildEnvironment
    ) throws -> ArchiveReuse {
        var reuse = ArchiveReuse(base: path.string)
        guard reader.hasSameChunks(as: compression), compression != .solid else {
            reuse.reason =
                compression == .none || compression == .solid
                ? "with \(.compression, compression.rawValue) there is nothing to take over"
                : "it is not compressed with \(.compression, compression.rawValue)"
            return reuse
        }
        let candidates =
            files.enumerated().compactMap { number, file in
                storages[file.sha256].map {
                    Candidate(number: number, byteCount: file.byteCount, proof: .sha256(file.sha256), storage: $0)
                }
            }
            + anew.compactMap { number, stream in
                streams[stream.sha1].map {
                    Candidate(number: number, byteCount: stream.byteCount, proof: .sha1(stream.sha1), storage: $0)
                }
            }
        let wanted = candidates.filter { known.reuses[$0.number] == nil && $0.storage.byteCount == $0.byteCount }
        let meter = ProgressMeter(
            phase: "checking the base", totalByteCount: wanted.reduce(0) { $0 + $1.byteCount },
            observer: environment.progress)
        defer { meter.finish() }
        let (reader, interruption) = (reader, environment.interruption)
        let isSound = try WorkerThreads.map(count: wanted.count, threadCount: environment.workerCount) { index in
            do {
                return try wanted[index].isSound(in: reader) { byteCount in
                    try interruption.check()
                    meter.advance(by: byteCount)
                }
            } catch let error as InterruptedError {
                throw error
            } catch {
                return false
            }
        }
        for (candidate, isSound) in zip(wanted, isSound) {
            guard isSound else {
                reuse.reason = "some of it is damaged and was compressed again"
                continue
            }
            known.reuses[candidate.number] = WindowsImageReuse(candidate.storage, in: reader)
            reuse.reusedFileCount += 1
            reuse.reusedSize += candidate.byteCount
        }
        return reuse
    }

    /// A content that the archive has too, by what its list says.
    private struct Candidate: Sendable {
        /// What its bytes must have: files have a SHA-256, and streams of an image what its archive knows them by.
        enum Proof: Sendable {
            case sha256(SHA256Digest)
            case sha1([UInt8])
        }

        let number: Int
        let byteCount: Int64
        let proof: Proof
        let storage: WindowsImageStorage

        /// Reads it and compares its hash.
        func isSound(in reader: WindowsImageReader, _ observe: (_ byteCount: Int) throws -> Void) throws -> Bool {
            switch proof {
            case .sha256(let expected):
                let hash = SHA256()
                try reader.read(storage) { bytes in
                    try observe(bytes.count)
                    hash.update(bytes)
                }
                return hash.finalize() == expected
            case .sha1(let expected):
                let hash = SHA1()
                try reader.read(storage) { bytes in
                    try observe(bytes.count)
                    hash.update(bytes)
                }
                return hash.finalize() == expected
            }
        }
    }
}
