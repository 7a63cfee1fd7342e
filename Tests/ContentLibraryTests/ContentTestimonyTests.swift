// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Glibc
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The content hash and FileLib's lists of users are two witnesses of what a content holds.
@Suite("what is lost in a content library")
struct ContentTestimonyTests {
    let written: WrittenLibrary
    private let id = ContentID("ABC00001.1")

    init() throws {
        written = try WrittenLibrary()
        try written.add(
            ["setup.exe": "setup", "drivers/a.sys": "a", "drivers/b.sys": "b", "empty/": ""], "ABC00001")
        try written.add(["other.exe": "other"], "ABC00002")
    }

    private func path(_ text: String) -> FilePath { written.root.pushing(FilePath(text)) }

    private func remove(_ text: String) throws { try Program.succeed("rm", ["-r", path(text).string]) }

    private func verify() throws -> VerifiedPackage {
        let library = try written.library
        return try #require(try ContentVerification(of: library).run(try library.packageIDs()).first)
    }

    private func content() throws -> Content { try written.library.content(try #require(id)) }

    @Test(
        "what both witnesses say is lost is an error, for whoever reads the content",
        arguments: [
            "DataLib/ABC00001.1/setup.exe.INI", "DataLib/ABC00001.1/drivers", "DataLib/ABC00001.1/drivers/a.sys.INI",
        ])
    func lost(entry: String) throws {
        try remove(entry)
        let error = try #require(throws: ContentLibraryError.self) { try content() }
        #expect(error.code == .incomplete && error.failureClass == .malformed)
        #expect(error.description.contains("ABC00001") && error.description.contains("missing"))
        let package = try verify()
        #expect(package.failures.map(\.error.code) == [.incomplete])
        // What is left is verified all the same.
        #expect(!package.contents.isEmpty)
    }

    @Test("a file that both witnesses do not know is an error, and so is one that another took the place of")
    func foreign() throws {
        let foreign = HandmadeLibrary.fileINI("other")
        try TestFolder.write(foreign.utf8, to: path("DataLib/ABC00001.1/drivers/c.sys.INI"))
        let error = try #require(throws: ContentLibraryError.self) { try content() }
        #expect(error.code == .incomplete && error.description.contains("drivers/c.sys"))
        try remove("DataLib/ABC00001.1/drivers/c.sys.INI")
        _ = try content()
        try TestFolder.write(foreign.utf8, to: path("DataLib/ABC00001.1/drivers/b.sys.INI"))
        #expect(try #require(throws: ContentLibraryError.self) { try content() }.code == .incomplete)
    }

    @Test("what one witness alone says is a warning")
    func disagreement() throws {
        // The hash alone: an empty folder is in no list.
        try remove("DataLib/ABC00001.1/empty")
        #expect(try content().warnings.count == 1)
        #expect(try verify().failures.isEmpty)
        try Program.succeed("mkdir", [path("DataLib/ABC00001.1/empty").string])
        #expect(try content().warnings.isEmpty)
        // The lists alone: one names the content that does not hold the file, one does not name it.
        let other = path("FileLib/\("other".hash.prefix(4))/\("other".hash).INI")
        try TestFolder.write("[Users]\r\nABC00002.1=\r\nABC00001.1=\r\n".utf8, to: other)
        let setup = path("FileLib/\("setup".hash.prefix(4))/\("setup".hash).INI")
        try TestFolder.write("[Users]\r\nABC00002.1=\r\n".utf8, to: setup)
        #expect(try content().warnings.isEmpty)
        let package = try verify()
        #expect(package.failures.isEmpty && package.warnings.count == 1)
        #expect(package.warnings[0].contains("other".hash) && package.warnings[0].contains("setup.exe"))
    }

    @Test("without a content hash a lost file is a warning that names its hash")
    func withoutHash() throws {
        try remove("DataLib/ABC00001.1.INI")
        #expect(try content().warnings.count == 1)
        try remove("DataLib/ABC00001.1/setup.exe.INI")
        let warnings = try content().warnings
        #expect(warnings.count == 2 && warnings.contains { $0.contains("setup".hash) }, "\(warnings)")
    }

    @Test("lists in a form that is not known, or that may not be understood, say nothing")
    func unknownLists() throws {
        for text in ["[Users]\r\nABC00001=\r\n", "garbage", ""] {
            for file in try written.fileLib().keys {
                try TestFolder.write(text.utf8, to: path("FileLib/\(file.prefix(4))/\(file).INI"))
            }
            try? remove("DataLib/ABC00001.1/setup.exe.INI")
            #expect(try content().warnings.count == 1)
            #expect(try verify().failures.isEmpty)
        }
    }

    @Test("a line of PkgLib that Version and DataLib both say is lost is an error; contents that nobody lists are told")
    func lostLine() throws {
        try written.add(["setup.exe": "setup 2"], "ABC00001")
        #expect(try written.library.strayContents().isEmpty)
        let ini = path("PkgLib/ABC00001.INI")
        let text = String(decoding: try SmallFile.read(ini), as: UTF8.self)
        #expect(text.contains("Version=2"))
        try TestFolder.write(text.replacing("ABC00001.2=\r\n", with: "").utf8, to: ini)
        let package = try #require(PackageID("ABC00001"))
        let error = try #require(throws: ContentLibraryError.self) { try written.library.package(package) }
        #expect(error.failureClass == .malformed && error.description.contains("ABC00001.2"))
        try TestFolder.write("[Packages]\r\nABC00001.1=\r\n".utf8, to: ini)
        _ = try written.library.package(package)
        let strays = try written.library.strayContents()
        #expect(strays.count == 1 && strays[0].contains("ABC00001.2") && strays[0].contains("PkgLib"))
    }

    @Test("a content that a writer is replacing is neither lost nor told, as its journal says")
    func duringReplacement() throws {
        // As a writer leaves it that is killed between the tree and its hash: old lists, new tree, old hash.
        let hash = try #require(try content().contentHash)
        let new = try written.add(["setup.exe": "setup"], "ABC00003")
        try remove("DataLib/ABC00001.1")
        try Program.succeed("cp", ["-r", path("DataLib/ABC00003.1").string, path("DataLib/ABC00001.1").string])
        #expect(throws: ContentLibraryError.self) { try content() }
        let tree = try #require(new.contentHash)
        #expect(tree != hash)
        let journal = "tsmedia-journal 1\ncontent ABC00001.1\ntree \(tree)\n\("setup".hash)\nend\n"
        try TestFolder.write(journal.utf8, to: path(".tsmedia/journal"))
        #expect(try content().files.map(\.path.description) == ["setup.exe"])
    }

    @Test("adding over a damaged version mends it")
    func mends() throws {
        try remove("DataLib/ABC00001.1/setup.exe.INI")
        try written.add(
            ["setup.exe": "setup", "drivers/a.sys": "a", "drivers/b.sys": "b"], "ABC00001", version: 1, replacing: true)
        #expect(try verify().failures.isEmpty && content().warnings.isEmpty)
    }

    @Test("files of every size around the buffer come out as they went in, equal ones once")
    func sizes() throws {
        let unit = String(repeating: "0123456789abcdef", count: 1 << 16)
        let files = [
            "none": "", "under": String(unit.dropLast()), "exact": unit, "over": unit + "x", "again": unit + "x",
            "twice/exact": unit, "large": unit + unit + unit + "y",
        ]
        let content = try written.add(files, "ABC00004")
        #expect(content.files.map(\.path.description) == files.keys.sorted())
        for (path, text) in files {
            #expect(content.files.first { $0.path.description == path }?.sha256.upperCase == text.hash)
        }
        let found = try written.independently()
        for (path, text) in files {
            #expect(found.contains { $0.key.contains(path) && $0.value == text.hash }, "\(path)")
        }
        #expect(try written.isTidy())
        #expect(try verify().failures.isEmpty)
    }
}
