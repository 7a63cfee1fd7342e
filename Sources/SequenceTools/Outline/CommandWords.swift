// SPDX-License-Identifier: GPL-3.0-or-later

/// The words of one command, as ranges of the text's bytes without the quotes around them.
struct CommandWords {
    let bytes: [UInt8]
    private(set) var words: [Range<Int>] = []
    /// True when the command takes what another puts out.
    private(set) var isPipedInto = false

    private static let quotes = Array("\"'".utf8)
    private static let ends = Array("\r\n&|;".utf8)

    /// Splits `bytes` into commands: at line ends, `&`, `|` and `;` outside of quotes.
    ///
    /// - Parameter visit: gets every command with words, in order.
    static func forEach(in bytes: [UInt8], _ visit: (CommandWords) -> Void) {
        var command = CommandWords(bytes: bytes)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if ends.contains(byte) {
                if !command.words.isEmpty { visit(command) }
                command = CommandWords(bytes: bytes)
                command.isPipedInto = byte == UInt8(ascii: "|")
                index += 1
            } else if byte == 0x20 || byte == 0x09 || byte == UInt8(ascii: ",") {
                index += 1
            } else {
                index = command.addWord(at: index)
            }
        }
        if !command.words.isEmpty { visit(command) }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Adds the word at `start` and returns where it ends; quotes inside of it hold blanks together.
    private mutating func addWord(at start: Int) -> Int {
        var index = start
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil } else if byte == 0x0A || byte == 0x0D { break }
            } else if Self.quotes.contains(byte) {
                quote = byte
            } else if byte == 0x20 || byte == 0x09 || Self.ends.contains(byte) {
                break
            }
            index += 1
        }
        words.append(unquoted(start..<index))
        return index
    }

    /// `range` without quotes around it and brackets of PowerShell before it.
    func unquoted(_ range: Range<Int>) -> Range<Int> {
        var range = range
        // What stands for a secret that was hidden before is no text in brackets.
        let hidden = SequenceSecrecy.hiddenValue.utf8
        while let last = range.last, ")]},".utf8.contains(bytes[last]) || Self.quotes.contains(bytes[last]),
            !bytes[range].suffix(hidden.count).elementsEqual(hidden)
        {
            range = range.lowerBound..<range.upperBound - 1
        }
        while let first = range.first, "([{$@=".utf8.contains(bytes[first]) || Self.quotes.contains(bytes[first]),
            !bytes[range].elementsEqual(hidden)
        {
            // A variable is no text that is written out.
            if bytes[first] == UInt8(ascii: "$"), range.count > 1, bytes[first + 1] != UInt8(ascii: "(") { break }
            range = range.lowerBound + 1..<range.upperBound
        }
        return range
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The name of the program in the word `number`: the last part of its path without `.exe`, in lower case.
    func program(_ number: Int) -> String {
        let word = text(words[number]).lowercased()
        let name = word.split(whereSeparator: { $0 == "\\" || $0 == "/" }).last ?? ""
        let afterDots = name.hasSuffix(".exe") || name.hasSuffix(".com") ? name.dropLast(4) : name
        // [Environment]::SetEnvironmentVariable(...
        return String(afterDots.split(separator: ":").last?.prefix { $0 != "(" } ?? afterDots)
    }

    /// The option that the word `number` is: its name without dashes, and its value when that is attached.
    func option(_ number: Int) -> (name: Substring, value: Range<Int>?)? {
        let range = words[number]
        guard let first = range.first, "-/".utf8.contains(bytes[first]) else { return nil }
        var start = range.lowerBound
        while start < range.upperBound, "-/".utf8.contains(bytes[start]) { start += 1 }
        let end = bytes[start..<range.upperBound].firstIndex { "=:".utf8.contains($0) } ?? range.upperBound
        let name = text(start..<end)
        return (name[...], end < range.upperBound ? unquoted(end + 1..<range.upperBound) : nil)
    }
}
