// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A short name as a directory record holds it: eight characters and three, upper case, filled with spaces.
struct ShortName: Hashable {
    static let stemLength = 8
    static let typeLength = 3

    // Numbers instead of an array, which would have memory of its own: volumes have very many names.
    private let stem: UInt64
    private let type: UInt32

    /// The name of these characters; they must be legal and not too many.
    init(stem: some Collection<UInt8>, type: some Collection<UInt8>) {
        func packed(_ bytes: some Collection<UInt8>, _ length: Int) -> UInt64 {
            let spaces = repeatElement(UInt8(ascii: " "), count: max(0, length - bytes.count))
            return (Array(bytes.prefix(length)) + spaces).reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.stem = packed(stem, Self.stemLength)
        self.type = UInt32(truncatingIfNeeded: packed(type, Self.typeLength))
    }

    /// The names of a folder itself and of the one above it.
    static let dot = ShortName(stem: ".".utf8, type: [])
    static let dotDot = ShortName(stem: "..".utf8, type: [])

    /// The eleven bytes of the name.
    var bytes: [UInt8] {
        withUnsafeBytes(of: stem.bigEndian, Array.init) + withUnsafeBytes(of: type.bigEndian) { Array($0.dropFirst()) }
    }

    /// The name as it is written, with a period where there is a type; characters beyond ASCII are of some code page.
    var text: String {
        func part(_ bytes: ArraySlice<UInt8>) -> String {
            let end = bytes.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? bytes.startIndex
            return String(decoding: bytes[..<end].map { $0 < 0x80 ? UInt16($0) : 0xFFFD }, as: UTF16.self)
        }
        let type = part(bytes[Self.stemLength...])
        return part(bytes[..<Self.stemLength]) + (type.isEmpty ? "" : "." + type)
    }

    /// What ties the records of a long name to this one ("FAT: General Overview of On-Disk Format" 1.03, page 28).
    var checksum: UInt8 { bytes.reduce(0) { ($0 >> 1 | $0 << 7) &+ $1 } }

    /// The characters of short names, upper case (the same, page 24).
    static func isLegal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: punctuation.contains(byte)
        }
    }

    private static let punctuation = Set("$%'-_@~`!(){}^#&".utf8)
}

/// How a name is kept on a FAT volume, by itself: without the other names of its folder.
enum NameForm: Equatable {
    /// The short name alone says it; the flags give the case of its two parts.
    case short(ShortName, flags: UInt8)
    /// A long name, and a short one that differs from it in case alone.
    case mixedCase(ShortName)
    /// A long name, and a short one that is made up.
    case long

    /// The flags of Windows NT in the byte of a directory record that is reserved in the specification: the stem or
    /// the type is in lower case (observed; Linux, mtools and 7-Zip read them too).
    static let lowerCaseStem: UInt8 = 0x08
    static let lowerCaseType: UInt8 = 0x10

    /// The form of `name`.
    init(_ name: String) {
        let parts = Array(name.utf8).split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let stem = parts[0]
        let type = parts.count > 1 ? parts[1] : []
        func isLegal(_ byte: UInt8) -> Bool { ShortName.isLegal(byte.asciiUpperCased) }
        guard (1...ShortName.stemLength).contains(stem.count), type.count <= ShortName.typeLength,
            parts.count == 1 || !type.isEmpty, stem.allSatisfy(isLegal), type.allSatisfy(isLegal)
        else {
            self = .long
            return
        }
        let short = ShortName(stem: stem.map(\.asciiUpperCased), type: type.map(\.asciiUpperCased))
        guard let stemFlag = Self.flag(of: stem, Self.lowerCaseStem),
            let typeFlag = Self.flag(of: type, Self.lowerCaseType)
        else {
            self = .mixedCase(short)
            return
        }
        self = .short(short, flags: stemFlag | typeFlag)
    }

    /// `flag` for lower case, 0 for upper case, nil for both in one part.
    private static func flag(of part: ArraySlice<UInt8>, _ flag: UInt8) -> UInt8? {
        let hasLower = part.contains { $0.asciiUpperCased != $0 }
        let hasUpper = part.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        return hasLower ? (hasUpper ? nil : flag) : 0
    }
}

/// Gives the names of one folder their short names, none twice, as Windows does.
///
/// The rules are those that Microsoft documents of RtlGenerate8dot3Name and that are known of it (docs/drives.md).
struct ShortNames {
    /// Names `~1` to `~4`; then comes the form with the hash.
    private static let plainTailLimit = 4
    private static let stemLengthBeforeTail = 6
    private static let stemLengthBeforeHash = 2

    private var taken: Set<ShortName> = []
    /// The last number that was used behind each stem with a hash.
    private var lastNumbers: [ShortName: Int] = [:]

    /// Knows the names that have to keep their spelling, whatever comes before them in the folder, and those that
    /// exist already.
    init(reserving forms: some Sequence<NameForm>, and existing: some Sequence<ShortName>) {
        taken = Set(existing)
        for form in forms {
            switch form {
            case .short(let name, _), .mixedCase(let name): taken.insert(name)
            case .long: break
            }
        }
    }

    /// A short name for the long name `name` that no other name of the folder has.
    mutating func next(for name: String) -> ShortName {
        let (stem, type) = Self.parts(of: name)
        if stem.count > Self.stemLengthBeforeHash {
            for number in 1...Self.plainTailLimit {
                let candidate = Self.name(stem.prefix(Self.stemLengthBeforeTail), number, type)
                if taken.insert(candidate).inserted { return candidate }
            }
        }
        let hashed = stem.prefix(Self.stemLengthBeforeHash) + Self.hash(of: name).utf8
        let key = ShortName(stem: hashed, type: type)
        var number = lastNumbers[key] ?? 0
        while true {
            number += 1
            let candidate = Self.name(hashed, number, type)
            guard taken.insert(candidate).inserted else { continue }
            lastNumbers[key] = number
            return candidate
        }
    }

    /// What is left of a name: no spaces, no characters beyond ASCII, one period, `_` for what only long names may
    /// have.
    private static func parts(of name: String) -> (stem: [UInt8], type: [UInt8]) {
        let kept = name.utf8.drop { $0 == UInt8(ascii: ".") }.filter { $0 < 0x80 && $0 != UInt8(ascii: " ") }
        func cleaned(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            bytes.filter { $0 != UInt8(ascii: ".") }.map {
                ShortName.isLegal($0.asciiUpperCased) ? $0.asciiUpperCased : UInt8(ascii: "_")
            }
        }
        guard let period = kept.lastIndex(of: UInt8(ascii: ".")) else { return (cleaned(kept[...]), []) }
        return (cleaned(kept[..<period]), Array(cleaned(kept[(period + 1)...]).prefix(ShortName.typeLength)))
    }

    private static func name(_ stem: some Collection<UInt8>, _ number: Int, _ type: [UInt8]) -> ShortName {
        let tail = Array("~\(number)".utf8)
        return ShortName(stem: Array(stem.prefix(ShortName.stemLength - tail.count)) + tail, type: type)
    }

    /// Four digits of a hash of the long name, as Windows computes it.
    ///
    /// Observed by Thomas Galvin ("A Tale of Two File Names", 2015), whose example our tests check.
    private static func hash(of name: String) -> String {
        let sum = name.utf16.reduce(UInt16(0)) { $0 &* 0x25 &+ $1 }
        let scrambled = (Int32(sum) &* 314_159_269).magnitude % 1_000_000_007
        let digits = withUnsafeBytes(of: UInt16(truncatingIfNeeded: scrambled).bigEndian) { $0.hexadecimal(.upper) }
        return String(digits.reversed())
    }
}
