// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Glibc
import Identifiers
import Servers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DistributionPoints

@Suite("Distribution points over HTTP")
struct HTTPDistributionPointTests {
    private let folder: TestFolder
    private let served: ServedLibrary

    init() throws {
        folder = try TestFolder()
        served = try ServedLibrary(folder: folder)
    }

    private func requests(_ server: DistributionPointServer, of part: String) throws -> [String] {
        try server.requests().filter { $0.contains(part) }
    }

    // MARK: Lists and bytes

    @Test(
        "lists and bytes are those of the library, however the server lists and wherever it lets files be fetched",
        arguments: [
            [], ["--listing", "html"], ["--no-datalib"], ["--no-datalib", "--listing", "html"], ["--no-filelib"],
            ["--no-filelib", "--client-form-only"], ["--root", "NOCERT_SMS_DP_SMSPKG$"], ["--no-ranges"],
        ])
    func same(arguments: [String]) throws {
        let server = try served.server(arguments)
        let local = try ContentLibrary(locations: [served.library]).content(try #require(ContentID("ABC00001.1")))
        let found = try served.find(try served.open([server.location]))
        #expect(found.content == local)
        #expect(try served.read(found) == served.files)
    }

    @Test("requests say who asks, and a second run asks for nothing but what may have changed")
    func secondRun() throws {
        let server = try served.server()
        var access = ServedLibrary.access()
        access.userAgent = ServerAccess.clientUserAgent
        let found = try served.find(try served.open([server.location], access))
        _ = try served.read(found)
        let first = try server.requests()
        #expect(first.allSatisfy { $0.hasSuffix(" SMS+CCM+5.0") })
        // The empty file needs no request.
        #expect(try requests(server, of: "FileLib").count == served.files.count - 1)
        let again = try served.find(try served.open([server.location], access))
        #expect(again.content == found.content)
        #expect(try served.read(again) == served.files)
        let second = try server.requests().dropFirst(first.count)
        #expect(second.count == 2)
        #expect(second.allSatisfy { $0.contains("/PkgLib/ABC00001.INI") || $0.contains("/DataLib/ABC00001.1.INI") })
    }

    @Test("offline nobody is asked, and what is missing is said")
    func offline() throws {
        let server = try served.server()
        var access = ServedLibrary.access()
        access.isOffline = true
        let missing = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location], access))
        }
        #expect(missing.failureClass == .notFound)
        #expect(
            missing.description
                == "package ABC00001 is not in the store, and \(server.location) is not asked; fetch it first, or leave out offline"
        )
        _ = try served.find(try served.open([server.location]))
        let asked = try server.requests().count
        let bytes = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location], access))
        }
        #expect(bytes.description.contains("is not in the store: 4 of its 5 files are missing"), "\(bytes)")
        let both = try #require(throws: DistributionPointError.self) {
            try ContentCollection(
                from: try served.open([server.location], access), into: ContentStore(folder: folder.appending("store")),
                interruption: Interruption(), progress: SilentProgress()
            ).run(["ABC00001", "ABC00009"].compactMap { PackageID($0) })
        }
        #expect(
            both.description.hasPrefix("2 packages are missing: package ABC00001 (content ABC00001.1) is not in the"))
        #expect(
            both.description.hasSuffix(
                ", package ABC00009 is not in the store, and \(server.location) is not asked; fetch them first, or leave out offline"
            ),
            "\(both)")
        #expect(try server.requests().count == asked)
        _ = try served.read(try served.find(try served.open([server.location])))
        let after = try server.requests().count
        let found = try served.find(try served.open([server.location], access))
        #expect(try served.read(found) == served.files)
        // A file that is lost after all was there is not asked for either.
        let file = try #require(found.content.files.first { $0.byteCount > 100_000 })
        try Program.succeed("rm", [try found.point.fetch(file.file, of: found.content.id).path.string])
        let lost = try #require(throws: DistributionPointError.self) {
            try found.point.fetch(file.file, of: found.content.id)
        }
        #expect(
            lost.description.contains("setup.exe' of package ABC00001 (content ABC00001.1) is not in the store, and"))
        #expect(try server.requests().count == after)
    }

    @Test("files that do not add up to the content hash are a warning, each time")
    func contradiction() throws {
        let ini = served.library.appending("DataLib/ABC00001.1.INI")
        let text = String(decoding: try SmallFile.read(ini), as: UTF8.self)
        let hash = try #require(text.firstRange(of: "Hash="))
        let wrong = text[..<hash.upperBound] + String(repeating: "A", count: 64)
        try TestFolder.write((wrong + text[hash.upperBound...].dropFirst(64)).utf8, to: ini)
        let server = try served.server()
        for _ in 0..<2 {
            let warnings = try served.find(try served.open([server.location])).content.warnings
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("its files do not add up to the content hash AAAA") == true, "\(warnings)")
        }
    }

    @Test("a list is read again when the server has another content under the same ID")
    func changedContent() throws {
        let server = try served.server()
        let first = try served.find(try served.open([server.location])).content
        for part in ["PkgLib", "DataLib"] { try Program.succeed("rm", ["-r", served.library.appending(part).string]) }
        for part in ["PkgLib", "DataLib"] { try TestFolder.makeFolder(served.library.appending(part)) }
        let source = try folder.write("other".utf8, to: "other/other.txt").removingLastComponent()
        try ContentLibraryWriter(path: served.library).add(
            source: source, packageID: try #require(PackageID(ServedLibrary.id)))
        let second = try served.find(try served.open([server.location])).content
        #expect(second.id == first.id)
        #expect(second.files.map(\.path.description) == ["other.txt"])
    }

    @Test("a list that was damaged in the store, or is somebody else's, is read again")
    func damagedLists() throws {
        let server = try served.server()
        let content = try served.find(try served.open([server.location])).content
        let lists = try Program.succeed("find", [folder.appending("store/lists").string, "-type", "f"]).output
            .split(separator: "\n").map { FilePath(String($0)) }
        #expect(lists.count == 2)
        for list in lists {
            let bytes = try SmallFile.read(list)
            for place in stride(from: 0, to: bytes.count, by: 37) {
                var damaged = bytes
                damaged[place] ^= 1
                try AtomicFile.write(damaged, to: list, isSecret: true)
                var access = ServedLibrary.access()
                access.isOffline = true
                #expect(throws: DistributionPointError.self) {
                    try served.find(try served.open([server.location], access))
                }
            }
            try AtomicFile.write(bytes.dropLast(bytes.count / 2), to: list, isSecret: true)
            #expect(try served.find(try served.open([server.location])).content == content)
        }
    }

    @Test("a server that wants to be left alone for a second is, and is asked again then")
    func leftAlone() throws {
        let server = try served.server(faults: ["status:429,1@PkgLib*1", "status:503,0.3*1"])
        var access = ServedLibrary.access()
        access.retries = RetryPolicy(tryCount: 6, firstPause: 0.001, longestPause: 2)
        let began = ContinuousClock.now
        #expect(try served.read(try served.find(try served.open([server.location], access))) == served.files)
        // Without it, all pauses together are a hundredth of that.
        #expect(ContinuousClock.now - began >= .seconds(1.3))
    }

    @Test("a server says how long it wants to be left alone, in seconds or as a date in one of three forms")
    func dates() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ] {
            #expect(HTTPDate.unixSeconds(text) == 784_111_777, "\(text)")
        }
        for text in [
            "", "5", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 06 Nov 99999 08:49:37 GMT", "a b c d e f",
        ] {
            #expect(HTTPDate.unixSeconds(text) == nil, "\(text)")
        }
    }

    @Test("a refusal of one package is told from one of the whole server")
    func refusalOfOne() throws {
        let one = try served.server(faults: ["status:403@PkgLib"])
        let all = try served.server(faults: ["status:403@SMSPKG"])
        let words = "the server lets us ask for other things"
        for (server, isOne) in [(one, true), (all, false)] {
            let error = try #require(throws: DistributionPointError.self) {
                try served.find(try served.open([server.location]))
            }
            #expect(error.description.contains(words) == isOne, "\(error)")
        }
    }

    @Test("nobody listens, and that is known soon")
    func refusedConnection() throws {
        let port = try ApacheServer.freePort()
        let error = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open(["http://127.0.0.1:\(port)"], ServerAccess()))
        }
        #expect(error.failureClass == .unreachable)
        #expect(error.description.contains("refuses the connection"), "\(error)")
        // The promise of 5 seconds: what is paused between the tries, which are over at once.
        let pauses = (2...RetryPolicy.refusedTryCount).map { RetryPolicy.ofServers.firstPause * Double(1 << ($0 - 2)) }
        #expect(pauses.reduce(0, +) < 4)
    }

    @Test("who waits for a server that says nothing is heard at once", arguments: ["stall:10", "status:503"])
    func interruption(fault: String) throws {
        // Only one thread asks it for its log.
        nonisolated(unsafe) let server = try served.server(faults: [fault])
        let interruption = Interruption()
        var access = ServerAccess()
        access.retries = RetryPolicy(tryCount: 100, firstPause: 100, longestPause: 100)
        let found = try served.find(try served.open([server.location], access, interruption: interruption))
        let file = try #require(found.content.files.first { $0.byteCount > 100_000 })
        WorkerThreads.run(count: 2) { number in
            if number == 0 {
                #expect(throws: InterruptedError.self) { try found.point.fetch(file.file, of: found.content.id) }
            } else {
                while ((try? server.requests()) ?? []).allSatisfy({ !$0.contains("FileLib") }) {
                    usleep(1_000)
                }
                interruption.request()
            }
        }
    }

    // MARK: Users

    @Test("a user is shown by NTLM where the server takes that, without being asked for each connection anew")
    func ntlm() throws {
        let server = try served.server(["--authentication", "ntlm", "--user", "joe:secret"])
        var access = ServedLibrary.access()
        let refusal = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location], access))
        }
        #expect(refusal.failureClass == .refused, "\(refusal)")
        access.credentials = try ServerCredentials(lines: Array("127.0.0.1 joe secret".utf8), name: "file")
        #expect(try served.read(try served.find(try served.open([server.location], access))) == served.files)
        access.credentials = try ServerCredentials(lines: Array("* jim secret".utf8), name: "file")
        let before = try requests(server, of: "PkgLib").count
        let wrong = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location], access, store: "other"))
        }
        #expect(wrong.description.contains("does not accept the user (401, NTLM)"), "\(wrong)")
        #expect(!wrong.description.contains("secret"))
        // Whoever shows a wrong password again and again is locked out: once for each virtual directory, and for the server.
        let asked = try requests(server, of: "PkgLib").suffix(from: before)
        #expect(asked.count <= 6, "\(asked)")
    }

    @Test("a password passes in the clear only when that was allowed")
    func basic() throws {
        let server = try served.server(["--authentication", "basic", "--user", "joe:secret"])
        var access = ServedLibrary.access()
        access.credentials = try ServerCredentials(lines: Array("* joe secret".utf8), name: "file")
        let refusal = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location], access))
        }
        #expect(refusal.description.contains("wants the password in the clear"), "\(refusal)")
        access.allowsBasicOverHTTP = true
        #expect(try served.read(try served.find(try served.open([server.location], access))) == served.files)
    }

    // MARK: Several

    @Test("another server stands in for one that is gone, before and while bytes come, and that is said once")
    func failover() throws {
        let (first, second) = (try served.server(faults: ["close:1000"]), try served.server())
        let gone = "http://127.0.0.1:\(try ApacheServer.freePort())"
        let group = try served.open([gone, first.location, second.location])
        let found = try served.find(group)
        #expect(found.pointNumber == 1)
        #expect(try served.read(found) == served.files)
        let warnings = group.takeWarnings().map(\.description)
        try #require(warnings.count == 2, "\(warnings)")
        #expect(warnings[0].hasPrefix("distribution point \(gone) is passed over: "))
        #expect(warnings[1].hasPrefix("distribution point \(first.location) is passed over: "))
        #expect(try !requests(second, of: "FileLib").isEmpty)
        #expect(group.takeWarnings().isEmpty)
    }

    @Test("a server that did not answer is asked for no further package, unless no other has it")
    func gone() throws {
        let (first, second) = (try served.server(faults: ["status:503@PkgLib"]), try served.server())
        let group = try served.open([first.location, second.location])
        let ids = try ["ABC00001", "ABC00001", "ABC00009"].map { try #require(PackageID($0)) }
        for id in ids.prefix(2) { #expect(try group.package(id).pointNumber == 1) }
        #expect(try requests(first, of: "ABC00001").count == ServedLibrary.access().retries.tryCount)
        let error = try #require(throws: DistributionPointError.self) { try group.package(ids[2]) }
        #expect(error.description.contains("is on none of the distribution points that answer"), "\(error)")
        #expect(try !requests(first, of: "ABC00009").isEmpty)
        #expect(group.takeWarnings().count == 1)
    }

    @Test("a wrong file of one server is taken from another, a local library among them")
    func wrongBytes() throws {
        let server = try served.server(faults: ["flip:5"])
        let group = try served.open([server.location, served.library.string])
        #expect(try served.read(try served.find(group)) == served.files)
    }

    @Test("when none answers it is said so, and when one does that it has not the package too")
    func noneAnswers() throws {
        let gone = "http://127.0.0.1:\(try ApacheServer.freePort())"
        let empty = try served.server(faults: ["status:404@PkgLib"])
        for (locations, words) in [
            ([gone, gone], "none of the 2 distribution points answers"),
            ([gone, empty.location], "is on none of the distribution points that answer"),
        ] {
            let error = try #require(throws: DistributionPointError.self) {
                try served.find(try served.open(locations))
            }
            #expect(error.failureClass == .unreachable)
            #expect(error.description.contains(words), "\(error)")
        }
    }

    @Test("the newest version wins and a stale server is told of; the order counts when that is wanted")
    func versions() throws {
        let newer = try ServedLibrary("newer", versions: 2, folder: folder)
        let (stale, fresh) = (try served.server(), try newer.server())
        let locations = [stale.location, fresh.location]
        let group = try served.open(locations)
        let found = try served.find(group)
        #expect(found.pointNumber == 1)
        #expect(found.content.id.version == 2)
        #expect(
            group.takeWarnings().map(\.description) == [
                "package ABC00001: \(stale.location) has version 1, older than version 2 on \(fresh.location), which is used"
            ])
        let ordered = try served.open(locations, prefersOrder: true)
        #expect(try served.find(ordered).pointNumber == 0)
        #expect(
            ordered.takeWarnings().map(\.description) == [
                "package ABC00001: \(stale.location) has version 1 and is used for prefer order, \(fresh.location) has version 2"
            ])
    }

    @Test("a store that takes nothing keeps nothing, and the bytes pass through")
    func fullStore() throws {
        let server = try served.server()
        try TestFolder.makeFolder(folder.appending("store"))
        try TestFolder.write([], to: folder.appending("store/files"))
        let group = try served.open([server.location])
        #expect(try served.read(try served.find(group)) == served.files)
        let warnings = group.takeWarnings().map(\.description)
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("what comes from servers is not kept: ") == true, "\(warnings)")
        // What is needed as a file is one, elsewhere, until the end.
        let found = try served.find(group)
        let file = try #require(found.content.files.first { $0.path.description == "setup.exe" })
        let fetched = try found.point.fetch(file.file, of: found.content.id)
        #expect(try SmallFile.read(fetched.path) == served.files["setup.exe"])
        #expect(!fetched.path.starts(with: folder.appending("store")))
    }

    @Test("a list that led to a file of another size is not believed again, nor any with rehash")
    func wrongList() throws {
        let server = try served.server()
        let name = try Program.succeed("find", [served.library.string, "-name", "setup.exe.INI"]).output
        let ini = FilePath(String(name.dropLast()))
        let sound = try SmallFile.read(ini)
        let text = String(decoding: sound, as: UTF8.self)
        try TestFolder.write(Array(text.replacing("400003", with: "400004").utf8), to: ini)
        let first = try served.find(try served.open([server.location]))
        #expect(throws: (any Error).self) { try served.read(first) }
        try TestFolder.write(sound, to: ini)
        let group = try served.open([server.location])
        #expect(try served.read(try served.find(group)) == served.files)
        // The hash of the content does not know sizes: the list of before is used, unless nothing of before is believed.
        try TestFolder.write(Array(text.replacing("400003", with: "400005").utf8), to: ini)
        for (rehash, byteCount) in [(false, 400_003), (true, 400_005)] as [(Bool, Int64)] {
            let group = try DistributionPoints([HTTPTransport(ServedLibrary.access())]).open(
                locations: [server.location], store: ContentStore(folder: folder.appending("store"), rehash: rehash),
                interruption: Interruption())
            let file = try served.find(group).content.files.first { $0.path.description == "setup.exe" }
            #expect(file?.byteCount == byteCount, "\(rehash)")
        }
    }

    @Test("what is fetched lies in the store, each file once, and is not fetched again")
    func collection() throws {
        let server = try served.server()
        let store = ContentStore(folder: folder.appending("store"))
        let ids = [try #require(PackageID(ServedLibrary.id))]
        for expected in [4, 0] {
            let group = try served.open([server.location])
            let packages = try ContentCollection(
                from: group, into: store, interruption: Interruption(), progress: SilentProgress()
            ).run(ids)
            #expect(packages.map(\.fileCount) == [5])
            // Nobody has to ask for the empty file, but it lies in the store as others do.
            #expect(packages.map(\.fetchedFileCount) == [expected + (expected > 0 ? 1 : 0)])
        }
        #expect(try requests(server, of: "FileLib").count == 4)
    }
}
