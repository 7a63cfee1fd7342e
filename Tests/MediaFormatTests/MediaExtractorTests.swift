// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaFormat

/// What extracting promises, on media in memory that holds and does what a test wants.
@Suite("Extracting media")
struct MediaExtractorTests {
    /// Media in memory.
    private struct Media: OpenedMedia {
        var contents: [(path: MediaPath, bytes: [UInt8])]
        var folders: [MediaFolder] = []
        var refusedNames: [MediaPathError] = []
        /// What happens instead of reading this file.
        var failure: (path: String, error: @Sendable () -> any Error)?
        static let time = Timestamp(unixSeconds: 1_500_000_000)

        init(_ files: [(String, String)], hasManifest: Bool = false) throws {
            contents = try files.map { (try MediaPath($0.0), Array($0.1.utf8)) }
            guard hasManifest else { return }
            let manifest = MediaManifest(
                schemaVersion: 1, mediaType: .standalone, mediaGuid: "{0}", volume: 1, volumeCount: 1, label: "L",
                taskSequence: nil, bootImage: .init(id: "ABC00002", version: 3, architecture: "x64"), contents: [],
                files: contents.map {
                    .init(path: $0.path, size: Int64($0.bytes.count), sha256: SHA256.digest(of: $0.bytes))
                })
            contents.append((try MediaPath(MediaManifest.path), try manifest.encoded()))
        }

        var label: String? { nil }
        var files: [MediaEntry] {
            contents.map { MediaEntry(path: $0.path, byteCount: Int64($0.bytes.count), modified: Self.time) }
        }

        func file(_ path: String) -> MediaEntry? { NameIndex(contents.map(\.path))[path].map { files[$0] } }

        func read(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
            if let failure, failure.path == file.path.description { throw failure.error() }
            try (try #require(contents.first { $0.path == file.path })).bytes.withUnsafeBytes(body)
        }

        func firmwareEntries() -> [FirmwareEntry] { [] }
    }

    private let folder: TestFolder
    private var output: FilePath { folder.appending("out") }

    init() throws { folder = try TestFolder() }

    @discardableResult
    private func extract(
        _ media: Media, _ paths: [String] = [], skipping skipped: [String] = [], force: Bool = false,
        interruption: Interruption = Interruption()
    ) throws -> MediaExtraction {
        try MediaExtractor(workerCount: 2, interruption: interruption, progress: SilentProgress()).extract(
            media, named: "media", ExtractionChoice(paths: paths, skipped: skipped), to: output,
            replacesExisting: force)
    }

    /// The files and folders below the output, folders with a slash.
    private func found() throws -> [String] {
        try Program.succeed("find", [".", "-mindepth", "1", "-printf", "%P%y\\n"], in: output).output
            .split(separator: "\n").map { $0.hasSuffix("d") ? $0.dropLast() + "/" : String($0.dropLast()) }.sorted()
    }

    private func isNothingLeft() throws -> Bool { try FolderEntry.entries(of: folder.path).isEmpty }

    private static let files = [
        ("bootmgr", "one"), ("SMS/PKG/A/x.inf", "two"), ("SMS/PKG/A/sub/y", "three"), ("SMS/z", ""),
    ]

    // MARK: What is chosen

    @Test(
        "paths are found as the media spells them, else without case, with slashes of both kinds",
        arguments: [
            (["bootmgr"], ["bootmgr"]), (["BOOTMGR"], ["bootmgr"]),
            ([#"sms\pkg\A\"#, "/bootmgr"], ["SMS/PKG/A/sub/y", "SMS/PKG/A/x.inf", "bootmgr"]),
            (["SMS/PKG/A/sub"], ["SMS/PKG/A/sub/y"]),
            (["."], ["SMS/PKG/A/sub/y", "SMS/PKG/A/x.inf", "SMS/z", "bootmgr"]),
            (["SMS/z", "sms/Z"], ["SMS/z"]),
        ])
    func paths(typed: [String], expected: [String]) throws {
        var media = try Media(Self.files)
        media.folders = try ["SMS", "SMS/PKG", "SMS/PKG/A", "SMS/PKG/A/sub"].map {
            MediaFolder(path: try MediaPath($0), modified: nil)
        }
        #expect(try extract(media, typed).fileCount == expected.count)
        #expect(try found().filter { !$0.hasSuffix("/") } == expected)
    }

    @Test("what is spelt so comes before what differs in case, and both can be had")
    func twins() throws {
        let media = try Media([("readme", "small"), ("README", "LARGE"), ("Folder/a", "1"), ("folder/A", "2")])
        #expect(try extract(media, ["README"]).fileCount == 1)
        #expect(try SmallFile.read(output.appending("README")) == Array("LARGE".utf8))
        try Folder.removeTree(output)
        try extract(media)
        #expect(try found() == ["Folder/", "Folder/a", "README", "folder/", "folder/A", "readme"])
    }

    @Test("a path that is not there is 'not found', and --skip names what there is", arguments: [true, false])
    func notFound(isSkipped: Bool) throws {
        let media = try Media(Self.files)
        let error = #expect(throws: ExtractionError.self) {
            try extract(media, isSkipped ? [] : ["SMS/PKG/B"], skipping: isSkipped ? ["SMS/PKG/B"] : [])
        }
        #expect(error?.failureClass == .notFound)
        #expect(try isNothingLeft())
    }

    @Test("a folder whose name begins as another's is not the other")
    func prefixes() throws {
        let media = try Media([("SMS/a", "1"), ("SMSX/b", "2"), ("sms2/c", "3")])
        try extract(media, skipping: ["sms2/C"])
        #expect(try found() == ["SMS/", "SMS/a", "SMSX/", "SMSX/b"])
        try Folder.removeTree(output)
        var other = media
        other.folders = [MediaFolder(path: try MediaPath("SMS"), modified: nil)]
        try extract(other, ["SMS"])
        #expect(try found() == ["SMS/", "SMS/a"])
    }

    // MARK: Names

    @Test("names that would leave the folder are refused before anything is written, and can be left out")
    func hostileNames() throws {
        var refused = RefusedNames()
        for name in ["..", "../../etc/passwd", "a:b"] { _ = refused.path(of: name, in: try MediaPath("SMS")) }
        var media = try Media(Self.files)
        media.refusedNames = refused.errors
        let error = #expect(throws: ExtractionError.self) { try extract(media) }
        #expect(error?.failureClass == .malformed)
        #expect(error?.description.contains("2 more") == true, "\(error?.description ?? "")")
        #expect(try isNothingLeft())
        try extract(media, ["bootmgr"])
        try Folder.removeTree(output)
        try extract(media, skipping: refused.errors.map(\.name))
        #expect(try found().contains("SMS/z"))
    }

    @Test("links are left out and told")
    func links() throws {
        var refused = RefusedNames()
        refused.insertLink("link", in: try MediaPath("SMS"))
        var media = try Media(Self.files)
        media.refusedNames = refused.errors
        let extraction = try extract(media)
        #expect(extraction.leftOut.map(\.path) == ["SMS/link"])
        #expect(extraction.fileCount == 4)
    }

    @Test("a second file of one name, and a file that is a folder too, are told and never written over")
    func sameNames() throws {
        let media = try Media([("a", "first"), ("a", "second"), ("b", "file"), ("b/c", "inside")])
        let extraction = try extract(media)
        #expect(Set(extraction.leftOut.map(\.path)) == ["a", "b"])
        #expect(try SmallFile.read(output.appending("a")) == Array("first".utf8))
        #expect(try found() == ["a", "b/", "b/c"])
    }

    @Test("a name of more bytes than the file system holds is refused with what to do")
    func longNames() throws {
        let name = String(repeating: "名", count: 120)
        let media = try Media([("SMS/\(name)", "1"), ("bootmgr", "2")])
        let error = #expect(throws: ExtractionError.self) { try extract(media) }
        #expect(error?.failureClass == .cannotCreate)
        #expect(error?.nextStep?.names(.skip) == true)
        #expect(try extract(media, skipping: ["SMS"]).fileCount == 1)
    }

    // MARK: The folder

    @Test("times are kept, of folders too")
    func times() throws {
        var media = try Media(Self.files)
        media.folders = [MediaFolder(path: try MediaPath("SMS"), modified: Timestamp(unixSeconds: 1_400_000_000))]
        try extract(media)
        for (path, time) in [("SMS", 1_400_000_000), ("SMS/z", 1_500_000_000), ("bootmgr", 1_500_000_000)] {
            #expect(try FileIdentity(of: output.appending(path)).modified.seconds == Int64(time), "\(path)")
        }
    }

    @Test("a folder is replaced only when nothing in it would be lost")
    func replacing() throws {
        let media = try Media(Self.files)
        try extract(media)
        #expect(throws: OutputError.self) { try extract(media) }
        try extract(media, force: true)
        // Less than was there before would lose the rest.
        for (paths, more) in [(["bootmgr"], nil), ([], "notes.txt"), ([], "SMS/link")] as [([String], String?)] {
            if let more {
                try Program.succeed("ln", ["-s", "/etc/passwd", output.appending(more).string])
            }
            let before = try found()
            let error = #expect(throws: ExtractionError.self) { try extract(media, paths, force: true) }
            #expect(error?.failureClass == .refused)
            #expect(try found() == before)
            if let more { try Folder.removeFile(output.appending(more)) }
        }
        try extract(media, force: true)
        #expect(try FolderEntry.entries(of: folder.path).map(\.name) == ["out"])
    }

    // MARK: The manifest

    @Test("files that are not what the manifest says are told, and no folder is left")
    func damaged() throws {
        var media = try Media(Self.files, hasManifest: true)
        #expect(try extract(media).verifiedFileCount == 4)
        try Folder.removeTree(output)
        media.contents[1].bytes[0] ^= 1
        media.contents[0].bytes += [0]
        media.contents.remove(at: 3)
        let extraction = try extract(media)
        #expect(
            extraction.findings.map { "\($0.problem) \($0.path)" }
                == ["damaged SMS/PKG/A/x.inf", "missing SMS/z", "damaged bootmgr"])
        #expect(try isNothingLeft())
        // What is whole can be had.
        #expect(try extract(media, ["SMS/PKG/A/sub/y"]).findings.isEmpty)
        try Folder.removeTree(output)
        #expect(try extract(media, skipping: ["SMS/PKG/A/x.inf", "bootmgr"]).findings.map(\.path) == ["SMS/z"])
    }

    @Test(
        "files that cannot be read are told with the reason, whatever the media, and no folder is left",
        arguments: [true, false])
    func unreadable(hasManifest: Bool) throws {
        var media = try Media(Self.files, hasManifest: hasManifest)
        media.failure = ("SMS/PKG/A/x.inf", { FileError("read", "/dev/sr0", .ioError) })
        let extraction = try extract(media)
        #expect(extraction.findings.map(\.problem) == [.unreadable])
        #expect(extraction.findings.first?.reason?.contains("/dev/sr0 could not be read") == true)
        #expect(try isNothingLeft())
    }

    @Test("an interruption ends it, and nothing is left")
    func interrupted() throws {
        let interruption = Interruption()
        var media = try Media(Self.files)
        media.failure = (
            "bootmgr",
            {
                interruption.request()
                return InterruptedError()
            }
        )
        #expect(throws: InterruptedError.self) { try extract(media, interruption: interruption) }
        #expect(try isNothingLeft())
    }
}
