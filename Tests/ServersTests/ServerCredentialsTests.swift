// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@testable import Servers

@Suite("Users of servers")
struct ServerCredentialsTests {
    @Test("users are found by the name of the server, then any; nothing shows a password")
    func credentials() throws {
        let text = "# comment\n\n* any pass word\nDP.example.com DOM\\joe  s3cret phrase\n"
        let found = try ServerCredentials(lines: Array(text.utf8), name: "file")
        #expect(found.entry(for: "dp.example.com")?.user == "DOM\\joe")
        #expect(found.entry(for: "dp.example.com")?.password == "s3cret phrase")
        #expect(found.entry(for: "else")?.password == "pass word")
        #expect(found.description == "(2 credentials)")
        #expect(!"\(found) \(String(reflecting: found))".contains("s3cret"))
        var dumped = ""
        dump(found, to: &dumped)
        #expect(!dumped.contains("s3cret"))
        let error = try #require(throws: ServerAccessError.self) {
            try ServerCredentials(lines: Array("* u p\nhost secretword\n".utf8), name: "file")
        }
        #expect(error.description.hasPrefix("file has a malformed line 2: it is not HOST USER PASSWORD"))
        #expect(!error.description.contains("secretword"))
    }

    @Test("netrc is read as others read it")
    func netrc() {
        let text =
            "machine dp login joe password secret\n# machine no login x password y\nmachine b\n login q\n"
            + " password w\ndefault login anonymous password guest\n"
        let found = ServerCredentials(netrc: Array(text.utf8))
        #expect(found.entry(for: "dp")?.password == "secret")
        #expect(found.entry(for: "b")?.user == "q")
        #expect(found.entry(for: "no")?.user == "anonymous")
    }

    @Test("pauses grow, and a server's wish counts up to a limit")
    func pauses() throws {
        let interruption = Interruption()
        interruption.request()
        #expect(throws: InterruptedError.self) {
            try RetryPolicy(tryCount: 9, firstPause: 1000, longestPause: 1000).wait(1000, interruption)
        }
        // Neither may take its hour.
        #expect(RetryPolicy(tryCount: 9, firstPause: 0, longestPause: 0.01).pause(before: 9, asked: 3600) == 0.01)
        #expect(RetryPolicy(tryCount: 9, firstPause: 3600, longestPause: 0.01).pause(before: 9) == 0.01)
        let usual = RetryPolicy(tryCount: 9, firstPause: 1, longestPause: 60)
        #expect((4...8).contains(usual.pause(before: 5)))
        #expect(usual.pause(before: 2, asked: 20) == 20)
    }
}
