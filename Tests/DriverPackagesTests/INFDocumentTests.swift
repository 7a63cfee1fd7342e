// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@testable import DriverPackages

@Suite struct INFDocumentTests {
    private static func lines(_ text: String, _ section: String = "s") -> [[String]] {
        let document = INFDocument(Array(text.utf8))
        var lines: [[String]] = []
        document.forEachLine(in: section) { line in
            lines.append((line.key.map { [INFText.string($0)] } ?? ["-"]) + line.fields.map { INFText.string($0) })
            return true
        }
        return lines
    }

    @Test(
        "an entry is split as SetupAPI splits it",
        arguments: [
            ("a=b,c", ["a", "b", "c"]), (" a  =  b b , c ; d", ["a", "b b", "c"]), ("a", ["-", "a"]),
            ("a,b", ["-", "a", "b"]), ("a=", ["a", ""]), ("a=\"b,c;d=e\",f", ["a", "b,c;d=e", "f"]),
            ("a=\"say \"\"hi\"\"\"", ["a", "say \"hi\""]), ("a=b=c", ["a", "b=c"]), ("a=\" b \"", ["a", " b "]),
            ("a=b,,c", ["a", "b", "", "c"]), ("a=\"open", ["a", "open"]),
            ("a=PCI\\VEN_1&DEV_2", ["a", "PCI\\VEN_1&DEV_2"]), ("a=b, \\\n  c", ["a", "b", "c"]),
            ("a=b,\\ ; remark\r\nc", ["a", "b", "c"]), ("%a%=%b%", ["%a%", "%b%"]),
        ])
    func entries(text: String, fields: [String]) {
        #expect(Self.lines("[s]\n\(text)\n") == [fields])
    }

    @Test("sections of one name are one, names have no case, and remarks and blank lines are nothing")
    func sections() {
        let text = "x=0\r\n[S]\r\na=1\r\n; b=2\r\n\r\n[other]\r\nc=3\r\n  [ s ] ; remark\r\nd=4"
        #expect(Self.lines(text) == [["a", "1"], ["d", "4"]])
        #expect(Self.lines("[s", "s").isEmpty)
        #expect(Self.lines("", "s").isEmpty)
    }

    @Test("tokens stand for texts, once; English texts and those of other languages fill the gaps")
    func tokens() {
        let document = INFDocument(
            Array(
                """
                [Version]
                A=%one%
                B=%TWO% and %one%
                C=100%%
                D=%none%
                E=%loop%
                F=%three%
                G=a%b
                [Strings]
                one="First"
                two=Second
                loop="%loop%%loop%"
                [Strings.0407]
                one="Erste"
                three="Drei"
                [Strings.0409]
                three="Three"
                """.utf8))
        let values = ["a", "b", "c", "d", "e", "f", "g"].map { document.value($0, in: "version") }
        #expect(values == ["First", "Second and First", "100%", "%none%", "%loop%%loop%", "Three", "a%b"])
    }

    private static let text = "[Version]\r\nProvider = \"Müller 😀 GmbH\"\r\n"

    @Test("UTF-16 in both orders, with and without a mark, UTF-8 and Latin-1 are read")
    func encodings() {
        let little = Text.encodeUTF16LittleEndian(Self.text)
        let big = stride(from: 0, to: little.count, by: 2).flatMap { [little[$0 + 1], little[$0]] }
        for bytes in [[0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little, [0xEF, 0xBB, 0xBF] + Array(Self.text.utf8)] {
            #expect(INFDocument(bytes).value("provider", in: "version") == "Müller 😀 GmbH")
        }
        #expect(INFDocument(Array(Self.text.utf8)).value("provider", in: "version") == "Müller 😀 GmbH")
        let latin = Array("[Version]\r\nProvider=M".utf8) + [0xFC] + Array("ller".utf8)
        #expect(INFDocument(latin).value("provider", in: "version") == "Müller")
        // Half a character, and a surrogate without its other half.
        let damaged = [0xFF, 0xFE] + Text.encodeUTF16LittleEndian("[Version]\nProvider=a") + [0x00, 0xD8, 0x41]
        #expect(INFDocument(damaged).value("provider", in: "version") == "a\u{FFFD}")
    }
}
