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

    @Test("delimiters count whatever combines with them, and lines keep their numbers")
    func knowsNoGraphemes() throws {
        let document = try parse("[A]\r\n\r\n\rKey=\u{301}x \n\rb\u{301} =\t y z\t\r\n;[\u{301}".utf8)
        #expect(
            document.sections == [
                .init(
                    name: "A",
                    entries: [
                        .init(key: "Key", value: "\u{301}x", line: 4), .init(key: "b\u{301}", value: "y z", line: 6),
                    ])
            ])
    }

    @Test("the INI of a file is read as any other: the first of equal keys in any of its sections, in any encoding")
    func fileRecords() throws {
        let digest = String(repeating: "aB", count: 32)
        let text = """
            ; a comment\r
            [Other]\r
            Hash=00\r
            [file]\r
             hash\t= \(digest)\r
            Hash=\(String(repeating: "00", count: 32))\r
            SIZE=12\r
            [Other]\r
            Attributes=1\r
            [FILE]\r
            Size=13\r
            attributes=20\r
            timemodified=133500000000000000\r
            Fran\u{E7}ais=\u{E9}\r
            """
        let plain = text.replacing("Fran\u{E7}ais=\u{E9}", with: "")
        let single = text.unicodeScalars.map { UInt8($0.value) }
        for bytes in [
            Array(plain.utf8), Array(text.utf8), single, [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(text),
            Text.encodeUTF16LittleEndian(plain),
        ] {
            let record = try bytes.withUnsafeBufferPointer { try FileRecord($0, "/lib/x.INI") }
            #expect(record.sha256.description == digest.lowercased())
            #expect(record.byteCount == 12)
            #expect(record.attributes == 0x20)
            #expect(record.modified == Timestamp(fileTime: 133_500_000_000_000_000))
        }
    }

    @Test(
        "what a file's INI lacks has a value, and what is malformed is named",
        arguments: [
            ("[File]", "has no Hash"), ("[Info]\nHash=\(String(repeating: "0", count: 64))", "has no Hash"),
            ("[File]\nHash=0", "line 2: '0' is not a SHA-256"),
            ("[File]\n\nHash=\(String(repeating: "g", count: 64))", "line 3:"),
            ("[File]\nHash=\(String(repeating: "0", count: 64))\nSize=-1", "line 3: '-1' is not a size"),
            ("[File]\nHash=\(String(repeating: "0", count: 64))\nSize=", "line 3: '' is not a size"),
            ("[File]\nHash=\(String(repeating: "0", count: 64))\nTimeModified=x", "line 3: 'x' is not a time"),
            ("[File]\nHash=\(String(repeating: "0", count: 64))\nAttributes=x", "line 3: 'x' is not a set of"),
            ("[File]\nHash=\(String(repeating: "0", count: 64))\nx", "line 3: there is no '='"),
        ])
    func malformedRecords(text: String, problem: String) throws {
        let error = #expect(throws: ContentLibraryError.self) {
            _ = try Array(text.utf8).withUnsafeBufferPointer { try FileRecord($0, "/lib/x.INI") }
        }
        #expect(error?.code == .malformed)
        #expect(error?.description.contains("/lib/x.INI has ") == true)
        #expect(error?.description.contains(problem) == true)
        let record = try Array("[File]\nHash=\(String(repeating: "0", count: 64))\nAttributes=".utf8)
            .withUnsafeBufferPointer { try FileRecord($0, "/lib/x.INI") }
        #expect(record.byteCount == nil)
        #expect(record.attributes == ContentFile.normalAttributes)
        #expect(record.modified == Timestamp(unixSeconds: 315_532_800))
    }
}
