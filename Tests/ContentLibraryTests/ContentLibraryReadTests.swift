// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import Glibc
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("reading a content library")
struct ContentLibraryReadTests {
    let handmade: HandmadeLibrary

    init() throws { handmade = try HandmadeLibrary() }

    private func read(_ id: String) throws -> Content {
        try handmade.library.content(try #require(ContentID(id)))
    }

    @Test("files come with size, hash, attributes and time; empty folders are kept")
    func readsContent() throws {
        try handmade.content("ABC00001.2", ["Setup.exe": "setup", "data/a b.txt": "x"])
        try handmade.folder.makeFolder(handmade.root.pushing("DataLib/ABC00001.2/empty"))
        let content = try read("ABC00001.2")
        #expect(content.files.map(\.path.description) == ["Setup.exe", "data/a b.txt"])
        #expect(content.folders.map(\.description) == ["data", "empty"])
        let setup = content.files[0]
        #expect(setup.byteCount == 5)
        #expect(setup.sha256 == SHA256.digest(of: "setup".utf8))
        #expect(setup.attributes == 0x20)
        #expect(setup.modified == Timestamp(fileTime: 133_500_000_000_000_000))
        #expect(try handmade.library.locate(setup.file, of: content.id) == handmade.library.location(of: setup.sha256))
    }

    @Test("a wrong content hash is a warning, a right one is none")
    func contentHash() throws {
        try handmade.content("ABC00001.1", ["a.txt": "hello\n"])
        let right = ContentHashTests.vectors[0].1
        for (hash, count) in [(right, 0), (right.lowercased(), 0), (String(right.reversed()), 1)] {
            try handmade.ini("DataLib/ABC00001.1.INI", "[Info]", "Hash=\(hash)", "HashAlgorithm=32780")
            let content = try read("ABC00001.1")
            #expect(content.contentHash == hash)
            #expect(content.warnings.count == count)
        }
    }

    @Test("names are found in any case")
    func ignoresCase() throws {
        try handmade.package("ABC00001", "ABC00001.1")
        try handmade.content("ABC00001.1", ["Dir/File.TXT": "text"])
        try handmade.ini("DataLib/ABC00001.1.INI", "[Info]", "Hash=\(ContentHashTests.vectors[0].1)")
        // Every name of the library in lower case, deepest first.
        let script = """
            import os,sys
            for base, folders, files in os.walk(sys.argv[1], topdown=False):
                for name in folders + files:
                    os.rename(os.path.join(base, name), os.path.join(base, name.lower()))
            """
        try Program.succeed("python3", ["-c", script, handmade.root.string])
        let library = try handmade.library
        let id = try #require(PackageID("ABC00001"))
        #expect(try library.packageIDs() == [id])
        let content = try library.content(try library.package(id).contentIDs[0])
        #expect(content.contentHash != nil)
        #expect(content.files.map(\.path.description) == ["dir/file.txt"])
        let found = try library.locate(content.files[0].file, of: content.id)
        #expect(found.lastComponent?.string == content.files[0].sha256.description)
    }

    @Test(
        "of several versions Info.Version is used, else the highest",
        arguments: [
            (["ABC00001.2", "ABC00001.10"], nil, ["ABC00001.10"], nil),
            (["ABC00001.2", "ABC00001.10"], "2", ["ABC00001.2"], 2),
            (["ABC00001.2", "ABC00001.10"], "3", ["ABC00001.10"], 3),
            (["Content_b.1", "Content_a.3", "content_B.2"], nil, ["Content_a.3", "content_B.2"], nil),
            (["ABC00001.4"], nil, ["ABC00001.4"], nil),
        ] as [([String], String?, [String], Int?)])
    func prefersVersion(listed: [String], info: String?, expected: [String], version: Int?) throws {
        let lines = listed.map { "\($0)=" } + (info.map { ["[Info]", "Version=\($0)"] } ?? [])
        try handmade.ini("PkgLib/ABC00001.INI", "[Packages]", lines.joined(separator: "\r\n"))
        let package = try handmade.library.package(try #require(PackageID("ABC00001")))
        #expect(package.contentIDs.map(\.description) == expected)
        #expect(package.version == version ?? (expected.count == 1 ? package.contentIDs[0].version : nil))
        #expect(package.listedContentIDs.count == listed.count)
    }

    @Test("a missing package is not found, and is named")
    func missingPackage() throws {
        let error = try #require(throws: ContentLibraryError.self) {
            try handmade.library.package(try #require(PackageID("ABC00009")))
        }
        #expect(error.code == .packageMissing)
        #expect(error.failureClass == .notFound)
        #expect(error.description.contains("ABC00009"))
    }

    @Test("a missing FileLib file is not found, with file and package named")
    func missingBytes() throws {
        try handmade.ini("DataLib/ABC00001.1/setup.exe.INI", HandmadeLibrary.fileINI("gone"))
        let content = try read("ABC00001.1")
        let error = try #require(throws: ContentLibraryError.self) {
            try handmade.library.locate(content.files[0].file, of: content.id)
        }
        #expect(error.code == .fileMissing)
        #expect(error.failureClass == .notFound)
        #expect(error.description.contains("setup.exe") && error.description.contains("ABC00001"))
    }

    @Test("a file of another size is corrupt before it is read")
    func wrongSize() throws {
        try handmade.content("ABC00001.1", ["setup.exe": "bytes"])
        let content = try read("ABC00001.1")
        let path = try #require(try handmade.library.location(of: content.files[0].sha256))
        try TestFolder.write("byte".utf8, to: path)
        let error = try #require(throws: ContentLibraryError.self) {
            try handmade.library.locate(content.files[0].file, of: content.id)
        }
        #expect(error.code == .corrupt)
        #expect(error.failureClass == .malformed)
    }

    @Test("without Size, the size is that of the bytes")
    func unknownSize() throws {
        try handmade.bytes("hello")
        try handmade.ini(
            "DataLib/ABC00001.1/a.INI", "[File]", "Hash=\(SHA256.digest(of: "hello".utf8).upperCase)")
        #expect(try read("ABC00001.1").files[0].byteCount == 5)
    }
}
