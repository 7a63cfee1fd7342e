// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The sections of an INF file; each is read when it is asked for.
struct INFDocument {
    /// The bytes, with ASCII as single bytes: ``INFText``.
    private let bytes: [UInt8]
    /// Where the lines of each section are, by its name in small letters; a section may stand in several places.
    private var sections: [String: [Range<Int>]] = [:]
    /// True when sections or texts were left out at a limit.
    private(set) var isCut = false
    /// The values of `%tokens%`, by their names in small letters.
    private var strings: [String: [UInt8]] = [:]

    /// Genuine files have up to some thousands.
    static let sectionLimit = 20_000
    /// Genuine files have up to some thousands of texts.
    static let stringLimit = 50_000
    /// The longest name of a section (SetupAPI: MAX_SECT_NAME_LEN).
    private static let sectionNameLimit = 255
    /// The prefix of sections with texts of one language: `Strings.0409`.
    private static let stringsPrefix = "strings."

    /// Reads where the sections of a file are, and its `%tokens%`.
    init(_ file: [UInt8]) {
        bytes = INFText.bytes(file)
        findSections()
        readStrings()
    }

    /// True when the file has the section `name`.
    func has(_ name: String) -> Bool { sections[name] != nil }

    /// Hands the entries of the section `name`, which is written in small letters, to `body` until it returns false.
    func forEachLine(in name: String, _ body: (INFLine) -> Bool) {
        bytes.withUnsafeBufferPointer { bytes in
            for range in sections[name] ?? [] {
                var place = range.lowerBound
                while place < range.upperBound {
                    let line = INFLine(bytes, at: &place, end: range.upperBound)
                    if !line.isEmpty, !body(line) { return }
                }
            }
        }
    }

    /// The first field of the entry `key` of a section, both in small letters, as text; nil without a value.
    func value(_ key: String, in section: String) -> String? {
        var found: [UInt8]?
        forEachLine(in: section) { line in
            guard let own = line.key, own.lowerCasedText == key else { return true }
            found = line.fields.first
            return false
        }
        guard let found, !found.isEmpty else { return nil }
        let text = INFText.string(resolve(found))
        return text.isEmpty ? nil : text
    }

    /// `field` with `%tokens%` replaced by what they stand for, once: SetupAPI does not look into a value again.
    ///
    /// `%%` is a percent sign; a token that stands for nothing stays.
    func resolve(_ field: [UInt8]) -> [UInt8] {
        let percent = UInt8(ascii: "%")
        guard field.contains(percent) else { return field }
        var result: [UInt8] = []
        var place = 0
        while place < field.count {
            guard field[place] == percent, let end = field[(place + 1)...].firstIndex(of: percent) else {
                result.append(field[place])
                place += 1
                continue
            }
            let name = Array(field[(place + 1)..<end])
            if name.isEmpty {
                result.append(percent)
            } else if let value = strings[name.lowerCasedText] {
                result += value
            } else {
                // What looks like an end may begin a token of its own.
                result += field[place..<end]
                place = end
                continue
            }
            place = end + 1
            if result.count > INFLine.fieldByteLimit { break }
        }
        return result
    }

    // MARK: Reading

    private mutating func findSections() {
        var found: [String: [Range<Int>]] = [:]
        var current: (name: String, start: Int)?
        var count = 0
        bytes.withUnsafeBufferPointer { bytes in
            var place = 0
            while place < bytes.count {
                let start = place
                while place < bytes.count, !bytes[place].endsLine, bytes[place] <= 0x20 { place += 1 }
                let isHeader = place < bytes.count && bytes[place] == UInt8(ascii: "[")
                let nameStart = place + 1
                while place < bytes.count, !bytes[place].endsLine { place += 1 }
                if isHeader {
                    if let current { found[current.name, default: []].append(current.start..<start) }
                    current = nil
                    count += 1
                    let line = UnsafeBufferPointer(rebasing: bytes[nameStart..<place])
                    if let end = line.firstIndex(of: UInt8(ascii: "]")), end <= Self.sectionNameLimit,
                        count <= Self.sectionLimit
                    {
                        let name = line[..<end].trimming { $0 <= 0x20 || $0 == UInt8(ascii: "\"") }
                        current = (Array(name).lowerCasedText, place)
                    }
                }
                while place < bytes.count, bytes[place].endsLine { place += 1 }
            }
            if let current { found[current.name, default: []].append(current.start..<bytes.count) }
        }
        isCut = count > Self.sectionLimit
        sections = found
    }

    /// Takes the values of the section that serves all languages, then of English, then of any other.
    private mutating func readStrings() {
        let languages = sections.keys.filter { $0.hasPrefix(Self.stringsPrefix) }.sorted()
        let english = Self.stringsPrefix + "0409"
        var found: [String: [UInt8]] = [:]
        for section in ["strings", english] + languages where has(section) {
            forEachLine(in: section) { line in
                guard let key = line.key, let value = line.fields.first else { return true }
                let name = key.lowerCasedText
                if found[name] == nil { found[name] = value }
                return found.count < Self.stringLimit
            }
        }
        strings = found
        if found.count >= Self.stringLimit { isCut = true }
    }
}

extension [UInt8] {
    /// The text with small letters of ASCII for its capitals: names in INF files have no case.
    var lowerCasedText: String { INFText.string(map(\.asciiLowerCased)) }
}
