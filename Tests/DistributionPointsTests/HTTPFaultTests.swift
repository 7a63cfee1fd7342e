// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Servers
import Support
import Synchronization
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DistributionPoints

/// What may befall lists and bytes on their way: each fault passes, or another distribution point stands in, or it is an error
/// with the object named; and the store is sound.
@Suite("Faults of servers over HTTP")
struct HTTPFaultTests {
    private let folder: TestFolder
    private let served: ServedLibrary

    init() throws {
        folder = try TestFolder()
        served = try ServedLibrary(folder: folder)
    }

    private func requests(_ server: DistributionPointServer, of part: String) throws -> [String] {
        try server.requests().filter { $0.contains(part) }
    }

    /// Every file that the store has is what its name says.
    private func expectSoundStore() throws {
        let store = ContentStore(folder: folder.appending("store"))
        let verification = try store.verify(threadCount: 1, interruption: Interruption(), progress: SilentProgress())
        #expect(verification.damaged.isEmpty && verification.unreadable.isEmpty)
    }

    // MARK: Faults that pass

    private static let passingFaults = [
        ["close:100000*3"], ["close:0*5"], ["cut:7*3"], ["stall:100000*1"], ["status:503*3"], ["status:500*1"],
        ["status:429,0*3"], ["status:408*2"], ["flip:5*1"], ["short:10*2"], ["long:10*2"], ["gzip*2"],
        ["close:100000*1", "half*2"], ["close:100000*1", "whole*2"], ["status:503@DataLib*5"],
        ["status:429@PkgLib*2"],
    ]

    @Test("a fault that passes costs time and nothing else", arguments: Rounds.some(passingFaults, oneOf: 2))
    func passing(faults: [String]) throws {
        let server = try served.server(faults: faults)
        #expect(try served.read(try served.find(try served.open([server.location]))) == served.files)
        try expectSoundStore()
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

    @Test(
        "who waits is told why, and once of a server that is slow with many files",
        arguments: [
            (["stall:10"], "said nothing for 0.4 seconds; it is asked again (try 2 of 6)"), (["close:0*5"], nil),
        ])
    func told(faults: [String], note: String?) throws {
        let server = try served.server(faults: faults)
        let told = Mutex([String]())
        var access = ServedLibrary.access()
        access.tell = { text in told.withLock { $0.append(text.description) } }
        let found = try served.find(try served.open([server.location], access))
        _ = try? served.read(found)
        let notes = told.withLock { $0 }
        #expect(notes.count == (note == nil ? 0 : 1))
        if let note { #expect(notes.first?.hasSuffix(note) ?? false, "\(notes)") }
    }

    // MARK: Faults that stay

    /// What a fault of every file comes to where nobody else has the content.
    private static let fileFaults: [([String], FailureClass?, String)] = [
        (["close:1000"], FailureClass.unreachable, "could not be read"), (["status:503"], .unreachable, "answers 503"),
        (["flip:5"], .malformed, "has SHA-256"), (["status:429,0"], .unreachable, "answers 429"),
        (["gzip"], .unreachable, "comes packed (gzip)"), (["stall:10"], .unreachable, "said nothing for 0.4 seconds"),
        (
            ["status:404", "status:404@SMS_DP_SMSPKG$/ABC00001.1"], .notFound, "is not there (404)"
        ),
        (["short:10"], .unreachable, "has 399993 bytes, expected 400003"),
        (
            ["redirect:http://127.0.0.1:9/x?secret"], .unreachable,
            "sends us to http://127.0.0.1:9/x, and that is not followed"
        ),
        (["long:10"], .unreachable, "has 400013 bytes, expected 400003"),
        // A server whose ranges are wrong is asked for the whole.
        (["close:100000*1", "half"], nil, ""),
        (["status:403", "status:403@SMS_DP_SMSPKG$/ABC00001.1"], .refused, "may not be read (403)"),
    ]

    @Test(
        "a fault of files that stays is an error of its own class with the file named, nothing wrong is kept, and another stands in",
        arguments: Rounds.some(fileFaults, oneOf: 2))
    func files(faults: [String], failureClass: FailureClass?, words: String) throws {
        let server = try served.server(faults: faults)
        let found = try served.find(try served.open([server.location]))
        let file = try #require(found.content.files.first { $0.byteCount > 100_000 })
        if let failureClass {
            let error = try #require(throws: (any Error).self) {
                try found.point.fetch(file.file, of: found.content.id)
            }
            let diagnostic = try #require(error as? any DiagnosticError)
            #expect(diagnostic.failureClass == failureClass, "\(error)")
            #expect(diagnostic.description.contains(words), "\(error)")
            #expect(diagnostic.description.contains("setup.exe"), "\(error)")
            let kept = [folder.appending("store/files").string, "-type", "f", "!", "-path", "*/uses*"]
            #expect(try Program.succeed("find", kept).output == "")
            let tries = try requests(server, of: file.sha256.upperCase).count
            let isFinal = [.refused, .notFound].contains(failureClass) || words.contains("sends us")
            #expect(isFinal ? tries == 1 : tries >= 5)
        } else {
            _ = try found.point.fetch(file.file, of: found.content.id)
        }
        let group = try served.open([server.location, served.library.string])
        #expect(try served.read(try served.find(group)) == served.files)
        #expect(group.takeWarnings().count == (failureClass == nil ? 0 : 1))
        try expectSoundStore()
    }

    /// The server that is named in a redirect must not even be asked.
    @Test("a redirect is not followed, and what shows who asks goes to nobody else")
    func redirected() throws {
        let other = try served.server()
        let path = "SMS_DP_SMSPKG$/PkgLib/ABC00001.INI"
        let server = try served.server(
            ["--authentication", "basic", "--user", "joe:secret"], faults: ["redirect:\(other.location)/\(path)@PkgLib"]
        )
        var access = ServedLibrary.access()
        access.credentials = try ServerCredentials(lines: Array("* joe secret".utf8), name: "file")
        access.allowsBasicOverHTTP = true
        let error = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location], access))
        }
        #expect(error.description.contains("sends us to \(other.location)/"), "\(error)")
        #expect(try other.requests() == [])
    }

    // MARK: Lists

    /// 10 million names take more bytes than a list may have, so that a list of them and one without an end are the same.
    private static let listFaults: [([String], [String], FailureClass, String)] = [
        ([], ["list:../../x.INI@DataLib/ABC00001.1/"], FailureClass.malformed, "does not lie in the folder"),
        ([], ["endless@DataLib/ABC00001.1/"], .malformed, "sends more than"),
        ([], ["list:http://other/x.INI@DataLib/ABC00001.1/"], .malformed, "does not lie in the folder"),
        (["--listing", "html"], ["endless@DataLib/ABC00001.1/"], .malformed, "sends more than"),
        ([], ["list:/SMS_DP_SMSPKG$/DataLib/ABC00001.1/missing.INI@DataLib/ABC00001.1/"], .notFound, "is not there"),
        ([], ["status:503@DataLib/ABC00001.1/"], .unreachable, "answers 503"),
        ([], ["status:429,0@PkgLib"], .unreachable, "answers 429"),
        ([], ["redirect:http://127.0.0.1:9/@PkgLib"], .unreachable, "sends us to"),
    ]

    @Test(
        "a fault of lists that stays is an error of its own class with the package named, and another stands in",
        arguments: Rounds.some(listFaults, oneOf: 2))
    func lists(options: [String], faults: [String], failureClass: FailureClass, words: String) throws {
        let server = try served.server(options, faults: faults)
        let error = try #require(throws: DistributionPointError.self) {
            try served.find(try served.open([server.location]))
        }
        #expect(error.failureClass == failureClass, "\(error)")
        #expect(error.description.contains(words), "\(error)")
        #expect(error.description.contains("ABC00001"), "\(error)")
        let group = try served.open([server.location, served.library.string])
        #expect(try served.read(try served.find(group)) == served.files)
        #expect(group.takeWarnings().count == 1)
        try expectSoundStore()
    }

    private static let refusals: [([String], FailureClass, String)] = [
        (["status:403.4@SMSPKG"], FailureClass.refused, "wants TLS (403.4); name it as https://127.0.0.1"),
        (["status:403.2@DataLib"], .refused, "may not be read (403.2)"),
        (["status:401@SMSPKG"], .refused, "wants to know who asks (401)"),
        (["status:403.7@SMSPKG"], .refused, "wants a client certificate (403.7); add client certificate"),
        (["status:404@PkgLib"], .notFound, "is not on the distribution point"),
    ]

    @Test(
        "a refusal says what the server wants, and is not tried again", arguments: Rounds.some(refusals, oneOf: 2))
    func refused(faults: [String], failureClass: FailureClass, words: String) throws {
        let server = try served.server(faults: faults)
        let error = try #require(throws: (any Error).self) { try served.find(try served.open([server.location])) }
        let diagnostic = try #require(error as? any DiagnosticError)
        #expect(diagnostic.failureClass == failureClass, "\(error)")
        #expect(diagnostic.description.contains(words), "\(error)")
        let asked = try server.requests()
        #expect(asked.count == Set(asked).count, "\(asked)")
    }
}
