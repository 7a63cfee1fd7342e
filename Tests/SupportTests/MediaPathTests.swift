// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@Suite("A media path")
struct MediaPathTests {
    @Test(
        "names that Windows, ISO 9660 and FAT32 can hold are accepted as they are",
        arguments: [
            "bootmgr", "EFI/Boot/bootx64.efi", "a b/c d.txt", ".hidden", "..data", "a..b", "Treiber für Büro.inf",
            "日本語/ドライバ.inf", "😀.txt", "$OEM$/x", "{guid}/x", "~1", "a'b`c!#%&()+,-;=@[]^_", "con1", "CONSOLE.txt",
            "com10", "lpt.d/x", "xCON", "a/nul_/b", "COM\u{B9}0", "e\u{301}.inf", "x.\u{301}y",
        ])
    func accepts(text: String) throws {
        let path = try MediaPath(text)
        #expect(path.description == text)
        #expect(path.components == text.split(separator: "/").map(String.init))
        #expect(try MediaPath(components: path.components) == path)
    }

    @Test(
        "names that climb, are absolute, reserved or spelled to deceive are refused with the reason",
        arguments: [
            ("", "is empty"), ("/", "empty or absolute"), ("/etc/passwd", "empty or absolute"),
            ("a//b", "empty or absolute"),
            ("a/", "empty or absolute"), ("\\\\server\\share", "empty or absolute"), ("..", "climbs"),
            ("a/../b", "climbs"),
            ("a\\..\\..\\b", "climbs"), (".", "climbs"), ("a/./b", "climbs"), ("C:\\x", "forbidden"),
            ("a:stream", "forbidden"),
            ("a*", "forbidden"), ("a?", "forbidden"), ("a\"b", "forbidden"), ("<a", "forbidden"), ("a>", "forbidden"),
            ("a|b", "forbidden"), ("a\u{0}b", "forbidden"), ("a\nb", "forbidden"), ("a\r\nb", "forbidden"),
            ("a\u{1F}", "forbidden"), ("a\u{7F}", "forbidden"), ("a.", "dot or space"), ("a /b", "dot or space"),
            ("a/b ", "dot or space"), ("...", "dot or space"), (" ", "dot or space"), ("\u{600}.", "dot or space"),
            ("con", "reserved"), ("Con.txt", "reserved"), ("a/NUL.tar.gz", "reserved"), ("aux .h", "reserved"),
            ("prn", "reserved"), ("com1", "reserved"), ("LPT9.inf", "reserved"), ("COM0", "reserved"),
            ("com\u{B2}.x", "reserved"), ("CONIN$", "reserved"), ("conout$.log", "reserved"),
            ("CON.\u{301}txt", "reserved"),
        ])
    func refuses(text: String, reason: String) {
        let error = #expect(throws: MediaPathError.self) { try MediaPath(text) }
        #expect(error?.problem.contains(reason) == true, "\(error?.problem ?? "")")
        #expect(error?.description.contains("\n") == false)
        #expect(error?.failureClass == .malformed)
    }

    @Test("a component may not hold a separator", arguments: ["a/b", "a\\b", "/", "\\"])
    func componentWithSeparator(component: String) {
        #expect(throws: MediaPathError.self) { try MediaPath(components: ["x", component]) }
    }

    @Test("a path of no components is refused")
    func noComponents() {
        #expect(throws: MediaPathError.self) { try MediaPath(components: []) }
        #expect(throws: MediaPathError.self) { try MediaPath(components: [""]) }
        #expect(throws: MediaPathError.self) { try MediaPath(components: ["a", ""]) }
    }

    @Test("a name may have 255 UTF-16 units and a path 1,024, whatever their length in UTF-8")
    func lengths() throws {
        for unit in ["n", "ü", "日"] {
            _ = try MediaPath(String(repeating: unit, count: 255))
            #expect(throws: MediaPathError.self) { try MediaPath(String(repeating: unit, count: 256)) }
        }
        _ = try MediaPath(String(repeating: "😀", count: 127))
        #expect(throws: MediaPathError.self) { try MediaPath(String(repeating: "😀", count: 128)) }
        let folder = String(repeating: "日", count: 203) + "/"
        _ = try MediaPath(String(repeating: folder, count: 5) + "日日日日")
        #expect(throws: MediaPathError.self) { try MediaPath(String(repeating: folder, count: 5) + "日日日日日") }
    }

    @Test("the error about a long name stays short")
    func shortErrors() {
        // One character for Swift, a million scalars for everyone else.
        let hostile = "a" + String(repeating: "\u{301}", count: 1_000_000)
        let error = #expect(throws: MediaPathError.self) { try MediaPath(hostile) }
        #expect((error?.description.utf8.count ?? .max) < 400)
    }

    @Test("either separator is understood, and each has its own text form")
    func separators() throws {
        let path = try MediaPath("SMS\\data/Variables.dat")
        #expect(path.components == ["SMS", "data", "Variables.dat"])
        #expect(path.description == "SMS/data/Variables.dat")
        #expect(path.windowsDescription == "SMS\\data\\Variables.dat")
        #expect(path.name == "Variables.dat")
        #expect(path.parent?.description == "SMS/data")
        #expect(path.parent?.parent?.parent == nil)
    }

    @Test("containment goes by whole names and without case")
    func containment() throws {
        let folder = try MediaPath("SMS/Pkg")
        for (text, isInside) in [
            ("sms/PKG", true), ("SMS/PKG/ABC00001/x", true), ("SMS/PKGs", false), ("SMS", false),
            ("other/SMS/PKG", false),
        ] {
            let path = try MediaPath(text)
            #expect(folder.contains(path) == isInside, "\(text)")
        }
        #expect(try MediaPath("a").inside(try MediaPath("b/c")).description == "b/c/a")
        #expect(try MediaPath("a/b").appending(try MediaPath("c")).components == ["a", "b", "c"])
    }

    @Test("paths are ordered name by name, so that a folder's contents stay together")
    func order() throws {
        let ordered = try ["a", "a/b", "a/b/c", "a/c", "a b", "a-b/c", "a.b", "ab", "b", "ä"].map { try MediaPath($0) }
        #expect(ordered.shuffled().sorted() == ordered)
    }

    @Test("case folds as on NTFS: one unit for one")
    func folding() throws {
        #expect(try MediaPath("Straße/İı.é").caseFolded == "STRAßE/İı.É")
        let (one, other) = (try MediaPath("STRASSE"), try MediaPath("Straße"))
        #expect(one.caseFolded != other.caseFolded)
    }

    @Test("as a key without case, a path is equal to what Windows takes for the same")
    func caseFoldedKeys() throws {
        func key(_ text: String) throws -> CaseFoldedName { try MediaPath(text).caseFolded }
        for (left, right) in [("a/B.txt", "A/b.TXT"), ("Büro/ß", "BÜRO/ß"), ("é", "É"), ("\u{1F80}", "\u{1F88}")] {
            #expect(try key(left) == key(right))
            #expect(try key(left).hashValue == key(right).hashValue)
        }
        let others = [
            ("a/b", "a/c"), ("a/b", "a/b/c"), ("straße", "STRASSE"), ("[", "{"), ("@", "`"), ("ſ", "S"), ("ı", "I"),
            ("\u{E9}", "e\u{301}"), ("\u{212B}", "\u{C5}"), ("\u{2126}", "\u{3A9}"), ("😀", "\u{1F601}"),
        ]
        for (left, right) in others {
            #expect(try key(left) != key(right))
        }
    }
}
