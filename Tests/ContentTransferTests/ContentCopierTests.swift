// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import Synchronization
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import ContentTransfer

/// An image to copy into, and what the copier says of it.
private struct Target {
    let path: FilePath
    let descriptor: FileDescriptor

    init(in folder: FilePath) throws {
        path = folder.appending("image")
        descriptor = try FileDescriptor.open(
            path, .readWrite, options: [.create, .truncate], permissions: FilePermissions(rawValue: 0o644))
    }

    func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = try descriptor.read(fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

@Suite("The content copier")
struct ContentCopierTests {
    private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    private func meter() -> ProgressMeter {
        ProgressMeter(phase: "test", totalByteCount: nil, observer: SilentProgress())
    }

    private func copy(_ transfers: [Transfer], workerCount: Int = 2) throws {
        try ContentCopier(workerCount: workerCount, interruption: Interruption()).run(transfers, progress: meter())
    }

    private func transfer(
        _ source: TransferSource, to target: TransferTarget, _ bytes: [UInt8], byteCount: Int? = nil
    ) -> Transfer {
        Transfer(
            name: "file a of package ABC00001", source: source, target: target,
            byteCount: Int64(byteCount ?? bytes.count), sha256: SHA256.digest(of: bytes))
    }

    private static let bufferByteCount = 512 << 10

    @Test(
        "content of every size around the buffer's arrives whole, and is reported with its hash",
        arguments: [0, 1, bufferByteCount - 1, bufferByteCount, bufferByteCount + 1, 3 * bufferByteCount + 7])
    func copies(count: Int) throws {
        let folder = try TestFolder()
        let bytes = Self.bytes(count)
        let source = try folder.write(bytes, to: "source")
        let target = try Target(in: folder.path)
        defer { try? target.descriptor.close() }
        let reported = Mutex<[SHA256Digest]>([])
        let copier = ContentCopier(workerCount: 2, interruption: Interruption()) { _, _, digest, _ in
            reported.withLock { $0.append(digest) }
        }
        try copier.run([transfer(.file(source), to: .image(target.descriptor, offset: 4096), bytes)], progress: meter())
        #expect(try target.bytes(at: 4096, count: count) == bytes)
        #expect(reported.withLock { $0 } == [SHA256.digest(of: bytes)])
    }

    @Test(
        "contents side by side keep every byte, wherever blocks of the file system begin and end",
        arguments: [nil, "/dev/shm"])
    func copiesAcrossBlocks(place: String?) throws {
        let folder = try TestFolder(in: place.map { FilePath($0) })
        let target = try Target(in: folder.path)
        defer { try? target.descriptor.close() }
        // Extents of a disc begin at multiples of 2,048 bytes: every second one in the middle of a block.
        let sizes = [
            DirectWriter.blockByteCount, 131_071, 131_072, 133_120, 524_288, 526_336, 1_048_576 + 1, 2_047, 700_001,
            150_000,
        ]
        var offset = 2_048
        var expected = [UInt8](repeating: 0, count: offset)
        let transfers = try (0..<40).map { number in
            let bytes = Self.bytes(sizes[number % sizes.count], seed: UInt64(number))
            let source = try folder.write(bytes, to: "source\(number)")
            defer { offset = expected.count }
            expected += bytes + [UInt8](repeating: 0, count: (2_048 - bytes.count % 2_048) % 2_048)
            return transfer(.file(source), to: .image(target.descriptor, offset: Int64(offset)), bytes)
        }
        try target.descriptor.resize(to: Int64(expected.count))
        try copy(transfers, workerCount: 4)
        #expect(try target.bytes(at: 0, count: expected.count + 1) == expected)
    }

    @Test("room is made for neighbours at once, and for what goes through our hands only")
    func rangesOfDirectWriting() throws {
        let folder = try TestFolder()
        let target = try Target(in: folder.path)
        defer { try? target.descriptor.close() }
        // Where direct writing is not to be had, there is nothing to promise.
        guard let writer = DirectWriter(target.descriptor) else { return }
        func transfer(_ source: TransferSource, _ offset: Int64, _ count: Int64) -> Transfer {
            Transfer(
                name: "a", source: source, target: .image(target.descriptor, offset: offset), byteCount: count,
                sha256: SHA256.digest(of: []))
        }
        let transfers = [
            transfer(.file("/b"), 1_048_576, 200_000), transfer(.file("/a"), 2_048, 1_046_000),
            transfer(.file("/small"), 1_300_000, 100), transfer(.bytes([]), 4_000_000, 1_000_000),
            transfer(.file("/far"), 9_000_000, 131_072),
        ]
        #expect(writer.ranges(of: transfers) == [2_048..<1_248_576, 9_000_000..<9_131_072])
        try writer.allocate(for: transfers)
        var status = stat()
        fstat(target.descriptor.rawValue, &status)
        #expect(status.st_size == 0 && status.st_blocks * 512 >= 1_200_000 + 131_072)
    }

    @Test("many contents go to their places from several threads", arguments: [1, 2, 5])
    func copiesSideBySide(workerCount: Int) throws {
        let folder = try TestFolder()
        let target = try Target(in: folder.path)
        defer { try? target.descriptor.close() }
        let contents = (0..<60).map { Self.bytes($0 * 997 % 9_000 + 1, seed: UInt64($0)) }
        let transfers = try contents.enumerated().map { number, bytes in
            let source = TransferSource.file(try folder.write(bytes, to: "source\(number)"))
            let place = TransferTarget.image(target.descriptor, offset: Int64(number) * 10_000)
            return transfer(number % 3 == 0 ? .bytes(bytes) : source, to: place, bytes)
        }
        try copy(transfers, workerCount: workerCount)
        for (number, bytes) in contents.enumerated() {
            #expect(try target.bytes(at: Int64(number) * 10_000, count: bytes.count) == bytes)
        }
    }

    @Test("a flipped bit is an error that names the content and the file, and is not reported as verified")
    func noticesDamage() throws {
        let folder = try TestFolder()
        let bytes = Self.bytes(1_000_000)
        var damaged = bytes
        damaged[777_777] ^= 1
        let source = try folder.write(damaged, to: "source")
        let target = try Target(in: folder.path)
        defer { try? target.descriptor.close() }
        let reports = Atomic<Int>(0)
        let copier = ContentCopier(workerCount: 2, interruption: Interruption()) { _, _, _, _ in
            reports.add(1, ordering: .relaxed)
        }
        let error = #expect(throws: TransferError.self) {
            try copier.run(
                [transfer(.file(source), to: .image(target.descriptor, offset: 0), bytes)], progress: meter())
        }
        #expect(error?.code == .wrongHash)
        #expect(error?.failureClass == .malformed)
        #expect(error?.description.contains("file a of package ABC00001") == true)
        #expect(error?.description.contains(source.string) == true)
        #expect(reports.load(ordering: .relaxed) == 0)
    }

    @Test("content that is longer or shorter than promised is refused", arguments: [999, 1_001])
    func noticesSizes(promised: Int) throws {
        let folder = try TestFolder()
        let bytes = Self.bytes(1_000)
        let source = try folder.write(bytes, to: "source")
        let target = try Target(in: folder.path)
        defer { try? target.descriptor.close() }
        let error = #expect(throws: TransferError.self) {
            try copy([
                transfer(.file(source), to: .image(target.descriptor, offset: 0), bytes, byteCount: promised)
            ])
        }
        #expect(error?.code == .wrongSize)
    }

    @Test("a verified file is copied whole, also to another file system", arguments: ["/dev/shm", nil])
    func copiesVerified(otherFolder: String?) throws {
        let folder = try TestFolder()
        let bytes = Self.bytes(2_000_001)
        let source = try folder.write(bytes, to: "source")
        let elsewhere = try TestFolder(in: otherFolder.map { FilePath($0) })
        let target = try Target(in: elsewhere.path)
        defer { try? target.descriptor.close() }
        let identity = try FileIdentity(of: source)
        try copy([transfer(.verifiedFile(source, identity), to: .image(target.descriptor, offset: 6_144), bytes)])
        #expect(try target.bytes(at: 6_144, count: bytes.count) == bytes)
    }

    @Test("a verified file that is no longer the same is refused")
    func noticesChanges() throws {
        let folder = try TestFolder()
        let bytes = Self.bytes(1_000)
        let source = try folder.write(bytes, to: "source")
        let identity = try FileIdentity(of: source)
        try folder.write(Self.bytes(1_000, seed: 2), to: "source")
        let target = try Target(in: folder.path)
        defer { try? target.descriptor.close() }
        let error = #expect(throws: TransferError.self) {
            try copy([transfer(.verifiedFile(source, identity), to: .image(target.descriptor, offset: 0), bytes)])
        }
        #expect(error?.code == .changed)
    }

    @Test("a new file gets its bytes and its time, and an existing one is never overwritten")
    func writesFiles() throws {
        let folder = try TestFolder()
        let bytes = Self.bytes(10_000)
        let source = try folder.write(bytes, to: "source")
        let path = folder.appending("copy")
        let time = Timestamp(unixSeconds: 1_234_567_890, nanoseconds: 123_456_700)
        let transfer = transfer(.file(source), to: .newFile(path, modified: time), bytes)
        try copy([transfer])
        #expect(try SmallFile.read(path) == bytes)
        #expect(try FileIdentity(of: path).modified.timestamp == time)
        let error = #expect(throws: FileError.self) { try copy([transfer]) }
        #expect(error?.errno == .fileExists)
    }

    @Test("a missing source is not found")
    func reportsMissing() throws {
        let folder = try TestFolder()
        let target = try Target(in: folder.path)
        defer { try? target.descriptor.close() }
        let error = #expect(throws: FileError.self) {
            try copy([
                transfer(.file(folder.appending("none")), to: .image(target.descriptor, offset: 0), [1])
            ])
        }
        #expect(error?.failureClass == .notFound)
    }

    @Test("a full disk cannot create the output")
    func reportsFullDisks() throws {
        let folder = try TestFolder()
        let bytes = Self.bytes(4 << 20)
        let source = try folder.write(bytes, to: "source")
        let mount = folder.appending("small")
        try folder.makeFolder(mount)
        try Program.succeed("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.string])
        defer { _ = try? Program.run("umount", ["-l", mount.string]) }
        let identity = try FileIdentity(of: source)
        for kind in [TransferSource.file(source), .verifiedFile(source, identity), .bytes(bytes)] {
            let target = try Target(in: mount)
            defer { try? target.descriptor.close() }
            let error = #expect(throws: FileError.self) {
                try copy([transfer(kind, to: .image(target.descriptor, offset: 0), bytes)])
            }
            #expect(error?.failureClass == .cannotCreate)
        }
    }

    @Test("an interrupted copy ends without doing the rest")
    func stops() throws {
        let folder = try TestFolder()
        let bytes = Self.bytes(1_000)
        let source = try folder.write(bytes, to: "source")
        let target = try Target(in: folder.path)
        defer { try? target.descriptor.close() }
        let interruption = Interruption()
        interruption.request()
        #expect(throws: InterruptedError.self) {
            try ContentCopier(workerCount: 2, interruption: interruption).run(
                [transfer(.file(source), to: .image(target.descriptor, offset: 0), bytes)], progress: meter())
        }
        #expect(try target.bytes(at: 0, count: 1).isEmpty)
    }

    @Test("when one content fails, the others are not copied to their end, and nothing of them counts as verified")
    func stopsAllThreads() throws {
        /// Remembers how far the copy came.
        final class Recorder: ProgressObserver {
            let completed = Atomic<Int64>(0)
            func update(_ update: ProgressUpdate) { completed.store(update.completedByteCount, ordering: .relaxed) }
            func finish(phase: String) {}
        }
        let folder = try TestFolder()
        // 64 GiB of nothing: copying them all would take a minute.
        let endless: Int64 = 64 << 30
        let sparse = try folder.write([], to: "sparse")
        try Program.succeed("truncate", ["-s", String(endless), sparse.string])
        let sink = try FileDescriptor.open("/dev/null", .writeOnly)
        defer { try? sink.close() }
        let digest = SHA256.digest(of: [1])
        let transfers = [
            Transfer(
                name: "sparse", source: .file(sparse), target: .image(sink, offset: 0), byteCount: endless,
                sha256: digest),
            Transfer(
                name: "missing", source: .file(folder.appending("absent")), target: .image(sink, offset: 0),
                byteCount: endless + 1, sha256: digest),
        ]
        let recorder = Recorder()
        let verified = Atomic<Int>(0)
        let copier = ContentCopier(workerCount: 2, interruption: Interruption()) { _, _, _, _ in
            verified.add(1, ordering: .relaxed)
        }
        let error = #expect(throws: FileError.self) {
            try copier.run(transfers, progress: ProgressMeter(phase: "test", totalByteCount: nil, observer: recorder))
        }
        #expect(error?.errno == .noSuchFileOrDirectory)
        #expect(recorder.completed.load(ordering: .relaxed) < endless)
        #expect(verified.load(ordering: .relaxed) == 0)
    }

    @Test("a source that is a pipe, a device or a folder is refused at once", .timeLimit(.minutes(1)))
    func refusesWhatIsNoFile() throws {
        let folder = try TestFolder()
        let pipe = folder.appending("pipe")
        #expect(mkfifo(pipe.string, 0o600) == 0)
        for path: FilePath in [pipe, "/dev/zero", folder.path] {
            let error = #expect(throws: FileError.self) { try FileHasher().hash(path) }
            #expect(error?.failureClass == .malformed)
        }
    }
}
