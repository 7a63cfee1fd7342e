// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@testable import DistributionPoints

@Suite("Locations of servers")
struct WebLocationTests {
    @Test(
        "a server is asked for the virtual directories that need no token, or for the one that is named",
        arguments: [
            ("http://dp.example.com", "http://dp.example.com", ["/SMS_DP_SMSPKG$", "/NOCERT_SMS_DP_SMSPKG$"]),
            ("HTTP://DP.example.com/", "http://dp.example.com", ["/SMS_DP_SMSPKG$", "/NOCERT_SMS_DP_SMSPKG$"]),
            ("https://dp:8443/NOCERT_SMS_DP_SMSPKG$/", "https://dp:8443", ["/NOCERT_SMS_DP_SMSPKG$"]),
            ("http://[fe80::1]:8080/lib/x", "http://[fe80::1]:8080", ["/lib/x"]),
        ])
    func roots(text: String, origin: String, roots: [String]) throws {
        let location = try WebLocation(text)
        #expect(location.origin == origin)
        #expect(location.roots == roots)
        #expect(location.text == text)
    }

    @Test(
        "what cannot be used is said, and a password is not repeated",
        arguments: [
            ("http://", "names no server"), ("http://dp:0", "names no server"), ("http://dp:99999", "names no server"),
            ("http://d p", "names no server"), ("https://dp/x?y", "has more than a path"),
            ("http://dp/a/../b", "has dots in its path"), ("http://joe:secret@dp/", "holds a user name"),
            ("https://dp/CCMTOKENAUTH_SMS_DP_SMSPKG$", "asks for a content token, which is not supported"),
            ("https://dp/ccmtokenauth_sms_dp_smspkg$", "asks for a content token, which is not supported"),
        ])
    func refused(text: String, words: String) throws {
        let error = try #require(throws: DistributionPointError.self) { try WebLocation(text) }
        #expect(error.code == .unsupportedLocation)
        #expect(error.failureClass == .usage)
        #expect(error.description.contains(words), "\(error)")
        #expect(!error.description.contains("secret"))
    }

    @Test("names in URLs are encoded, whatever they hold")
    func encoding() throws {
        let location = try WebLocation("http://dp")
        #expect(
            location.url("/SMS_DP_SMSPKG$", ["DataLib", "ABC00001.1", "a b", "50%?#ü.INI"])
                == "http://dp/SMS_DP_SMSPKG$/DataLib/ABC00001.1/a%20b/50%25%3F%23%C3%BC.INI")
        #expect(WebLocation.decoded("50%25%3f%23%C3%BC") == "50%?#ü")
        for broken in ["%", "%2", "%zz", "%FF"] { #expect(WebLocation.decoded(broken) == nil) }
    }

    @Test(
        "links are followed to the same server only, with either scheme",
        arguments: [
            ("http://dp.example.com/a/b", ["a", "b"]), ("https://DP.example.com/a", ["a"]),
            ("http://dp.example.com:8443/a", ["a"]), ("/a/b%20c/", ["a", "b c"]), ("x", ["root", "x"]),
            ("../x", ["x"]), ("../../../x", ["x"]), ("x/%2e%2e/y", ["root", "y"]), ("%2e%2e%2fx", ["root", "../x"]),
            ("http://other/a", nil), ("http://dp.example.com:80/a", nil), ("//other/a", nil), ("mailto:x", nil),
            ("ftp://dp.example.com/a", nil), ("%zz", nil),
        ] as [(String, [String]?)])
    func links(link: String, names: [String]?) throws {
        #expect(try WebLocation("https://dp.example.com:8443").names(of: link, from: ["root"]) == names)
    }

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
        let error = try #require(throws: DistributionPointError.self) {
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
            try RetryPolicy(tryCount: 9, firstPause: 1000, longestPause: 1000).pause(before: 2, interruption)
        }
        // Neither may take its hour.
        try RetryPolicy(tryCount: 9, firstPause: 0, longestPause: 0.01).pause(before: 9, asked: 3600, Interruption())
        try RetryPolicy(tryCount: 9, firstPause: 3600, longestPause: 0.01).pause(before: 9, Interruption())
    }
}
