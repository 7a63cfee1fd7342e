// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Glibc
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("writing a content library")
struct ContentLibraryWriterTests {
    let written: WrittenLibrary

    init() throws { written = try WrittenLibrary() }

    @Test("an independent reader rebuilds the tree from the library alone")
    func independentReader() throws {
        try written.add(
            ["setup.exe": "setup", "Data/Ä ö.txt": "text", "Data/Deep/same.bin": "setup", "leer/": "", "null": ""],
            "ABC00001")
        #expect(
            try written.independently() == [
                "ABC00001 ABC00001.1 setup.exe": "setup".hash, "ABC00001 ABC00001.1 Data": "folder",
                "ABC00001 ABC00001.1 Data/Ä ö.txt": "text".hash, "ABC00001 ABC00001.1 Data/Deep": "folder",
                "ABC00001 ABC00001.1 Data/Deep/same.bin": "setup".hash, "ABC00001 ABC00001.1 leer": "folder",
                "ABC00001 ABC00001.1 null": "".hash,
            ])
    }

    @Test("our reader finds what our writer wrote, with times and without warnings")
    func roundTrip() throws {
        let source = try written.source("source", ["a.txt": "hello\n", "sub/b": "b"])
        try Program.succeed("touch", ["-d", "2021-03-04T05:06:07.89Z", source.appending("a.txt").string])
        let id = try #require(PackageID("ABC00001"))
        let added = try written.writer.add(source: source, packageID: id)
        let package = try written.library.package(id)
        #expect(package.version == 1)
        let content = try written.library.content(package.contentIDs[0])
        #expect(content == added.content)
        #expect(content.warnings.isEmpty)
        #expect(content.files[0].modified == Timestamp(unixSeconds: 1_614_834_367, nanoseconds: 890_000_000))
        #expect(added.newByteCount == 7)
        #expect(try written.isTidy())
    }

    @Test("one file is a content of one file")
    func singleFile() throws {
        let file = try written.folder.write("hello\n".utf8, to: "a.txt")
        let id = try #require(PackageID("ABC00001"))
        let content = try written.writer.add(source: file, packageID: id).content
        #expect(content.files.map(\.path.description) == ["a.txt"])
        #expect(content.contentHash == ContentHashTests.vectors[0].1)
    }

    @Test("the version is the highest and one; a version that exists is refused without --force")
    func versions() throws {
        #expect(try written.add(["a": "1"], "ABC00001").id.version == 1)
        #expect(try written.add(["a": "5"], "ABC00001", version: 5).id.version == 5)
        #expect(try written.add(["a": "6"], "ABC00001").id.version == 6)
        #expect(try written.add(["a": "3"], "ABC00001", version: 3).id.version == 3)
        let id = try #require(PackageID("ABC00001"))
        #expect(try written.library.package(id).contentIDs.map(\.version) == [6])
        let error = try #require(throws: ContentLibraryError.self) {
            try written.add(["a": "other"], "ABC00001", version: 5)
        }
        #expect(error.code == .alreadyExists)
        #expect(error.failureClass == .cannotCreate)
        #expect(try written.fileLib()["other".hash] == nil)
        #expect(try written.isTidy())
    }

    @Test("replacing a version drops the files that only the old one had")
    func replaces() throws {
        try written.add(["a": "old", "b": "both"], "ABC00001", version: 2)
        try written.add(["sub/a": "new", "b": "both"], "ABC00001", version: 2, replacing: true)
        #expect(try written.fileLib() == ["new".hash: ["ABC00001.2"], "both".hash: ["ABC00001.2"]])
        let content = try written.library.content(try #require(ContentID("ABC00001.2")))
        #expect(content.files.map(\.path.description) == ["b", "sub/a"])
        #expect(content.warnings.isEmpty)
        #expect(try written.independently().count == 3)
        #expect(try written.isTidy())
    }

    @Test("a shared file stays until its last user goes")
    func referenceCounts() throws {
        try written.add(["a": "shared", "b": "one"], "ABC00001")
        try written.add(["c": "shared", "d": "two"], "ABC00002")
        #expect(try written.fileLib()["shared".hash] == ["ABC00001.1", "ABC00002.1"])
        let removed = try written.writer.remove(packageID: try #require(PackageID("ABC00001")))
        #expect(removed.freedByteCount == 3)
        #expect(try written.fileLib() == ["shared".hash: ["ABC00002.1"], "two".hash: ["ABC00002.1"]])
        #expect(try written.independently().count == 2)
        try written.writer.remove(packageID: try #require(PackageID("ABC00002")))
        #expect(try written.fileLib().isEmpty)
        #expect(try written.library.packageIDs().isEmpty)
        for part in ["PkgLib", "DataLib", "FileLib"] {
            #expect(try FolderEntry.entries(of: written.root.appending(part)).isEmpty)
        }
    }

    @Test("one version is removed and the next highest becomes current")
    func removesVersion() throws {
        for version in 1...3 { try written.add(["a": "v\(version)", "b": "same"], "ABC00001", version: version) }
        let id = try #require(PackageID("ABC00001"))
        try written.writer.remove(packageID: id, version: 3)
        #expect(try written.library.package(id).version == 2)
        #expect(try written.library.package(id).contentIDs.map(\.version) == [2])
        #expect(try written.fileLib()["same".hash] == ["ABC00001.1", "ABC00001.2"])
        let error = try #require(throws: ContentLibraryError.self) {
            try written.writer.remove(packageID: id, version: 9)
        }
        #expect(error.failureClass == .notFound)
        #expect(error.description.contains("1, 2"))
    }

    @Test("an application has several contents under one package ID")
    func application() throws {
        let guid = "Content_3f0a6a2e-5b1d-4c79-8e34-91d2c7b6a501"
        try written.add(["x64.msi": "64"], "ABC00013", base: .named(guid))
        let derived = try written.add(["x86.msi": "32"], "ABC00013", base: .application(name: "x86"))
        let again = try written.add(["x86.msi": "33"], "ABC00013", base: .application(name: "x86"))
        #expect(derived.id.base == again.id.base && again.id.version == 2)
        let package = try written.library.package(try #require(PackageID("ABC00013")))
        #expect(package.contentIDs == [try #require(ContentID("\(guid).1")), again.id].sorted())
        #expect(package.version == nil)
        let ini = try SmallFile.read(written.root.pushing("PkgLib/ABC00013.INI"))
        #expect(!String(decoding: ini, as: UTF8.self).contains("[Info]"))
        let error = try #require(throws: ContentLibraryError.self) {
            try written.add(["x": "x"], "ABC00014", version: 1, base: .named(guid))
        }
        #expect(error.code == .alreadyExists && error.description.contains("ABC00013"))
    }

    @Test("a content that two packages list goes with the second")
    func sharedContent() throws {
        let guid = "3f0a6a2e-5b1d-4c79-8e34-91d2c7b6a501"
        try written.add(["update.cab": "update"], "ABC00021", base: .named(guid))
        let first = written.root.pushing("PkgLib/ABC00021.INI")
        try TestFolder.write(try SmallFile.read(first), to: written.root.pushing("PkgLib/ABC00022.INI"))
        try written.writer.remove(packageID: try #require(PackageID("ABC00021")))
        #expect(try written.independently() == ["ABC00022 \(guid).1 update.cab": "update".hash])
        try written.writer.remove(packageID: try #require(PackageID("ABC00022")))
        #expect(try written.fileLib().isEmpty)
    }

    @Test("a file without a list of users is never removed")
    func unknownUsers() throws {
        try written.add(["a": "shared"], "ABC00001")
        let file = written.root.pushing(FilePath("FileLib/\("shared".hash.prefix(4))/\("shared".hash)"))
        #expect(unlink(file.string + ".INI") == 0)
        let source = try written.source("other", ["b": "shared"])
        let id = try #require(PackageID("ABC00002"))
        #expect(try written.writer.add(source: source, packageID: id).warnings.count == 1)
        try written.writer.remove(packageID: id)
        #expect(try SmallFile.read(file) == Array("shared".utf8))
    }

    @Test("a library that a site made, re-cased and with other sections, is added to and removed from in place")
    func genuineLibrary() throws {
        let handmade = try HandmadeLibrary()
        try handmade.content("ABC00001.1", ["a": "shared"])
        let digits = "shared".hash
        try handmade.ini("FileLib/\(digits.prefix(4))/\(digits).ini", "[References]", "abc00001.1=")
        try handmade.ini(
            "PkgLib/abc00001.ini", "[packages]", "ABC00001.1=", "[Site]", "Code=ABC", "[info]", "version=1")
        #expect(rename(handmade.root.appending("FileLib").string, handmade.root.appending("filelib").string) == 0)
        let writer = try ContentLibraryWriter(path: handmade.root)
        let id = try #require(PackageID("ABC00001"))
        try writer.add(source: try written.source("s", ["b": "shared", "c": "new"]), packageID: id)
        let folder = handmade.root.pushing(FilePath("filelib/\(digits.prefix(4))"))
        let users = try SmallFile.read(folder.appending("\(digits).ini"))
        #expect(String(decoding: users, as: UTF8.self) == "[References]\r\nabc00001.1=\r\nABC00001.2=\r\n")
        #expect(try FolderEntry.entries(of: folder).count == 2)
        #expect(try FolderEntry.entries(of: handmade.root).count == 4)
        let package = try SmallFile.read(handmade.root.pushing("PkgLib/abc00001.ini"))
        #expect(
            String(decoding: package, as: UTF8.self)
                == "[Packages]\r\nABC00001.1=\r\nABC00001.2=\r\n[Info]\r\nVersion=2\r\n[Site]\r\nCode=ABC\r\n")
        try writer.remove(packageID: id, version: 1)
        #expect(try handmade.library.package(id).contentIDs.map(\.version) == [2])
        withExtendedLifetime(handmade) {}
    }

    @Test("bytes that another drive has are used there")
    func furtherDrives() throws {
        let handmade = try HandmadeLibrary()
        let drive = handmade.folder.appending("SCCMContentLibE")
        let path = try handmade.bytes("shared", in: drive.appending("FileLib"))
        try TestFolder.write("[Users]\r\nABC00009.1=\r\n".utf8, to: FilePath(path.string + ".INI"))
        let writer = try ContentLibraryWriter(path: handmade.root)
        let id = try #require(PackageID("ABC00001"))
        let added = try writer.add(source: try written.source("s", ["a": "shared"]), packageID: id)
        #expect(added.newByteCount == 0)
        let users = { try String(decoding: SmallFile.read(FilePath(path.string + ".INI")), as: UTF8.self) }
        #expect(try users() == "[Users]\r\nABC00009.1=\r\nABC00001.1=\r\n")
        #expect(try handmade.library.locate(added.content.files[0].file, of: added.content.id).string.contains("LibE"))
        try writer.remove(packageID: id)
        #expect(try users() == "[Users]\r\nABC00009.1=\r\n")
        withExtendedLifetime(handmade) {}
    }
}
