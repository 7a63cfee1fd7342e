// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import DistributionPoints
import Fixtures
import Glibc
import Identifiers
import Support
import Synchronization
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaBuilder
@testable import MediaFormat

/// A distribution point whose bytes come through pipes from another program.
///
/// All that it takes stands here: the type, its streams and its transport.
private struct PipedDistributionPoint: DistributionPoint {
    let location: String
    let library: ContentLibrary
    let record: PipeRecord

    func package(
        _ id: PackageID, interruption: Interruption, progress: any ProgressObserver
    ) throws -> LibraryPackage? {
        do {
            return try library.package(id)
        } catch  where error.code == .packageMissing {
            return nil
        }
    }

    func content(_ id: ContentID, interruption: Interruption, progress: any ProgressObserver) throws -> Content {
        try library.content(id)
    }

    func supply(of file: MediaFile, in content: ContentID) throws -> ContentSupply {
        let path = try library.locate(file, of: content)
        return .stream { interruption in
            record.opened("\(content)/\(file.path)")
            return try Pipe(path, record, interruption)
        }
    }

    /// What cat(1) says, in whatever pieces it comes.
    final class Pipe: ByteStream, @unchecked Sendable {
        private let program: UnsafeMutablePointer<FILE>
        private let record: PipeRecord
        private let interruption: Interruption

        init(_ path: FilePath, _ record: PipeRecord, _ interruption: Interruption) throws {
            guard let program = popen("exec cat '\(path)'", "re") else {
                throw FileError("read", path, Errno(rawValue: errno))
            }
            self.program = program
            self.record = record
            self.interruption = interruption
        }

        deinit { pclose(program) }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            if record.stopsAfterFirstBytes, record.byteCount > 0 { interruption.request() }
            try interruption.check()
            let count = try FileDescriptor(rawValue: fileno(program)).read(into: buffer)
            record.read(count)
            return count
        }
    }
}

/// What was asked of it.
private final class PipeRecord: Sendable {
    /// Whether the user has enough when the first bytes have come.
    let stopsAfterFirstBytes: Bool
    private let opens = Mutex<[String: Int]>([:])
    private let bytes = Atomic<Int>(0)

    init(stopsAfterFirstBytes: Bool = false) { self.stopsAfterFirstBytes = stopsAfterFirstBytes }

    var openCounts: [String: Int] { opens.withLock { $0 } }
    var byteCount: Int { bytes.load(ordering: .relaxed) }

    func opened(_ file: String) { opens.withLock { $0[file, default: 0] += 1 } }
    func read(_ count: Int) { bytes.add(count, ordering: .relaxed) }
}

private struct PipeTransport: DistributionPointTransport {
    let record: PipeRecord
    static let scheme = "pipe://"

    func takes(_ location: String) -> Bool { location.hasPrefix(Self.scheme) }

    func open(
        _ locations: [String], store: ContentStore, interruption: Interruption, progress: any ProgressObserver
    ) throws -> [any DistributionPoint] {
        try locations.map {
            let path = FilePath(String($0.dropFirst(Self.scheme.count)))
            return PipedDistributionPoint(location: $0, library: try ContentLibrary(locations: [path]), record: record)
        }
    }
}

@Suite("Media whose content comes as streams")
struct StreamedMediaTests {
    private let folder: TestFolder
    private let demo: DemoDistributionPoint

    init() throws {
        folder = try TestFolder()
        demo = try SharedDemo.distributionPoint()
    }

    private func environment(_ location: String, _ record: PipeRecord, _ store: String) throws -> BuildEnvironment {
        let store = ContentStore(folder: folder.appending(store))
        let interruption = Interruption()
        return BuildEnvironment(
            distributionPoints: try DistributionPoints([LocalTransport(), PipeTransport(record: record)]).open(
                locations: [location], store: store, interruption: interruption),
            store: store, staging: StagingArea(in: folder.path), interruption: interruption,
            progress: SilentProgress(), sourceDate: Timestamp(unixSeconds: 1_700_000_000))
    }

    private func request(_ name: String) throws -> MediaRequest {
        let isPrestaged = name.hasSuffix(".wim")
        var request = MediaRequest(isPrestaged ? MediaType.prestaged : .standalone, output: folder.appending(name))
        if isPrestaged {
            request.prestaged.sequence.taskSequence = demo.taskSequenceExport
            request.bootImage = BootImageReference(DemoSite.bootImage)
            request.prestaged.operatingSystemImage = PackageID(DemoSite.operatingSystemImage)
            request.management.siteCode = "ABC"
            request.management.points = ["http://mp.example.com"]
        } else {
            request.standalone.sequence.taskSequence = demo.taskSequenceExport
        }
        return request
    }

    private func write(_ request: MediaRequest, _ environment: BuildEnvironment) throws {
        let plan = try MediaPlanner(request, environment: environment).plan()
        try MediaWriter(environment: environment, replacesExisting: false).write(plan)
    }

    @Test(
        "the same request gives the same bytes as from a local library, and no file is asked for twice",
        arguments: ["media.iso", "media.img", "media.wim", "media"])
    func sameBytes(name: String) throws {
        let record = PipeRecord()
        let library = demo.library.string
        try write(try request("local-" + name), try environment(library, PipeRecord(), "store"))
        try write(
            try request("piped-" + name), try environment(PipeTransport.scheme + library, record, "store-of-pipe"))
        try Program.succeed(
            "diff", ["-r", folder.appending("local-" + name).string, folder.appending("piped-" + name).string])
        #expect(record.openCounts.count > 5)
        #expect(record.openCounts.values.allSatisfy { $0 == 1 }, "\(record.openCounts)")
    }

    @Test("a build that is stopped while bytes come leaves no output", arguments: ["media.iso", "media.img", "media"])
    func stopped(name: String) throws {
        let environment = try environment(
            PipeTransport.scheme + demo.library.string, PipeRecord(stopsAfterFirstBytes: true), "store")
        var request = try request(name)
        // Not from the distribution point: what planning reads is not what is stopped.
        request.bootImage = .file(try bootImage())
        #expect(throws: InterruptedError.self) { try write(request, environment) }
        #expect(try FolderEntry.entries(of: folder.path).compactMap(\.name).filter { $0.contains("media") } == [])
    }

    private func bootImage() throws -> FilePath {
        let library = try ContentLibrary(locations: [demo.library])
        let package = try library.package(try #require(PackageID(DemoSite.bootImage)))
        let content = try library.content(try #require(package.contentIDs.first))
        return try library.locate(try #require(content.files.first).file, of: content.id)
    }
}
