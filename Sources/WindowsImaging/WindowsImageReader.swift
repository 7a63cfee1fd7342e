// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Cryptography
import Support
import Synchronization
import SystemPackage

/// Reads contents of an archive piece by piece, on any thread: libwim itself only extracts whole files to folders.
///
/// Its SHA-1 is known of every content: ``read(_:_:)`` leaves it to those who know a better hash of it.
public struct WindowsImageReader: Sendable {
    /// The files of the archive, by part number.
    private let paths: [Int: FilePath]
    private let compressionType: Int32
    private let chunkByteCount: Int
    private let shared = SharedChunks()

    /// Chunks that libwim and Windows know are no larger: 64 MiB.
    private static let chunkLimit = 64 << 20
    private static let pieceByteCount = 1 << 20

    /// A reader of what `image` was opened from.
    public init(_ image: WindowsImage) {
        var information = wimlib_wim_info()
        wimlib_get_wim_info(image.handle, &information)
        paths = image.partPaths
        compressionType = information.compression_type
        chunkByteCount = Int(information.chunk_size)
    }

    /// Hands the bytes of the content at `storage` to `body`, in order.
    ///
    /// - Throws: ``WindowsImagingError`` `.damaged`, `.incomplete`; `FileError`; what `body` throws.
    public func read(_ storage: WindowsImageStorage, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let path = paths[storage.part] else { throw missing(storage.part) }
        let file = Source(path: path, descriptor: try InputFile.open(path))
        try file.descriptor.closeAfter {
            guard storage.isCompressed else {
                return try file.read(storage.resourceOffset, storage.byteCount, body)
            }
            let chunks =
                storage.solid == nil
                ? try ordinaryChunks(storage, file) : try solidChunks(storage, file)
            try read(chunks, file, body)
        }
    }

    /// The same of the content of `name`, whose SHA-1 is checked on the way: what was handed over counts once this returns.
    ///
    /// - Throws: ``WindowsImagingError`` `.damaged` when it is another, and as ``read(_:_:)``.
    public func readChecked(
        _ storage: WindowsImageStorage, of name: MediaPath, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let hash = SHA1()
        try read(storage) { bytes in
            hash.update(bytes)
            try body(bytes)
        }
        guard hash.finalize() != storage.sha1 else { return }
        throw WindowsImagingError(
            .damaged, "\(name)", "is not what was written: its SHA-1 is another",
            nextStep: "get a fresh copy of the image")
    }

    /// The content of `entry`, whose SHA-1 is checked; empty for a file without content.
    ///
    /// - Throws: ``WindowsImagingError`` `.tooLarge` when it has more than `limit` bytes, and as ``read(_:_:)``.
    public func contents(of entry: WindowsImageEntry, limit: Int) throws -> [UInt8] {
        guard let storage = entry.storage else { return [] }
        guard storage.byteCount <= Int64(limit) else {
            throw WindowsImagingError(
                .tooLarge, "\(entry.path)", "has \(storage.byteCount) bytes and breaks the limit of \(limit)",
                nextStep: "check that this is the image you mean")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(storage.byteCount))
        try readChecked(storage, of: entry.path) { bytes += $0 }
        return bytes
    }

    /// Hands out the bytes of a content in order, as many as are asked for; used by one thread at a time.
    final class Stream {
        private let storage: WindowsImageStorage
        private let reader: WindowsImageReader
        private let file: Source
        private let chunks: Chunks?
        private let decompressor: ChunkDecompressor?
        private var position: Int64 = 0
        /// The bytes of a chunk that were not handed out yet.
        private var rest: ArraySlice<UInt8> = []

        init(_ storage: WindowsImageStorage, of reader: WindowsImageReader) throws {
            guard let path = reader.paths[storage.part] else { throw reader.missing(storage.part) }
            let file = Source(path: path, descriptor: try InputFile.open(path))
            do {
                chunks =
                    !storage.isCompressed
                    ? nil
                    : try storage.solid == nil
                        ? reader.ordinaryChunks(storage, file) : reader.solidChunks(storage, file)
                decompressor = try chunks.flatMap { $0.isShared ? nil : try ChunkDecompressor($0, file) }
            } catch {
                try? file.descriptor.close()
                throw error
            }
            (self.storage, self.reader, self.file) = (storage, reader, file)
        }

        deinit { try? file.descriptor.close() }

        /// Fills `buffer` with the next bytes and returns how many they are: all it holds, unless the content ends before.
        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let wanted = Int(min(Int64(buffer.count), storage.byteCount - position))
            guard let chunks else {
                try file.read(storage.resourceOffset + position, into: .init(rebasing: buffer[..<wanted]))
                position += Int64(wanted)
                return wanted
            }
            var done = 0
            while done < wanted {
                if rest.isEmpty { rest = try next(chunks) }
                let count = min(rest.count, wanted - done)
                UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count]).copyBytes(from: rest.prefix(count))
                rest = rest.dropFirst(count)
                done += count
                position += Int64(count)
            }
            return done
        }

        /// What the next chunk has of the content.
        private func next(_ chunks: Chunks) throws -> ArraySlice<UInt8> {
            let size = Int64(chunks.byteCount)
            let place = chunks.range.lowerBound + position
            let index = place / size
            let bytes =
                try decompressor?.decompress(index) { Array($0) }
                ?? reader.shared.bytes(.init(path: file.path, start: chunks.start, index: index)) {
                    try ChunkDecompressor(chunks, file).decompress(index) { Array($0) }
                }
            let end = min(Int64(bytes.count), chunks.range.upperBound - index * size)
            let start = place - index * size
            guard start < end else { throw file.damaged }
            return bytes[Int(start)..<Int(end)]
        }
    }

    /// Fills `buffer` with what the archive has of a resource that is not solid, from `offset` in it, compressed or not.
    ///
    /// - Throws: as ``read(_:_:)``.
    func readStored(_ storage: WindowsImageStorage, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws
    {
        guard let path = paths[storage.part] else { throw missing(storage.part) }
        let file = Source(path: path, descriptor: try InputFile.open(path))
        let (start, overflow) = storage.resourceOffset.addingReportingOverflow(offset)
        try file.descriptor.closeAfter {
            guard !overflow else { throw file.damaged }
            try file.read(start, into: buffer)
        }
    }

    /// True when a resource of the archive can be one of an archive with `compression`.
    public func hasSameChunks(as compression: WindowsImageCompression) -> Bool {
        guard let type = compression.type else { return false }
        return Int32(bitPattern: type.rawValue) == compressionType && compression.chunkByteCount == chunkByteCount
    }

    private func missing(_ part: Int) -> WindowsImagingError {
        WindowsImagingError(
            .incomplete, "part \(part) of the image", "is not there", nextStep: "put all parts in one folder")
    }

    // MARK: Chunks

    /// The compressed chunks that hold a content.
    private struct Chunks {
        let type: wimlib_compression_type
        let byteCount: Int
        /// Where the chunks begin in the file, and where each ends behind that; neither is checked.
        let start: Int64
        let ends: [Int64]
        /// The bytes that all of them may take in the file.
        let storedByteCount: Int64
        /// Bytes of all chunks before compression.
        let plainByteCount: Int64
        /// What of them is the content.
        let range: Range<Int64>
        /// True when other contents lie in the same chunks.
        let isShared: Bool
    }

    private func ordinaryChunks(_ storage: WindowsImageStorage, _ file: Source) throws -> Chunks {
        guard let type = Self.type(compressionType), (1...Self.chunkLimit).contains(chunkByteCount) else {
            throw file.damaged
        }
        let chunk = Int64(chunkByteCount)
        let count = (storage.byteCount - 1) / chunk + 1
        let width: Int64 = storage.byteCount > UInt32.max ? 8 : 4
        let listByteCount = (count - 1) * width
        guard listByteCount < storage.storedByteCount else { throw file.damaged }
        let list = ByteReader(try file.bytes(storage.resourceOffset, listByteCount))
        var ends: [Int64] = []
        ends.reserveCapacity(Int(count))
        for index in 0..<Int(count - 1) {
            let end =
                width == 8
                ? list.littleEndian(UInt64.self, at: index * 8)
                : list.littleEndian(UInt32.self, at: index * 4).map(UInt64.init)
            ends.append(Int64(clamping: end ?? 0))
        }
        ends.append(storage.storedByteCount - listByteCount)
        return Chunks(
            type: type, byteCount: chunkByteCount, start: storage.resourceOffset + listByteCount, ends: ends,
            storedByteCount: storage.storedByteCount - listByteCount, plainByteCount: storage.byteCount,
            range: 0..<storage.byteCount, isShared: false)
    }

    /// A solid resource begins with its size, the bytes of a chunk, the compression and the sizes of all chunks.
    private func solidChunks(_ storage: WindowsImageStorage, _ file: Source) throws -> Chunks {
        guard let solid = storage.solid else { throw file.damaged }
        let head = ByteReader(try file.bytes(storage.resourceOffset, 16))
        guard let byteCount = head.littleEndian(UInt64.self, at: 0), byteCount == UInt64(solid.resourceByteCount),
            let chunk = head.littleEndian(UInt32.self, at: 8), (1...Self.chunkLimit).contains(Int(chunk)),
            let number = head.littleEndian(UInt32.self, at: 12), let type = Self.type(Self.typeNumber(number)),
            storage.byteCount <= solid.resourceByteCount, solid.offset <= solid.resourceByteCount - storage.byteCount
        else { throw file.damaged }
        let count = (solid.resourceByteCount - 1) / Int64(chunk) + 1
        guard count <= (storage.storedByteCount - 17) / 4 else { throw file.damaged }
        let listByteCount = count * 4
        let list = ByteReader(try file.bytes(storage.resourceOffset + 16, listByteCount))
        var end: Int64 = 0
        let ends = (0..<Int(count)).map { index in
            end += Int64(list.littleEndian(UInt32.self, at: index * 4) ?? 0)
            return end
        }
        return Chunks(
            type: type, byteCount: Int(chunk), start: storage.resourceOffset + 16 + listByteCount, ends: ends,
            storedByteCount: storage.storedByteCount - 16 - listByteCount, plainByteCount: solid.resourceByteCount,
            range: solid.offset..<(solid.offset + storage.byteCount), isShared: true)
    }

    /// The head of a solid resource numbers XPRESS, LZX and LZMS 1 to 3, as libwim does.
    private static func typeNumber(_ number: UInt32) -> Int32 { Int32(clamping: number) }

    private static func type(_ number: Int32) -> wimlib_compression_type? {
        [WIMLIB_COMPRESSION_TYPE_XPRESS, WIMLIB_COMPRESSION_TYPE_LZX, WIMLIB_COMPRESSION_TYPE_LZMS].first {
            Int32(bitPattern: $0.rawValue) == number
        }
    }

    private func read(_ chunks: Chunks, _ file: Source, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let size = Int64(chunks.byteCount)
        func pass(_ bytes: UnsafeRawBufferPointer, _ index: Int64) throws {
            let first = max(0, chunks.range.lowerBound - index * size)
            let end = min(Int64(bytes.count), chunks.range.upperBound - index * size)
            try body(UnsafeRawBufferPointer(rebasing: bytes[Int(first)..<Int(end)]))
        }
        let indices = (chunks.range.lowerBound / size)...((chunks.range.upperBound - 1) / size)
        guard !chunks.isShared else {
            for index in indices {
                let key = SharedChunks.Key(path: file.path, start: chunks.start, index: index)
                let bytes = try shared.bytes(key) {
                    try ChunkDecompressor(chunks, file).decompress(index) { Array($0) }
                }
                try bytes.withUnsafeBytes { try pass($0, index) }
            }
            return
        }
        let decompressor = try ChunkDecompressor(chunks, file)
        for index in indices { try decompressor.decompress(index) { try pass($0, index) } }
    }

    /// Decompresses chunks of one resource; used by one thread at a time.
    private final class ChunkDecompressor {
        private let chunks: Chunks
        private let file: Source
        private let handle: OpaquePointer
        private let plain: UnsafeMutableRawBufferPointer
        private let stored: UnsafeMutableRawBufferPointer

        init(_ chunks: Chunks, _ file: Source) throws(WindowsImagingError) {
            var opened: OpaquePointer?
            try Libwim.check(
                wimlib_create_decompressor(chunks.type, chunks.byteCount, &opened), file.path.string,
                "could not be read")
            guard let opened else { fatalError("libwim sets the handle whenever it returns 0") }
            handle = opened
            self.chunks = chunks
            self.file = file
            plain = .allocate(byteCount: chunks.byteCount, alignment: 4096)
            stored = .allocate(byteCount: chunks.byteCount, alignment: 4096)
        }

        deinit {
            wimlib_free_decompressor(handle)
            plain.deallocate()
            stored.deallocate()
        }

        /// Hands the plain bytes of chunk `index` to `body`.
        func decompress<Result>(
            _ index: Int64, _ body: (UnsafeRawBufferPointer) throws -> Result
        ) throws -> Result {
            let begin = index == 0 ? 0 : chunks.ends[Int(index) - 1]
            let end = chunks.ends[Int(index)]
            let byteCount = Int(min(Int64(chunks.byteCount), chunks.plainByteCount - index * Int64(chunks.byteCount)))
            guard begin >= 0, begin < end, end <= chunks.storedByteCount, end - begin <= Int64(byteCount) else {
                throw file.damaged
            }
            // A chunk that would not become smaller is stored as it is.
            let isPlain = end - begin == Int64(byteCount)
            let target = isPlain ? plain : stored
            try file.read(chunks.start + begin, into: .init(rebasing: target[..<Int(end - begin)]))
            if !isPlain {
                let result = wimlib_decompress(
                    stored.baseAddress, Int(end - begin), plain.baseAddress, byteCount, handle)
                guard result == 0 else { throw file.damaged }
            }
            return try body(UnsafeRawBufferPointer(rebasing: plain[..<byteCount]))
        }
    }

    /// The last chunk of solid resources: many small contents lie in one, and are read one after the other.
    private final class SharedChunks: Sendable {
        struct Key: Equatable {
            let path: FilePath
            let start: Int64
            let index: Int64
        }

        private let last = Mutex<(key: Key, bytes: [UInt8])?>(nil)

        /// The bytes of the chunk `key`, from `make` unless it was the last one.
        func bytes(_ key: Key, make: () throws -> [UInt8]) throws -> [UInt8] {
            try last.withLock { last in
                if let last, last.key == key { return last.bytes }
                last = nil
                let bytes = try make()
                last = (key, bytes)
                return bytes
            }
        }
    }

    // MARK: Files

    /// An open file of the archive.
    private struct Source {
        let path: FilePath
        let descriptor: FileDescriptor

        var damaged: WindowsImagingError {
            WindowsImagingError(
                .damaged, "\(path)", "has a resource that is not sound", nextStep: "get a fresh copy of it")
        }

        func read(_ offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws {
            var done = 0
            while done < buffer.count {
                let (from, overflow) = offset.addingReportingOverflow(Int64(done))
                guard !overflow, from >= 0 else { throw damaged }
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                let count = try FileError.wrap("read", path) {
                    try descriptor.read(fromAbsoluteOffset: from, into: rest)
                }
                guard count > 0 else { throw damaged }
                done += count
            }
        }

        func bytes(_ offset: Int64, _ count: Int64) throws -> [UInt8] {
            let size = try FileIdentity(of: descriptor, path: path).byteCount
            guard count >= 0, count <= size else { throw damaged }
            var bytes = [UInt8](repeating: 0, count: Int(count))
            try bytes.withUnsafeMutableBytes { try read(offset, into: $0) }
            return bytes
        }

        func read(_ offset: Int64, _ count: Int64, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: WindowsImageReader.pieceByteCount, alignment: 4096)
            defer { buffer.deallocate() }
            var done: Int64 = 0
            while done < count {
                let part = UnsafeMutableRawBufferPointer(
                    rebasing: buffer[..<Int(min(Int64(buffer.count), count - done))])
                try read(offset + done, into: part)
                try body(UnsafeRawBufferPointer(part))
                done += Int64(part.count)
            }
        }
    }
}
