// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import Synchronization
import SystemPackage

/// Hashes the files of a source on several threads and stages the bytes that a library does not have.
final class SourceIntake: Sendable {
    private static let bufferByteCount = 1 << 20
    /// Files that a thread takes at a time.
    private static let portionCount = 256

    private let source: SourceTree
    private let files: [SourceTree.File]
    private let folder: RawFolder
    private let library: ContentLibrary
    private let shelves: FileLibShelves
    private let interruption: Interruption

    private struct Taken {
        var new: Set<SHA256Digest> = []
        var fresh: Set<SHA256Digest> = []
        var byteCount: Int64 = 0
    }

    private let state = Mutex(Taken())

    init(
        _ source: SourceTree, into folder: RawFolder, library: ContentLibrary, shelves: FileLibShelves,
        interruption: Interruption
    ) {
        self.source = source
        files = source.files.sorted { $0.media < $1.media }
        self.folder = folder
        self.library = library
        self.shelves = shelves
        self.interruption = interruption
    }

    /// The hashes that were staged, those of them of which FileLib holds nothing, and their bytes.
    var taken: (new: Set<SHA256Digest>, fresh: Set<SHA256Digest>, byteCount: Int64) {
        state.withLock { ($0.new, $0.fresh, $0.byteCount) }
    }

    /// The files with their hashes, ordered by path.
    func run(progress: any ProgressObserver) throws -> [ContentFile] {
        let portions = files.portions(of: Self.portionCount) { $0.place == $1.place }
        let sizes = try WorkerThreads.map(count: portions.count, threadCount: library.threadCount) {
            number throws(any Error) in try self.byteCount(of: portions[number])
        }
        let meter = ProgressMeter(phase: "adding", totalByteCount: try total(sizes, portions), observer: progress)
        defer { meter.finish() }
        let parts = try WorkerThreads.map(count: portions.count, threadCount: library.threadCount) {
            number throws(any Error) in try self.take(portions[number], number, meter)
        }
        return Array(parts.joined())
    }

    private func total(_ sizes: [[Int64]], _ portions: [Range<Int>]) throws(ContentLibraryError) -> Int64 {
        var total: Int64 = 0
        for (portion, sizes) in zip(portions, sizes) {
            for (index, size) in zip(portion, sizes) {
                guard size <= Content.maximumByteCount - total else {
                    throw SourceTree.unsuitable(
                        source.path(of: files[index]), "makes the content larger than 1 PiB")
                }
                total += size
            }
        }
        return total
    }

    private func byteCount(of portion: Range<Int>) throws -> [Int64] {
        let place = source.places[files[portion.lowerBound].place]
        let descriptor = try FileError.wrap("read", place) {
            try FileDescriptor.open(place, .readOnly, options: [.directory, .closeOnExec])
        }
        return try descriptor.closeAfter {
            try files[portion].map { file in
                var status = stat()
                guard fstatat(descriptor.rawValue, file.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                    throw FileError("read", source.path(of: file), Errno(rawValue: errno))
                }
                return Int64(status.st_size)
            }
        }
    }

    private func take(_ portion: Range<Int>, _ number: Int, _ meter: ProgressMeter) throws -> [ContentFile] {
        let place = try OpenFolder(source.places[files[portion.lowerBound].place])
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferByteCount, alignment: 4096)
        defer { buffer.deallocate() }
        let hash = SHA256()
        var taken: [ContentFile] = []
        taken.reserveCapacity(portion.count)
        for file in files[portion] {
            try interruption.check()
            taken.append(try take(file, in: place, "incoming-\(number)", buffer, hash, meter))
        }
        return taken
    }

    private func take(
        _ file: SourceTree.File, in place: borrowing OpenFolder, _ incoming: String,
        _ buffer: UnsafeMutableRawBufferPointer, _ hash: SHA256, _ meter: ProgressMeter
    ) throws -> ContentFile {
        func path() -> FilePath { source.path(of: file) }
        func readable<Result>(_ body: () throws -> Result) throws -> Result {
            do { return try body() } catch let error as Errno { throw FileError("read", path(), error) }
        }
        let input: FileDescriptor
        do {
            // Links are not followed: the walk resolved every one, so one that is here now was put there since.
            input = try place.open(file.name)
        } catch { throw FileError("read", path(), error) }
        return try input.closeAfter {
            let status = try readable { try Stat(input) }
            guard status.type == .regular else {
                throw SourceTree.unsuitable(path(), "is neither a file nor a folder")
            }
            hash.reset()
            var byteCount: Int64 = 0
            var chunk = UnsafeRawBufferPointer(rebasing: buffer[..<0])
            func next() throws -> Bool {
                try interruption.check()
                var count = 0
                while count < buffer.count {
                    let read = try readable {
                        try input.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                    }
                    if read == 0 { break }
                    count += read
                }
                chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                hash.update(chunk)
                byteCount += Int64(count)
                meter.advance(by: count)
                return count == buffer.count
            }
            let digest: SHA256Digest
            if try next() {
                // More than the buffer holds: the bytes are written before their hash is known.
                let target = folder.path.appending(incoming)
                let output = try FileError.wrap("written", target) {
                    try FileDescriptor.open(
                        target, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow],
                        permissions: FilePermissions(rawValue: 0o644))
                }
                try output.closeAfter {
                    var isMore = true
                    while isMore {
                        try FileError.wrap("written", target) { _ = try output.writeAll(chunk) }
                        isMore = try next()
                    }
                    try FileError.wrap("written", target) { _ = try output.writeAll(chunk) }
                }
                digest = hash.finalize()
                if try claim(digest, byteCount) {
                    try AtomicFile.rename(target, to: folder.path.appending(digest.upperCase))
                } else {
                    try Folder.removeFile(target)
                }
            } else {
                digest = hash.finalize()
                if try claim(digest, byteCount) { try folder.create(digest.upperCase, chunk) }
            }
            let identity = FileIdentity(status)
            guard try FileIdentity(of: input, path: path()) == identity else { throw SourceTree.changed(path()) }
            return ContentFile(
                MediaFile(
                    path: file.media, byteCount: byteCount, sha256: digest, modified: identity.modified.timestamp))
        }
    }

    /// True when the caller is to stage the `byteCount` bytes of `digest`: nobody else does, and the library lacks them.
    private func claim(_ digest: SHA256Digest, _ byteCount: Int64) throws -> Bool {
        guard state.withLock({ !$0.new.contains(digest) }) else { return false }
        let isFresh = try shelves.holdNothing(of: digest.upperCase)
        if !isFresh, let known = try library.find(digest)?.status, known.type == .regular, known.size == byteCount {
            return false
        }
        return state.withLock { taken in
            guard taken.new.insert(digest).inserted else { return false }
            if isFresh { taken.fresh.insert(digest) }
            taken.byteCount += byteCount
            return true
        }
    }
}
