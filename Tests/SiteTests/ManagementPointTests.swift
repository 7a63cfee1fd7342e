// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import Servers
@testable import Site

/// The client against the fixture's management point.
@Suite("Asking a management point")
struct ManagementPointTests {
    private let work: TestFolder

    init() throws { work = try TestFolder() }

    private func service(_ server: ManagementPointServer) throws -> ManagementPointService {
        var access = ServerAccess()
        access.retries = RetryPolicy(tryCount: 3, firstPause: 0.005, longestPause: 0.02)
        access.stallSeconds = 0.5
        return ManagementPointService(try #require(ManagementPointLocation(server.location)), access)
    }

    @Test("it says which management points there are, over what they answer, and what media has to know of the site")
    func answers() throws {
        let server = try ManagementPointServer(
            ["MP1=mp1.example.com=0", "MP2=mp2.example.com=63", "MP3=mp3.example.com=7"], in: work)
        let service = try service(server)
        let points = try service.points()
        #expect(points.map(\.fullName) == ["mp1.example.com", "mp2.example.com", "mp3.example.com"])
        #expect(points.map(\.scheme) == ["http", "https", nil] && points[2].sslState == "7")
        let keys = try service.keys()
        #expect(keys.siteCode == "ABC" && keys.unknownComputers.map(\.architecture) == [.x86, .x64])
        #expect(keys.unknownComputers.last?.guid == "87654321-1111-2222-3333-000000000064")
        // Nobody knows what they mean: they are named, and nothing more.
        #expect(keys.others == ["MadeUpKey", "MadeUpCertificate"])
        #expect(
            try server.requests().map { $0.split(separator: " ")[1] } == [
                "/SMS_MP/.sms_aut?MPLIST", "/SMS_MP/.sms_aut?MPKEYINFORMATIONMEDIA",
            ])
    }

    @Test(
        "a bad day ends in success or in what it was",
        arguments: [
            ("status:503*1", nil, ""), ("close:5*1", nil, ""),
            ("status:503", .unreachable, "answers 503"), ("close:5", .unreachable, "could not be read"),
            ("status:404", .notFound, "is not there (404)"), ("status:403.4", .refused, "wants TLS (403.4)"),
            ("status:403.7", .refused, "wants a client certificate (403.7); add client certificate"),
            ("status:400", .malformed, "answers 400"),
        ] as [(String, FailureClass?, String)])
    func faults(fault: String, failure: FailureClass?, words: String) throws {
        let server = try ManagementPointServer(faults: [fault], in: work)
        let service = try service(server)
        guard let failure else {
            #expect(try service.points().count == 1)
            return
        }
        let error = try #require(throws: SiteError.self) { try service.points() }
        #expect(error.failureClass == failure && error.description.contains(words), "\(error)")
        #expect(error.description.contains("127.0.0.1"), "\(error)")
    }

    @Test(
        "hostile answers are refused, and named",
        arguments: [
            ("", "what is not XML"), ("<html>", "what is not XML"), ("<List/>", "instead of <MPList>"),
            ("<MPList/>", "lists 0 management points"), ("<MPList><MP/></MPList>", "without a name"),
            (#"<MPList><MP Name="x" FQDN="x/../y"/></MPList>"#, "without a name"),
            (#"<MPList><MP Name="x" FQDN="x:80"/></MPList>"#, "without a name"),
            (#"<!DOCTYPE x [<!ENTITY e "x">]><MPList/>"#, "what is not XML"),
        ])
    func hostile(body: String, words: String) throws {
        let file = try work.write(body.utf8, to: "answer")
        let server = try ManagementPointServer(faults: ["body:\(file)"], in: work)
        let error = try #require(throws: SiteError.self) { try service(server).points() }
        #expect(error.code == .malformedAnswer && error.description.contains(words), "\(error)")
    }

    @Test("a site code that is none is refused, and what is missing is missing")
    func keys() throws {
        let bad = try work.write("<R><SITECODE>AB*</SITECODE></R>".utf8, to: "bad")
        let wrong = try ManagementPointServer(faults: ["body:\(bad)"], in: work)
        let error = try #require(throws: SiteError.self) { try service(wrong).keys() }
        #expect(error.description.contains("which is none"), "\(error)")
        let empty = try work.write("<R>\(String(repeating: "<X/>", count: 30))</R>".utf8, to: "empty")
        let server = try ManagementPointServer(faults: ["body:\(empty)"], in: work)
        let keys = try service(server).keys()
        #expect(keys.siteCode == nil && keys.unknownComputers.isEmpty)
        #expect(keys.others.count == 21 && keys.others.last == "10 more")
    }

    @Test(
        "a URL is that of a server",
        arguments: [
            ("http://mp1", "http://mp1/SMS_MP/.sms_aut?MPLIST"),
            ("HTTPS://MP1.example.com:8443/", "https://mp1.example.com:8443/SMS_MP/.sms_aut?MPLIST"),
            ("https://x/CCM_Proxy_MutualAuth/72", "https://x/CCM_Proxy_MutualAuth/72/SMS_MP/.sms_aut?MPLIST"),
            ("ftp://mp1", nil), ("http://", nil), ("http://a@mp1", nil), ("http://mp1?x", nil), ("http://mp1/a b", nil),
        ] as [(String, String?)])
    func locations(text: String, url: String?) {
        #expect(ManagementPointLocation(text)?.url(of: "MPLIST") == url)
    }
}
