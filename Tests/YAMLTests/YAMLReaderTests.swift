// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import YAML

@Suite("YAML")
struct YAMLReaderTests {
    private func read(_ text: String) throws -> YAMLNode { try YAMLReader.read(Array(text.utf8), source: "t.yaml") }

    @Test("scalars stay text, and every node knows where it begins")
    func keepsText() throws {
        let root = try read("a: 1.10\nb:\n  - 00000012\n  - ~\n  - '~'\n")
        guard case .mapping(let entries) = root.content, case .sequence(let list) = entries[1].value.content else {
            Issue.record("not a mapping with a list")
            return
        }
        #expect(entries[0].value.content == .scalar("1.10"))
        #expect(entries[0].value.location == YAMLLocation(line: 1, column: 4))
        #expect(list.map(\.content) == [.scalar("00000012"), .null, .scalar("~")])
        #expect(list[1].location == YAMLLocation(line: 4, column: 5))
    }

    @Test(
        "what is not YAML is reported with its place",
        arguments: [
            ("a: [1\nb: 2\n", 2), ("a: 1\na: 2\n", 0), ("a: 'x\n", 0), ("\ta: 1\n", 1), ("a: *x\n", 1),
            ("a: 1\n---\nb: 2\n", 2), ("a: b: c\n", 1), ("[1]: 2\n", 1),
        ])
    func refuses(text: String, line: Int) throws {
        let error = try #require(throws: YAMLError.self) { try read(text) }
        #expect(error.failureClass == .malformed)
        let place = try #require(error.location, "\(error)")
        if line > 0 { #expect(place.line == line, "\(error)") }
        #expect(error.description.hasPrefix("t.yaml:\(place.line):\(place.column): "))
    }

    @Test("nodes that alias each other and levels without end are refused")
    func bounds() throws {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(try #require(throws: YAMLError.self) { try read(bomb) }.code == .limit)
        for depth in [40, 900, 100_000] {
            #expect(throws: YAMLError.self) { try read(String(repeating: "[", count: depth)) }
            #expect(throws: YAMLError.self) {
                try read(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
            }
        }
    }

    @Test("bytes that are not UTF-8 are refused; any mutation of a document is read or refused, never a crash")
    func mutations() throws {
        #expect(throws: YAMLError.self) { try YAMLReader.read([0x61, 0x3A, 0xFF], source: "t") }
        let seed = Array("packages:\n  - id: ABC00001\n    name: \"x\"\n    contents: [a, b]\n# c\nk: |\n  t\n".utf8)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? YAMLReader.read(bytes, source: "t")
        }
    }
}
