// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport
import Testing

@testable import JSON

@Suite("Reading JSON")
struct JSONReaderTests {
    private static func read(_ text: String, limit: Int = 1000) throws -> JSONNode {
        var reader = JSONReader(Array(text.utf8))
        let node = try reader.node(limit: limit)
        try reader.end()
        return node
    }

    @Test(
        "values are what they are elsewhere",
        arguments: [
            ("null", JSONNode.null), (" true ", .truth(true)), ("false", .truth(false)), ("0", .number("0")),
            ("-12.5e+3", .number("-12.5e+3")), ("\"\"", .text("")),
            (#""a\"\\\/\b\f\n\r\t\u00e9""#, .text("a\"\\/\u{8}\u{C}\n\r\té")),
            (#""\ud83d\ude00 \ud83d x""#, .text("😀 \u{FFFD} x")), ("[]", .list([])),
            ("[1,[2]]", .list([.number("1"), .list([.number("2")])])),
            (
                #"{"a":1,"b":{}}"#,
                .object([.init(name: "a", value: .number("1")), .init(name: "b", value: .object([]))])
            ),
            ("\u{FEFF}1", .number("1")), ("\"é\"", .text("é")),
        ])
    func values(text: String, node: JSONNode) throws { #expect(try Self.read(text) == node) }

    @Test(
        "what is not JSON is refused, wherever it is broken",
        arguments: [
            "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}", "{1:1}",
            "\"", "\"\\",
            "\"\\\"", "\"\\u12", "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"", "tru", "truex", "nul", "01", "-", "1.", "1e",
            "+1", ".5", "1 2",
            "[1 2]", "{\"a\" 1}", "'a'", "NaN", "{\"a\":1,\"a\":2}",
        ])
    func refused(text: String) {
        #expect(throws: JSONError.self) { try Self.read(text) }
        // Skipped, it is refused too, unless only the names are wrong.
        if !text.contains("\"a\":2") {
            #expect(throws: JSONError.self) {
                var reader = JSONReader(Array(text.utf8))
                try reader.skip()
                try reader.end()
            }
        }
    }

    @Test("levels, values and bytes have limits")
    func limits() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(try #require(throws: JSONError.self) { try Self.read(deep) }.problem.contains("levels"))
        var reader = JSONReader(Array(deep.utf8))
        #expect(try #require(throws: JSONError.self) { try reader.skip() }.problem.contains("levels"))
        let wide = "[" + Array(repeating: "1", count: 1000).joined(separator: ",") + "]"
        #expect(try #require(throws: JSONError.self) { try Self.read(wide) }.problem.contains("more values"))
        #expect(throws: Never.self) { try Self.read(wide, limit: 1001) }
        var broken = JSONReader([0x22, 0xC3, 0x28, 0x22])
        #expect(try #require(throws: JSONError.self) { try broken.node(limit: 1) }.problem.contains("UTF-8"))
    }

    @Test("what this program writes is read as it was, and no cut or changed document is more than an error")
    func roundTrip() throws {
        struct Value: Encodable {
            let text = "ü\u{202E}\"\\\u{0}"
            let numbers = [1, -2, 9_007_199_254_740_993]
            let nothing: String? = nil
            let truth = true
        }
        for layout in [JSON.Layout.indented, .line] {
            let bytes = try JSON.bytes(of: Value(), layout)
            var reader = JSONReader(bytes)
            let node = try reader.node(limit: 100)
            #expect(node["text"] == .text("ü\u{202E}\"\\\u{0}") && node["nothing"] == .null && node["gone"] == nil)
            #expect(node["numbers"] == .list([.number("1"), .number("-2"), .number("9007199254740993")]))
            for count in bytes.indices {
                var reader = JSONReader(Array(bytes.prefix(count)))
                #expect(throws: JSONError.self) { try reader.node(limit: 100) }
            }
            var generator = SeededGenerator(seed: 17)
            for _ in 0..<2000 {
                var changed = bytes
                changed[Int.random(in: changed.indices, using: &generator)] = .random(in: 0...255, using: &generator)
                var reader = JSONReader(changed)
                _ = try? reader.node(limit: 100)
            }
        }
    }

    @Test("parts are read one after the other, and what nobody wants is passed over")
    func parts() throws {
        var reader = JSONReader(Array(#"{"x":{"y":[1,"]"]},"value":[{"a":1},{"a":2}],"z":null}"#.utf8))
        var found: [JSONNode?] = []
        try reader.members { name, reader in
            guard name == "value" else { return try reader.skip() }
            try reader.elements { found.append(try $0.node(limit: 2)["a"]) }
        }
        try reader.end()
        #expect(found == [.number("1"), .number("2")])
        var list = JSONReader(Array("[]".utf8))
        #expect(throws: JSONError.self) { try list.members { _, _ in } }
    }
}
