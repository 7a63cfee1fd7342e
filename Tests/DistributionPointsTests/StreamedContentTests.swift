// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Cryptography
import Glibc
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

    private func copy(
        _ found: Found, to name: String = "copy", interruption: Interruption = Interruption()
    ) throws -> FilePath {
        let target = folder.appending(name)
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
        return found.split(separator: "\n").map(String.init).filter {
            $0.contains("/files/") && !$0.contains("/uses")
        }
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
        #expect(try SmallFile.read(try copy(distrustful)) == MemoryDistributionPoint.bytes)
        #expect(point.openCount == 1)
    }

    @Test("a run that believes nothing of before believes what it has hashed itself")
    func distrust() throws {
        let found = try find(MemoryDistributionPoint(), ContentStore(folder: storeFolder, rehash: true))
        #expect(try found.fetch().isVerified)
        #expect(try found.fetch().isVerified)
    }

    @Test(
        "what the store keeps is hashed again when it has changed, and fetched again when it is damaged",
        arguments: [true, false])
    func changed(isCopied: Bool) throws {
        let point = MemoryDistributionPoint()
        let found = try find(point, ContentStore(folder: storeFolder))
        let file = try found.fetch()
        // Nothing but its times: its bytes are looked at, and nobody is asked.
        try TestFolder.write(MemoryDistributionPoint.bytes, to: file.path)
        _ = isCopied ? try copy(found) : try found.fetch().path
        #expect(point.openCount == 1)
        #expect(try found.fetch().isVerified)
        var bytes = MemoryDistributionPoint.bytes
        bytes[7] ^= 1
        try TestFolder.write(bytes, to: file.path)
        let path = isCopied ? try copy(found, to: "second") : try found.fetch().path
        #expect(try SmallFile.read(path) == MemoryDistributionPoint.bytes)
        #expect(point.openCount == 2)
        #expect(try keptFiles() == (isCopied ? [] : [file.path.string]))
    }

    @Test(
        "what an earlier run left of a file is not asked for again, and not believed either", arguments: [0, 1],
        [true, false])
    func resumed(flip: UInt8, isCopied: Bool) throws {
        let bytes = MemoryDistributionPoint.bytes
        var left = Array(bytes.prefix(2_000_000))
        left[1_000_000] ^= flip
        let path = storeFolder.appending("files/incoming/\(Self.digest).part")
        try TestFolder.write(left, to: path)
        let point = MemoryDistributionPoint(isKept: true)
        let found = try find(point, ContentStore(folder: storeFolder))
        let copied = isCopied ? try copy(found) : try found.fetch().path
        #expect(try SmallFile.read(copied) == bytes)
        #expect(point.openCount == (flip == 0 ? 1 : 2))
        #expect(point.skipped.load(ordering: .relaxed) == 2_000_000)
        #expect(try keptFiles().map { FilePath($0).lastComponent?.string } == [Self.digest.description])
        #expect(try found.fetch().isVerified)
    }

    @Test("what is whole already needs nobody; what is longer than it can be is no beginning")
    func whole() throws {
        let path = storeFolder.appending("files/incoming/\(Self.digest).part")
        for surplus in [0, 1] {
            try Program.succeed("rm", ["-rf", storeFolder.string])
            try TestFolder.write(MemoryDistributionPoint.bytes + [UInt8](repeating: 0, count: surplus), to: path)
            let point = MemoryDistributionPoint(isKept: true)
            let found = try find(point, ContentStore(folder: storeFolder))
            #expect(try SmallFile.read(try copy(found, to: "copy\(surplus)")) == MemoryDistributionPoint.bytes)
            #expect(point.openCount == surplus)
        }
    }

    @Test("two runs fetch a file once, and the second takes over when the first lets go of it")
    func twoRuns() throws {
        let point = MemoryDistributionPoint(isKept: true)
        let store = ContentStore(folder: storeFolder)
        let claim = try store.claim(Self.digest, byteCount: 1, Interruption())
        guard case .partial(let partial) = claim else { return #expect(Bool(false), "it is here") }
        let started = SeenPhases.Started()
        let interruption = Interruption()
        let waiting = SeenPhases(started)
        WorkerThreads.run(count: 3) { number in
            switch number {
            case 0:
                let found = try? find(point, ContentStore(folder: storeFolder), progress: waiting)
                #expect((try? found?.fetch().isVerified) == true)
            case 1:
                // Wherever it is when it is stopped: this thread may be the last to begin.
                #expect(throws: InterruptedError.self) {
                    try find(point, ContentStore(folder: storeFolder), interruption: interruption).fetch()
                }
            default:
                while !started.flag.load(ordering: .relaxed) { usleep(1_000) }
                interruption.request()
                usleep(50_000)
                #expect(point.openCount == 0)
                partial.letGo()
            }
        }
        #expect(point.openCount == 1)
        #expect(waiting.phases.contains { $0.hasPrefix("waiting for another tsmedia that fetches file setup.exe") })
    }

    @Test("what is kept is removed when it is old or too much, and never what another run uses")
    func pruning() throws {
        let point = MemoryDistributionPoint()
        var using: ContentStore? = ContentStore(folder: storeFolder)
        let file = try find(point, try #require(using)).fetch()
        try using?.save()
        let partial = storeFolder.appending("files/incoming/\(SHA256.digest(of: [1])).part")
        try TestFolder.write([UInt8](repeating: 0, count: 100_000), to: partial)
        var all = ContentStore.Limits()
        all.byteCount = 0
        let store = ContentStore(folder: storeFolder)
        #expect(try store.stock().partialByteCount == 100_000)
        let first = try store.prune(all, interruption: Interruption())
        #expect((first.removedFileCount, first.removedByteCount, first.inUseFileCount) == (1, 100_000, 1))
        // The other run has ended.
        using = nil
        let today = VerificationIndex.day(.now)
        var old = ContentStore.Limits()
        old.unusedDayCount = 30
        #expect(try store.prune(old, today: today + 29, interruption: Interruption()).removedFileCount == 0)
        // Used once more, on a later day, it is not old.
        #expect(try SmallFile.read(file.path).count == MemoryDistributionPoint.bytes.count)
        let last = try store.prune(old, today: today + 30, interruption: Interruption())
        #expect((last.removedFileCount, last.inUseFileCount) == (1, 0))
        #expect(try store.stock() == ContentStore.Stock())
    }

    @Test("every file is verified, what is damaged is removed, and what has no name of ours is left alone")
    func verifying() throws {
        let store = ContentStore(folder: storeFolder)
        let found = try find(MemoryDistributionPoint(), store)
        let file = try found.fetch()
        let stranger = try folder.write([1], to: "store/files/ab/notes.txt")
        #expect(try store.verify(interruption: Interruption(), progress: SilentProgress()).damaged.isEmpty)
        var bytes = MemoryDistributionPoint.bytes
        bytes[7] ^= 1
        try TestFolder.write(bytes, to: file.path)
        let verification = try store.verify(interruption: Interruption(), progress: SilentProgress())
        #expect(verification.damaged == [Self.digest])
        #expect(verification.fileCount == 1)
        #expect(try keptFiles() == [stranger.string])
    }

    @Test("a store is refused that lies in a content library, or is none")
    func place() throws {
        try TestFolder.makeFolder(folder.appending("library/PkgLib"))
        try TestFolder.makeFolder(folder.appending("library/DataLib/x"))
        try TestFolder.makeFolder(folder.appending("SCCMContentLibD/FileLib"))
        try folder.write([1], to: "file")
        let cases: [(String, DistributionPointError.Code, FailureClass)] = [
            ("library", .storeInLibrary, .refused), ("library/DataLib/x/new/store", .storeInLibrary, .refused),
            ("SCCMContentLibD/FileLib", .storeInLibrary, .refused), ("file", .noStore, .notFound),
            ("gone", .noStore, .notFound), ("", .noStore, .notFound), ("open", .openStore, .refused),
        ]
        try TestFolder.makeFolder(folder.appending("open"))
        #expect(chmod(folder.appending("open").string, 0o777) == 0)
        for (name, code, failureClass) in cases {
            let error = try #require(throws: DistributionPointError.self) {
                try ContentStore.existing(name.isEmpty ? folder.path : folder.appending(name), isNamed: true)
            }
            #expect((error.code, error.failureClass) == (code, failureClass), "\(name): \(error)")
        }
        let error = try #require(throws: DistributionPointError.self) {
            try find(MemoryDistributionPoint(), ContentStore(folder: folder.appending("library/store")))
        }
        #expect(error.code == .storeInLibrary)
        #expect(try ContentStore.existing(folder.appending("gone"), isNamed: false).stock() == ContentStore.Stock())
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

    @Test("who waits for a silent server stops when the user wants it, and what came is there for the next")
    func interruption() throws {
        for isCopy in [true, false] {
            let found = try find(MemoryDistributionPoint(.silence), ContentStore(folder: storeFolder))
            #expect(throws: InterruptedError.self) { _ = isCopy ? try copy(found) : try found.fetch().path }
            // What is not to be kept leaves nothing.
            #expect(
                try keptFiles()
                    == (isCopy ? [] : [storeFolder.appending("files/incoming/\(Self.digest).part").string]))
            try Program.succeed("rm", ["-f", folder.appending("copy").string])
        }
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

/// Remembers what was shown, and says when it waits.
private final class SeenPhases: ProgressObserver {
    private let seen = Mutex<Set<String>>([])
    private let started: Started

    /// Set when somebody is shown to wait.
    final class Started: Sendable {
        let flag = Atomic<Bool>(false)
    }

    init(_ started: Started) { self.started = started }

    var phases: Set<String> { seen.withLock { $0 } }

    func update(_ update: ProgressUpdate) {
        seen.withLock { _ = $0.insert(update.phase) }
        if update.phase.hasPrefix("waiting") { started.flag.store(true, ordering: .relaxed) }
    }
    func finish(phase: String) {}
}
