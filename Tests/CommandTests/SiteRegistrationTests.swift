// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `--register-certificate`, `site register`, `site block` and `site unblock`, against the fixture's site.
@Suite("Certificates of media at a site, by commands")
struct SiteRegistrationTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func create(_ output: String, _ site: AdminServiceServer, _ more: [String] = []) -> [String] {
        session.arguments(.bootable, output, ["--self-signed-certificate", "--register-certificate"] + more)
            + site.options
    }

    private func thumbprint(_ media: String) throws -> String {
        try #require(try session.inspect(media).certificate.thumbprint.text)
    }

    @Test("what was made is registered when it is whole, once, and can be told and blocked from the ledger on")
    func registers() throws {
        let site = try AdminServiceServer(in: session.work)
        let dry = try session.succeed(create("boot.iso", site, ["--dry-run"]))
        #expect(
            dry.output.contains("would register certificate ") && dry.output.contains(site.location), "\(dry.output)")
        #expect(try site.calls().isEmpty && session.outputs().isEmpty)
        let made = try session.succeed(create("boot.iso", site))
        let thumbprint = try thumbprint("boot.iso")
        #expect(
            made.output.contains("registered certificate \(thumbprint) at the site \(site.location)"), "\(made.output)")
        #expect(!made.errorText.contains("before the site has registered it"), "\(made.errorText)")
        let calls = try site.calls()
        #expect(calls.count == 1)
        // openssl reads what was sent.
        let sent = try JSONValue(parsing: String(calls[0].drop { $0 != " " }))
        let der = try #require([UInt8](hexadecimal: sent["Certificate"].text ?? ""))
        let file = try session.work.write(der, to: "sent.cer").string
        let read = try Program.succeed("openssl", ["x509", "-inform", "der", "-in", file, "-noout", "-fingerprint"])
        #expect(read.output.filter { $0 != ":" }.contains(thumbprint), "\(read.output)")
        let guid = try #require(try session.inspect("boot.iso").mediaGuid.text)
        #expect(sent["SMSID"].text == guid)
        // Again by hand: nothing is sent.
        let again = try session.succeed(["site", "register", "boot.iso", "--json"] + site.options)
        let entry = try #require(JSONValue(parsing: again.output).certificates.elements.first)
        #expect(entry.registration.status.text == "already-registered" && entry.mediaGuid.text == guid)
        #expect(try site.calls().count == 1)
        // From the lost stick to its block.
        let list = try session.succeed(["ledger", "list", "--json", "--store", session.store.string])
        let noted = try JSONValue(parsing: list.output).entries.elements.first?.media.certificateThumbprint.text
        #expect(noted == thumbprint)
        let shown = try session.succeed(["site", "certificates", "--like", thumbprint.lowercased()] + site.options)
        #expect(shown.output.contains(guid) && shown.output.contains("approved"), "\(shown.output)")
        let planned = try session.succeed(["site", "block", thumbprint, "--dry-run"] + site.options)
        #expect(planned.output.hasPrefix("would block certificate \(thumbprint)"), "\(planned.output)")
        #expect(try site.calls().count == 1)
        let blocked = try session.succeed(["site", "block", thumbprint.lowercased()] + site.options)
        #expect(blocked.output.hasPrefix("blocked certificate \(thumbprint)"), "\(blocked.output)")
        let twice = try session.succeed(["site", "block", thumbprint] + site.options)
        #expect(twice.output.contains("is blocked already"), "\(twice.output)")
        #expect(try site.calls().count == 2)
        let refused = try session.run(["site", "register", "boot.iso"] + site.options)
        #expect(refused.status == 77 && refused.failure.contains("and blocked there"), "\(refused.errorText)")
        #expect(refused.output.contains("was NOT registered"), "\(refused.output)")
        let free = try session.succeed(["site", "unblock", thumbprint, "--json"] + site.options)
        let report = try JSONValue(parsing: free.output)
        #expect(report.changedCount.number == 1 && report.certificates.elements[0].isBlocked.flag == false)
    }

    @Test(
        "of a second certificate of one media GUID it is said that nothing tells them apart, unless the first is blocked"
    )
    func shared() throws {
        let site = try AdminServiceServer(in: session.work)
        let guid = ["--media-guid", "{12345678-1234-4234-8234-123456789012}"]
        let first = try session.succeed(create("a.iso", site, guid))
        #expect(!first.errorText.contains("another certificate"), "\(first.errorText)")
        let second = try session.succeed(create("b.iso", site, guid))
        #expect(
            second.errorText.contains(
                "by another certificate too (\(try thumbprint("a.iso"))), and tsmedia site block does not tell them apart"
            ),
            "\(second.errorText)")
        let other = ["--media-guid", "{12345678-1234-4234-8234-123456789abc}"]
        try session.succeed(create("c.iso", site, other))
        try session.succeed(["site", "block", try thumbprint("c.iso")] + site.options)
        let last = try session.succeed(create("d.iso", site, other))
        #expect(!last.errorText.contains("another certificate"), "\(last.errorText)")
    }

    @Test("media stays whole when the site does not take its certificate, and the message says how to register it then")
    func failures() throws {
        let faulty = try AdminServiceServer(faults: ["status:403@Submit"], in: session.work)
        let result = try session.run(create("boot.iso", faulty, ["--json"]))
        #expect(result.status == 77, "\(result.errorText)")
        #expect(
            result.failure.contains("was not registered, and the media is whole")
                && result.failure.contains("tsmedia site register boot.iso --site \(faulty.location)"),
            "\(result.errorText)")
        let report = try JSONValue(parsing: result.output)
        #expect(report.registration.status.text == "failed" && report.registration.error.text != nil)
        try session.succeed(["verify", "boot.iso"])
        let down = try AdminServiceServer(faults: ["status:503@Submit"], in: session.work)
        let later = try session.run(["site", "register", "boot.iso"] + down.options)
        #expect(later.status == 69, "\(later.errorText)")
        let site = try AdminServiceServer(in: session.work)
        let registered = try session.succeed(["site", "register", "boot.iso"] + site.options)
        #expect(
            registered.output.contains("registered certificate \(try thumbprint("boot.iso"))"), "\(registered.output)")
    }

    @Test("of a fleet that the site refuses each model is named, with the command that registers it")
    func fleet() throws {
        let faulty = try AdminServiceServer(faults: ["status:403@Submit"], in: session.work)
        try TestFolder.makeFolder(session.folder.appending("fleet"))
        let list = try session.work.write("name\nLatitude 5450\nXPS\n".utf8, to: "models.csv").string
        let result = try session.run(
            [
                "create", "prestaged", "--distribution-point", session.library.string, "--boot-image",
                DemoSite.bootImage,
                "--operating-system-image",
                DemoSite.operatingSystemImage, "--compression", "none", "--fleet", list, "--output", "fleet", "--store",
                session.store.string, "--self-signed-certificate", "--register-certificate",
            ] + faulty.options)
        #expect(result.status == 77, "\(result.errorText)")
        for (model, file) in [("Latitude 5450", "'fleet/Latitude 5450.wim'"), ("XPS", "fleet/XPS.wim")] {
            #expect(result.output.contains("\(model): certificate "), "\(result.output)")
            #expect(result.errorText.contains("then tsmedia site register \(file) --site"), "\(result.errorText)")
        }
    }

    @Test("what cannot be registered is refused before anything is written or sent")
    func refusals() throws {
        let site = try AdminServiceServer(in: session.work)
        let authority = try CertificateAuthority(in: session.work)
        func refuse(_ arguments: [String], _ status: Int32, _ words: String) throws {
            let result = try session.run(arguments)
            #expect(result.status == status && result.failure.contains(words), "\(result.errorText)")
        }
        let register = ["--register-certificate"]
        try refuse(session.arguments(.bootable, "x.iso", register + ["--self-signed-certificate"]), 64, "add --site")
        try refuse(
            session.arguments(.bootable, "x.iso", register) + site.options, 64,
            "this media has none; add --self-signed-certificate")
        try refuse(create("x.iso", site, ["--offline"]), 64, "--offline asks no server")
        let issued = try authority.issue("media", usage: "clientAuth")
        let pfx = session.work.appending("media.pfx").string
        try Program.succeed(
            "openssl",
            [
                "pkcs12", "-export", "-in", issued.certificate, "-inkey", issued.key, "-out", pfx, "-passout", "pass:",
            ])
        let secure = session.arguments(
            .bootable, "x.iso", register + ["--certificate", pfx, "--root-ca", authority.root]
        )
        .map { $0 == "http://mp.example.com" ? "https://mp.example.com" : $0 }
        try refuse(secure + site.options, 64, "issued this one: whoever trusts that needs no registration")
        #expect(try session.outputs().isEmpty)
        try session.create(.capture, "plain.iso")
        try refuse(["site", "register", "plain.iso"] + site.options, 66, "has no certificate")
        try refuse(["site", "block", String(repeating: "0", count: 40)] + site.options, 66, "is none that the site")
        try refuse(["site", "block", "12"] + site.options, 64, "is no SHA-1")
        #expect(try site.calls().isEmpty)
    }

    @Test(
        "media with a password is registered with it alone, and no password, token or key is anywhere but in its file")
    func secrets() throws {
        let site = try AdminServiceServer(["--authentication", "bearer", "--user", "t0kenS3cret"], in: session.work)
        let token = try session.work.write("t0kenS3cret\n".utf8, to: "token").string
        let unnamed = try session.run(["site", "show"] + site.options)
        #expect(unnamed.status == 77 && unnamed.failure.contains("add --site-token-file"), "\(unnamed.errorText)")
        let open = try session.run(["site", "show", "--site-token-file", token] + site.options)
        #expect(open.status == 77 && open.failure.contains("can be read by others"), "\(open.errorText)")
        try Program.succeed("chmod", ["600", token])
        let password = try session.work.write("S3cretPhrase\n".utf8, to: "password").string
        try Program.succeed("chmod", ["600", password])
        let key = session.work.appending("own.key").string
        try Program.succeed(
            "openssl", ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key])
        let common = ["--site-token-file", token, "--log-file", "run.log", "--verbose"]
        let made = try session.succeed(
            create("boot.iso", site, ["--password-file", password, "--certificate-key", key] + common))
        #expect(try site.calls().count == 1)
        let sealed = try session.run(["site", "register", "boot.iso"] + common + site.options)
        #expect(sealed.status == 64 && sealed.failure.contains("add --password-file"), "\(sealed.errorText)")
        let wrong = try session.run(
            ["site", "register", "boot.iso", "--password-file", password, "--site-token-file", password]
                + common.dropFirst(2) + site.options)
        #expect(wrong.status == 77 && wrong.failure.contains("does not accept the token"), "\(wrong.errorText)")
        let known = try session.succeed(
            ["site", "register", "boot.iso", "--password-file", password, "--json"] + common + site.options)
        let thumbprint = try #require(
            JSONValue(parsing: known.output).certificates.elements.first?.registration.thumbprint.text)
        let blocked = try session.succeed(["site", "block", thumbprint] + common + site.options)
        let log = String(decoding: try session.bytes("run.log"), as: UTF8.self)
        let ledger = String(decoding: try SmallFile.read(FilePath(session.store.string + ".ledger")), as: UTF8.self)
        let calls = try site.calls().joined(separator: "\n")
        // The modulus is public, the prime factors are not.
        let text = try Program.succeed("openssl", ["rsa", "-in", key, "-noout", "-text"]).output
        let prime = try #require(text.firstRange(of: "prime1:")).upperBound
        let digits = text[prime...].prefix { $0 != "p" }.filter(\.isHexDigit).dropFirst(2).prefix(64)
        #expect(digits.count == 64)
        let said = [made, sealed, wrong, known, blocked].flatMap { [$0.output, $0.errorText] }
        for place in [log, ledger, calls] + said {
            #expect(!place.contains("t0kenS3cret") && !place.contains("S3cretPhrase"), "\(place.prefix(400))")
            #expect(!place.lowercased().contains(digits.lowercased()))
        }
        #expect(log.contains("registered certificate \(thumbprint)"))
    }

    @Test("somebody at a terminal is asked before a certificate is blocked")
    func asks() throws {
        let site = try AdminServiceServer(in: session.work)
        let terminal = TerminalSession(session: session, columns: 400)
        let block = ["site", "block", "0123456789ABCDEF0123456789ABCDEF01234567"] + site.options
        let no = try terminal.run(block, [.init(text: "[y/N]", answer: "n\n")])
        #expect(no.status == 77 && no.screen.contains("stays as it is: the answer was not yes"), "\(no.screen)")
        #expect(try site.calls().isEmpty)
        let yes = try terminal.run(block, [.init(text: "[y/N]", answer: "y\n")])
        #expect(yes.status == 0 && yes.screen.contains("blocked certificate"), "\(yes.screen)")
        #expect(try terminal.run(block + ["--force"]).status == 0)
        #expect(try site.calls().count == 1)
    }
}
