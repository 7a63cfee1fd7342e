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
        _ = try served.find(try served.open([server.location]))
        let asked = try server.requests().count
        let bytes = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location], access))
        }
        #expect(bytes.description.contains("is not in the store: 4 of its 5 files are missing"), "\(bytes)")
        #expect(try server.requests().count == asked)
        _ = try served.read(try served.find(try served.open([server.location])))
        let after = try server.requests().count
        #expect(try served.read(try served.find(try served.open([server.location], access))) == served.files)
        #expect(try server.requests().count == after)
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

    // MARK: Faults that pass

    private static let passingFaults = [
        ["close:100000*3"], ["close:0*5"], ["cut:7*3"], ["stall:100000*1"], ["status:503*3"], ["status:500*1"],
        ["status:429,0*3"], ["status:408*2"], ["flip:5*1"], ["short:10*2"], ["long:10*2"], ["gzip*2"],
        ["close:100000*1", "half*2"], ["close:100000*1", "whole*2"], ["status:503@DataLib*5"],
        ["status:429@PkgLib*2"],

    ]

    @Test(
        "a fault that passes costs time and nothing else", arguments: Rounds.some(passingFaults, oneOf: 2))
    func passing(faults: [String]) throws {
        let server = try served.server(faults: faults)
        #expect(try served.read(try served.find(try served.open([server.location]))) == served.files)
    }

    @Test("a transfer that broke goes on where it broke")
    func resumed() throws {
        let server = try served.server(faults: ["close:100000*3"])
        let found = try served.find(try served.open([server.location]))
        let file = try #require(found.content.files.first { $0.byteCount > 100_000 })
        _ = try found.point.fetch(file.file, of: found.content.id)
        let firsts = try requests(server, of: file.sha256.upperCase).map { $0.split(separator: " ")[2] }
        #expect(firsts == ["0", "100000", "200000", "300000"])
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

    // MARK: Faults that stay

    private static let stayingFaults: [([String], FailureClass, String)] = [
        (["status:503"], FailureClass.unreachable, "answers 503"), (["close:0"], .unreachable, "could not be read"),
        (["stall:10"], .unreachable, "said nothing for 0.4 seconds"), (["flip:5"], .malformed, "has SHA-256"),
        (["short:10"], .unreachable, "has 399993 bytes, expected 400003"),
        (["gzip"], .unreachable, "comes packed (gzip)"),
        (
            ["redirect:http://127.0.0.1:9/x?secret"], .unreachable,
            "sends us to http://127.0.0.1:9/x, and that is not followed"
        ),
        (["status:404", "status:404@SMS_DP_SMSPKG$/ABC00001.1"], .notFound, "is not there (404)"),
        (["status:403", "status:403@SMS_DP_SMSPKG$/ABC00001.1"], .refused, "may not be read (403)"),
    ]

    @Test(
        "a fault that stays is an error of its own class with the object named, and nothing is kept",
        arguments: Rounds.some(stayingFaults, oneOf: 2))
    func staying(faults: [String], failureClass: FailureClass, words: String) throws {
        let server = try served.server(faults: faults)
        let found = try served.find(try served.open([server.location]))
        let file = try #require(found.content.files.first { $0.byteCount > 100_000 })
        let error = try #require(throws: (any Error).self) { try found.point.fetch(file.file, of: found.content.id) }
        let diagnostic = try #require(error as? any DiagnosticError)
        #expect(diagnostic.failureClass == failureClass, "\(error)")
        #expect(diagnostic.description.contains(words), "\(error)")
        #expect(diagnostic.description.contains("setup.exe"), "\(error)")
        let kept = [folder.appending("store/files").string, "-type", "f", "!", "-path", "*/uses*"]
        #expect(try Program.succeed("find", kept).output == "")
        let tries = try requests(server, of: file.sha256.upperCase).count
        #expect([.refused, .notFound].contains(failureClass) || words.contains("sends us") ? tries == 1 : tries >= 5)
    }

    private static let listFaults: [([String], FailureClass, String)] = [
        (["status:503@PkgLib"], FailureClass.unreachable, "answers 503"),
        (["status:403.4@SMSPKG"], .refused, "wants TLS (403.4); name it as https://127.0.0.1"),
        (["status:403.7@SMSPKG"], .refused, "wants a client certificate (403.7); add client certificate"),
        (["status:403.2@DataLib"], .refused, "may not be read (403.2)"),
        (["status:401@SMSPKG"], .refused, "wants to know who asks (401)"),
        (["status:404@PkgLib"], .notFound, "is not on the distribution point"),
        (["redirect:http://127.0.0.1:9/@PkgLib"], .unreachable, "sends us to"),
        (["endless@DataLib/ABC00001.1/"], .malformed, "sends more than"),
        (["list:../../x.INI@DataLib/ABC00001.1/"], .malformed, "does not lie in the folder"),
        (["list:http://other/x.INI@DataLib/ABC00001.1/"], .malformed, "does not lie in the folder"),
        (["list:/SMS_DP_SMSPKG$/DataLib/ABC00001.1/missing.INI@DataLib/ABC00001.1/"], .notFound, "is not there"),
    ]

    @Test(
        "what keeps lists from being read is an error of its own class",
        arguments: Rounds.some(listFaults, oneOf: 2))
    func lists(faults: [String], failureClass: FailureClass, words: String) throws {
        let server = try served.server(faults: faults)
        let error = try #require(throws: (any Error).self) { try served.find(try served.open([server.location])) }
        let diagnostic = try #require(error as? any DiagnosticError)
        #expect(diagnostic.failureClass == failureClass, "\(error)")
        #expect(diagnostic.description.contains(words), "\(error)")
    }

    @Test("an endless page is left too")
    func endlessPage() throws {
        let server = try served.server(["--listing", "html"], faults: ["endless@DataLib/ABC00001.1/"])
        let error = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location]))
        }
        #expect(error.failureClass == .malformed)
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
        let wrong = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location], access, store: "other"))
        }
        #expect(wrong.description.contains("does not accept the user (401, NTLM)"), "\(wrong)")
        #expect(!wrong.description.contains("secret"))
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
