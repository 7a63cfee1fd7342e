// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Servers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DistributionPoints

/// Against a server that is not ours: Apache, with the certificates of openssl.
@Suite("A real server")
struct ApacheTests {
    private let folder: TestFolder
    private let served: ServedLibrary

    init() throws {
        folder = try TestFolder()
        served = try ServedLibrary(folder: folder)
    }

    @Test("a library is listed by WebDAV and read over HTTP, and lists of the first run serve the second")
    func plain() throws {
        let apache = try ApacheServer(library: served.library, in: folder)
        for _ in 0..<2 {
            let found = try served.find(try served.open([apache.location]))
            #expect(try served.read(found) == served.files)
            #expect(found.content.warnings.isEmpty)
        }
        let asked = try apache.requests()
        #expect(asked.filter { $0.contains(" PROPFIND ") }.count == 4)
        #expect(asked.filter { $0.contains("FileLib") }.count == 4)
    }

    @Test("TLS: an authority, a thumbprint or neither; a client certificate, or a refusal that says so; HTTP/2")
    func tls() throws {
        let authority = try CertificateAuthority(in: folder)
        let server = try authority.issue("127.0.0.1", usage: "serverAuth\nsubjectAltName=IP:127.0.0.1")
        let client = try authority.export(try authority.issue("client"))
        var options = ApacheServer.Options()
        options.certificate = (server.certificate, server.key)
        options.clientAuthority = authority.root
        let apache = try ApacheServer(library: served.library, options, in: folder)

        func failure(_ access: ServerAccess) throws -> String {
            try #require(
                throws: DistributionPointError.self,
                performing: { try served.find(try served.open([apache.location], access, store: "none")) }
            ).description
        }
        var input = ServerAccessInput()
        #expect(try failure(try input.access()).contains("is not believed"))
        input.trust = [FilePath(authority.root)]
        #expect(try failure(try input.access()).contains("wants a client certificate"))
        input.clientCertificate = FilePath(client)
        #expect(throws: CryptographyError.self) { try input.access() }
        input.clientCertificatePassword = "Kennwört"
        var access = try input.access()
        #expect(try served.read(try served.find(try served.open([apache.location], access))) == served.files)
        #expect(try apache.requests().contains { $0.hasPrefix("HTTP/2.0 GET ") })
        input.trust = []
        let digests = [
            SHA1.digest(of: try authority.der(ofCertificate: server.certificate)).hexadecimal(.upper),
            SHA256.digest(of: try authority.der(ofCertificate: server.certificate)).description,
        ]
        for digest in digests {
            input.serverCertificateThumbprint = digest
            access = try input.access()
            #expect(try served.find(try served.open([apache.location], access, store: digest)).content.files.count == 5)
        }
        input.serverCertificateThumbprint = String(digests[0].dropLast()) + (digests[0].hasSuffix("0") ? "1" : "0")
        #expect(try failure(try input.access()).contains("another certificate than the one whose thumbprint"))
    }

    @Test("a password is asked for, and taken when it is right")
    func basic() throws {
        var options = ApacheServer.Options()
        options.user = ("joe", "secret phrase")
        let apache = try ApacheServer(library: served.library, options, in: folder)
        var access = ServedLibrary.access()
        access.allowsBasicOverHTTP = true
        for (line, words) in [("", "it takes basic"), ("* joe wrong", "does not accept the user (401, Basic)")] {
            access.credentials = try ServerCredentials(lines: Array(line.utf8), name: "file")
            let error = try #require(throws: DistributionPointError.self) {
                try served.find(try served.open([apache.location], access))
            }
            #expect(error.failureClass == .refused)
            #expect(error.description.contains(words), "\(error)")
        }
        access.credentials = try ServerCredentials(lines: Array("127.0.0.1 joe secret phrase".utf8), name: "file")
        #expect(try served.read(try served.find(try served.open([apache.location], access))) == served.files)
    }
}
