// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Testing

@Suite("XML writer")
struct XMLWriterTests {
    @Test(
        "every text comes back from text, attribute and CDATA as it was",
        arguments: [
            "", "plain", "a<b>&\"'", "]]>", "]]]]>>", "x]]", "line\nfeed", "carriage\rreturn", "both\r\n", "\ttab ",
            "é€\u{1F600}", "<![CDATA[ ]]>", "&amp;", " ",
        ])
    func roundTrips(text: String) throws {
        var writer = XMLWriter()
        writer.startTag("r", [XMLAttribute("a", text)])
        writer.startTag("t")
        writer.text(text)
        writer.endTag("t")
        writer.startTag("c")
        writer.cdata(text)
        writer.endTag("c")
        writer.endTag("r")
        let root = try XMLReader.read(writer.bytes, source: "t").root
        #expect(root[attribute: "a"] == text)
        #expect(root.first("t")?.text == text)
        #expect(root.first("c")?.text == text)
    }

    @Test("an element read and written again is the same text")
    func writesElements() throws {
        let text = "<r b=\"2\" a=\"&quot;&lt;\"><x:y xmlns:x=\"u\"/>t&amp;<![CDATA[<c>]]><!--n--><?p d?></r>"
        var writer = XMLWriter()
        writer.element(try XMLReader.read(text, source: "t").root)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test(
        "characters that XML cannot carry are found",
        arguments: [("a\u{0}", 0 as UInt32), ("\u{1B}[", 0x1B), ("\u{FFFE}", 0xFFFE), ("x\u{B}", 0xB)])
    func findsForbidden(text: String, value: UInt32) {
        #expect(XMLText.firstForbiddenCharacter(in: text)?.value == value)
        #expect(XMLText.firstForbiddenCharacter(in: "a\t\r\n\u{1F600}") == nil)
    }
}
