// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Support
import TSMediaTestSupport
import Testing

@testable import DistributionPoints

@Suite("Lists of servers")
struct FolderListingTests {
    private let location: WebLocation
    private let folder = ["SMS_DP_SMSPKG$", "DataLib", "ABC00001.1"]

    init() throws { location = try WebLocation("http://dp.example.com") }

    private func dav(_ links: [(String, Bool)]) -> [UInt8] {
        let parts = links.map { link, isFolder in
            "<d:response><d:href>\(link)</d:href><d:propstat><d:prop><d:resourcetype>"
                + (isFolder ? "<d:collection/>" : "") + "</d:resourcetype></d:prop></d:propstat></d:response>"
        }
        return Array("<?xml version='1.0'?><d:multistatus xmlns:d='DAV:'>\(parts.joined())</d:multistatus>".utf8)
    }

    private func names(_ listing: FolderListing) -> [String] {
        listing.members.map { $0.name + ($0.isFolder ? "/" : "") }
    }

    @Test("the answer to PROPFIND is read, with whatever prefixes and forms of links")
    func webDAV() throws {
        let base = "/SMS_DP_SMSPKG$/DataLib/ABC00001.1"
        let listing = try FolderListing(
            dav: dav([
                ("\(base)/", true), ("http://dp.example.com/sms_dp_smspkg%24/datalib/ABC00001.1/a%20b.INI", false),
                ("\(base)/x &amp; y.INI", false), ("\(base)/sub", true), ("\(base)/other/", false), ("rel.INI", false),
            ]), folder: folder, on: location.served)
        #expect(names(listing) == ["a b.INI", "x & y.INI", "sub/", "other/", "rel.INI"])
        let plain =
            "<multistatus xmlns=\"DAV:\"><!-- > --><response><href><![CDATA[\(base)/c.INI]]></href></response></multistatus>"
        #expect(names(try FolderListing(dav: Array(plain.utf8), folder: folder, on: location.served)) == ["c.INI"])
    }

    @Test(
        "a list by WebDAV that leads anywhere else is refused",
        arguments: [
            "/SMS_DP_SMSPKG$/DataLib/ABC00001.1/../../x.INI", "/SMS_DP_SMSPKG$/DataLib/ABC00001.1/%2e%2e/x",
            "/SMS_DP_SMSPKG$/DataLib/ABC00001.1/..%2f..%2fetc", "http://other.example.com/a", "/etc/passwd", "",
            "/SMS_DP_SMSPKG$/DataLib/ABC00001.1/a/b.INI", "/SMS_DP_SMSPKG$/DataLib/ABC00002.1/a.INI", "C:\\x.INI",
            "/SMS_DP_SMSPKG$/DataLib/ABC00001.1/a%00b.INI", "/SMS_DP_SMSPKG$/DataLib/ABC00001.1/a%5Cb.INI",
        ])
    func hostile(link: String) {
        #expect(throws: FolderListing.Hostile.self) {
            try FolderListing(dav: dav([(link, false)]), folder: folder, on: location.served)
        }
    }

    @Test(
        "a name that a server can have and no media is a member with what is wrong with it",
        arguments: ["con.INI", "aux.c.INI", "a."])
    func refused(name: String) throws {
        let listing = try FolderListing(
            dav: dav([("/SMS_DP_SMSPKG$/DataLib/ABC00001.1/\(name)", false)]), folder: folder, on: location.served)
        #expect(listing.members.map(\.name) == [name] && listing.members[0].problem != nil)
    }

    @Test("names that differ in case only are refused")
    func twice() {
        let base = "/SMS_DP_SMSPKG$/DataLib/ABC00001.1"
        #expect(throws: FolderListing.Hostile.self) {
            try FolderListing(
                dav: dav([("\(base)/a.INI", false), ("\(base)/A.ini", false)]), folder: folder, on: location.served)
        }
    }

    @Test(
        "what is no answer to PROPFIND is refused",
        arguments: [
            "", "<html><body>x</body></html>", "<d:multistatus/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
            "<response><href>/a", "<", "<a", "<!--",
        ])
    func noList(text: String) {
        #expect(throws: FolderListing.Hostile.self) {
            try FolderListing(dav: Array(text.utf8), folder: folder, on: location.served)
        }
    }

    @Test("the page of a distribution point is read: folders are marked, links say http, others are passed over")
    func page() throws {
        let base = "http://dp.example.com/SMS_DP_SMSPKG$/DataLib/ABC00001.1"
        let text =
            "<html><head><title>dp</title></head><body><H1>x</H1><A HREF=\"/SMS_DP_SMSPKG$/DataLib/\">[Up]</A><br>"
            + " 4/ 5/2023  8:24 pm  &lt;dir&gt <a href=\"\(base)/Sub\">\(base)/Sub</a><br>"
            + " 4/ 5/2023  8:24 pm  123 <a href=\"\(base)/x%20y.INI\">\(base)/x y.INI</a><br>"
            + " 4/ 5/2023  8:24 pm  1 <a href='http://evil.example.com/z.INI'>z</a><br>"
            + " 4/ 5/2023  8:24 pm  1 <a href=\"\(base)/Sub/deep.INI\">z</a><a href=\"../../x\">z</a></body></html>"
        let listing = try FolderListing(
            html: Array(text.utf8), folder: folder, on: try WebLocation("https://dp.example.com").served)
        #expect(names(listing) == ["Sub/", "x y.INI"])
    }

    @Test("pages of other servers are read too")
    func otherPages() throws {
        let text =
            "<!DOCTYPE html><table><tr><td><a href=\"?C=N;O=D\">Name</a></td></tr><tr><td><a href=\"../\">Parent</a>"
            + "</td></tr><tr><td><a href=\"sub/\">sub/</a></td></tr><tr><td><a href=a.INI>a.INI</a></td></tr></table>"
        #expect(
            names(try FolderListing(html: Array(text.utf8), folder: folder, on: location.served)) == ["sub/", "a.INI"])
    }

    @Test(
        "a page with a name that none can have is refused",
        arguments: ["..%2f..%2fetc", "a%5cb", "%00", "a%0ab", "x%3A"])
    func hostilePage(link: String) {
        #expect(throws: FolderListing.Hostile.self) {
            try FolderListing(html: Array("<a href=\"\(link)\">x</a>".utf8), folder: folder, on: location.served)
        }
    }

    @Test("damaged lists are read or refused, and nothing else happens")
    func damaged() throws {
        let base = "/SMS_DP_SMSPKG$/DataLib/ABC00001.1"
        let bytes = dav([("\(base)/", true), ("\(base)/a.INI", false), ("\(base)/x&#38;y.INI", false)])
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<Rounds.of(2_000, percent: 10) {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
            }
            _ = try? FolderListing(dav: damaged, folder: folder, on: location.served)
            _ = try? FolderListing(html: damaged, folder: folder, on: location.served)
        }
    }
}
