// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Cryptography
import Identifiers
import Support
import Synchronization
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DistributionPoints

@Suite("Content that comes as a stream")
struct StreamedContentTests {
    private let folder: TestFolder
    private let storeFolder: FilePath
    private static let digest = SHA256.digest(of: MemoryDistributionPoint.bytes)

    init() throws {
        folder = try TestFolder()
        storeFolder = folder.appending("store")
    }

    /// The only file of `point`, as a program sees it that has the transport of `point` and one for paths.
    private struct Found {
        let session: DistributionPointSession
        let file: MediaFile
        let content: ContentID

        func fetch() throws -> FetchedFile { try session.fetch(file, of: content) }
        func source() throws -> TransferSource { try session.source(of: file, in: content) }
    }

    private func find(
        _ point: MemoryDistributionPoint, _ store: ContentStore, interruption: Interruption = Interruption(),
        progress: any ProgressObserver = SilentProgress()
    ) throws -> Found {
        let group = try DistributionPoints([LocalTransport(), MemoryTransport(point: point)]).open(
            locations: [point.location], store: store, interruption: interruption, progress: progress)
        let found = try group.package(try #require(MemoryDistributionPoint.packageID))
        let content = try found.point.content(try #require(found.package.contentIDs.first))
        return Found(session: found.point, file: try #require(content.files.first).file, content: content.id)
    }

    private func copy(_ found: Found, interruption: Interruption = Interruption()) throws -> FilePath {
        let target = folder.appending("copy")
        let transfer = Transfer(
            name: "setup.exe", source: try found.source(),
            target: .newFile(target, modified: Timestamp(unixSeconds: 0)), byteCount: found.file.byteCount,
            sha256: found.file.sha256)
        try ContentCopier(workerCount: 2, interruption: interruption).run(
            [transfer], progress: ProgressMeter(phase: "test", totalByteCount: nil, observer: SilentProgress()))
        return target
    }

    /// Every file below the store's `files`.
    private func keptFiles() throws -> [String] {
        guard (try? Stat(storeFolder)) != nil else { return [] }
        let found = try Program.succeed("find", [storeFolder.string, "-type", "f"]).output
        return found.split(separator: "\n").map(String.init).filter { $0.contains("/files/") }
    }

    @Test("a source of content is a type and its transport: locations go to who takes them, in their order")
    func registry() throws {
        let source = try folder.write("x".utf8, to: "source/file.txt")
        try ContentLibraryWriter(path: folder.appending("library")).add(
            source: source, packageID: try #require(PackageID("ABC00002")))
        let point = MemoryDistributionPoint()
        let locations = ["memory://one", folder.appending("library").string, "memory://here", "memory://two"]
        let points = DistributionPoints([LocalTransport(), MemoryTransport(point: point)])
        let group = try points.open(locations: locations, store: ContentStore(folder: storeFolder))
        #expect(group.points.map(\.location) == locations)
        #expect(try group.package(try #require(PackageID("ABC00002"))).pointNumber == 1)
        // A server's files are none of this computer's; those of a library are.
        #expect(points.localPaths(of: ["memory://one"]).isEmpty)
        #expect(points.localPaths(of: [locations[1]]).contains(folder.appending("library")))
        let error = try #require(throws: DistributionPointError.self) {
            try DistributionPoints([LocalTransport()]).open(
                locations: locations, store: ContentStore(folder: storeFolder))
        }
        #expect(error.object == "distribution point 'memory://one'")
    }

    @Test("a stream is opened when its turn has come, once, and goes straight to the target")
    func straight() throws {
        let point = MemoryDistributionPoint()
        let found = try find(point, ContentStore(folder: storeFolder))
        _ = try found.source()
        #expect(point.openCount == 0)
        #expect(try SmallFile.read(try copy(found)) == MemoryDistributionPoint.bytes)
        #expect(point.openCount == 1)
        #expect(try keptFiles().isEmpty)
    }

    @Test("what is brought into the store is read once, hashed on the way, and counts as verified from then on")
    func keeping() throws {
        let point = MemoryDistributionPoint()
        let store = ContentStore(folder: storeFolder)
        let seen = SeenProgress()
        let found = try find(point, store, progress: seen)
        let file = try found.fetch()
        #expect(try SmallFile.read(file.path) == MemoryDistributionPoint.bytes)
        #expect(file.isVerified)
        #expect(seen.largest == Int64(MemoryDistributionPoint.bytes.count))
        #expect(try found.fetch() == file)
        // Who copies it now gets the file, and need not hash it.
        #expect(try found.source() == .verifiedFile(file.path, file.identity))
        try store.save()
        // The next run, at once: nothing has to settle.
        let next = try find(point, ContentStore(folder: storeFolder))
        #expect(try next.fetch() == file)
        #expect(point.openCount == 1)
        // One that believes nothing hashes it again, and does not ask for it again.
        let distrustful = try find(point, ContentStore(folder: storeFolder, rehash: true))
        #expect(try distrustful.source() == .file(file.path))
        #expect(point.openCount == 1)
    }

    @Test("a run that believes nothing of before believes what it has hashed itself")
    func distrust() throws {
        let found = try find(MemoryDistributionPoint(), ContentStore(folder: storeFolder, rehash: true))
        #expect(try found.fetch().isVerified)
        #expect(try found.fetch().isVerified)
    }

    @Test("what the store keeps is looked at again when it has changed")
    func changed() throws {
        let store = ContentStore(folder: storeFolder)
        let found = try find(MemoryDistributionPoint(), store)
        let file = try found.fetch()
        var bytes = MemoryDistributionPoint.bytes
        bytes[7] ^= 1
        try TestFolder.write(bytes, to: file.path)
        #expect(try found.source() == .file(file.path))
        let error = try #require(throws: TransferError.self) { try copy(found) }
        #expect(error.code == .wrongHash)
    }

    @Test(
        "a stream that is not what was promised is an error, and nothing of it is kept",
        arguments: [
            (MemoryDistributionPoint.Fault.flippedBit, TransferError.Code.wrongHash, "has SHA-256"),
            (.short, .wrongSize, "has 3000000 bytes, expected 3000001"),
            (.long, .wrongSize, "more than the 3000001 bytes"),
            (.endless, .wrongSize, "more than the 3000001 bytes"),
        ])
    func lies(_ fault: MemoryDistributionPoint.Fault, _ code: TransferError.Code, _ words: String) throws {
        let point = MemoryDistributionPoint(fault)
        let found = try find(point, ContentStore(folder: storeFolder))
        for attempt in [{ _ = try found.fetch() }, { _ = try self.copy(found) }] {
            let error = try #require(throws: TransferError.self, performing: attempt)
            #expect(error.code == code)
            #expect(error.description.contains(words), "\(error)")
            #expect(error.description.contains("memory://here"), "\(error)")
        }
        #expect(try keptFiles().isEmpty)
        // Not much more is taken of what never ends than fits into one buffer.
        #expect(point.surplus.load(ordering: .relaxed) < 16 << 20)
    }

    @Test("who waits for a silent server stops when the user wants it, and nothing is kept")
    func interruption() throws {
        for isCopy in [false, true] {
            let found = try find(MemoryDistributionPoint(.silence), ContentStore(folder: storeFolder))
            #expect(throws: InterruptedError.self) { _ = isCopy ? try copy(found) : try found.fetch().path }
        }
        #expect(try keptFiles().isEmpty)
    }

    @Test("who was interrupted is not asked any more")
    func interruptedBefore() throws {
        let interruption = Interruption()
        let found = try find(MemoryDistributionPoint(), ContentStore(folder: storeFolder), interruption: interruption)
        interruption.request()
        #expect(throws: InterruptedError.self) { try found.session.content(found.content) }
        #expect(throws: InterruptedError.self) { try found.fetch() }
    }

    @Test("where nobody knows the hash before, keeping the bytes tells it, and they are not asked for again")
    func unknownHash() throws {
        let point = MemoryDistributionPoint()
        let store = ContentStore(folder: storeFolder)
        let found = try find(point, store)
        guard case .stream(let stream) = try found.source() else { return #expect(Bool(false), "not a stream") }
        let kept = try store.keep(stream, interruption: Interruption(), progress: SilentProgress())
        #expect(kept.file.sha256 == Self.digest)
        #expect(kept.byteCount == Int64(MemoryDistributionPoint.bytes.count))
        #expect(try found.fetch() == kept.file)
        #expect(point.openCount == 1)
    }
}

/// Remembers how far it went.
private final class SeenProgress: ProgressObserver {
    private let seen = Atomic<Int64>(0)
    var largest: Int64 { seen.load(ordering: .relaxed) }

    func update(_ update: ProgressUpdate) { seen.max(update.completedByteCount, ordering: .relaxed) }
    func finish(phase: String) {}
}
