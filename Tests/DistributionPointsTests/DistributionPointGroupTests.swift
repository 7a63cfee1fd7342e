// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Servers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DistributionPoints

@Suite("distribution points")
struct DistributionPointGroupTests {
    let folder: TestFolder
    let store: ContentStore

    init() throws {
        folder = try TestFolder()
        store = ContentStore(folder: folder.appending("store"))
    }

    private func add(_ text: String, _ id: String, to library: String) throws {
        let source = try folder.write(text.utf8, to: "source/file.txt")
        try ContentLibraryWriter(path: folder.appending(library)).add(
            source: source, packageID: try #require(PackageID(id)))
    }

    private func open(_ names: String...) throws -> DistributionPointGroup {
        try DistributionPoints([LocalTransport()]).open(
            locations: names.map { folder.appending($0).string }, store: store)
    }

    @Test("the first distribution point that has a package is used, and its bytes are handed out")
    func order() throws {
        try add("first", "ABC00001", to: "one")
        try add("second", "ABC00001", to: "two")
        try add("only", "ABC00002", to: "two")
        let group = try open("one", "two")
        for (id, text, number) in [("ABC00001", "first", 0), ("ABC00002", "only", 1)] {
            let found = try group.package(try #require(PackageID(id)))
            #expect(found.pointNumber == number)
            let content = try found.point.content(found.package.contentIDs[0])
            let fetched = try found.point.fetch(content.files[0].file, of: content.id)
            #expect(try SmallFile.read(fetched.path) == Array(text.utf8))
            #expect(!fetched.isVerified)
        }
    }

    @Test("a package on none is not found, with what to do", arguments: [1, 2])
    func missing(count: Int) throws {
        try add("x", "ABC00001", to: "one")
        try add("x", "ABC00001", to: "two")
        let group = count == 2 ? try open("one", "two") : try open("one")
        let error = try #require(throws: DistributionPointError.self) {
            try group.package(try #require(PackageID("ABC00012")))
        }
        #expect(error.failureClass == .notFound)
        let place =
            count == 2
            ? "is on none of the 2 distribution points" : "is not on the distribution point \(folder.appending("one"))"
        #expect(error.description == "package ABC00012 \(place); distribute it or add distribution point")
    }

    @Test("a distribution point that cannot answer is an error, never passed over")
    func malformed() throws {
        try add("x", "ABC00001", to: "one")
        try add("x", "ABC00001", to: "two")
        try folder.write("garbage".utf8, to: "one/PkgLib/ABC00001.INI")
        let group = try open("one", "two")
        #expect(throws: ContentLibraryError.self) { try group.package(try #require(PackageID("ABC00001"))) }
    }

    @Test(
        "a server is not supported yet, and that is said",
        arguments: [
            "smb://server/SCCMContentLib$", "ftp://server/x", "\\\\server\\share",
            "//server/share", "",
        ])
    func unsupported(location: String) throws {
        let error = try #require(throws: DistributionPointError.self) {
            try DistributionPoints([LocalTransport(), HTTPTransport(ServerAccess())]).open(
                locations: [location], store: store)
        }
        #expect(error.code == .unsupportedLocation)
        #expect(location.isEmpty || error.description.contains("not supported by this version"))
    }

    @Test("a location with only a FileLib is a further drive of the one before it")
    func furtherDrive() throws {
        try add("bytes", "ABC00001", to: "one")
        try Program.succeed("mkdir", [folder.appending("drive").string])
        try Program.succeed("mv", [folder.appending("one/FileLib").string, folder.appending("drive").string])
        let group = try open("one", "drive")
        #expect(group.points.count == 1)
        let found = try group.package(try #require(PackageID("ABC00001")))
        let content = try found.point.content(found.package.contentIDs[0])
        #expect(try found.point.fetch(content.files[0].file, of: content.id).path.string.contains("/drive/FileLib/"))
        #expect(throws: ContentLibraryError.self) { try open("drive", "one") }
    }
}
