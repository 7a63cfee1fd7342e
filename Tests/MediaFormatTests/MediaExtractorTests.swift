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
    private let folder: TestFolder
    private var output: FilePath { folder.appending("out") }

    init() throws { folder = try TestFolder() }

    @discardableResult
    private func extract(
        _ media: MemoryMedia, _ paths: [String] = [], skipping skipped: [String] = [], force: Bool = false,
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
        var media = try MemoryMedia(Self.files, hasManifest: false)
        media.folders = try ["SMS", "SMS/PKG", "SMS/PKG/A", "SMS/PKG/A/sub"].map {
            MediaFolder(path: try MediaPath($0), modified: nil)
        }
        #expect(try extract(media, typed).fileCount == expected.count)
        #expect(try found().filter { !$0.hasSuffix("/") } == expected)
    }

    @Test("what is spelt so comes before what differs in case, and both can be had")
    func twins() throws {
        let media = try MemoryMedia(
            [("readme", "small"), ("README", "LARGE"), ("Folder/a", "1"), ("folder/A", "2")], hasManifest: false)
        #expect(try extract(media, ["README"]).fileCount == 1)
        #expect(try SmallFile.read(output.appending("README")) == Array("LARGE".utf8))
        try Folder.removeTree(output)
        try extract(media)
        #expect(try found() == ["Folder/", "Folder/a", "README", "folder/", "folder/A", "readme"])
    }

    @Test("a path that is not there is 'not found', and --skip names what there is", arguments: [true, false])
    func notFound(isSkipped: Bool) throws {
        let media = try MemoryMedia(Self.files, hasManifest: false)
        let error = #expect(throws: ExtractionError.self) {
            try extract(media, isSkipped ? [] : ["SMS/PKG/B"], skipping: isSkipped ? ["SMS/PKG/B"] : [])
        }
        #expect(error?.failureClass == .notFound)
        #expect(try isNothingLeft())
    }

    @Test("a folder whose name begins as another's is not the other")
    func prefixes() throws {
        let media = try MemoryMedia([("SMS/a", "1"), ("SMSX/b", "2"), ("sms2/c", "3")], hasManifest: false)
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
        var media = try MemoryMedia(Self.files, hasManifest: false)
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
        var media = try MemoryMedia(Self.files, hasManifest: false)
        media.refusedNames = refused.errors
        let extraction = try extract(media)
        #expect(extraction.leftOut.map(\.path) == ["SMS/link"])
        #expect(extraction.fileCount == 4)
    }

    @Test("a second file of one name, and a file that is a folder too, are told and never written over")
    func sameNames() throws {
        let media = try MemoryMedia(
            [("a", "first"), ("a", "second"), ("b", "file"), ("b/c", "inside")], hasManifest: false)
        let extraction = try extract(media)
        #expect(Set(extraction.leftOut.map(\.path)) == ["a", "b"])
        #expect(try SmallFile.read(output.appending("a")) == Array("first".utf8))
        #expect(try found() == ["a", "b/", "b/c"])
    }

    @Test("a name of more bytes than the file system holds is refused with what to do")
    func longNames() throws {
        let name = String(repeating: "名", count: 120)
        let media = try MemoryMedia([("SMS/\(name)", "1"), ("bootmgr", "2")], hasManifest: false)
        let error = #expect(throws: ExtractionError.self) { try extract(media) }
        #expect(error?.failureClass == .cannotCreate)
        #expect(error?.nextStep?.names(.skip) == true)
        #expect(try extract(media, skipping: ["SMS"]).fileCount == 1)
    }

    // MARK: The folder

    @Test("times are kept, of folders too")
    func times() throws {
        var media = try MemoryMedia(Self.files, hasManifest: false)
        media.folders = [MediaFolder(path: try MediaPath("SMS"), modified: Timestamp(unixSeconds: 1_400_000_000))]
        try extract(media)
        for (path, time) in [("SMS", 1_400_000_000), ("SMS/z", 1_500_000_000), ("bootmgr", 1_500_000_000)] {
            #expect(try FileIdentity(of: output.appending(path)).modified.seconds == Int64(time), "\(path)")
        }
    }

    @Test("a folder is replaced only when nothing in it would be lost")
    func replacing() throws {
        let media = try MemoryMedia(Self.files, hasManifest: false)
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

    /// Media whose file `sparse` has a hole, which lies nowhere.
    private struct SparseMedia: OpenedMedia {
        var media: MemoryMedia
        let source: FilePath

        var label: String? { nil }
        var files: [MediaEntry] { media.files }
        var refusedNames: [MediaPathError] { [] }
        func file(_ path: String) -> MediaEntry? { media.file(path) }
        func read(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
            try media.read(file, body)
        }
        func firmwareEntries() -> [FirmwareEntry] { [] }

        func withStoredBytes(of file: MediaEntry, _ body: (StoredBytes) throws -> Void) throws -> Bool {
            guard file.path.description == "sparse" else { return false }
            let descriptor = try InputFile.open(source)
            try descriptor.closeAfter {
                try body(
                    StoredBytes(
                        descriptor: descriptor, path: source,
                        runs: [
                            .init(offset: 3, byteCount: 4096), .init(offset: nil, byteCount: 1 << 20),
                            .init(offset: 0, byteCount: 5), .init(offset: nil, byteCount: 1 << 21),
                        ]))
            }
            return true
        }
    }

    @Test("holes stay holes, at the end too, and are zeros for the manifest", arguments: [true, false])
    func holes(hasManifest: Bool) throws {
        let source = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 / 7 + 1) }
        let zeros = String(repeating: "\0", count: 1 << 20)
        let bytes = Array(source[3..<4099]) + zeros.utf8 + source[..<5] + zeros.utf8 + zeros.utf8
        var media = try MemoryMedia(
            [("sparse", String(decoding: bytes, as: UTF8.self)), ("zeros", zeros + "x")], hasManifest: hasManifest)
        // Half of these are no UTF-8.
        media.contents[0].bytes = bytes
        if hasManifest {
            let whole = media.contents[..<2].map { (path: $0.path, bytes: $0.bytes) }
            media.contents[2].bytes = try MemoryMedia.manifest(of: whole).encoded()
        }
        let sparse = SparseMedia(media: media, source: try folder.write(source, to: "source"))
        let extraction = try MediaExtractor(interruption: Interruption(), progress: SilentProgress()).extract(
            sparse, named: "media", ExtractionChoice(), to: output, replacesExisting: false)
        #expect(extraction.findings.isEmpty)
        #expect(extraction.verifiedFileCount == (hasManifest ? 2 : 0))
        #expect(try SmallFile.read(output.appending("sparse"), limit: 1 << 23) == bytes)
        #expect(try SmallFile.read(output.appending("zeros"), limit: 1 << 23) == Array((zeros + "x").utf8))
        for name in ["sparse", "zeros"] {
            let blocks = try Program.succeed("stat", ["--format=%b", output.appending(name).string]).output
            #expect(Int(blocks.dropLast()) ?? .max < 300, "\(name): \(blocks)")
        }
    }

    // MARK: The manifest

    @Test("files that are not what the manifest says are told, and no folder is left")
    func damaged() throws {
        var media = try MemoryMedia(Self.files, hasManifest: true)
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
        var media = try MemoryMedia(Self.files, hasManifest: hasManifest)
        media.failure = ("SMS/PKG/A/x.inf", { FileError("read", "/dev/sr0", .ioError) })
        let extraction = try extract(media)
        #expect(extraction.findings.map(\.problem) == [.unreadable])
        #expect(extraction.findings.first?.reason?.contains("/dev/sr0 could not be read") == true)
        #expect(try isNothingLeft())
    }

    @Test("an interruption ends it, and nothing is left")
    func interrupted() throws {
        let interruption = Interruption()
        var media = try MemoryMedia(Self.files, hasManifest: false)
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
