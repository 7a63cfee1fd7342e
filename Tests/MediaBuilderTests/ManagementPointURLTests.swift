// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import MediaBuilder

@Suite("The URL of a management point")
struct ManagementPointURLTests {
    @Test(
        "scheme and port are told, of names and of IPv4 and IPv6 addresses",
        arguments: [
            ("http://mp", false, nil), ("https://mp.example.com", true, nil), ("HTTP://MP:8080", false, 8080),
            ("https://mp:8443/", true, 8443), ("http://10.0.0.1:80/path", false, 80), ("http://[fe80::1]", false, nil),
            ("https://[2001:db8::1]:444", true, 444), ("https://[2001:db8::1]:444/x:9", true, 444),
            ("http://mp/a:b", false, nil),
            ("http://mp:65535", false, 65535),
        ] as [(String, Bool, UInt16?)])
    func understood(text: String, isSecure: Bool, port: UInt16?) throws {
        let url = try #require(ManagementPointURL(text))
        #expect(url.isSecure == isSecure)
        #expect(url.port == port)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "mp", "ftp://mp", "http:/mp", "http://", "http:///x", "http://:80", "http://mp:", "http://mp:0",
            "http://mp:65536",
            "http://mp:+80", "http://mp:8o", "http://a*http://b", "http://user@mp", "http://m p", "http://mp\n",
            "http://mü",
            "http://::1", "http://[]", "http://[::1", "http://::1]", "http://[::1]x:80", "http://a:b:80",
            // What is copied from the page that tries a management point.
            "http://mp/SMS_MP", "https://mp/sms_mp/.sms_aut?MPLIST", "http://mp?x", "http://mp/#",
        ])
    func refused(text: String) { #expect(ManagementPointURL(text) == nil) }

    @Test(
        "an error does not show what may be a password",
        arguments: [
            ("http://user:secret@mp", "http://***@mp"), ("user:secret@mp", "***@mp"),
            ("a@secret://x@mp", "***@mp"),
            ("mp@x://", "***@x://"), ("ftp://mp", "ftp://mp"), ("", ""), ("@", "***@"),
            ("http://p@ss@mp", "http://***@mp"),
        ])
    func shown(text: String, shown: String) { #expect(ManagementPointURL.shown(text) == shown) }
}
