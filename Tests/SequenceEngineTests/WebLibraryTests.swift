// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Fixtures
import Identifiers
import MediaVariables
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

/// Distribution points as the target asks them: by curl of Debian, of servers that are not ours and of bad ones.
@Suite("Distribution points of the target")
struct WebLibraryTests {
    private let work: TestFolder
    private let library: FilePath
    private let run: RunningSequence

    init() throws {
        work = try TestFolder()
        library = try SharedDemo.distributionPoint().library
        run = try RunningSequence("")
    }

    private static var package: PackageID { get throws { try #require(PackageID(DemoSite.toolsPackage)) } }

    private func server(_ location: String, account: String = "", password: String = "") throws -> WebLibrary {
        let server = try WebLibrary(location, account: account, password: password, run.session)
        server.pauseSeconds = 0
        return server
    }

    /// Lists and fetches all of a package, and holds it against the library on its path.
    private func compare(_ server: any ContentServer) throws {
        let own = try ContentLibrary(drives: [library])
        let package = try #require(try server.package(try Self.package))
        #expect(package == (try own.package(try Self.package)))
        let id = try #require(package.contentIDs.first)
        let content = try server.content(id), wanted = try own.content(id)
        #expect(content.files == wanted.files && content.contentHash == wanted.contentHash)
        #expect(content.folders == wanted.folders)
        let volume = VolumeFolder(work.appending("volume-\(UInt64.random(in: .min ... .max))"))
        try Folder.create(volume.root)
        try AwaitedContent(DemoSite.toolsPackage, content, of: server).fetch(to: volume, run.session)
        for file in wanted.files {
            let path = try MediaPath("\(ContentCache.fetchedFolder)/\(DemoSite.toolsPackage)/\(file.path)")
            let found = try #require(try volume.file(path), "\(file.path)")
            #expect(
                try SmallFile.read(found, limit: 1 << 28)
                    == SmallFile.read(try own.locate(file.file, of: id), limit: 1 << 28))
        }
    }

    @Test(
        "a distribution point is listed and read in every form that servers have",
        arguments: [
            [], ["--listing", "html"], ["--no-datalib"], ["--no-filelib"], ["--client-form-only"], ["--no-ranges"],
            ["--root", "NOCERT_SMS_DP_SMSPKG$"],
        ])
    func forms(options: [String]) throws {
        let server = try DistributionPointServer(library: library, options, in: work)
        try compare(try self.server(server.location))
    }

    @Test("Apache with WebDAV is read, and over TLS when the media has its authority")
    func apache() throws {
        let plain = try ApacheServer(library: library, in: work)
        try compare(try server(plain.location))
        let authority = try CertificateAuthority(in: work)
        let issued = try authority.issue("127.0.0.1", usage: "serverAuth\nsubjectAltName=IP:127.0.0.1")
        var options = ApacheServer.Options()
        options.certificate = (issued.certificate, issued.key)
        let apache = try ApacheServer(library: library, options, in: work)
        let error = try #require(throws: EngineError.self) {
            try server(apache.location).package(try Self.package)
        }
        #expect(error.code == .server && error.nextStep?.description.contains("root CA") == true, "\(error)")
        run.session.variables.set(
            MediaVariableList.rootsName, to: try authority.der(ofCertificate: authority.root).hexadecimal(.upper))
        try compare(try server(apache.location))
        withExtendedLifetime((plain, apache)) {}
    }

    @Test("who asks is shown by NTLM, and a refusal says which variables are missing")
    func account() throws {
        let own = try DistributionPointServer(
            library: library, ["--authentication", "ntlm", "--user", "joe:p\"w\\d"], in: work)
        let error = try #require(throws: EngineError.self) { try server(own.location).package(try Self.package) }
        #expect(error.nextStep?.description.contains("TSMediaDistributionPointAccount") == true, "\(error)")
        try compare(try server(own.location, account: "LAB\\joe", password: "p\"w\\d"))
    }

    @Test("a password is never shown to a server that would have it in the clear")
    func basic() throws {
        let own = try DistributionPointServer(
            library: library, ["--authentication", "basic", "--user", "joe:secret"], in: work)
        #expect(throws: EngineError.self) {
            try server(own.location, account: "joe", password: "secret").package(try Self.package)
        }
    }

    @Test(
        "what passes is asked again, and a file goes on where it broke",
        arguments: ["status:503*2", "close:100000*2", "cut:5000*2", "status:503@PkgLib*1", "close:10@DataLib*1"])
    func passing(fault: String) throws {
        let own = try DistributionPointServer(library: library, ["--fault", fault], in: work)
        try compare(try server(own.location))
    }

    @Test(
        "what a server sends and its list does not say is never taken",
        arguments: ["flip:10", "long:5", "short:5"])
    func wrong(fault: String) throws {
        let own = try DistributionPointServer(library: library, ["--fault", fault], in: work)
        let error = try #require(throws: EngineError.self) { try compare(try server(own.location)) }
        #expect(error.code == .content && error.problem.description.contains("its list says"), "\(error)")
    }

    @Test(
        "a list that leads elsewhere is refused",
        arguments: ["list:../../etc/passwd@DataLib", "list:http://other/x@DataLib", "list:a%2Fb.INI@DataLib"])
    func hostile(fault: String) throws {
        let own = try DistributionPointServer(library: library, ["--fault", fault], in: work)
        #expect(throws: (any Error).self) { try compare(try server(own.location)) }
    }

    @Test("a package that a server does not have is none, and a server that is not there is an error in good time")
    func missing() throws {
        let own = try DistributionPointServer(library: library, in: work)
        #expect(try server(own.location).package(try #require(PackageID("ABC0FFFF"))) == nil)
        let port = try ApacheServer.freePort()
        let error = try #require(throws: EngineError.self) {
            try server("http://127.0.0.1:\(port)").package(try Self.package)
        }
        #expect(error.failureClass == .unreachable)
    }

    @Test("what an earlier run fetched whole is not fetched again, and what it left besides is gone")
    func again() throws {
        let own = try DistributionPointServer(library: library, in: work)
        let server = try server(own.location)
        let id = try #require(try server.package(try Self.package)?.contentIDs.first)
        let content = try server.content(id)
        let volume = VolumeFolder(work.appending("again"))
        try Folder.create(volume.root)
        let awaited = try AwaitedContent(DemoSite.toolsPackage, content, of: server)
        try awaited.fetch(to: volume, run.session)
        let place = "\(ContentCache.fetchedFolder)/\(DemoSite.toolsPackage)"
        try volume.write([1, 2, 3], to: try MediaPath("\(place)/left over.bin"))
        let first = try #require(content.files.first { $0.byteCount > 0 })
        try volume.write([4], to: try MediaPath("\(place)/\(first.path)"))
        let count = try own.requests().count
        try awaited.fetch(to: volume, run.session)
        let requests = try own.requests().dropFirst(count)
        #expect(requests.count == 1 && requests.first?.contains(first.sha256.upperCase) == true, "\(requests)")
        #expect(try volume.file(try MediaPath("\(place)/left over.bin")) == nil)
    }

    @Test("a value of curl's configuration ends where it should, whatever is in it")
    func lines() {
        #expect(Curl.line("user", "a\"b\\c\nd") == "user = \"a\\\"b\\\\c\\nd\"")
    }
}
