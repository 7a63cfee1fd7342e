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
        #expect(PercentEncoding.decoded("50%25%3f%23%C3%BC") == "50%?#ü")
        for broken in ["%", "%2", "%zz", "%FF"] { #expect(PercentEncoding.decoded(broken) == nil) }
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
}
