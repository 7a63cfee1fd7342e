// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import Testing

@Suite("XML reader")
struct XMLReaderTests {
    @Test("the tree keeps order, spelling, CDATA, comments and processing instructions")
    func keepsEverything() throws {
        let document = try XMLReader.read(
            "<?xml version='1.0'?><!-- a --><r b='2' a='1&amp;&#65;'>x&lt;<![CDATA[<y>]]><z:q xmlns:z='u'/><?p d?></r>",
            source: "t.xml")
        #expect(document.prolog == [.comment(" a ")])
        #expect(document.root.attributes == [XMLAttribute("b", "2"), XMLAttribute("a", "1&A")])
        #expect(
            document.root.children == [
                .text("x<"), .cdata(XMLCharacterData("<y>")),
                .element(XMLElement("z:q", attributes: [XMLAttribute("xmlns:z", "u")])),
                .processingInstruction(target: "p", data: "d"),
            ])
        #expect(document.root.text == "x<<y>")
    }

    @Test("elements and CDATA sections know their line and column")
    func knowsPlaces() throws {
        let text = "<a>\r\n  <b x='\n'/>é<c/><d><![CDATA[hello]]></d></a>"
        let document = try XMLReader.read(text, source: "t.xml")
        #expect(document.root.first("b")?.location == XMLLocation(line: 2, column: 3))
        #expect(document.root.first("c")?.location == XMLLocation(line: 3, column: 5))
        guard case .cdata(let data) = try #require(document.root.first("d")).children.first else {
            Issue.record("no CDATA")
            return
        }
        #expect(data.location == XMLLocation(line: 3, column: 21))
        #expect(document.lineEnding == .carriageReturnLineFeed)
        let c = try #require(document.root.first("d"))
        #expect(String(decoding: document.sourceText(of: c), as: UTF8.self) == "<d><![CDATA[hello]]></d>")
    }

    @Test("places stay exact beyond the parser's internal buffers")
    func knowsPlacesInLongLines() throws {
        let text = "<a>" + String(repeating: "<b c='dddddddddd'>eeeeeeeee</b>", count: 20_000) + "<z/></a>"
        let document = try XMLReader.read(text, source: "t.xml")
        #expect(document.root.first("z")?.location == XMLLocation(line: 1, column: 4 + 31 * 20_000))
    }

    @Test(
        "a defect is reported with file, line and column",
        arguments: [
            ("<a>\n <b></c></a>", 2, MarkupError.Code.notWellFormed), ("<a>\n\n", 3, .notWellFormed),
            ("plain text", 1, .notWellFormed), ("<a>&foo;</a>", 1, .notWellFormed), ("<a/><b/>", 1, .notWellFormed),
            ("<a b='1' b='2'/>", 1, .notWellFormed), ("<a>\u{1}</a>", 1, .notWellFormed),
            ("<a>\n\u{0}</a>", 2, .encoding),
        ])
    func reportsDefects(text: String, line: Int, code: MarkupError.Code) throws {
        let error = #expect(throws: MarkupError.self) { try XMLReader.read(text, source: "t.xml") }
        #expect(error?.code == code)
        #expect(error?.location?.line == line)
        #expect(error?.description.hasPrefix("t.xml:\(line):") == true)
        #expect(error?.failureClass == .malformed)
    }

    @Test(
        "a document type declaration is refused before anything of it is read",
        arguments: [
            "<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY b 'lol'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><a>&c;</a>",
            "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1/x.dtd'>%p;]><a/>",
        ])
    func refusesDocumentTypes(text: String) {
        let error = #expect(throws: MarkupError.self) { try XMLReader.read(text, source: "t.xml") }
        #expect(error?.code == .documentType)
    }

    @Test("depth, size and number of nodes have limits")
    func hasLimits() throws {
        let bomb = String(repeating: "<a>", count: 100_000)
        #expect(throws: MarkupError.self) { try XMLReader.read(bomb, source: "t") }
        let error = #expect(throws: MarkupError.self) {
            try XMLReader.read("<a><b><c/></b></a>", source: "t", limits: XMLLimits(depth: 2))
        }
        #expect(error?.code == .limit)
        let deepest = String(repeating: "<a>", count: 256) + String(repeating: "</a>", count: 256)
        #expect(throws: Never.self) { try XMLReader.read(deepest, source: "t") }
        let many = #expect(throws: MarkupError.self) {
            try XMLReader.read("<a>1<b c='1'/>2</a>", source: "t", limits: XMLLimits(nodeCount: 4))
        }
        #expect(many?.code == .limit)
        let long = #expect(throws: MarkupError.self) {
            try XMLReader.read("<a></a>", source: "t", limits: XMLLimits(byteCount: 6))
        }
        #expect(long?.code == .limit)
    }

    @Test("an element with very many attributes, or a very long start tag, is refused before it is parsed")
    func boundsStartTags() throws {
        func attributes(_ count: Int, _ prefix: String = "a") -> String {
            (0..<count).map { " \(prefix)\($0)='\u{3E}'" }.joined()
        }
        let limits = XMLLimits()
        let most = limits.attributeCount
        #expect(
            try XMLReader.read("<r><e\(attributes(most))/></r>", source: "t").root.first("e")?.attributes.count == most)
        for text in [
            "<r>\n <e\(attributes(most + 1))/></r>", "<r>\n <e\(attributes(most + 1))>",
            "<r>\n <e\(attributes(100_000))",
            "<r>\n <e\(attributes(most + 1, "xmlns:n"))/></r>",
            "<r><!-- <x> --><?p <y a='?><![CDATA[<z b=\">]]>\n <e\(attributes(most + 1))/></r>",
        ] {
            let error = try #require(throws: MarkupError.self) { try XMLReader.read(text, source: "t") }
            #expect(error.code == .limit)
            #expect(error.description.contains("attributes"), "\(error)")
            #expect(error.location?.line == 2)
        }
        // What stands in values, comments, sections and text is no attribute.
        let signs = String(repeating: "a='b' ", count: most + 1)
        let harmless = "<r v=\"\(signs)\"><!--<e \(signs)>--><![CDATA[<e \(signs)>]]><?p <e \(signs)>?>\(signs)</r>"
        _ = try XMLReader.read(harmless, source: "t")
        var small = XMLLimits()
        small.startTagByteCount = 100
        _ = try XMLReader.read("<r v='\(String(repeating: "x", count: 90))'/>", source: "t", limits: small)
        let error = try #require(throws: MarkupError.self) {
            try XMLReader.read("<r v='\(String(repeating: "x", count: 100))'/>", source: "t", limits: small)
        }
        #expect(error.code == .limit)
    }

    @Test("UTF-8 and UTF-16 with and without a mark, and declared single bytes, give the same text")
    func readsEncodings() throws {
        let text = "<?xml version=\"1.0\" encoding=\"utf-16\"?><a>é€</a>"
        let little = Text.encodeUTF16LittleEndian(text)
        let big = zip(little.indices, little).map { index, _ in little[index ^ 1] }
        let single = Array("<?xml version='1.0' encoding='windows-1252'?><a>".utf8) + [0xE9, 0x80] + Array("</a>".utf8)
        for bytes in [
            Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8), little, [0xFF, 0xFE] + little, big,
            [0xFE, 0xFF] + big, single,
        ] {
            #expect(try XMLReader.read(bytes, source: "t").root.text == "é€")
        }
    }

    @Test(
        "bytes that are not text in their encoding are refused with the place",
        arguments: [
            (Array("<a>\n".utf8) + [0xFF, 0x41], 2), ([0xFF, 0xFE, 0x3C], nil), ([0xFF, 0xFE, 0x00, 0xD8], nil),
            ([], nil),
        ] as [([UInt8], Int?)])
    func refusesBadEncodings(bytes: [UInt8], line: Int?) {
        let error = #expect(throws: MarkupError.self) { try XMLReader.read(bytes, source: "t") }
        #expect(error?.location?.line == line)
    }

    @Test("an embedded document reports places in the file around it")
    func offsetsPlaces() throws {
        let error = #expect(throws: MarkupError.self) {
            try XMLReader.read("<a><b></a>", source: "t", origin: XMLLocation(line: 7, column: 100))
        }
        #expect(error?.location?.line == 7)
        #expect((error?.location?.column ?? 0) > 100)
    }
}
