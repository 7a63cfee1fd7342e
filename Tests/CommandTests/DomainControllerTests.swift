// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Against a domain: slow, and for root only.
@Suite("Shares of a domain", .enabled(if: getenv("TSMEDIA_TEST_ALL") != nil && geteuid() == 0))
struct DomainControllerTests {
    @Test(
        "a Kerberos ticket opens an encrypted share of a domain, and so does a password in either way; nothing else does"
    )
    func kerberos() throws {
        let session = try CommandSession()
        let folder = session.work.appending("domain")
        try TestFolder.makeFolder(folder)
        let fetch =
            "'\(try BuiltProgram.tsmedia.string)' content fetch \(DemoSite.toolsPackage) --store \"s$RANDOM\" --distribution-point"
        let host = "dc1.example.test/SCCMContentLib\\$"
        // Each line says its number, then what came of it.
        let command = """
            try() { if "${@:2}" >out 2>&1; then echo "$1 done"; else echo "$1 $? $(grep -o 'as .*)\\|to guests' out)"; fi; }
            printf '* EXAMPLE\\\\media Passw0rd-4711\\n' >ntlm
            printf '* media@EXAMPLE.TEST Passw0rd-4711\\n' >kerberos
            printf '* media@EXAMPLE.TEST wrong\\n' >wrong
            chmod 600 ntlm kerberos wrong
            try guest \(fetch) "smb://\(host)"
            try ntlm \(fetch) "smb://\(host)" --credentials ntlm
            try kerberos \(fetch) "smb://\(host)" --credentials kerberos
            try wrong \(fetch) "smb://\(host)" --credentials wrong
            echo Passw0rd-4711 | kinit media@EXAMPLE.TEST >/dev/null
            try ticket \(fetch) "smb://\(host)"
            try named \(fetch) "smb://media@\(host)"
            try realm \(fetch) "smb://EXAMPLE.TEST;media@\(host)"
            """
        let result = try Program.run(
            "bash",
            [
                Repository.file("fixtures/servers/domain-controller.sh").string, folder.string,
                session.demo.library.string, command,
            ])
        #expect(
            result.output.split(separator: "\n").map(String.init) == [
                "guest 77 to guests", "ntlm done", "kerberos done",
                "wrong 77 as media@EXAMPLE.TEST with a password (Kerberos)", "ticket done", "named done", "realm done",
            ], "\(result.output) \(result.errorText)")
    }
}
