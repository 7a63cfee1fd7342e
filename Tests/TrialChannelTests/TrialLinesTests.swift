// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TrialChannel

@Suite("Lines of a trial's channel")
struct TrialLinesTests {
    @Test("lines come out whole, however they came in", arguments: [1, 2, 3, 7, 100])
    func pieces(_ size: Int) {
        let text = Array("one\n\n\nzwölf\r\n中文\nrest".utf8)
        var lines = TrialLines()
        var found: [String] = []
        for start in stride(from: 0, to: text.count, by: size) {
            for line in lines.append(text[start..<min(start + size, text.count)]) {
                if case .success(let line) = line { found.append(line) }
            }
        }
        #expect(found == ["one", "zwölf", "中文"])
    }

    @Test("a line that never ends takes no memory, is told once, and what follows its end is read")
    func endless() {
        var lines = TrialLines()
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 18)
        var found: [Result<String, TrialChannelError>] = []
        for _ in 0..<16 { found += lines.append(block) }
        found += lines.append("\nnext\n".utf8)
        #expect(found == [.failure(.tooLong), .success("next")])
        let longest = [UInt8](repeating: UInt8(ascii: "y"), count: TrialChannel.lineByteLimit)
        #expect(lines.append(longest + [10]).map { (try? $0.get())?.utf8.count } == [TrialChannel.lineByteLimit])
        #expect(lines.append(longest + [120, 10]) == [.failure(.tooLong)])
    }

    @Test("what is no UTF-8 is told, and does not take the next line with it")
    func noText() {
        var lines = TrialLines()
        #expect(
            lines.append([0xFF, 0xFE, 10] + Array("good\n".utf8)) == [
                .failure(.malformed("is no UTF-8")), .success("good"),
            ])
    }
}
