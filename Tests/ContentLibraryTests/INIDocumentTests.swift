// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import Testing

@testable import ContentLibrary

@Suite("INI dialect")
struct INIDocumentTests {
    private static let text = "[Packages]\r\nABC00001.2=\r\n[Info]\r\nVersion=2\r\n"

    private func parse(_ bytes: some Sequence<UInt8>) throws(ContentLibraryError) -> INIDocument {
        try INIDocument(bytes: Array(bytes), path: "/lib/PkgLib/ABC00001.INI")
    }

    @Test(
        "every encoding and line end that is met is read",
        arguments: [
            Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8),
            [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(text), Text.encodeUTF16LittleEndian(text),
            Array(text.utf8.filter { $0 != 13 }), Array(text.utf8.filter { $0 != 10 }),
            Array(("; a comment\r\n\r\n" + text.uppercased()).utf8),
            Array("[packages]\r\n abc00001.2 = \r\n[info]\r\nversion = 2".utf8),
        ])
    func reads(bytes: [UInt8]) throws {
        let document = try parse(bytes)
        #expect(document.entries(in: "Packages").map { $0.key.uppercased() } == ["ABC00001.2"])
        #expect(document.entry("Version", in: "Info")?.value == "2")
    }

    @Test("single-byte text is read and written back byte for byte")
    func keepsSingleBytes() throws {
        let bytes = Array("[Users]\r\nName=".utf8) + [0xE9, 0x85, 0xFF] + Array("\r\n".utf8)
        #expect(try parse(bytes).bytes == bytes)
    }

    @Test("the first of several equal keys counts")
    func duplicates() throws {
        let document = try parse("[Info]\r\nVersion=2\r\nVERSION=3\r\n[info]\r\nVersion=4\r\n".utf8)
        #expect(document.entry("version", in: "INFO")?.value == "2")
        #expect(document.entries(in: "Info").count == 3)
    }

    @Test(
        "a malformed line is an error that names file and line",
        arguments: [
            ("[Packages\r\nA=\r\n", 1), ("[Packages]\r\nno equals sign\r\n", 2), ("[Packages]\r\n=value\r\n", 2),
            ("A=1\r\n", 1), ("[]\r\n", 1), ("[Packages]\r\nA=1\r\nB=\u{1}\r\n", 3), ("[Packages]\r\n\0\0\0\0", 2),
        ])
    func malformed(text: String, line: Int) throws {
        let error = try #require(throws: ContentLibraryError.self) { try parse(text.utf8) }
        #expect(error.code == .malformed)
        #expect(error.failureClass == .malformed)
        #expect(error.description.contains("/lib/PkgLib/ABC00001.INI has a malformed line \(line):"))
    }

    @Test("UTF-16 that is cut off is not text")
    func truncatedUTF16() throws {
        let error = try #require(throws: ContentLibraryError.self) {
            try parse([0xFF, 0xFE] + Text.encodeUTF16LittleEndian(Self.text).dropLast())
        }
        #expect(error.problem == "is not text")
    }
}
