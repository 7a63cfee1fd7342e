// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Cryptography
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaBuilder
@testable import MediaFormat

/// Files that claim to be larger than anything: their sizes are added, rounded and compared, and nothing may trap.
@Suite("Sizes from outside")
struct HostileSizeTests {
    private static let claimed: Int64 = 7 << 60
    private static let bootstrap = Array("[MediaInfo]\r\nMediaType=FullMedia\r\n".utf8)

    private func expectNoMedia(_ path: FilePath) {
        for read in [
            { _ = try MediaInspector().inspect(path) },
            { _ = try MediaVerifier(interruption: Interruption(), progress: SilentProgress()).verify(path) },
        ] as [() throws -> Void] {
            let error = #expect(throws: MediaFormatError.self) { try read() }
            #expect(
                error?.code == .notMedia && error?.problem.contains("1 PiB") == true, "\(String(describing: error))")
        }
    }

    /// A folder on a file system that holds files of 7 EiB, as ext4 does not.
    private final class Vast {
        let path: FilePath

        init() throws {
            path = FilePath("/dev/shm/tsmedia-test-\(UInt64.random(in: .min ... .max))")
            try Folder.create(path)
        }

        deinit { try? Folder.removeTree(path) }

        /// Makes two files in a folder of content, whose sizes are added.
        func makeFiles() throws {
            let content = path.pushing("SMS/PKG/ABC00001")
            try Folder.create(content)
            for name in ["one", "two"] {
                try Program.succeed(
                    "truncate", ["--size", String(HostileSizeTests.claimed), content.appending(name).string])
            }
        }
    }

    @Test("a folder with sparse files of 7 EiB")
    func folder() throws {
        let vast = try Vast()
        let data = vast.path.pushing("SMS/data")
        try Folder.create(data)
        try TestFolder.write(Self.bootstrap, to: data.appending("TsmBootstrap.ini"))
        try vast.makeFiles()
        expectNoMedia(vast.path)
    }

    @Test("an NTFS volume with sparse files of 7 EiB")
    func ntfs() throws {
        let folder = try TestFolder()
        let image = folder.appending("ntfs.img")
        try Program.succeed("truncate", ["--size", "32M", image.string])
        try Program.succeed("mkntfs", ["-F", "-q", image.string])
        let file = try folder.write(Self.bootstrap, to: "file")
        for name in ["a", "b"] { try Program.succeed("ntfscp", ["-f", image.string, file.string, "/\(name)"]) }
        for record in ["64", "65"] {
            try Program.succeed("ntfstruncate", ["-f", image.string, record, String(Self.claimed)])
        }
        expectNoMedia(image)
    }

    @Test("a manifest with sizes that cannot be", arguments: [[Int64.max, 1], [-1], [1 << 50, 1], [.min]])
    func manifest(sizes: [Int64]) throws {
        let files = try sizes.enumerated().map { number, size in
            MediaManifest.File(path: try MediaPath("f\(number)"), size: size, sha256: SHA256.digest(of: [1]))
        }
        let manifest = MediaManifest(
            schemaVersion: 1, mediaType: .standalone, mediaGuid: "{0}", volume: 1, volumeCount: 1, label: "x",
            taskSequence: nil, bootImage: .init(id: "x", version: nil, architecture: "x64"), contents: [], files: files)
        let bytes = try manifest.encoded()
        #expect(throws: MediaFormatError.self) { try MediaManifest(decoding: bytes, of: "media") }
    }

    @Test("files of a plan that are more than any media holds are refused before anything is computed with them")
    func plan() throws {
        var assembly = PlanAssembly()
        func file(_ name: String, _ byteCount: Int64) throws -> PlannedFile {
            PlannedFile(
                MediaFile(
                    path: try MediaPath(name), byteCount: byteCount, sha256: SHA256.digest(of: [1]),
                    modified: FixtureTree.time),
                source: .bytes([]), place: "test")
        }
        try assembly.add(try file("a", ByteTotal.limit))
        for size in [1, Self.claimed, .max] as [Int64] {
            let error = #expect(throws: MediaBuilderError.self) { try assembly.add(try file("b\(size)", size)) }
            #expect(error?.code == .tooLarge)
        }
        try assembly.add(try file("empty", 0))
    }
}
