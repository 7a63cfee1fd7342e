// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Glibc
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("sources that cannot be content")
struct UnsuitableSourceTests {
    let written: WrittenLibrary

    init() throws { written = try WrittenLibrary() }

    private func error(adding source: FilePath) throws -> ContentLibraryError {
        let id = try #require(PackageID("ABC00001"))
        return try #require(throws: ContentLibraryError.self) { try written.writer.add(source: source, packageID: id) }
    }

    @Test(
        "a name that Windows cannot hold is malformed, and nothing is added",
        arguments: ["aux", "a:b", "dot.", "space ", "back\\slash", "sub/con.txt", "q?"])
    func names(name: String) throws {
        let error = try error(adding: try written.source("source", ["ok": "ok", name: "x"]))
        #expect(error.code == .unsuitableSource)
        #expect(error.failureClass == .malformed)
        // Not even a library, which was to be made for it.
        #expect((try? Stat(written.root)) == nil)
    }

    @Test("names that are one name to Windows are malformed")
    func equalNames() throws {
        #expect(try error(adding: try written.source("source", ["a": "1", "A": "2"])).problem.contains("same name"))
    }

    @Test("a link to a file of the source counts as that file")
    func innerLink() throws {
        let source = try written.source("source", ["sub/real": "bytes"])
        #expect(symlink("sub/real", source.appending("link").string) == 0)
        let id = try #require(PackageID("ABC00001"))
        let content = try written.writer.add(source: source, packageID: id).content
        #expect(content.files.map(\.path.description) == ["link", "sub/real"])
        #expect(content.files[0].sha256 == content.files[1].sha256)
    }

    @Test(
        "a link that leaves the source, runs in circles or leads nowhere is malformed",
        arguments: ["/etc/hostname", "../outside", "sub", ".", "nowhere", "link"])
    func outerLink(target: String) throws {
        try written.folder.write("secret".utf8, to: "outside")
        let source = try written.source("source", ["sub/real": "bytes"])
        #expect(symlink(target, source.appending("link").string) == 0)
        let error = try error(adding: source)
        #expect(error.code == .unsuitableSource && error.failureClass == .malformed)
        #expect(error.object.hasSuffix("/link"))
    }

    @Test("a pipe is refused instead of waited for")
    func pipe() throws {
        let source = try written.source("source", ["a": "1"])
        #expect(mkfifo(source.appending("pipe").string, 0o644) == 0)
        #expect(try error(adding: source).code == .unsuitableSource)
        #expect(try error(adding: source.appending("pipe")).code == .unsuitableSource)
    }

    @Test("a source that holds the library is refused, a missing one is not found")
    func places() throws {
        _ = try written.writer
        #expect(try error(adding: written.folder.path).problem == "holds the content library itself")
        #expect(try error(adding: written.folder.appending("gone")).failureClass == .notFound)
    }

    @Test("a folder that serves something else does not become a library")
    func foreignFolder() throws {
        try written.folder.write("x".utf8, to: "home/document.txt")
        let error = try #require(throws: ContentLibraryError.self) {
            try ContentLibraryWriter(path: written.folder.appending("home"))
        }
        #expect(error.failureClass == .cannotCreate)
        #expect(try FolderEntry.entries(of: written.folder.appending("home")).count == 1)
    }

    @Test("an interrupted add leaves nothing")
    func interrupted() throws {
        let interruption = Interruption()
        interruption.request()
        let writer = try ContentLibraryWriter(path: written.root, interruption: interruption)
        let source = try written.source("source", ["a": "1"])
        let id = try #require(PackageID("ABC00001"))
        let error = try #require(throws: ContentLibraryError.self) { try writer.add(source: source, packageID: id) }
        #expect(error.failureClass == .interrupted)
        #expect((try? Stat(written.root)) == nil)
    }

    @Test("a file that changes while it is read is refused, and nothing of it is added")
    func changing() throws {
        let source = try written.source("source", ["a": String(repeating: "a", count: 3 << 20), "b": "b"])
        let file = source.appending("a")
        try Program.succeed("touch", ["-d", "2020-01-01", file.string])
        let observer = ChangingObserver {
            guard let file = try? FileDescriptor.open(file, .readWrite) else { return }
            _ = try? file.closeAfter { try file.writeAll(toAbsoluteOffset: 0, [0x62]) }
        }
        let id = try #require(PackageID("ABC00001"))
        let error = try #require(throws: ContentLibraryError.self) {
            try written.writer.add(source: source, packageID: id, progress: observer)
        }
        #expect(error.code == .unsuitableSource)
        #expect(error.description.contains("changed while it was read"), "\(error)")
        #expect((try? Stat(written.root)) == nil)
    }
}
