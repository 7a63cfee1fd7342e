// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Against servers that know their users, by programs that are not ours: slow.
@Suite("Windows authentication of real servers", .enabled(if: getenv("TSMEDIA_TEST_ALL") != nil))
struct NegotiateTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test(
        "a Kerberos ticket opens a server, a password does where it takes one besides, and nothing else does",
        .enabled(if: geteuid() == 0, "needs root for a network of its own"))
    func negotiate() throws {
        let folder = session.work.appending("realm")
        try TestFolder.makeFolder(folder)
        let fetch =
            "'\(try BuiltProgram.tsmedia.string)' content fetch \(DemoSite.toolsPackage) --store \"s$RANDOM\" --distribution-point"
        let host = "http://web.example.test"
        // Each line says its name, then what came of it.
        let command = """
            try() { if "${@:2}" >out 2>&1; then echo "$1 done"; else echo "$1 $? $(grep -o '(401.*)' out)"; fi; }
            printf '* media Passw0rd-4711\\n' >right
            printf '* media wrong\\n' >wrong
            chmod 600 right wrong
            try nobody \(fetch) \(host)
            try needless \(fetch) \(host) --credentials right
            try password \(fetch) \(host):81 --credentials right --allow-basic-over-http
            try wrong \(fetch) \(host):81 --credentials wrong --allow-basic-over-http
            echo Passw0rd-4711 | kinit media >/dev/null
            try ticket \(fetch) \(host)
            try either \(fetch) \(host):81
            awk '$4 < 300 { print $1, $5 }' /run/apache/access.log | sort -u
            """
        let result = try Program.run(
            "bash",
            [
                Repository.file("fixtures/servers/kerberos-apache.sh").string, folder.string,
                session.demo.library.string, command,
            ])
        #expect(
            result.output.split(separator: "\n").map(String.init) == [
                "nobody 77 (401, Negotiate)", "needless 77 (401, Negotiate)", "password done", "wrong 77 (401, Basic)",
                "ticket done", "either done", "80 media@EXAMPLE.TEST", "81 media@EXAMPLE.TEST",
            ], "\(result.output) \(result.errorText)")
    }

    /// The distribution point offers Negotiate too, for which there is no ticket.
    @Test("a password is shown by NTLM to a server that checks it, in a domain and without one; a wrong one is refused")
    func ntlm() throws {
        let python = Repository.file(".build-python")
        try #require((try? Stat(python)) != nil, "pyspnego is not installed: make domain-dependencies")
        let users = try session.work.write("EXAMPLE:media:Passw0rd-4711\n:local:Kennwort-4711\n".utf8, to: "ntlm")
        let server = try DistributionPointServer(
            library: session.demo.library,
            ["--authentication", "pyspnego", "--python", python.string, "--ntlm-users", users.string], in: session.work)
        for (number, (line, status)) in [
            ("EXAMPLE\\media Passw0rd-4711", 0 as Int32), ("local Kennwort-4711", 0), ("EXAMPLE\\media wrong", 77),
            ("EXAMPLE\\other Passw0rd-4711", 77),
        ].enumerated() {
            let result = try session.run(
                [
                    "content", "fetch", DemoSite.toolsPackage, "--distribution-point", server.location, "--store",
                    session.work.appending("store\(number)").string, "--credentials", "-",
                ], input: Array("* \(line)\n".utf8))
            #expect(result.status == status, "\(line): \(result.errorText)")
            #expect(status == 0 || result.failure.contains("does not accept the user (401, NTLM)"), "\(result.failure)")
        }
    }
}
