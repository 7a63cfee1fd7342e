// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import FileTrees
import Support
import Testing

@Suite("The digest of a tree")
struct FileTreeDigestTests {
    private static func facts(_ name: String, streams: [FileFacts.Stream] = []) -> FileFacts {
        var facts = FileFacts()
        facts.name = name.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        facts.attributes = 0x20
        facts.times = [1, 2, 3]
        facts.streams = streams
        return facts
    }

    private static func stream(_ name: String, _ byte: UInt8) -> FileFacts.Stream {
        FileFacts.Stream(name: facts(name).name, sha1: [UInt8](repeating: byte, count: 20))
    }

    private static func digest(_ entries: [FileFacts], links: [UInt64?] = []) -> SHA256Digest {
        var digest = FileTreeDigest()
        var root = FileFacts()
        root.attributes = 0x16
        root.times = [4, 5, 6]
        digest.add(root, link: nil, childCount: entries.count)
        for (number, entry) in entries.enumerated() {
            digest.add(entry, link: links.indices.contains(number) ? links[number] : nil, childCount: 0)
        }
        return digest.finish().whole
    }

    @Test("it is what docs/formats/ours.md says, byte for byte")
    func documented() {
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        func long(_ value: UInt32) -> [UInt8] { number(value) + number(0) }
        let root = number(0) + number(0) + number(0x16) + long(4) + long(5) + long(6) + number(0) + number(2)
        let stream = number(0) + [UInt8](repeating: 7, count: 20)
        func file(_ name: UInt8) -> [UInt8] {
            number(2) + [name, 0] + number(0) + number(0x20) + long(1) + long(2) + long(3) + [0] + number(1) + stream
                + number(0)
        }
        let records = SHA256.digest(of: root + file(0x61) + file(0x62)).bytes
        let links = number(2) + number(1) + number(2)
        let expected = SHA256.digest(of: Array("tsmedia volume tree 1".utf8) + records + links + [0])
        let streams = [Self.stream("", 7)]
        #expect(
            Self.digest([Self.facts("a", streams: streams), Self.facts("b", streams: streams)], links: [9, 9])
                == expected)
    }

    @Test("the order of streams, empty ones and numbers of links are nobody's business; names, hashes and links are")
    func compares() {
        let (one, two) = (Self.stream("", 1), Self.stream("more", 2))
        let none = FileFacts.Stream(name: [], sha1: FileFacts.Stream.noHash)
        let same = Self.digest([Self.facts("a", streams: [one, two])], links: [nil])
        #expect(Self.digest([Self.facts("a", streams: [two, none, one])], links: [5]) == same)
        #expect(Self.digest([Self.facts("A", streams: [one, two])]) != same)
        #expect(Self.digest([Self.facts("a", streams: [one])]) != same)
        #expect(Self.digest([Self.facts("a", streams: [one, Self.stream("more", 3)])]) != same)
        let pair = [Self.facts("a"), Self.facts("b")]
        #expect(Self.digest(pair, links: [1, 1]) == Self.digest(pair, links: [8, 8]))
        #expect(Self.digest(pair, links: [1, 1]) != Self.digest(pair, links: [1, 2]))
        var compressed = Self.facts("a", streams: [one, two])
        compressed.attributes |= 0x800 | 0x200 | 0x80
        #expect(Self.digest([compressed]) == same)
        compressed.attributes |= 0x2
        #expect(Self.digest([compressed]) != same)
    }

    @Test("a descriptor goes to the end of its last part, and one that is not sound is all of its bytes")
    func descriptors() {
        let sid: [UInt8] = [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
        let head: [UInt8] = [1, 0, 4, 0x80, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        func digest(_ bytes: [UInt8]) -> SHA256Digest { FileFacts.descriptorDigest(of: bytes[...]) }
        #expect(digest(head + sid + [9, 9, 9]) == SHA256.digest(of: head + sid))
        #expect(digest(head + sid) != digest(head + sid.dropLast() + [1]))
        for length in 0..<(head + sid).count {
            let cut = Array((head + sid).prefix(length))
            #expect(digest(cut) == SHA256.digest(of: cut))
        }
        let wild = head.prefix(4) + [UInt8](repeating: 0xFF, count: 28)
        #expect(digest(Array(wild)) == SHA256.digest(of: wild))
    }

    @Test("what the root's descriptor is counts when an image has one, and else not")
    func rootDescriptor() {
        func digests(_ descriptor: SHA256Digest?) -> (whole: SHA256Digest, withoutRootDescriptor: SHA256Digest) {
            var digest = FileTreeDigest()
            var root = FileFacts()
            root.times = [0, 0, 0]
            root.descriptor = descriptor
            digest.add(root, link: nil, childCount: 0)
            return digest.finish()
        }
        let (none, one, two) = (
            digests(nil), digests(SHA256.digest(of: [1])), digests(SHA256.digest(of: [2]))
        )
        #expect(one.withoutRootDescriptor == none.whole)
        #expect(one.whole != two.whole && one.whole != none.whole)
    }
}
