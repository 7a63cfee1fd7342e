// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@testable import Site

@Suite("Locations of sites")
struct SiteLocationTests {
    @Test(
        "a server alone is enough, and every route to an AdminService can be named",
        arguments: [
            ("https://cm01.example.com", "https://cm01.example.com/AdminService/wmi/"),
            ("HTTPS://CM01.example.com/AdminService/", "https://cm01.example.com/AdminService/wmi/"),
            ("https://[fe80::1]:8443/adminservice", "https://[fe80::1]:8443/adminservice/wmi/"),
            (
                "https://x.example.com/CCM_Proxy_MutualAuth/7205/AdminService",
                "https://x.example.com/CCM_Proxy_MutualAuth/7205/AdminService/wmi/"
            ),
            (
                "https://x.example.com/CCM_Proxy_ServerAuth/7205/AdminService_TokenAuth",
                "https://x.example.com/CCM_Proxy_ServerAuth/7205/AdminService_TokenAuth/wmi/"
            ),
        ])
    func routes(text: String, route: String) throws { #expect(try SiteLocation(text).route == route) }

    @Test(
        "what cannot be asked is refused, and a password is not repeated",
        arguments: [
            ("http://cm01/AdminService", "which begins with https"), ("cm01", "which begins with https"),
            ("https://", "names no server"), ("https://cm01:0/AdminService", "names no server"),
            ("https://joe:secret@cm01/AdminService", "holds a user name"),
            ("https://cm01/AdminService?x", "has more than a path"),
            ("https://cm01/a/../AdminService", "has more than a path"),
            ("https://cm01/a//AdminService", "has more than a path"),
            ("https://cm01/SMS_DP_SMSPKG$", "has more than a path"),
            ("https://cm01/other", "does not end in AdminService"),
        ])
    func refused(text: String, words: String) throws {
        let error = try #require(throws: SiteError.self) { try SiteLocation(text) }
        #expect(error.failureClass == .usage && error.code == .badValue)
        #expect(error.description.contains(words), "\(error)")
        #expect(!error.description.contains("secret"))
    }

    @Test(
        "the next page is one of the same service, or none",
        arguments: [
            ("https://cm01/AdminService/wmi/SMS_Site?$skip=1", "https://cm01/AdminService/wmi/SMS_Site?$skip=1"),
            ("https://CM01:443/adminservice/wmi/SMS_Site?$skip=1", "https://cm01/adminservice/wmi/SMS_Site?$skip=1"),
            ("/AdminService/wmi/SMS_Site", "https://cm01/AdminService/wmi/SMS_Site"),
            ("SMS_Site?$skip=1", "https://cm01/AdminService/wmi/SMS_Site?$skip=1"),
            ("https://other/AdminService/wmi/SMS_Site", nil), ("http://cm01/AdminService/wmi/SMS_Site", nil),
            ("https://cm01:444/AdminService/wmi/SMS_Site", nil), ("//other/AdminService/wmi/SMS_Site", nil),
            ("https://cm01/AdminService/v1.0/Device", nil), ("../../x", nil), ("javascript:x", nil),
            ("SMS_Site%2f..%2f..", nil), ("SMS_Site? x", nil), ("", nil),
        ] as [(String, String?)])
    func next(link: String, url: String?) throws {
        let location = try SiteLocation("https://cm01/AdminService")
        #expect(link.isEmpty || location.next(link) == url)
    }
}
