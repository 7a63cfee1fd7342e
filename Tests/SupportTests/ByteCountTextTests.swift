// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@Suite("Sizes in words")
struct ByteCountTextTests {
    @Test(
        "units of ten and of two, in either case, with decimals, or a bare number of bytes",
        arguments: [
            ("1", 1), ("4700372992", 4_700_372_992), ("1KB", 1_000), ("1kb", 1_000), ("1KiB", 1_024), ("1kIb", 1_024),
            ("650MB", 650_000_000), ("650mb", 650_000_000), ("2MiB", 2_097_152), ("16GB", 16_000_000_000),
            ("4.7GB", 4_700_000_000), ("4GiB", 4_294_967_296), ("4gib", 4_294_967_296), ("1.5GiB", 1_610_612_736),
            ("2TB", 2_000_000_000_000), ("2TiB", 2_199_023_255_552), ("0.5KB", 500), ("0.0009KB", 0), ("00012", 12),
            ("1.3333KiB", 1_365), ("1.00000000000000000000000000000000001KB", 1_000),
            ("9223372036854775807", .max), ("8388607.9TiB", 9_223_371_926_903_613_030),
        ] as [(String, Int64)])
    func reads(text: String, byteCount: Int64) throws {
        guard byteCount > 0 else {
            #expect(throws: ByteCountTextError.self) { try ByteCountText.parse(text) }
            return
        }
        #expect(try ByteCountText.parse(text) == byteCount)
    }

    @Test(
        "what is no size, or more than numbers hold, is refused with what to write",
        arguments: [
            "", "0", "0GB", "0.0KB", "-1", "+1", "1.5", "1.", ".5GB", "1..5GB", "1.5.5GB", "GB", "x", "1 GB", " 1GB",
            "1GB ", "1,5GB", "1e9", "0x10", "1PB", "1GBs", "1Gi", "1B", "1bytes", "٣GB", "1ſB", "1K\u{130}B",
            "1\u{212A}B",
            "9223372036854775808", "99999999999999999999GB", "8388608TiB", "9223372036854775807KB",
        ])
    func refuses(text: String) {
        let error = #expect(throws: ByteCountTextError.self) { try ByteCountText.parse(text) }
        #expect(error?.problem.contains("write it as 650MB, 4.7GB, 4GiB or a number of bytes") == true)
    }

    @Test("a letter alone may be either, so both are offered", arguments: ["64g", "64G", "1.5T", "100m", "7K"])
    func oneLetter(text: String) throws {
        let error = try #require(throws: ByteCountTextError.self) { try ByteCountText.parse(text) }
        let number = text.dropLast()
        let letter = text.suffix(1).uppercased()
        #expect(error.problem.contains("\(number)\(letter)B (powers of ten)"))
        #expect(error.problem.contains("\(number)\(letter)iB (powers of two)"))
        #expect(try ByteCountText.parse("\(number)\(letter)iB") > ByteCountText.parse("\(number)\(letter)B"))
    }
}
