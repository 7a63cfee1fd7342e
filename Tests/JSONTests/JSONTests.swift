// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import JSON
import TSMediaTestSupport
import Testing

@Suite("JSON documents")
struct JSONTests {
    /// Everything that a report may hold.
    private struct Report: Encodable {
        enum Kind: String, Encodable { case disc, drive }

        struct Part: Encodable {
            let name: String
            let size: Int64
            let note: String?
        }

        var text = "plain"
        var truth: Bool? = nil
        var count: Int? = nil
        var share: Double? = nil
        var kind: Kind? = nil
        var part: Part? = nil
        var parts: [Part] = []
        var names: [String]? = nil
        var numbers: [UInt8] = [0, 255]
    }

    private struct Line: JSONLineEncodable {
        let number: Int

        func appendJSON(to bytes: inout [UInt8]) {
            bytes += "{\"number\":".utf8
            JSONText.append(number, to: &bytes)
            bytes += "}".utf8
        }
    }

    /// What Python's parser makes of `bytes`, in its own words.
    private func python(_ bytes: [UInt8], _ expression: String) throws -> String {
        let script =
            "import json,sys; d=json.loads(sys.stdin.buffer.read()); sys.stdout.reconfigure(encoding='utf-8');"
            + " print(\(expression))"
        return try Program.succeed("python3", ["-c", script], input: bytes).output
    }

    @Test(
        "what is nil is null, never absent, in the order of the properties", arguments: [JSON.Layout.indented, .line])
    func nulls(layout: JSON.Layout) throws {
        let bytes = try JSON.bytes(of: Report(), layout)
        #expect(
            try python(bytes, "list(d.items())")
                == "[('text', 'plain'), ('truth', None), ('count', None), ('share', None), ('kind', None),"
                + " ('part', None), ('parts', []), ('names', None), ('numbers', [0, 255])]\n")
    }

    @Test("values of every kind are read back", arguments: [JSON.Layout.indented, .line])
    func values(layout: JSON.Layout) throws {
        let part = Report.Part(name: "a\"b", size: .max, note: nil)
        let report = Report(
            text: "", truth: false, count: -1, share: 0.5, kind: .drive, part: part, parts: [part, part], names: ["x"])
        #expect(
            try python(JSON.bytes(of: report, layout), "d['truth'], d['count'], d['share'], d['kind'], d['parts'][1]")
                == "False -1 0.5 drive {'name': 'a\"b', 'size': 9223372036854775807, 'note': None}\n")
    }

    @Test("an indented document of sorted properties is what Foundation writes")
    func likeFoundation() throws {
        struct Sorted: Encodable {
            var a: [Int] = []
            var b = ["x": [1, 2]].map { [$0.key] + $0.value.map(String.init) }
            var c = Inner()
            struct Inner: Encodable { var z = "日本 / \\" }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        #expect(try JSON.bytes(of: Sorted()) == Array(try encoder.encode(Sorted())))
    }

    @Test(
        "every text is read back, and none of it drives a terminal",
        arguments: [
            "", #"\"#, #"""#, #"a"],"files" : [ ]"#, #"\u0041\\"#, "\0\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1B}[31m\u{1F}\u{7F}",
            "Büro 日本 🙂 e\u{301} \u{2028}\u{85}\u{FEFF}\u{9B}\u{202E}\u{E0001}",
            String(repeating: "long ", count: 50_000),
        ])
    func escapes(text: String) throws {
        let bytes = try JSON.bytes(of: [text])
        #expect(try python(bytes, "d[0].encode().hex()") == text.utf8.map { String(format($0)) }.joined() + "\n")
        let printed = String(decoding: bytes, as: UTF8.self).unicodeScalars.filter { $0 != "\n" }
        #expect(!printed.contains { [.control, .format, .lineSeparator].contains($0.properties.generalCategory) })
    }

    private func format(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    @Test("a long list is passed on in pieces while it is made")
    func pieces() throws {
        var sizes: [Int] = []
        var whole: [UInt8] = []
        try JSON.write((0..<100_000).map(Line.init)) {
            sizes.append($0.count)
            whole += $0
        }
        #expect(sizes.count > 10)
        #expect(sizes.max() ?? 0 < 1 << 17)
        #expect(try python(whole, "sum(x['number'] for x in d)") == "4999950000\n")
    }

    @Test("a sink that fails ends the document with its error")
    func failingSink() {
        struct Full: Error {}
        #expect(throws: Full.self) { try JSON.write((0..<100_000).map(Line.init)) { _ in throw Full() } }
        #expect(throws: Full.self) { try JSON.write("short") { _ in throw Full() } }
    }

    @Test("a dictionary is an object with sorted keys")
    func dictionary() throws {
        let names = ["b": nil, "a": 1, "\u{E9}": 3, "B": 2] as [String: Int?]
        #expect(
            try python(JSON.bytes(of: names, .line), "list(d.items())")
                == "[('B', 2), ('a', 1), ('b', None), ('é', 3)]\n")
        #expect(try String(decoding: JSON.bytes(of: [:] as [String: Int], .line), as: UTF8.self) == "{}")
    }

    @Test("a value that writes in two turns is one object")
    func twoTurns() throws {
        struct More: Encodable {
            private enum Key: CodingKey { case more }

            func encode(to encoder: any Encoder) throws {
                try Report.Part(name: "a", size: 1, note: nil).encode(to: encoder)
                var container = encoder.container(keyedBy: Key.self)
                try container.encode([[1], []], forKey: .more)
            }
        }
        #expect(
            try python(JSON.bytes(of: [More(), More()], .line), "d[1]")
                == "{'name': 'a', 'size': 1, 'note': None, 'more': [[1], []]}\n")
    }

    @Test("what JSON cannot hold is an error")
    func refusals() {
        #expect(throws: EncodingError.self) { try JSON.bytes(of: [Double.nan]) }
        #expect(throws: EncodingError.self) { try JSON.bytes(of: [Double.infinity]) }
        #expect(throws: EncodingError.self) { try JSON.bytes(of: [[1: 1]]) }
    }
}
