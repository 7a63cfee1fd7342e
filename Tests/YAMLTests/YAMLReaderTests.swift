// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport
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
            ("a: 1\n---\nb: 2\n", 2), ("a: b: c\n", 1), ("[1]: 2\n", 1), ("a: 1\nb: &x [*x]\n", 2),
            ("a: !include b\n", 1), ("a: !!binary YQ==\n", 1), ("a: 1\nb: \u{8}\n", 2), ("a: 'é\u{8}'\n", 1),
            ("{a: 1, a: 2}\n", 1), ("a:\n  b: 1\n  ? b\n  : 2\n", 3), ("%YAML 3.0\n---\na: 1\n", 1), ("- a\nb: 1\n", 2),
        ])
    func refuses(text: String, line: Int) throws {
        let error = try #require(throws: YAMLError.self) { try read(text) }
        #expect(error.failureClass == .malformed)
        let place = try #require(error.location, "\(error)")
        if line > 0 { #expect(place.line == line, "\(error)") }
        #expect(error.description.hasPrefix("t.yaml:\(place.line):\(place.column): "))
    }

    @Test("columns count characters, lines of every kind, and marks at the beginning are no text")
    func places() throws {
        let error = try #require(throws: YAMLError.self) { try read("ä: 'é', é: [\n") }
        #expect(error.location?.line == 1)
        let root = try YAMLReader.read([0xEF, 0xBB, 0xBF] + Array("é: ü\r\nb: 1\r\n".utf8), source: "t")
        guard case .mapping(let entries) = root.content else {
            Issue.record("not a mapping")
            return
        }
        #expect(entries.map(\.key) == ["é", "b"])
        #expect(entries.map(\.value.location) == [YAMLLocation(line: 1, column: 4), YAMLLocation(line: 2, column: 4)])
        let wide: [UInt8] = [0xFF, 0xFE] + "a: b".utf8.flatMap { [$0, 0] }
        #expect(try YAMLReader.read(wide, source: "t") == read("a: b"))
    }

    @Test("an alias stands for what its anchor is on, as a key too; the later of two anchors counts")
    func aliases() throws {
        #expect(try read("a: &x [1]\nb: *x\n").entry("b")?.content == read("a: &x [1]\n").entry("a")?.content)
        #expect(try read("a: &k z\n*k : 1\n").entry("z")?.content == .scalar("1"))
        #expect(try read("&k z: 1\nb: *k\n").entry("b")?.content == .scalar("z"))
        #expect(try read("a: &x 1\nb: &x 2\nc: *x\n").entry("c")?.content == .scalar("2"))
    }

    @Test("text in quotes, with a tag or over lines is text; nothing, ~ and null are nothing")
    func scalars() throws {
        let root = try read("a: '~'\nb: !!str ~\nc:\nd: null\ne: |\n  x\n  y\nf: >-\n  x\n  y\ng: ''\n")
        #expect(root.entry("a")?.content == .scalar("~") && root.entry("b")?.content == .scalar("~"))
        #expect(root.entry("c")?.content == .null && root.entry("d")?.content == .null)
        #expect(root.entry("e")?.content == .scalar("x\ny\n") && root.entry("f")?.content == .scalar("x y"))
        #expect(root.entry("g")?.content == .scalar(""))
        for empty in ["", "\n", "# c\n", "---\n", "---\n...\n"] { #expect(try read(empty).content == .null) }
    }

    @Test("nodes that alias each other and levels without end are refused")
    func bounds() throws {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(try #require(throws: YAMLError.self) { try read(bomb) }.code == .limit)
        #expect(throws: YAMLError.self) { try read(bomb + "? *a9\n: x\n") }
        // Levels are counted through aliases as well.
        var tower = "a0: &a0 x\n"
        for level in 1...20 { tower += "a\(level): &a\(level) [[*a\(level - 1)]]\n" }
        #expect(try #require(throws: YAMLError.self) { try read(tower) }.code == .limit)
        let deepest = YAMLReader.maximumDepth - 1
        _ = try read(String(repeating: "[", count: deepest) + "x" + String(repeating: "]", count: deepest))
        for depth in [40, 900, 100_000] {
            #expect(throws: YAMLError.self) { try read(String(repeating: "[", count: depth)) }
            #expect(throws: YAMLError.self) {
                try read(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
            }
        }
    }

    @Test("what an alias stands for is counted each time, to the node")
    func countsAliases() throws {
        // A list of 999 texts is 1,000 nodes; the root, `a`, and the list `b` with its aliases and single texts.
        func text(aliases: Int, singles: Int) -> String {
            let list = Array(repeating: "x", count: 999).joined(separator: ",")
            let items = Array(repeating: "*a", count: aliases) + Array(repeating: "y", count: singles)
            return "a: &a [\(list)]\nb: [\(items.joined(separator: ","))]\n"
        }
        func nodeCount(_ node: YAMLNode) -> Int {
            switch node.content {
            case .mapping(let entries): 1 + entries.reduce(0) { $0 + nodeCount($1.value) }
            case .sequence(let nodes): 1 + nodes.reduce(0) { $0 + nodeCount($1) }
            default: 1
            }
        }
        #expect(nodeCount(try read(text(aliases: 2, singles: 5))) == 1 + 1000 + 1 + 2 * 1000 + 5)
        let aliases = YAMLReader.maximumNodeCount / 1000 - 2
        let singles = YAMLReader.maximumNodeCount - (1 + 1000 + 1 + aliases * 1000)
        _ = try read(text(aliases: aliases, singles: singles))
        let error = try #require(throws: YAMLError.self) { try read(text(aliases: aliases, singles: singles + 1)) }
        #expect(error.code == .limit && error.description.contains("nodes"))
        // Two of aliases that double ten times more than the limit allows; without it, nothing else refuses them.
        var bomb = "a0: &a0 [x, x]\n"
        for level in 1...22 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let refused = try #require(throws: YAMLError.self) { try read(bomb) }
        #expect(refused.code == .limit && refused.description.contains("nodes"))
        #expect((refused.location?.line ?? 0) < 22)
    }

    @Test("bytes that are not UTF-8 are refused; any mutation of a document is read or refused, never a crash")
    func mutations() throws {
        #expect(throws: YAMLError.self) { try YAMLReader.read([0x61, 0x3A, 0xFF], source: "t") }
        let seed = Array("packages:\n  - id: ABC00001\n    name: \"x\"\n    contents: [a, b]\n# c\nk: |\n  t\n".utf8)
        var random = SeededGenerator(seed: 1)
        for _ in 0..<Rounds.of(3_000) {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? YAMLReader.read(bytes, source: "t")
        }
    }
}

extension YAMLNode {
    /// The value of `key` in a mapping.
    fileprivate func entry(_ key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }
}
