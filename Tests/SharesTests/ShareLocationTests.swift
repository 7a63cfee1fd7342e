// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@testable import Shares

@Suite("Places on shares")
struct ShareLocationTests {
    @Test(
        "a place is the same however it is written",
        arguments: [
            ("smb://dp.example.com/SCCMContentLib$", "smb://dp.example.com:445/SCCMContentLib$", "dp.example.com"),
            ("\\\\DP\\SCCMContentLib$\\", "smb://dp:445/SCCMContentLib$", "dp"),
            ("//dp/d$/SCCM%20Lib", "smb://dp:445/d$/SCCM%2520Lib", "dp"),
            ("\\\\dp:8445\\Ablage Süd\\50% #1", "smb://dp:8445/Ablage%20S%C3%BCd/50%25%20%231", "dp:8445"),
            ("SMB://[fe80::1]:1445/a/b%20c%25", "smb://[fe80::1]:1445/a/b%20c%25", "[fe80::1]:1445"),
        ])
    func places(text: String, url: String, server: String) throws {
        let location = try ShareLocation(text)
        #expect(location.server.url(SharePlace(try #require(location.share), location.names)) == url)
        #expect(location.server.description == server)
        #expect(location.text == text)
        #expect(ShareLocation.takes(text))
    }

    @Test("a user and its domain may stand in a URL, a password may not")
    func users() throws {
        let location = try ShareLocation("smb://EXAMPLE;m%40x@dp/share")
        #expect(location.domain == "EXAMPLE")
        #expect(location.user == "m@x")
        #expect(try ShareLocation("smb://joe@dp/share").domain == nil)
        #expect(try ShareLocation("smb://dp").share == nil)
    }

    @Test(
        "what is no place is said, and a password is not repeated",
        arguments: [
            ("smb://", "names no server"), ("\\\\?\\C:\\x", "names no server"),
            ("\\\\.\\PhysicalDrive0", "names no server"),
            ("smb://dp:0/x", "names no server"), ("smb://d p/x", "names no server"),
            ("smb://joe:secret@dp/x", "holds a password"), ("//joe@dp/x", "belongs into smb://user@host"),
            ("smb://;@dp/x", "has a malformed user name"), ("smb://dp/a%zz", "is not encoded as a URL is"),
            ("smb://dp/a/../b", "holds a name that no share has: '..'"), ("smb://dp/a%2fb", "holds a name"),
            ("smb://dp/a?b", "holds a name"),
        ])
    func malformed(text: String, words: String) throws {
        let error = try #require(throws: ShareLocation.Malformed.self) { try ShareLocation(text) }
        #expect(error.problem.description.contains(words), "\(error)")
        #expect(![error.object, error.problem].contains { $0.description.contains("secret") })
    }

    @Test(
        "a path, and a URL of another kind, is no place on a share", arguments: ["/srv/x", "x", "http://a/b", "smb:/x"])
    func others(text: String) { #expect(!ShareLocation.takes(text)) }

    @Test("the owner of tickets is read from the cache, and a damaged one has none")
    func tickets() {
        func field(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
        let cache: [UInt8] =
            [5, 4, 0, 12, 0, 1, 0, 8] + [UInt8](repeating: 0, count: 8) + [0, 0, 0, 1, 0, 0, 0, 1]
            + field("EXAMPLE.COM") + field("joe") + [1, 2, 3]
        #expect(ShareUser.owner(inCache: cache) == "joe@EXAMPLE.COM")
        for count in 0..<(cache.count - 3) { #expect(ShareUser.owner(inCache: Array(cache.prefix(count))) == nil) }
        var other = cache
        other[1] = 3
        #expect(ShareUser.owner(inCache: other) == nil)
    }

    @Test("a user shows no password, however it is printed")
    func secrecy() {
        for user in [ShareUser("EX\\joe", password: "secret"), ShareUser("joe@EX", password: "secret")] {
            var dumped = ""
            dump(user, to: &dumped)
            #expect(!"\(user) \(String(reflecting: user)) \(dumped)".contains("secret"))
        }
    }

    @Test("what the other process sends is read to the byte, and nothing beyond is believed")
    func messages() throws {
        let message = ShareMessage(.list).appending("smb://x/ü").appending(-5)
        let head = try #require(ShareMessage.parse(head: Array(message.encoded.prefix(5))))
        #expect(head.kind == .list)
        #expect(head.byteCount == message.body.count)
        var fields = ShareFields(message.body)
        #expect(try fields.text() == "smb://x/ü")
        #expect(try fields.number() == -5)
        #expect(fields.isAtEnd)
        for count in 0..<message.body.count - 1 {
            var fields = ShareFields(Array(message.body.prefix(count)))
            #expect(throws: ShareFields.Malformed.self) {
                _ = try fields.text()
                _ = try fields.number()
            }
        }
        for head: [UInt8] in [[255, 255, 255, 255, 0], [0, 0, 0, 0, 99], [0, 0, 0]] {
            #expect(ShareMessage.parse(head: head) == nil)
        }
    }
}
