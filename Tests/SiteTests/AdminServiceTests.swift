// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing

@testable import Servers
@testable import Site

/// The client against the fixture's site, over TLS.
@Suite("Asking a site")
struct AdminServiceTests {
    private let work: TestFolder

    init() throws { work = try TestFolder() }

    private static let scope = "ScopeId_3F0A6A2E-5B1D-4C79-8E34-91D2C7B6A501"

    private static func model(_ number: Int) -> String {
        "\(scope)/Application_0000000\(number)-0f0e-4f4d-8a53-5f1d6f0a7c11"
    }

    /// Servers are waited for in hundredths of the usual time.
    private func service(
        _ server: AdminServiceServer, token: String? = nil, thumbprint: String? = nil,
        _ change: (inout ServerAccess) throws -> Void = { _ in }
    ) throws -> AdminService {
        var access = ServerAccess()
        access.retries = RetryPolicy(tryCount: 4, firstPause: 0.005, longestPause: 0.02)
        access.stallSeconds = 0.5
        try change(&access)
        var input = SiteInput(site: server.location)
        input.certificateThumbprint = thumbprint ?? server.thumbprint
        input.token = token
        return try input.service(access)
    }

    /// A bare sequence in a file of its own, which calls `child`.
    private func sequence(_ name: String, calling child: String? = nil) throws -> String {
        let text = SequenceFixture.sequence(child.map { SequenceFixture.child($0) } ?? "")
        return try work.write(text.utf8, to: "\(name).xml").string
    }

    @Test("lists are read page by page, sorted, and of lazy properties nothing is asked")
    func lists() throws {
        let server = try AdminServiceServer(["--page", "1"], in: work)
        let service = try service(server)
        #expect(try service.identity().siteCode == "ABC")
        #expect(try service.sites().map(\.serverName) == ["cm01.example.com", "cm02.example.com"])
        let packages = try service.packages(.package)
        #expect(packages.map(\.id.description) == ["ABC00002", "ABC00011"] && packages[0].version == 3)
        #expect(packages[0].displayVersion == nil && packages[0].size == 2048 << 10)
        let boot = try #require(try service.bootImages().first)
        #expect(boot.architecture == "x64" && boot.windowsVersion == "10.0.26100.1" && boot.isDefault)
        #expect(try service.distributionPoints().map(\.scheme) == ["http", "https"])
        #expect(try service.managementPoints().map(\.siteCode) == ["ABC", "ABC"])
        #expect(try service.applications().map(\.name) == ["Demo Reader", "Link", "Old Reader", "Reader", "Runtime"])
        let certificate = try service.certificates()
        #expect(certificate.map(\.thumbprint) == ["0123456789ABCDEF0123456789ABCDEF01234567"])
        #expect(certificate[0].keyType == "self-signed" && certificate[0].validUntil == "2027-01-01T00:00:00Z")
        #expect(try !server.requests().contains { $0.contains("SDMPackageXML") || $0.contains("Sequence,") })
        #expect(try server.requests().allSatisfy { $0.hasPrefix("GET ") })
    }

    @Test("the catalog has contents, dependencies and supersedence of each application, and is read as it was written")
    func catalog() throws {
        let server = try AdminServiceServer(["--page", "2"], in: work)
        let catalog = try service(server).catalog()
        let reader = try #require(catalog.applications("Reader").first)
        #expect(catalog.applications("Reader").count == 1)
        #expect(reader.version == "24.2" && reader.packageID == "ABC00031")
        #expect(reader.contents == ["Content_00000001-1d55-4f0b-9c61-0f6a4f3f9d20.1"])
        #expect(reader.dependencies == [Self.model(2)] && reader.supersedes == [Self.model(3)])
        #expect(catalog.package("abc00010")?.contents == ["ABC00010.1"])
        #expect(catalog.package("ABC00012")?.type == .driverPackage && catalog.package("ABC00021")?.version == "24H2")
        let link = try #require(catalog.applications("Link").first)
        #expect(link.packageID == nil && link.contents.isEmpty)
        #expect(try SiteCatalogFile.read(SiteCatalogFile.bytes(of: catalog), source: "x") == catalog)
    }

    @Test("a task sequence is found by ID and by name, and those that it calls come with it")
    func taskSequences() throws {
        let (main, child) = (try sequence("main", calling: "ABC00052"), try sequence("child"))
        let server = try AdminServiceServer(
            [
                "--sequence", "ABC00051=It's Windows=\(main)", "--sequence", "ABC00052=Child=\(child)", "--sequence",
                "ABC00053=Twice=\(child)", "--sequence", "ABC00054=Twice=\(child)", "--sequence",
                "ABC00055=ABC00052=\(child)",
            ], in: work)
        let service = try service(server)
        let found = try service.taskSequence("It's Windows", includingChildren: true)
        #expect(found.map(\.packageID) == ["ABC00051", "ABC00052"])
        #expect(found[0].name == "It's Windows" && found[0].bootImageID == "ABC00005")
        #expect(found[0].sequenceXML == (try SmallFile.read(FilePath(main))))
        #expect(found[0].applicationPackages[Self.model(1)] == "ABC00031")
        #expect(found[0].describedReferences.map(\.name) == ["Name of ABC00052"])
        // An ID counts more than a name that looks like one.
        #expect(try service.taskSequence("abc00052", includingChildren: false).map(\.name) == ["Child"])
        let twice = try #require(throws: SiteError.self) { try service.taskSequence("Twice", includingChildren: false) }
        #expect(twice.code == .ambiguous && twice.description.contains("2: ABC00053, ABC00054"), "\(twice)")
        let gone = try #require(throws: SiteError.self) { try service.taskSequence("Gone", includingChildren: false) }
        #expect(gone.failureClass == .notFound, "\(gone)")
        #expect(try service.taskSequences().count == 5)
    }

    @Test("users are shown by NTLM, in the clear or by a token, and none of it is in an error")
    func users() throws {
        let name = "127.0.0.1 user s3cret"
        let credentials = try ServerCredentials(lines: Array(name.utf8), name: "file")
        for (way, user) in [("ntlm", "user:s3cret"), ("basic", "user:s3cret")] {
            let server = try AdminServiceServer(["--authentication", way, "--user", user], in: work)
            let known = try service(server) { $0.credentials = credentials }
            #expect(try known.identity().siteCode == "ABC", "\(way)")
            if way == "ntlm" { continue }
            let nobody = try #require(throws: SiteError.self) { try service(server).identity() }
            #expect(nobody.failureClass == .refused && nobody.description.contains("add credentials"), "\(nobody)")
            let wrong = try service(server) {
                $0.credentials = try ServerCredentials(lines: Array("* user wr0ng".utf8), name: "file")
            }
            let refused = try #require(throws: SiteError.self) { try wrong.identity() }
            #expect(refused.failureClass == .refused && !refused.description.contains("wr0ng"), "\(refused)")
        }
        let server = try AdminServiceServer(["--authentication", "bearer", "--user", "t0ken"], in: work)
        #expect(try service(server, token: "t0ken").identity().siteCode == "ABC")
        let refused = try #require(throws: SiteError.self) { try service(server, token: "0ther").identity() }
        #expect(refused.failureClass == .refused && !refused.description.contains("0ther"), "\(refused)")
        #expect(throws: SiteError.self) { try service(server, token: "two words") }
    }

    @Test("the site's own certificate is believed by its thumbprint or as an authority, and no other is")
    func trust() throws {
        let server = try AdminServiceServer(in: work)
        let other = String(repeating: "0", count: 64)
        let error = try #require(throws: SiteError.self) { try service(server, thumbprint: other).identity() }
        #expect(error.failureClass == .refused && error.description.contains("site certificate thumbprint"), "\(error)")
        var input = SiteInput(site: server.location)
        var access = ServerAccessInput()
        #expect(throws: SiteError.self) { try input.service(try access.access()).identity() }
        access.trust = [FilePath(server.certificate)]
        #expect(try input.service(try access.access()).identity().siteCode == "ABC")
        input.certificateThumbprint = "12"
        #expect(throws: ServerAccessError.self) { try input.service(try access.access()) }
    }

    @Test(
        "a bad day ends in success or in what it was",
        arguments: [
            ("status:503*2", nil, ""), ("close:20*2", nil, ""), ("stall:20*1", nil, ""), ("slow:0.1", nil, ""),
            ("status:503", .unreachable, "answers 503: The provider says no."),
            ("status:500", .unreachable, "answers 500: The provider says no."),
            ("status:400", .malformed, "answers 400: The provider says no."),
            ("status:403", .refused, "may not be read (403): The provider says no."),
            ("status:404", .notFound, "is not there (404): The provider says no."),
            ("redirect:https://x/", .unreachable, "sends us to https://x/"),
            ("close:20", .unreachable, "could not be read"),
            ("stall:20", .unreachable, "said nothing"),
            ("next:https://x/AdminService/wmi/SMS_Site", .malformed, "goes on at"),
            ("next:SMS_Identification", .malformed, "goes on without an end"),
        ] as [(String, FailureClass?, String)])
    func faults(fault: String, failure: FailureClass?, words: String) throws {
        let server = try AdminServiceServer(faults: [fault], in: work)
        let service = try service(server)
        guard let failure else {
            #expect(try service.identity().siteCode == "ABC")
            return
        }
        let error = try #require(throws: SiteError.self) { try service.identity() }
        #expect(error.failureClass == failure, "\(error)")
        #expect(error.description.contains(words), "\(error)")
        #expect(error.description.contains("127.0.0.1"), "\(error)")
        #expect(!error.description.contains("$select"), "\(error)")
    }

    @Test(
        "hostile answers are refused, and named",
        arguments: [
            ("<html>", "what is not JSON"), ("", "what is not JSON"), ("{}", "without a value"),
            ("[]", "what is not JSON"),
            ("{\"value\":{}}", "what is not JSON"), ("{\"value\":[1]}", "something else than objects"),
            ("{\"value\":[{}]}", "SMS_Identification.SiteCode without a value"),
            ("{\"value\":[{\"SiteCode\":1}]}", "as something else than a text"),
            ("{\"value\":[{\"SiteCode\":\"AAAAAAAAAAAAAAAAAAAAAAA\"}]}", "with more than 16 bytes"),
            ("{\"value\":[]}", "does not say which site it is"),
            ("{\"value\":[{\"SiteCode\":\"ABC\",\"ServerName\":\"x\"}", "what is not JSON"),
        ])
    func hostile(answer: String, words: String) throws {
        let file = try work.write(answer.utf8, to: "answer")
        let server = try AdminServiceServer(faults: ["body:\(file)"], in: work)
        let error = try #require(throws: SiteError.self) { try service(server).identity() }
        #expect(error.failureClass == .malformed && error.description.contains(words), "\(error)")
    }

    @Test(
        "numbers and IDs that cannot be are refused",
        arguments: [
            ("\"PackageID\":\"../../etc\"", "which is no package ID"),
            ("\"SourceVersion\":99999999999", "which it cannot be"),
            ("\"SourceVersion\":-1", "which it cannot be"), ("\"SourceVersion\":1.5", "which it cannot be"),
            ("\"PackageSize\":9223372036854775807", "which it cannot be"),
            ("\"Name\":[]", "as something else than a text"),
        ])
    func values(member: String, words: String) throws {
        let usual = ["PackageID": "\"ABC00001\"", "SourceVersion": "1", "Name": "\"x\"", "PackageSize": "1"]
        let rest = usual.filter { !member.hasPrefix("\"\($0.key)\"") }.map { "\"\($0.key)\":\($0.value)" }
        let body = "{\"value\":[{\((rest + [member]).joined(separator: ","))}]}"
        let file = try work.write(body.utf8, to: "answer")
        let server = try AdminServiceServer(faults: ["body:\(file)"], in: work)
        let error = try #require(throws: SiteError.self) { try service(server).packages(.package) }
        #expect(error.failureClass == .malformed && error.description.contains(words), "\(error)")
    }
}
