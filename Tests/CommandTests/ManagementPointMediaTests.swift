// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `--ask-management-point`, against the fixture's management point.
@Suite("Media from a management point")
struct ManagementPointMediaTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func arguments(_ output: String, _ point: String?, _ more: [String] = []) -> [String] {
        [
            "create", "bootable", "--distribution-point", session.library.string, "--store", session.store.string,
            "--boot-image", DemoSite.bootImage, "--output", output,
        ] + (point.map { ["--management-point", $0] } ?? []) + more
    }

    private static func variables(_ media: JSONValue) -> [String: String] {
        media.variables.keys.reduce(into: [:]) { $0[$1] = media.variables[$1].text }
    }

    @Test("site code, further management points and unknown computers come from it; what it adds is named and not used")
    func asks() throws {
        let server = try ManagementPointServer(["ME=127.0.0.1=0", "MP2=mp2.example.com=0"], in: session.work)
        let ask = ["--ask-management-point", "--allow-unknown-machine"]
        let made = try session.succeed(arguments("boot.iso", server.location, ask + ["--json"]))
        let origins = try JSONValue(parsing: made.output).origins.elements.map {
            "\($0.field.text ?? "") \($0.value.text ?? "") \($0.source.text ?? "")"
        }
        let source = "the management point 127.0.0.1"
        #expect(
            origins == [
                "management-point http://mp2.example.com \(source)", "site-code ABC \(source)",
                "unknown-machine-guid x86=87654321-1111-2222-3333-000000000086 \(source)",
                "unknown-machine-guid x64=87654321-1111-2222-3333-000000000064 \(source)",
            ])
        #expect(made.errorText.contains("also says MadeUpKey, MadeUpCertificate"), "\(made.errorText)")
        let variables = Self.variables(try session.inspect("boot.iso"))
        #expect(variables["_SMSTSSiteCode"] == "ABC")
        #expect(variables["SMSTSLocationMPs"] == "\(server.location)*http://mp2.example.com")
        #expect(variables["_SMSTSx64UnknownMachineGUID"] == "87654321-1111-2222-3333-000000000064")
        // The same values by hand.
        try session.succeed(
            arguments(
                "hand.iso", server.location,
                [
                    "--management-point", "http://mp2.example.com", "--site-code", "ABC", "--allow-unknown-machine",
                    "--unknown-machine-guid", "x86=87654321-1111-2222-3333-000000000086", "--unknown-machine-guid",
                    "x64=87654321-1111-2222-3333-000000000064",
                ]))
        #expect(try session.bytes("boot.iso") == session.bytes("hand.iso"))
        // What is given counts more, and what contradicts is told.
        let given = try session.succeed(
            arguments(
                "given.iso", server.location,
                ["--ask-management-point", "--site-code", "XYZ", "--media-mode", "site-based"]))
        #expect(given.errorText.contains("is a management point of the site ABC, and the media is for XYZ"))
        let own = Self.variables(try session.inspect("given.iso"))
        #expect(own["SMSTSMP"] == server.location && own["_SMSTSSiteCode"] == "XYZ")
    }

    @Test("of its list, those over the other scheme are left out and told: no certificate of media goes with both")
    func mixed() throws {
        let server = try ManagementPointServer(
            ["ME=127.0.0.1=0", "MP2=mp2.example.com=63", "MP3=mp3.example.com=0"], in: session.work)
        let made = try session.succeed(
            arguments("boot.iso", server.location, ["--ask-management-point", "--self-signed-certificate"]))
        #expect(
            made.errorText.contains("https://mp2.example.com is on the list of management points and left out"),
            "\(made.errorText)")
        let variables = Self.variables(try session.inspect("boot.iso"))
        #expect(variables["SMSTSLocationMPs"] == "\(server.location)*http://mp3.example.com")
    }

    @Test("a management point that wants https makes that of the media https, and a state that nobody knows is told")
    func secure() throws {
        let server = try ManagementPointServer(["ME=127.0.0.1=63"], in: session.work)
        let authority = try CertificateAuthority(in: session.work)
        let ask = ["--ask-management-point", "--media-mode", "site-based"]
        try session.succeed(arguments("boot.iso", server.location, ask + ["--root-ca", authority.root]))
        let variables = Self.variables(try session.inspect("boot.iso"))
        #expect(variables["SMSTSMP"] == "https://127.0.0.1", "\(variables)")
        // A certificate that no such management point takes.
        let refused = try session.run(
            arguments("x.iso", server.location, ask + ["--self-signed-certificate", "--root-ca", authority.root]))
        #expect(refused.status == 64 && refused.failure.contains("over http"), "\(refused.errorText)")
        // Over TLS, with an authority that is believed.
        let issued = try authority.issue("127.0.0.1", usage: "serverAuth\nsubjectAltName=IP:127.0.0.1")
        let encrypted = try ManagementPointServer(
            ["ME=127.0.0.1=63", "MP2=mp2.example.com=5"], certificate: issued, in: session.work)
        let made = try session.succeed(
            arguments("tls.iso", encrypted.location, ["--ask-management-point", "--root-ca", authority.root]))
        #expect(made.errorText.contains("has the SSLState '5', and what that means is not known"), "\(made.errorText)")
        #expect(Self.variables(try session.inspect("tls.iso"))["SMSTSLocationMPs"] == encrypted.location)
        let distrusted = try session.run(arguments("x.iso", encrypted.location, ["--ask-management-point"]))
        #expect(distrusted.status == 77 && distrusted.failure.contains("--trust"), "\(distrusted.errorText)")
    }

    @Test("with a site, its management points are asked; no server is, offline")
    func withSite() throws {
        let server = try ManagementPointServer(["ME=127.0.0.1=0"], ["--no-unknown"], in: session.work)
        let site = try AdminServiceServer(in: session.work)
        let both = try session.succeed(
            arguments("boot.iso", server.location, ["--ask-management-point", "--dry-run", "--json"]) + site.options)
        let values = try JSONValue(parsing: both.output).origins.elements.compactMap { $0.value.text }
        #expect(values == ["ABC", server.location, DemoSite.bootImage], "\(values)")
        let offline = try session.run(arguments("x.iso", server.location, ["--ask-management-point", "--offline"]))
        #expect(
            offline.status == 64 && offline.failure.contains("--offline asks no server, and --ask"),
            "\(offline.errorText)")
        let nobody = try session.run(arguments("x.iso", nil, ["--ask-management-point"]))
        #expect(
            nobody.status == 64 && nobody.failure.contains("add --management-point or --site"), "\(nobody.errorText)")
        let unknown = try session.run(
            arguments("x.iso", server.location, ["--ask-management-point", "--allow-unknown-machine"]))
        #expect(unknown.status == 64 && unknown.failure.contains("--unknown-machine-guid"), "\(unknown.errorText)")
        let port = try ApacheServer.freePort()
        let gone = try session.run(arguments("x.iso", "http://127.0.0.1:\(port)", ["--ask-management-point"]))
        #expect(gone.status == 69, "\(gone.errorText)")
        #expect(try session.outputs().isEmpty)
    }
}
