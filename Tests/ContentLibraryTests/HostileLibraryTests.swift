// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Glibc
import Identifiers
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("hostile content libraries")
struct HostileLibraryTests {
    let handmade: HandmadeLibrary
    private static let hash = "Hash=" + String(repeating: "AB", count: 32)

    init() throws { handmade = try HandmadeLibrary() }

    private func error(_ id: String = "ABC00001.1") throws -> ContentLibraryError {
        let id = try #require(ContentID(id))
        return try #require(throws: ContentLibraryError.self) { try handmade.library.content(id) }
    }

    @Test(
        "a name that cannot be a path on the media is malformed",
        arguments: [
            "...INI", "aux.txt.INI", "NUL.INI", "com1.INI", "a:b.INI", "a?b.INI", "trailing..INI", "trailing .INI",
            "back\\slash.INI", ".INI", "tab\tname.INI", "CON/file.txt.INI", "..\\..\\evil.exe.INI",
            String(repeating: "deep/", count: 210) + "f.INI",
        ])
    func hostileName(name: String) throws {
        try handmade.ini("DataLib/ABC00001.1/\(name)", HandmadeLibrary.fileINI("x"))
        let error = try error()
        #expect(error.code == .malformed)
        #expect(error.failureClass == .malformed)
        #expect(error.description.contains("ABC00001.1"))
    }

    @Test(
        "a file INI that makes no sense is malformed",
        arguments: [
            "", "Hash=", "Hash=1234", "Hash=" + String(repeating: "G", count: 64), hash + "\r\nSize=-1",
            hash + "\r\nSize=", hash + "\r\nSize=9223372036854775808", hash + "\r\nSize=9223372036854775807",
            hash + "\r\nSize=0x10", hash + "\r\nSize=1\r\nAttributes=1FFFFFFFF", hash + "\r\nSize=1\r\nAttributes=xyz",
            hash + "\r\nSize=1\r\nTimeModified=18446744073709551615", hash + "\r\nSize=1\r\nTimeModified=-1",
            hash + "\r\nSize=1\r\nTimeModified=soon", hash + "\r\nSize=1\r\nno equals sign",
        ])
    func hostileFileINI(lines: String) throws {
        try handmade.ini("DataLib/ABC00001.1/a.txt.INI", "[File]", lines)
        let error = try error()
        #expect(error.failureClass == .malformed)
        #expect(error.object.hasSuffix("DataLib/ABC00001.1/a.txt.INI"))
    }

    @Test("sizes that are each possible but too large together are malformed")
    func sizeSum() throws {
        for name in ["a", "b"] {
            try handmade.ini("DataLib/ABC00001.1/\(name).INI", "[File]", Self.hash, "Size=1125899906842624")
        }
        #expect(try error().problem.contains("1 PiB"))
    }

    @Test(
        "two entries that are one name to Windows are malformed",
        arguments: [("a.txt.INI", "A.TXT.ini"), ("x.INI", "X/f.INI")])
    func equalNames(first: String, second: String) throws {
        for name in [first, second] { try handmade.ini("DataLib/ABC00001.1/\(name)", HandmadeLibrary.fileINI("x")) }
        #expect(try error().problem.contains("same name"))
    }

    @Test("names that only full Unicode folding makes equal stay two files")
    func sharpS() throws {
        try handmade.content("ABC00001.1", ["straße": "a", "STRASSE": "b"])
        let id = try #require(ContentID("ABC00001.1"))
        #expect(try handmade.library.content(id).files.count == 2)
    }

    @Test("a symbolic link is not followed, wherever it is")
    func links() throws {
        let outside = try handmade.folder.write("[File]\r\n".utf8, to: "outside.INI")
        try handmade.content("ABC00001.1", ["a": "a"])
        let link = handmade.root.pushing("DataLib/ABC00001.1/link.INI")
        #expect(symlink(outside.string, link.string) == 0)
        #expect(try error().problem.contains("symbolic link"))

        #expect(unlink(link.string) == 0)
        let id = try #require(ContentID("ABC00001.1"))
        let file = try handmade.library.content(id).files[0]
        let bytes = try #require(try handmade.library.location(of: file.sha256))
        #expect(rename(bytes.string, outside.string) == 0)
        #expect(symlink(outside.string, bytes.string) == 0)
        #expect(throws: ContentLibraryError.self) { try handmade.library.locate(file.file, of: id) }

        let tree = handmade.root.pushing("DataLib/ABC00002.1")
        #expect(symlink(handmade.root.pushing("DataLib/ABC00001.1").string, tree.string) == 0)
        #expect(try self.error("ABC00002.1").code == .malformed)
    }

    @Test("a pipe in place of an INI is refused instead of waited for")
    func pipe() throws {
        #expect(mkfifo(handmade.root.pushing("PkgLib/ABC00001.INI").string, 0o644) == 0)
        let id = try #require(PackageID("ABC00001"))
        let error = try #require(throws: ContentLibraryError.self) { try handmade.library.package(id) }
        #expect(error.failureClass == .malformed)
    }

    @Test(
        "a package INI that lists what is no content is malformed",
        arguments: [
            "[Packages]\r\n../../etc.1=", "[Packages]\r\nABC00001=", "[Packages]",
            "[Packages]\r\nABC00001.1=\r\n[Info]\r\nVersion=x",
        ])
    func hostilePackage(text: String) throws {
        try handmade.ini("PkgLib/ABC00001.INI", text)
        let id = try #require(PackageID("ABC00001"))
        let error = try #require(throws: ContentLibraryError.self) { try handmade.library.package(id) }
        #expect(error.code == .malformed)
        #expect(error.description.contains("ABC00001.INI"))
    }

    @Test("names in PkgLib that are no package are passed over")
    func strangers() throws {
        try handmade.package("ABC00001", "ABC00001.1")
        for name in ["desktop.ini", "notes.txt", "ABC00001.INI.bak", "...INI"] {
            try handmade.ini("PkgLib/\(name)", "x")
        }
        #expect(try handmade.library.packageIDs().map(\.description) == ["ABC00001"])
    }
}
