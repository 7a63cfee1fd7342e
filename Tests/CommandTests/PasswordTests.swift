// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Passwords: what they encrypt, by openssl with a key of our own derivation, and where they must never appear.
@Suite("Passwords")
struct PasswordTests {
    /// Has a letter beyond ASCII, because UTF-16 enters the derivation.
    private static let password = "Grün is 7 $ecret"
    private static let publicPassword = "{BAC6E688-DE21-4ABE-B7FB-C9F54E6DB664}"

    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func writePassword(_ text: String = password + "\n", to name: String = "password") throws -> String {
        try session.work.write(text.utf8, to: name).string
    }

    private func createProtected(_ media: CommandSession.Media = .standalone, _ more: [String] = []) throws {
        try session.create(media, "media.iso", ["--password-file", try writePassword()] + more)
    }

    private func decrypt(_ file: String, password: String) throws -> String? {
        try ContainerOracle.decrypt(try session.extract().appending("SMS").appending("data").appending(file), password)
    }

    @Test("a password from a file or from standard input encrypts variables and policy", arguments: ["file", "-"])
    func encrypts(source: String) throws {
        let file = source == "-" ? "-" : try writePassword()
        try session.succeed(
            session.arguments(.standalone, "media.iso", ["--password-file", file, "--variable", "Place=Köln"]),
            input: source == "-" ? Array((Self.password + "\r\nsecond line").utf8) : [])
        let variables = try #require(try decrypt("Variables.dat", password: Self.password))
        #expect(variables.hasPrefix(#"<?xml version="1.0"?><MediaVarList "#))
        #expect(variables.contains(#"<var name="Place"><![CDATA[Köln]]></var>"#))
        #expect(variables.contains(#"<var name="_SMSTSMediaType"><![CDATA[FullMedia]]></var>"#))
        let policy = try #require(try decrypt("Policy.xml", password: Self.password))
        #expect(policy.contains(DemoSite.taskSequenceName))
        #expect(try decrypt("Variables.dat", password: Self.publicPassword) == nil)
        #expect(try decrypt("Policy.xml", password: Self.password + " ") == nil)
        let bootstrap = try session.extract().appending("SMS").appending("data").appending("TsmBootstrap.ini")
        let text = String(decoding: try SmallFile.read(bootstrap), as: UTF8.self)
        #expect(text.contains("PasswordRequired=true\r\n"))
    }

    @Test("without a password the variables are under the public one and the policy under the media GUID")
    func noPassword() throws {
        try session.create(.standalone)
        let guid = try #require(try session.inspect().mediaGuid.text)
        let variables = try #require(try decrypt("Variables.dat", password: Self.publicPassword))
        #expect(variables.contains(#"<var name="_SMSMediaGuid"><![CDATA[\#(guid)]]></var>"#))
        #expect(try decrypt("Policy.xml", password: guid)?.contains(DemoSite.taskSequenceName) == true)
        #expect(try decrypt("Policy.xml", password: Self.publicPassword) == nil)
    }

    @Test("the policy holds the task sequence as it was exported")
    func policy() throws {
        try createProtected()
        let policy = try #require(try decrypt("Policy.xml", password: Self.password))
        #expect(policy.contains(#"class="CCM_TaskSequence""#))
        #expect(policy.contains(DemoSite.taskSequence))
        let sequence = String(decoding: try SmallFile.read(session.demo.taskSequence), as: UTF8.self)
        let escaped = sequence.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        #expect([sequence, escaped, escaped.replacing("\"", with: "&quot;")].contains { policy.contains($0) })
    }

    @Test("one line tells the difference that a password makes")
    func note() throws {
        let plain = try session.succeed(session.arguments(.standalone, "a.iso"))
        #expect(
            plain.errorText.contains(
                "note: no password: anyone who holds this media can read its variables and its task sequence\n"))
        let protected = try session.succeed(
            session.arguments(.standalone, "b.iso", ["--password-file", try writePassword()]))
        #expect(
            protected.errorText.contains(
                "note: password set: it encrypts the variables and the task sequence; packages are not encrypted\n"))
    }

    @Test("inspect needs the password for the variables, and works without")
    func inspect() throws {
        try createProtected(.bootable, ["--variable", "Place=Köln"])
        let without = try session.inspect()
        #expect(without.passwordRequired.flag == true)
        #expect(without.variables == .null)
        let with = try session.inspect("media.iso", ["--password-file", try writePassword()])
        #expect(with.variables["Place"].text == "Köln")
        #expect(with.variables["SMSTSLocationMPs"].text == "http://mp.example.com")
    }

    @Test("a wrong password is told as that, with 65", arguments: ["wrong", "grün is 7 $ecret"])
    func wrongPassword(text: String) throws {
        try createProtected()
        let result = try session.run(["inspect", "media.iso", "--password-file", try writePassword(text, to: "wrong")])
        #expect(result.status == 65)
        #expect(result.failure.contains("password"), "\(result.failure)")
        #expect(!result.failure.contains("damaged"))
        #expect(result.output.isEmpty)
    }

    @Test("secret variables are redacted unless --show-secrets", arguments: [[], ["--json"]])
    func redaction(format: [String]) throws {
        try session.create(
            .bootable, "media.iso", ["--variable", "OSDJoinPassword=hunter2", "--variable", "Place=Köln"])
        let hidden = try session.succeed(["inspect", "media.iso"] + format).output
        #expect(!hidden.contains("hunter2"))
        #expect(hidden.contains("Köln"))
        #expect(try session.succeed(["inspect", "media.iso", "--show-secrets"] + format).output.contains("hunter2"))
    }

    @Test(
        "the password and the values of variables are in no message, log, plan or manifest",
        arguments: ["json", "plain", "ansi"])
    func secrecy(progress: String) throws {
        let log = session.work.appending("log")
        let options = [
            "--password-file", try writePassword(), "--variable", "OSDJoinPassword=hunter2", "--json", "--progress",
            progress, "--log-file", log.string,
        ]
        let result = try session.succeed(session.arguments(.standalone, "media.iso", options))
        let dryRun = try session.succeed(session.arguments(.standalone, "b.iso", options + ["--dry-run"]))
        let inspected = try session.succeed(
            ["inspect", "media.iso", "--password-file", try writePassword(), "--json", "--log-file", log.string])
        let manifest = try session.extract().appending("SMS").appending("data").appending("MediaManifest.json")
        var texts = [
            result.output, result.errorText, dryRun.output, dryRun.errorText, inspected.output, inspected.errorText,
        ]
        texts += try [log, manifest].map { String(decoding: try SmallFile.read($0), as: UTF8.self) }
        for text in texts {
            // A key of inspect has the word in its name.
            #expect(!text.split(separator: "\"secrets\"").joined().contains("ecret"))
            #expect(!text.contains("hunter2"))
            #expect(!text.contains(Self.publicPassword))
        }
        // Nor do the unencrypted bytes of the image hold them, in either encoding.
        let image = try session.bytes("media.iso")
        for secret in [Self.password, "hunter2"] {
            for bytes in [Array(secret.utf8), secret.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }] {
                #expect(!image.holds(bytes))
            }
        }
    }

    @Test("the media GUID does not depend on the password or on values of variables, or it would let one guess them")
    func guid() throws {
        let options = [
            ["--variable", "A=1"], ["--variable", "A=2"],
            ["--variable", "A=1", "--password-file", try writePassword()],
        ]
        #expect(Set(try options.map { try session.plan(.bootable, "a.iso", $0).mediaGuid.text }).count == 1)
    }

    @Test(
        "a password file that is empty, binary or missing is told",
        arguments: [("", 64), ("\nsecond", 64), ("\u{FEFF}\n", 64)])
    func badFile(text: String, status: Int32) throws {
        let result = try session.run(
            session.arguments(.standalone, "media.iso", ["--password-file", try writePassword(text)]))
        #expect(result.status == status)
        #expect(result.failure.contains("--password-file"))
        let missing = try session.run(session.arguments(.standalone, "media.iso", ["--password-file", "missing"]))
        #expect(missing.status == 66)
        #expect(try session.outputs() == [])
    }

    @Test("there is no option that takes a password as an argument")
    func noArgument() throws {
        for media in CommandSession.Media.allCases {
            #expect(try session.run(session.arguments(media, "media.iso", ["--password", "x"])).status == 64)
        }
        #expect(try session.outputs() == [])
    }
}

extension [UInt8] {
    /// True when `part` is somewhere inside; memchr(3) finds the places where it may begin.
    func holds(_ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        return withUnsafeBytes { bytes in
            var start = 0
            while start + part.count <= bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(first), bytes.count - part.count + 1 - start)
            {
                start = base.distance(to: UnsafeRawPointer(found))
                if bytes[start..<(start + part.count)].elementsEqual(part) { return true }
                start += 1
            }
            return false
        }
    }
}
