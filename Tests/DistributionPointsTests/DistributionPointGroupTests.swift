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

    @Test(
        "all packages that are missing are told at once, with who needs them, those without all of their contents too")
    func allMissing() throws {
        for id in ["ABC00001", "ABC00002", "ABC00003"] { try add(id, id, to: "one") }
        let (group, one) = (try open("one"), folder.appending("one"))
        func required(_ ids: [(String, String?)]) throws -> String {
            let needed = try ids.map { NeededPackage(try #require(PackageID($0.0)), reason: $0.1) }
            return try #require(throws: DistributionPointError.self) { try group.require(needed) }.description
        }
        #expect(
            try required([("ABC00001", nil), ("XYZ00001", "step A"), ("XYZ00001", "step B"), ("XYZ00002", nil)])
                == "2 packages are not on the distribution point \(one): XYZ00001 (needed by step A), XYZ00002;"
                + " distribute them or add distribution point")
        #expect(
            try required([("XYZ00001", "step A")])
                == "package XYZ00001 is not on the distribution point \(one) (needed by step A);"
                + " distribute it or add distribution point")
        for id in ["ABC00001", "ABC00002"] {
            try Program.succeed("rm", ["-r", one.appending("DataLib/\(id).1").string])
        }
        let lost = try required([("ABC00001", "step A"), ("ABC00003", nil), ("ABC00002", nil), ("XYZ00001", nil)])
        #expect(
            lost.hasPrefix("3 packages are missing: package ABC00001 (content ABC00001.1) is not in \(one)/DataLib"),
            "\(lost)")
        #expect(
            lost.contains("/DataLib (needed by step A), package ABC00002 (content ABC00002.1) is not in"), "\(lost)")
        #expect(lost.contains(", package XYZ00001 is not on the distribution point \(one); "), "\(lost)")
        #expect(try group.require([NeededPackage(try #require(PackageID("ABC00003")))]).count == 1)
    }

    @Test(
        "a content of which a file is damaged is an error, and not in the library that is made of it; those before it are"
    )
    func damagedCompletion() throws {
        for id in ["ABC00001", "ABC00002"] { try add("text of \(id)", id, to: "one") }
        let group = try open("one")
        let ids = try ["ABC00001", "ABC00002"].map { try #require(PackageID($0)) }
        let file = try #require(
            try group.package(ids[1]).content(ContentID(package: ids[1], version: 1)).content.files.first)
        let name = file.sha256.upperCase
        try folder.write("TEXT of ABC00002".utf8, to: "one/FileLib/\(name.prefix(4))/\(name)")
        let carried = folder.appending("carried")
        #expect(throws: (any Error).self) {
            try LibraryCompletion(
                from: group, into: ContentLibraryWriter(path: carried), store: store, workerCount: 1,
                interruption: Interruption(), progress: SilentProgress()
            ).run(ids)
        }
        let library = try ContentLibrary(locations: [carried])
        #expect(try library.content(ContentID(package: ids[0], version: 1)).files.count == 1)
        #expect(throws: ContentLibraryError.self) { try library.package(ids[1]) }
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
