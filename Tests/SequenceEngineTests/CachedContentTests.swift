// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import ContentLibrary
import Cryptography
import DriveImage
import Fixtures
import Identifiers
import MediaFormat
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

private typealias R = RunningSequence

/// A distribution point in memory, which remembers what was fetched of it.
private final class MemoryServer: ContentServer {
    let location = "http://dp.example.com"
    var version = 2
    var files: [String: [String: [UInt8]]] = [:]
    /// What comes instead of a file's bytes.
    var lies: [String: [UInt8]] = [:]
    var isGone = false
    private(set) var fetched: [String] = []

    private func requireAnswer() throws {
        if isGone { throw EngineError(.server, "the server", "was not answered", nextStep: "check it") }
    }

    func package(_ id: PackageID) throws -> LibraryPackage? {
        try requireAnswer()
        guard files[id.description] != nil, let content = ContentID("\(id).\(version)") else { return nil }
        return LibraryPackage(id: id, version: version, listed: [content])
    }

    func content(_ id: ContentID) throws -> Content {
        try requireAnswer()
        let list = try (files[id.base] ?? [:]).map { name, bytes in
            ContentFile(
                MediaFile(
                    path: try MediaPath(name), byteCount: Int64(bytes.count), sha256: SHA256.digest(of: bytes),
                    modified: TargetMachine.time))
        }
        return Content(id: id, contentHash: nil, files: list.sorted { $0.path < $1.path }, folders: [])
    }

    func contentHash(_ id: ContentID) throws -> String? { try content(id).contentHash }

    func fetch(_ files: [ServedFile], of content: ContentID, _ progress: (Int64) -> Void) throws {
        for served in files {
            fetched.append("\(content.base)/\(served.file.path)")
            let bytes = lies[served.file.path.name] ?? self.files[content.base]?[served.file.path.description] ?? []
            try AtomicFile.create(bytes, at: served.target)
        }
    }
}

/// A computer whose disk has a cache of prestaged media.
private struct PrestagedComputer {
    static let image = "ABC00010", tool = "ABC00011"

    let machine: TargetMachine
    let run: RunningSequence
    let server = MemoryServer()
    let volume: DiskVolume

    init(_ items: String, hasServer: Bool = false, variables: [String: String] = [:]) throws {
        machine = try TargetMachine()
        let volumes = try machine.divide(TargetMachine.partitioning("GPT"))
        volume = try #require(volumes.volumes.last?.disk)
        let mounted = try MountedVolume(volume, interruption: Interruption())
        var files: [MediaManifest.File] = []
        func add(_ path: String, _ bytes: [UInt8]) throws {
            let path = try MediaPath("_SMSTaskSequence/Packages/\(path)")
            try mounted.folder.write(bytes, to: path)
            files.append(.init(path: path, size: Int64(bytes.count), sha256: SHA256.digest(of: bytes)))
        }
        try add("\(Self.image)/windows.wim", SmallFile.read(WindowsStandIn.archive(), limit: 1 << 28))
        try add("\(Self.tool)/tool.sh", Array("echo the tool of the cache\n".utf8))
        // What an image's volume is emptied of.
        try mounted.folder.write([1], to: try MediaPath("old/file.txt"))
        try mounted.unmount()
        let contents = try [Self.image, Self.tool].map { id in
            MediaManifest.Content(
                id: id, packageId: id, version: 1, contentHash: nil,
                folder: try MediaPath("_SMSTaskSequence/Packages/\(id)"), fileCount: 1, volumes: [1])
        }
        let manifest = MediaManifest(
            schemaVersion: 1, mediaType: .prestaged, mediaGuid: "{00000000-0000-0000-0000-000000000001}", volume: 1,
            volumeCount: 1, label: "OEM", taskSequence: nil,
            bootImage: .init(id: "ABC00005", version: nil, architecture: "x64"), contents: contents, files: files)
        let server = self.server
        let content = CachedContent(manifest, drive: machine.drive.node) { _ in server }
        var variables = variables
        if hasServer { variables[MediaVariableName.distributionPoint] = server.location }
        run = try RunningSequence(items, variables: variables) { _ in content }
        Installing.use(machine.drive.node, by: run)
        try Folder.create(run.session.computer.root.appending("sys/firmware/efi"))
        try content.begin(run.session)
    }

    var content: any ContentSource { run.session.content }

    /// Damages the package of the cache.
    func damage() throws {
        let mounted = try MountedVolume(volume, interruption: Interruption())
        try mounted.folder.write(
            Array("echo the tool of somebody\n".utf8),
            to: try MediaPath("_SMSTaskSequence/Packages/\(Self.tool)/tool.sh"))
        try mounted.unmount()
    }

    func end() {
        run.session.content.end()
        try? run.session.unmount { _ in true }
        machine.drive.detach()
    }
}

/// The cache of prestaged media on a loop device, read while its volume is written.
@Suite(
    "The cache of prestaged media", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct CachedContentTests {
    private static let image = R.step("Image", "ApplyOperatingSystem", [("ImagePackageID", PrestagedComputer.image)])
    private static let tool = R.step(
        "Tool", "RunCommandLine", [("CommandLine", "sh tool.sh"), ("PackageID", PrestagedComputer.tool)])

    @Test("an image of the cache is applied to its own volume, which keeps the cache and nothing else")
    func inPlace() throws {
        let computer = try PrestagedComputer(Self.tool + Self.image + Self.tool)
        defer { computer.end() }
        let run = computer.run
        #expect(run.session.variables["_SMSTSClientCache"] == "C:\\_SMSTaskSequence")
        #expect(try run.findings() == [])
        #expect(!run.session.hasWritten)
        #expect(try !run.session.content.fetch())
        #expect(try run.run() == false)
        #expect(try run.trace().filter { $0.contains("the tool of the cache") }.count == 2)
        computer.end()
        let loop = try LoopDevice(on: computer.machine.drive.image, computer.volume.range)
        defer { loop.detach() }
        #expect(
            try Program.succeed("ntfscat", ["-f", loop.node.string, "_SMSTaskSequence/Packages/ABC00011/tool.sh"])
                .output.contains("cache"))
        let list = try Program.succeed("ntfsls", ["-f", loop.node.string]).output
        #expect(list.contains("Windows") && !list.contains("old"), "\(list)")
        #expect(try Program.run("ntfsfix", ["-n", loop.node.string]).status == 0)
    }

    @Test("a step that divides the disk of the cache is refused, and another disk is not the cache's")
    func divided() throws {
        let computer = try PrestagedComputer(Installing.disk("GPT") + Self.tool)
        defer { computer.end() }
        let findings = try computer.run.findings()
        #expect(findings.count == 1 && findings[0].problem.description.contains("content of this media"), "\(findings)")
    }

    @Test("content that is damaged is refused without a server, and comes from one")
    func damaged() throws {
        let computer = try PrestagedComputer(Self.tool)
        defer { computer.end() }
        try computer.damage()
        let findings = try computer.run.findings()
        #expect(findings.count == 1 && findings[0].problem.description.contains("damaged"), "\(findings)")
        let other = try PrestagedComputer(Self.tool, hasServer: true)
        defer { other.end() }
        other.server.version = 1
        other.server.files = [PrestagedComputer.tool: ["tool.sh": Array("echo the tool of the cache\n".utf8)]]
        try other.damage()
        #expect(try other.run.findings() == [])
        #expect(try other.content.fetch())
        #expect(try other.run.findings() == [])
        _ = try other.run.run()
        #expect(other.server.fetched == ["ABC00011/tool.sh"])
        #expect(try other.run.trace().contains("the tool of the cache"))
    }

    @Test("of two contents the one that the server has another version of is fetched, also when it is the image")
    func outdated() throws {
        let computer = try PrestagedComputer(Self.image + Self.tool, hasServer: true)
        defer { computer.end() }
        let image = try SmallFile.read(WindowsStandIn.archive(), limit: 1 << 28)
        computer.server.files = [
            PrestagedComputer.tool: ["tool.sh": Array("echo the tool of the server\n".utf8), "a/b.txt": []],
            PrestagedComputer.image: ["windows.wim": image],
        ]
        #expect(try computer.run.findings() == [])
        #expect(!computer.content.isAtHand(PrestagedComputer.image))
        #expect(try computer.content.fetch())
        #expect(computer.content.isAtHand(PrestagedComputer.image))
        #expect(try computer.run.findings() == [])
        _ = try computer.run.run()
        #expect(Set(computer.server.fetched) == ["ABC00010/windows.wim", "ABC00011/tool.sh", "ABC00011/a/b.txt"])
        #expect(try computer.run.trace().contains("the tool of the server"))
    }

    @Test(
        "a server that has the same, has nothing, or does not answer leaves the cache as it is",
        arguments: ["same", "none", "gone"])
    func held(case name: String) throws {
        let computer = try PrestagedComputer(Self.tool, hasServer: true)
        defer { computer.end() }
        computer.server.version = 1
        switch name {
        case "same":
            computer.server.files = [PrestagedComputer.tool: ["TOOL.sh": Array("echo the tool of the cache\n".utf8)]]
        case "gone": computer.server.isGone = true
        default: break
        }
        #expect(try computer.run.findings() == [])
        #expect(try !computer.content.fetch())
        #expect(computer.server.fetched.isEmpty)
        let warns = try computer.run.trace().contains { $0.contains("as this computer has it") }
        #expect(warns == (name == "gone"))
    }

    @Test("what comes twice with other bytes than the list says ends the run before its first step")
    func lies() throws {
        let computer = try PrestagedComputer(Self.tool, hasServer: true)
        defer { computer.end() }
        computer.server.files = [PrestagedComputer.tool: ["tool.sh": Array("echo the tool of the server\n".utf8)]]
        computer.server.lies = ["tool.sh": Array("echo the tool of somebody!!\n".utf8)]
        #expect(try computer.run.findings() == [])
        let error = try #require(throws: EngineError.self) { try computer.content.fetch() }
        #expect(error.problem.description.contains("is not what its list says"))
        #expect(computer.server.fetched.count == 2)
    }

    @Test("content that is nowhere, or has no room, is told before the first write")
    func nowhere() throws {
        let other = R.step("Other", "RunCommandLine", [("CommandLine", "true"), ("PackageID", "ABC00099")])
        let computer = try PrestagedComputer(other)
        defer { computer.end() }
        let findings = try computer.run.findings()
        #expect(
            findings.count == 1 && findings[0].problem.description.contains("no distribution point is known"),
            "\(findings)")
        let full = try PrestagedComputer(other, hasServer: true)
        defer { full.end() }
        full.server.files = ["ABC00099": ["large.bin": [UInt8](repeating: 1, count: 500 << 20)]]
        let noRoom = try full.run.findings()
        #expect(noRoom.count == 1 && noRoom[0].problem.description.contains("bytes free"), "\(noRoom)")
        #expect(!full.run.session.hasWritten)
    }
}
