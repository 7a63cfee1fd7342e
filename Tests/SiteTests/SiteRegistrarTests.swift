// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import Servers
@testable import Site

/// What is written to a site, against the fixture's: what is sent, how often, and what a bad day does to it.
@Suite("Registering and blocking certificates")
struct SiteRegistrarTests {
    private let work: TestFolder
    private static let guid = "{87654321-0000-4000-8000-00000000000A}"
    private static let fixed = "0123456789ABCDEF0123456789ABCDEF01234567"

    init() throws { work = try TestFolder() }

    private func service(_ server: AdminServiceServer, _ credentials: ServerCredentials? = nil) throws -> AdminService {
        var access = ServerAccess()
        access.retries = RetryPolicy(tryCount: 4, firstPause: 0.005, longestPause: 0.02)
        access.stallSeconds = 0.5
        if let credentials { access.credentials = credentials }
        var input = SiteInput(site: server.location)
        input.certificateThumbprint = server.thumbprint
        return try input.service(access)
    }

    private func record(_ affinity: SiteRegistration.UserDeviceAffinity = .disabled) throws -> SiteRegistration {
        let authority = try CertificateAuthority(in: work)
        let read = try Certificate.read(SmallFile.read(FilePath(authority.root)), name: "root")
        return SiteRegistration(mediaGUID: Self.guid, certificate: read[0], userDeviceAffinity: affinity)
    }

    @Test("the site gets the certificate as it is, for boot media, and no private key; a second time nothing is sent")
    func registers() throws {
        let server = try AdminServiceServer(in: work)
        let record = try record(.pending)
        let registrar = SiteRegistrar(try service(server))
        #expect(try registrar.register(record) == .registered(others: []))
        #expect(try registrar.register(record) == .alreadyRegistered)
        #expect(try SiteRegistrar(try service(server)).register(record) == .alreadyRegistered)
        let calls = try server.calls()
        #expect(calls.count == 1)
        let sent = try JSONValue(parsing: String(calls[0].drop { $0 != " " }))
        #expect(calls[0].hasPrefix("SMS_Site.SubmitRegistrationRecord "))
        #expect(sent["SMSID"].text == Self.guid && sent["Type"].number == 1 && sent["UdaSetting"].number == 1)
        #expect(sent["Certificate"].text == record.certificate.der.hexadecimal(.upper))
        let known = try service(server).certificates(thumbprint: record.certificate.thumbprint.lowercased())
        #expect(known.map(\.id) == [Self.guid] && !known[0].isBlocked)
    }

    @Test("an answer that is lost is looked after, and nothing is sent twice")
    func lost() throws {
        let server = try AdminServiceServer(faults: ["lost@Submit"], in: work)
        #expect(try SiteRegistrar(try service(server)).register(try record()) == .registered(others: []))
        #expect(try server.calls().count == 1)
        #expect(try server.requests().count { $0.hasPrefix("POST ") } == 1)
    }

    @Test(
        "what the site refuses is refused, with its words",
        arguments: [
            (
                "status:403@Submit", [], FailureClass.refused,
                "may not be called by this user (403): The provider says no."
            ),
            ("status:503@Submit", [], .unreachable, "answers 503: The provider says no."),
            ("status:400@Submit", [], .malformed, "answers 400: The provider says no."),
            ("status:404@Submit", [], .notFound, "is not there (404)"),
            ("close:0@SMS_Certificate", [], .unreachable, "could not be read"),
            ("status:403@SMS_Certificate", [], .refused, "may not be read (403)"),
            ("status:503@nothing", ["--returns", "5"], .malformed, "was not done: it returns 5"),
        ] as [(String, [String], FailureClass, String)])
    func faults(fault: String, options: [String], failure: FailureClass, words: String) throws {
        let server = try AdminServiceServer(options, faults: [fault], in: work)
        let error = try #require(throws: SiteError.self) {
            try SiteRegistrar(try service(server)).register(try record())
        }
        #expect(error.failureClass == failure && error.description.contains(words), "\(error)")
        #expect(try server.requests().count { $0.hasPrefix("POST ") } <= 1)
    }

    @Test("an answer without a ReturnValue is no success")
    func answers() throws {
        for body in ["{}", "[]", "", "{\"ReturnValue\":null}", "{\"ReturnValue\":\"0\"}"] {
            let file = try work.write(body.utf8, to: "answer")
            let server = try AdminServiceServer(faults: ["body:\(file)@Submit"], in: work)
            let error = try #require(throws: SiteError.self) {
                try SiteRegistrar(try service(server)).register(try record())
            }
            #expect(error.code == .malformedAnswer, "\(body): \(error)")
        }
    }

    @Test("a certificate that is known and blocked is no registered one")
    func blockedBefore() throws {
        let server = try AdminServiceServer(["--blocked"], in: work)
        let record = try record()
        #expect(try SiteRegistrar(try service(server)).register(record) == .registered(others: []))
        let error = try #require(throws: SiteError.self) { try SiteRegistrar(try service(server)).register(record) }
        #expect(error.code == .blocked && error.failureClass == .refused, "\(error)")
        #expect(try server.calls().count == 1)
    }

    @Test("a certificate is found by its thumbprint in whatever spelling, blocked, and let in again")
    func blocks() throws {
        let server = try AdminServiceServer(in: work)
        let service = try service(server)
        let found = try service.certificates(thumbprint: "01:23 456789abcdef0123456789abcdef01234567")
        #expect(found.map(\.thumbprint) == [Self.fixed] && !found[0].isBlocked)
        #expect(try service.setBlocked(true, found[0]).isBlocked)
        #expect(try service.certificates(thumbprint: Self.fixed)[0].isBlocked)
        #expect(try !service.setBlocked(false, found[0]).isBlocked)
        #expect(
            try server.calls() == [
                #"SMS_CertificateInfo.BlockCertificate {"Blocked": true, "SMSID": "\#(found[0].id)"}"#,
                #"SMS_CertificateInfo.BlockCertificate {"Blocked": false, "SMSID": "\#(found[0].id)"}"#,
            ])
        let gone = try #require(throws: SiteError.self) {
            try service.certificates(thumbprint: String(repeating: "0", count: 40))
        }
        #expect(gone.failureClass == .notFound, "\(gone)")
    }

    @Test("of certificates with one media GUID each is listed, and none is blocked where the site cannot be told which")
    func shared() throws {
        let two = try AdminServiceServer(["--twin", "FF"], in: work)
        let twins = try service(two)
        #expect(try twins.certificates().map(\.thumbprint) == [Self.fixed, "FF"])
        let error = try #require(throws: SiteError.self) { try twins.certificates(thumbprint: Self.fixed) }
        #expect(error.code == .ambiguous && error.description.contains("in the console"), "\(error)")
        #expect(try SiteRegistrar(twins).register(try record()) == .registered(others: []))
        #expect(try two.calls().count == 1)
        // Registered twice, it is one.
        let server = try AdminServiceServer(["--twin", Self.fixed], in: work)
        let same = try service(server)
        let found = try same.certificates(thumbprint: Self.fixed)
        #expect(found.count == 1)
        #expect(try same.setBlocked(true, found[0]).isBlocked)
        #expect(try server.calls().count == 1)
    }

    @Test("users are shown for calls as for lists")
    func users() throws {
        let credentials = try ServerCredentials(lines: Array("* user s3cret".utf8), name: "file")
        for way in ["ntlm", "basic"] {
            let server = try AdminServiceServer(["--authentication", way, "--user", "user:s3cret"], in: work)
            let outcome = try SiteRegistrar(try service(server, credentials)).register(try record())
            #expect(outcome == .registered(others: []), "\(way)")
            #expect(try server.calls().count == 1)
        }
    }
}
