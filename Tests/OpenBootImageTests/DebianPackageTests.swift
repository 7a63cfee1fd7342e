// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import OpenBootImage

@Suite("Debian packages")
struct DebianPackageTests {
    private let work: TestFolder

    init() throws { work = try TestFolder() }

    private func package(_ compression: String = "xz") throws -> FilePath {
        var fixture = PackageFixture(
            "tool", ["usr/lib/a/one": Array("1".utf8), "bin/two": Array("2".utf8), "usr/share/doc/x": [0]])
        fixture.links = ["usr/lib/b": "a/one", "lib64/c": "/usr/lib/a/one", "usr/lib/a/up": "../../bin/two"]
        fixture.compression = compression
        return try fixture.build(in: work.path)
    }

    @Test(
        "a package of dpkg-deb says what it is, whatever it is compressed with",
        arguments: ["xz", "zstd", "gzip", "none"])
    func control(compression: String) throws {
        let package = try DebianPackage(try package(compression))
        #expect(package.control == .init(name: "tool", version: "1.0-1", architecture: "amd64"))
        var tree = PackageTree()
        try tree.add(package) { _ in true }
        #expect(tree.file("bin/two")?.bytes == Array("2".utf8))
    }

    @Test("files are found without usr, and through links of every kind")
    func links() throws {
        var tree = PackageTree()
        try tree.add(try DebianPackage(try package())) { !$0.hasPrefix("share/") }
        for path in ["lib/a/one", "lib/b", "lib64/c"] { #expect(tree.file(path)?.bytes == Array("1".utf8), "\(path)") }
        #expect(tree.file("lib/a/up")?.bytes == Array("2".utf8))
        #expect(tree.file("share/doc/x") == nil)
        #expect(tree.file("lib/none") == nil)
    }

    @Test("links that go round lead nowhere")
    func roundLinks() throws {
        var fixture = PackageFixture("round", ["x": [1]])
        fixture.links = ["a": "b", "b": "a"]
        var tree = PackageTree()
        try tree.add(try DebianPackage(try fixture.build(in: work.path))) { _ in true }
        #expect(tree.file("a") == nil)
    }

    @Test("names that leave the package are passed over", arguments: ["../x", "a/../../x", "./..", "/../etc/passwd"])
    func outside(name: String) { #expect(DebianPackage.place(name) == nil) }

    @Test("places are below the root", arguments: [("./usr/bin/x", "bin/x"), ("/bin/x", "bin/x"), ("./a/./b", "a/b")])
    func places(name: String, place: String) { #expect(DebianPackage.place(name) == place) }

    @Test("a package that is cut short is refused wherever it is cut, and one of nothing too")
    func truncated() throws {
        let bytes = try SmallFile.read(try package())
        for count in stride(from: 0, to: bytes.count - 1, by: 7) {
            let file = try work.write(bytes.prefix(count), to: "cut.deb")
            #expect(throws: OpenBootImageError.self, "\(count)") {
                var tree = PackageTree()
                try tree.add(try DebianPackage(file)) { _ in true }
            }
        }
    }

    @Test("any byte of a package may be another, and nothing but an error comes of it")
    func damaged() throws {
        let bytes = try SmallFile.read(try package())
        for place in stride(from: 0, to: bytes.count, by: 11) {
            var bytes = bytes
            bytes[place] ^= 0x5A
            let file = try work.write(bytes, to: "damaged.deb")
            do {
                var tree = PackageTree()
                try tree.add(try DebianPackage(file)) { _ in true }
            } catch is OpenBootImageError {}
        }
    }
}

@Suite("Folders of packages")
struct PackageFolderTests {
    private let work: TestFolder

    init() throws {
        work = try TestFolder()
        try PackageFixture("one", ["a": [1]]).build(in: work.path)
        try PackageFixture("two", ["b": [2]]).build(in: work.path)
    }

    private var names: [String] { ["one_1.0-1_amd64.deb", "two_1.0-1_amd64.deb"] }

    @Test("what is listed is found again, and a package that was changed afterwards is refused")
    func list() throws {
        try PackageFolder.write(names, in: work.path, interruption: Interruption())
        let folder = try PackageFolder(work.path)
        #expect(folder.entries.map(\.name) == ["one", "two"])
        #expect(try folder.packages({ _ in true }, interruption: Interruption()).count == 2)
        try CommandSession.flipBit(of: work.appending(names[1]), at: -3)
        let error = #expect(throws: OpenBootImageError.self) {
            _ = try folder.packages({ _ in true }, interruption: Interruption())
        }
        #expect(error?.code == .badPackage)
        // What is not wanted is not read.
        #expect(try folder.packages({ $0.name == "one" }, interruption: Interruption()).count == 1)
    }

    @Test("a new list takes away what only the earlier one had, and nothing else")
    func replaced() throws {
        try work.write([1], to: "mine.txt")
        try PackageFolder.write(names, in: work.path, interruption: Interruption())
        try PackageFolder.write([names[0]], in: work.path, interruption: Interruption())
        let left = try FolderEntry.entries(of: work.path).compactMap(\.name).sorted()
        #expect(left == ["mine.txt", names[0], PackageFolder.listName])
    }

    @Test("a folder without a list says how it gets one")
    func missing() throws {
        let error = #expect(throws: OpenBootImageError.self) { _ = try PackageFolder(work.path) }
        #expect(error?.code == .missingPackage)
    }

    @Test(
        "a list of another form, or that names files elsewhere, is none",
        arguments: ["", "[]", #"{"format":2,"packages":[]}"#, #"{"format":1}"#])
    func hostile(text: String) throws {
        try work.write(text.utf8, to: PackageFolder.listName)
        #expect(throws: OpenBootImageError.self) { _ = try PackageFolder(work.path) }
    }

    @Test("a list names no file outside its folder")
    func outside() throws {
        let digest = String(repeating: "0", count: 64)
        let entry = #"{"file":"../one.deb","name":"x","version":"1","architecture":"amd64","sha256":"\#(digest)"}"#
        try work.write(#"{"format":1,"packages":[\#(entry)]}"#.utf8, to: PackageFolder.listName)
        #expect(try PackageFolder(work.path).entries.isEmpty)
    }
}
