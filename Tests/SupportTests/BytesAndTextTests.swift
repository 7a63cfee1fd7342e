// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import Testing

@Suite("Bytes and text from outside")
struct BytesAndTextTests {
    // MARK: Integers

    @Test(
        "reading past either end gives nothing, whatever the offset",
        arguments: [Int.min, -9, -1, 2, 3, 4, 1 << 40, .max - 1, .max])
    func outOfRange(offset: Int) {
        // A slice that does not begin at 0.
        let reader = ByteReader(([9, 9, 1, 2, 3, 4] as [UInt8])[2...])
        #expect(reader.littleEndian(UInt32.self, at: offset) == nil)
        #expect(reader.bigEndian(UInt64.self, at: offset) == nil)
        #expect(reader.slice(at: offset, length: 5) == nil)
        #expect(reader.slice(at: offset, length: .max) == nil)
        #expect(reader.slice(at: offset, length: -1) == nil)
    }

    @Test("integers are read in either byte order from a slice's own beginning")
    func byteOrders() {
        let reader = ByteReader(([9, 9, 0x12, 0x34, 0xFE, 0xFF] as [UInt8])[2...])
        #expect(reader.littleEndian(UInt16.self, at: 0) == 0x3412)
        #expect(reader.bigEndian(UInt16.self, at: 0) == 0x1234)
        #expect(reader.littleEndian(UInt32.self, at: 0) == 0xFFFE_3412)
        #expect(reader.bigEndian(UInt32.self, at: 0) == 0x1234_FEFF)
        #expect(reader.littleEndian(UInt8.self, at: 3) == 0xFF)
        #expect(reader.slice(at: 4, length: 0)?.isEmpty == true)
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(0xFFFE_3412))
        #expect(bytes == [0x12, 0x34, 0xFE, 0xFF])
    }

    // MARK: Hexadecimal

    @Test("hexadecimal text of either case is read, and anything else refused")
    func hexadecimal() {
        let all = (0...255).map { UInt8($0) }
        #expect([UInt8](hexadecimal: all.hexadecimal(.lower)) == all)
        #expect([UInt8](hexadecimal: all.hexadecimal(.upper)) == all)
        #expect([UInt8](hexadecimal: "") == [])
        for text in ["a", "0g", "0x", " 0", "0 ", "+1", "\u{FF11}\u{FF11}", "é"] {
            #expect([UInt8](hexadecimal: text) == nil, "\(text)")
        }
    }

    @Test("a digest has exactly 32 bytes and 64 digits")
    func digest() throws {
        let bytes = (0..<32).map { UInt8($0 * 8 + 1) }
        let digest = try #require(SHA256Digest(bytes: bytes))
        #expect(digest.bytes == bytes)
        #expect(digest.description == bytes.hexadecimal(.lower))
        #expect(digest.upperCase == bytes.hexadecimal(.upper))
        #expect(SHA256Digest(hexadecimal: digest.upperCase) == digest)
        for other in 0..<32 {
            var changed = bytes
            changed[other] ^= 1
            #expect(SHA256Digest(bytes: changed) != digest)
        }
        #expect(SHA256Digest(bytes: bytes.dropLast()) == nil)
        #expect(SHA256Digest(bytes: bytes + [0]) == nil)
        #expect(SHA256Digest(hexadecimal: digest.description.dropLast()) == nil)
    }

    // MARK: Text

    @Test(
        "a byte order mark tells the encoding",
        arguments: [
            ([0xFF, 0xFE, 0x41, 0, 0xFC, 0], "Aü"), ([0xFE, 0xFF, 0, 0x41, 0, 0xFC], "Aü"),
            ([0xEF, 0xBB, 0xBF, 0x41, 0xC3, 0xBC], "Aü"), ([0x41, 0xC3, 0xBC], "Aü"), ([], ""), ([0xFF, 0xFE], ""),
            ([0xFF, 0xFE, 0x3D, 0xD8, 0x00, 0xDE], "😀"),
        ] as [([UInt8], String)])
    func decodes(bytes: [UInt8], text: String) {
        #expect(Text.decode(bytes, fallback: .utf8) == text)
        #expect(Text.decode(bytes, fallback: .singleByte) == text)
    }

    @Test("text that is not valid in its encoding is refused; without a mark it may be single bytes")
    func refuses() {
        for bytes: [UInt8] in [
            [0xFF, 0xFE, 0x41], [0xFE, 0xFF, 0x41], [0xFF, 0xFE, 0x00, 0xD8], [0xFE, 0xFF, 0xDC, 0x00],
        ] {
            #expect(Text.decode(bytes, fallback: .utf8) == nil)
            #expect(Text.decode(bytes, fallback: .singleByte) == nil)
        }
        #expect(Text.decode([0x41, 0xFC], fallback: .utf8) == nil)
        #expect(Text.decode([0x41, 0xFC, 0x80], fallback: .singleByte) == "Aü\u{80}")
    }

    @Test("UTF-16LE is written as it is read", arguments: ["", "a", "Büro 日本 😀", "\u{FEFF}x", "e\u{301}"])
    func roundTrip(text: String) {
        let bytes = Text.encodeUTF16LittleEndian(text)
        #expect(bytes.count == text.utf16.count * 2)
        #expect(Text.decodeUTF16LittleEndian([9, 9, 9] + bytes) == nil)
        #expect(Text.decodeUTF16LittleEndian(([9] + bytes)[1...])?.utf16.elementsEqual(text.utf16) == true)
    }

    @Test("a message stays on one line and cannot drive a terminal")
    func oneLine() {
        #expect("a\nb".onOneLine == "a\\nb")
        #expect("Büro 日本".onOneLine == "Büro 日本")
        for scalar in [
            "\u{1B}", "\r", "\u{7F}", "\u{85}", "\u{9B}", "\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}", "\u{0}",
        ] {
            let text = "a\(scalar)[31mb".onOneLine
            #expect(!text.unicodeScalars.contains(Unicode.Scalar(scalar) ?? "a"))
            #expect(text.hasPrefix("a\\"))
        }
    }

    @Test("an error is its object, its problem and the next step")
    func errors() {
        #expect(
            FileError("opened", "/x\ny", .noSuchFileOrDirectory).description
                == "/x\\ny could not be opened: No such file or directory; check the path")
    }

    @Test(
        "the kernel's reason decides the class",
        arguments: [
            (.noSuchFileOrDirectory, .notFound), (.noSpace, .cannotCreate), (.readOnlyFileSystem, .cannotCreate),
            (.permissionDenied, .refused), (.ioError, .io), (.tooManyOpenFiles, .io),
        ] as [(Errno, FailureClass)])
    func classes(errno: Errno, failureClass: FailureClass) {
        #expect(FileError("written", "/x", errno).failureClass == failureClass)
    }
}
