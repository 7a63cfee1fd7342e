// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Names are compared as what holds them compares: never by Unicode's canonical equivalence.
@Suite("Comparing names")
struct NameComparisonTests {
    /// Pairs that Swift takes for equal, and no file system does.
    static let pairs = [
        ("\u{E9}", "e\u{301}"), ("\u{212B}", "\u{C5}"), ("\u{2126}", "\u{3A9}"), ("\u{1E69}", "s\u{307}\u{323}"),
        ("가", "\u{1100}\u{1161}"), ("a\u{323}\u{307}", "a\u{307}\u{323}"),
    ]

    @Test("canonically equivalent names are two", arguments: pairs)
    func equivalents(left: String, right: String) throws {
        try #require(left == right)
        let (one, two) = (try MediaPath("x/\(left).txt"), try MediaPath("x/\(right).txt"))
        #expect(one != two)
        #expect(Set([one, two]).count == 2)
        #expect(one.caseFolded != two.caseFolded)
        #expect(Set([one.caseFolded, two.caseFolded]).count == 2)
        #expect(ExactText(left) != ExactText(right))
        #expect(Set([ExactText(left), ExactText(right)]).count == 2)
        #expect(!left.isExactly(right) && left.isExactly(left))
        #expect(one < two || two < one)
        #expect(!(try MediaPath(left)).contains(try MediaPath("\(right)/x")))
        let index = NameIndex([one, two])
        #expect(index[one] == 0 && index[two] == 1)
    }

    @Test("every UTF-16 unit folds as in the upper-case table that mkntfs writes")
    func upperCaseTable() throws {
        let folder = try TestFolder()
        let image = folder.appending("ntfs.img")
        try Program.succeed("truncate", ["-s", "4M", image.string])
        try Program.succeed("mkntfs", ["-F", "-q", image.string])
        // MFT record 10 is $UpCase: 65,536 units.
        let table = folder.appending("upcase")
        try Program.succeed("sh", ["-c", "ntfscat -i 10 '\(image)' > '\(table)'"])
        let bytes = try SmallFile.read(table, limit: 1 << 20)
        try #require(bytes.count == 2 << 16)
        var wrong: [UInt32] = []
        for value in UInt32(0)..<0x10000 where !(0xD800..<0xE000).contains(value) {
            let capital = UInt32(bytes[2 * Int(value)]) | UInt32(bytes[2 * Int(value) + 1]) << 8
            let (small, large) = (try #require(Unicode.Scalar(value)), try #require(Unicode.Scalar(capital)))
            let isFolded = String(small).caseFolded == String(large).caseFolded
            let hashes = String(small).caseFolded.hashValue == String(large).caseFolded.hashValue
            if !isFolded || !hashes { wrong.append(value) }
            // Neither more is folded: a unit that is its own capital equals only those that fold to it.
            if capital == value {
                let other = small.properties.lowercaseMapping.unicodeScalars
                guard other.count == 1, let lower = other.first, lower.value < 0x10000, lower != small else { continue }
                let place = 2 * Int(lower.value)
                let folds = UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
                if (String(lower).caseFolded == String(small).caseFolded) != (folds == value) { wrong.append(value) }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(20).map { String($0, radix: 16) })")
    }

    @Test("a name is found by its own spelling first, and without case where it is the only one")
    func index() throws {
        let index = NameIndex(try ["a/B", "x", "A/b", "X", "ä"].map { try MediaPath($0) })
        #expect(index["a/B"] == 0)
        #expect(index["A/b"] == 2)
        #expect(index["A/B"] == 0)
        #expect(index["x"] == 1 && index["X"] == 3)
        #expect(index["Ä"] == 4)
        #expect(index["y"] == nil)
    }

    @Test("a path inside a folder is told without case, and beside it is none")
    func relative() throws {
        let folder = try MediaPath("SMS/Pkg/Büro")
        #expect(try MediaPath("sms/PKG/BÜRO/a/B.txt").relative(to: folder)?.description == "a/B.txt")
        #expect(try MediaPath("sms/PKG/BÜRO").relative(to: folder) == nil)
        #expect(try MediaPath("SMS/Pkg/Büros/a").relative(to: folder) == nil)
        #expect(try MediaPath("SMS/Pkg/Bu\u{308}ro/a").relative(to: folder) == nil)
    }

    @Test("of what lies below a name that no path can have, the name alone is told, once")
    func refused() {
        var refused = RefusedNames()
        #expect(refused.path(of: ["a", "b"])?.description == "a/b")
        #expect(refused.path(of: ["a", "CON", "x"]) == nil)
        #expect(refused.path(of: ["a", "CON", "y", "COM1"]) == nil)
        #expect(refused.path(of: ["x\\y"]) == nil)
        #expect(refused.path(of: ["", "z"]) == nil)
        // A mark behind a separator makes it another character, and no other byte.
        #expect(refused.path(of: "a/\u{301}x".names)?.components.count == 2)
        #expect(refused.errors.map(\.name) == ["a/CON", "x\\y", ""])
    }
}
