// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What is told of certificates of media, and what never is.
@Suite("Inspecting certificates of media")
struct CertificateInspectionTests {
    private let session: CommandSession
    private let authority: CertificateAuthority

    init() throws {
        session = try CommandSession()
        authority = try CertificateAuthority(in: session.work)
    }

    /// A day from now, as options take it.
    private func day(in count: Int64) -> String {
        CivilTime(Timestamp(unixSeconds: FileIdentity.Instant.now.timestamp.unixSeconds + count * 86_400)).dayText
    }

    private func create(_ output: String, expiringIn days: Int64, _ more: [String] = []) throws {
        try session.create(
            .bootable, output, ["--self-signed-certificate", "--certificate-expire", day(in: days)] + more)
    }

    @Test("subject, issuer, dates and thumbprint are what openssl says, in words and JSON")
    func facts() throws {
        let pfx = try authority.export(try authority.issue("Büro 7"))
        let password = try session.work.write("Kennwört\n".utf8, to: "pfx-password").string
        try session.succeed(
            session.arguments(
                .bootable, "media", ["--certificate", pfx, "--certificate-password-file", password]
            ).map { $0 == "http://mp.example.com" ? "https://mp.example.com" : $0 })
        let oracle = try CertificateOracle(session.folder.appending("media"), work: session.work)
        let certificate = try session.inspect("media").certificate
        func openssl(_ option: String) throws -> String {
            String(
                decoding: try oracle.openssl("x509", "-in", "media.pem", "-noout", option, "-dateopt", "iso_8601"),
                as: UTF8.self
            ).split(separator: "\n").map { String($0.drop { $0 != "=" }.dropFirst()) }.joined()
        }
        #expect(certificate.subject.text == "CN=Büro 7")
        #expect(certificate.issuer.text == "CN=Root")
        #expect(certificate.isSelfSigned.flag == false)
        #expect(certificate.keyBits.number == 2048)
        let thumbprint = try openssl("-fingerprint").replacing(":", with: "")
        #expect(certificate.thumbprint.text == thumbprint)
        #expect(certificate.validUntil.text?.replacing("T", with: " ") == (try openssl("-enddate")))
        #expect(certificate.validFrom.text?.replacing("T", with: " ") == (try openssl("-startdate")))
        let text = try session.succeed(["inspect", "media"]).output
        for fact in ["certificate     CN=Büro 7", "issued by CN=Root", "thumbprint \(thumbprint)"] {
            #expect(text.contains(fact), "\(fact)")
        }
        #expect(text.contains("_SMSTSMediaPFX=(hidden)"))
    }

    @Test("media without a certificate, and media whose password is not given, have none to show")
    func none() throws {
        try session.create(.bootable, "plain")
        #expect(try session.inspect("plain").certificate == .null)
        let password = try session.work.write("secret\n".utf8, to: "password").string
        try create("sealed", expiringIn: 200, ["--password-file", password])
        #expect(try session.inspect("sealed").certificate == .null)
        #expect(try session.inspect("sealed", ["--password-file", password]).certificate.keyAlgorithm.text == "RSA")
    }

    @Test("30 days before it expires inspect warns, and not before", arguments: [(28, true), (31, false)])
    func warning(days: Int64, isWarned: Bool) throws {
        try create("media", expiringIn: days)
        let warnings = try session.inspect("media").warnings.elements.compactMap(\.text)
        #expect(
            warnings.contains { $0.contains("expires on \(day(in: days)), in \(days) days") } == isWarned, "\(warnings)"
        )
    }

    @Test("of several media one table tells which certificate expires first")
    func table() throws {
        for (name, days) in [("b", 300), ("a", 500), ("c", 100)] as [(String, Int64)] {
            try create(name, expiringIn: days)
        }
        try session.create(.bootable, "plain")
        let lines = try session.succeed(["inspect", "a", "plain", "b", "c"]).output.split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("CERTIFICATE EXPIRES") })
        let rows = lines[(start + 1)...].prefix(3).map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        #expect(
            rows
                == ([("c", 100), ("b", 300), ("a", 500)] as [(String, Int64)]).map { "\(day(in: $1))T23:59:59Z \($0)" })
        let report = try JSONValue(parsing: try session.succeed(["inspect", "a", "plain", "b", "c", "--json"]).output)
        #expect(report.certificates.elements.map(\.media.text) == ["c", "b", "a"])
    }

    @Test("the table names media whose password was not given, and goes on after what cannot be opened")
    func closedAndGone() throws {
        let password = try session.work.write("secret\n".utf8, to: "password").string
        try create("sealed", expiringIn: 200, ["--password-file", password])
        try create("open", expiringIn: 300)
        let result = try session.run(["inspect", "gone", "sealed", "open"])
        #expect(result.status == 66 && result.failure.contains("gone"), "\(result.errorText)")
        let lines = result.output.split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("CERTIFICATE EXPIRES") })
        #expect(lines[start + 1].contains("open") && lines[start + 2].hasPrefix("only the password tells"))
        #expect(lines[start + 2].contains("sealed"), "\(lines[start + 2])")
        let report = try JSONValue(parsing: try session.run(["inspect", "gone", "sealed", "open", "--json"]).output)
        #expect(report.volumes.elements.count == 2 && report.failures.elements.map(\.media.text) == ["gone"])
        #expect(report.certificates.elements.map(\.validUntil).last == .null)
    }

    @Test("create tells the certificate it put on the media, inspect the roots that it trusts")
    func told() throws {
        let options = ["--root-ca", authority.root, "--self-signed-certificate", "--json"]
        let written = try JSONValue(
            parsing: try session.succeed(session.arguments(.bootable, "media", options)).output)
        let inspected = try session.inspect("media")
        #expect(written.certificate.thumbprint.text != nil && written.certificate == inspected.certificate)
        let root = try Program.succeed(
            "openssl", ["x509", "-in", authority.root, "-noout", "-fingerprint", "-sha1"]
        ).output.replacing(":", with: "")
        let told = inspected.rootCertificates.elements
        #expect(told.map(\.subject.text) == ["CN=Root"])
        #expect(root.contains(told.first?.thumbprint.text ?? "nothing"))
        #expect(try session.succeed(["inspect", "media"]).output.contains("  trusts          CN=Root, until "))
    }

    @Test(
        "media from which anyone could take a private key is for its owner alone, unless a password protects it",
        arguments: ["media.iso", "media.img", "media"])
    func mode(output: String) throws {
        func permissions() throws -> FilePermissions { try Stat(session.folder.appending(output)).permissions }
        try session.create(.bootable, output, ["--self-signed-certificate"])
        #expect(try permissions() == (output == "media" ? .ownerReadWriteExecute : .ownerReadWrite))
        try Program.succeed("rm", ["-r", output], in: session.folder)
        let password = try session.work.write("secret\n".utf8, to: "password").string
        try session.create(.bootable, output, ["--self-signed-certificate", "--password-file", password])
        #expect(try permissions().contains(.otherRead))
    }

    @Test("private keys, PFX files and passwords are in nothing but the encrypted variables")
    func secrecy() throws {
        let leaf = try authority.issue("client")
        let pfx = try authority.export(leaf)
        let pfxPassword = try session.work.write("Kennwört\n".utf8, to: "pfx-password").string
        let own = try authority.key("own.key")
        let password = try session.work.write("Grün $ecret\n".utf8, to: "password").string
        let log = session.work.appending("log")
        let common = ["--password-file", password, "--json", "--log-file", log.string, "--progress", "json"]
        let imported = ["--certificate", pfx, "--certificate-password-file", pfxPassword, "--root-ca", authority.root]
        let made = ["--self-signed-certificate", "--certificate-key", own]
        var texts: [String] = []
        for (output, options) in [("imported.iso", imported), ("made.iso", made)] {
            let isSecure = options == imported
            let arguments = session.arguments(.bootable, output, options + common).map {
                isSecure && $0 == "http://mp.example.com" ? "https://mp.example.com" : $0
            }
            for more in [["--dry-run"], []] {
                let result = try session.succeed(arguments + more)
                texts += [result.output, result.errorText]
            }
            let result = try session.succeed(["inspect", output] + common)
            texts += [result.output, result.errorText]
        }
        texts.append(String(decoding: try SmallFile.read(log), as: UTF8.self))
        let keys = try [leaf.key, own].map { try authority.der(ofKey: $0) }
        // A stretch of the private exponent and of the primes: in binary, in hexadecimal and in Base64 of the PEM.
        let stretches = keys.map { Array($0[400..<424]) }
        let pems = try [leaf.key, own].map { path in
            String(decoding: try SmallFile.read(FilePath(path)), as: UTF8.self).split(separator: "\n")[10]
        }
        for text in texts {
            for secret in ["Kennwört", "Grün $ecret"] + pems.map(String.init) { #expect(!text.contains(secret)) }
            for stretch in stretches {
                #expect(!text.lowercased().contains(stretch.hexadecimal()))
            }
        }
        for output in ["imported.iso", "made.iso"] {
            let image = try session.bytes(output)
            for stretch in stretches {
                for bytes in [stretch, Array(stretch.hexadecimal(.upper).utf8), Array(stretch.hexadecimal().utf8)] {
                    #expect(!image.holds(bytes))
                }
            }
            for secret in ["Kennwört", "Grün $ecret"] {
                #expect(!image.holds(Array(secret.utf8)))
                #expect(!image.holds(secret.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }))
            }
        }
    }

    @Test("without a password one line says what anyone with the media can do")
    func noPassword() throws {
        let result = try session.succeed(session.arguments(.bootable, "media", ["--self-signed-certificate"]))
        let line =
            "no password: anyone who holds this media can read its variables and the private key of its"
            + " certificate, and be this media before the site"
        #expect(result.errorText.contains("note: \(line); add --password-file\n"), "\(result.errorText)")
        #expect(result.errorText.split(separator: "\n").count { $0.contains("no password") } == 1)
        #expect(try session.inspect("media").warnings.elements.contains { $0.text == line })
        let thumbprint = try #require(try session.inspect("media").certificate.thumbprint.text)
        #expect(result.errorText.contains("registered it: its thumbprint is \(thumbprint)"))
    }

    @Test("an update loses no certificate and no root unless it is told to")
    func update() throws {
        let options = ["--self-signed-certificate", "--root-ca", authority.root]
        try session.create(.bootable, "drive.img", options)
        let update =
            session.arguments(.bootable).dropFirst(2).split(separator: "--output").joined().filter { $0 != "media.iso" }
        let thumbprint = try session.inspect("drive.img").certificate.thumbprint.text
        let result = try session.succeed(["update", "drive.img"] + update)
        #expect(result.output.contains("up to date"), "\(result.output)")
        // Another certificate when one is asked for.
        try session.succeed(["update", "drive.img"] + update + options)
        #expect(try session.inspect("drive.img").certificate.thumbprint.text != thumbprint)
        try session.succeed(["update", "drive.img"] + update + ["--drop", "certificate", "--drop", "root-ca"])
        #expect(try session.inspect("drive.img").certificate == .null)
    }
}
