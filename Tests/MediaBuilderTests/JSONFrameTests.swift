// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TSMediaTestSupport
import Testing

@testable import MediaBuilder

@Suite("A JSON document with lists written by hand")
struct JSONFrameTests {
    private struct Document: Encodable {
        struct Part: Encodable {
            let name: String
            var files: [String] = []
        }

        let note: String
        let parts: [Part]
    }

    private func json(_ names: [String], _ texts: [String], note: String = "") throws -> [UInt8] {
        let frame = try JSONFrame(Document(note: note, parts: names.map { .init(name: $0) }), lists: "files")
        #expect(frame.parts.count == names.count + 1)
        var bytes: [UInt8] = []
        for part in frame.parts.dropLast() {
            bytes += part
            for (index, text) in texts.enumerated() {
                JSONFrame.startElement(isFirst: index == 0, depth: 3, &bytes)
                JSONFrame.append(text, to: &bytes)
            }
            JSONFrame.endList(depth: 3, &bytes)
        }
        return bytes + (frame.parts.last ?? [])
    }

    @Test(
        "a parser reads every text back",
        arguments: [
            [], [""], ["plain", "two"], [#"\"#, #"""#, #"a"],"files" : [ ]"#, #"\u0041\\"#],
            ["\0\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1B}\u{1F}\u{7F}"], ["Büro 日本 🙂 e\u{301} \u{2028}\u{85}\u{FEFF}"],
            [String(repeating: "long ", count: 50_000)],
        ])
    func escapes(texts: [String]) throws {
        let hostile = #"x" "files" : [ ] \"#
        for bytes in [
            try json([], texts), try json(["a"], texts), try json(["a", hostile, "c"], texts, note: hostile),
        ] {
            let parsed = try JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
            for part in parsed.parts.elements { #expect(part.files.elements.compactMap(\.text) == texts) }
            // Not the parser of the library that wrote the frame.
            let script = "import json,sys; d=json.load(sys.stdin); print(*[len(p['files']) for p in d['parts']])"
            let output = try Program.succeed("python3", ["-c", script], input: bytes).output
            let count = parsed.parts.elements.count
            #expect(output == Array(repeating: "\(texts.count)", count: count).joined(separator: " ") + "\n")
        }
    }

    @Test("every control character is escaped, and nothing else but quotes and backslashes")
    func escapesNoMore() {
        for value in UInt8.min...0x7F {
            var bytes: [UInt8] = []
            JSONFrame.append(String(Unicode.Scalar(value)), to: &bytes)
            #expect((bytes.count > 3) == (value < 0x20 || value == UInt8(ascii: "\"") || value == UInt8(ascii: "\\")))
        }
    }
}
