// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Names on a drive")
struct NameTests {
    /// The short names of a folder, by their long names.
    private func shortNames(_ names: [String]) throws -> [String: String] {
        let folder = try TestFolder()
        let written = try SampleDisk(files: names.map { ("folder/" + $0, []) }).write(to: folder)
        try written.check()
        return try written.withVolume { volume in
            Dictionary(
                uniqueKeysWithValues: try volume.entries().filter { !$0.isFolder }.map {
                    (String($0.path.dropFirst(7)), String($0.shortPath.dropFirst(7)))
                })
        }
    }

    @Test("short names are those that Windows makes")
    func windows() throws {
        // T. Galvin, "A Tale of Two File Names" (2015), and a listing of Windows 7 that others published.
        let expected = [
            "SomeStuff1.aspx": "SOMEST~1.ASP", "SomeStuff2.aspx": "SOMEST~2.ASP", "SomeStuff3.aspx": "SOMEST~3.ASP",
            "SomeStuff4.aspx": "SOMEST~4.ASP", "SomeStuff.aspx": "SOBC84~1.ASP",
            "5+6 June Report.doc": "5_6JUN~1.DOC", "1+2+3 Hello World.exe": "1_2_3H~1.EXE",
            "a.testing.file.bat": "ATESTI~1.BAT", "Program Files": "PROGRA~1", "Program Files (x86)": "PROGRA~2",
            ".profile": "PROFIL~1", "no extension at all": "NOEXTE~1", "TextFile.Mine.txt": "TEXTFI~1.TXT",
            "ver +1.2.text": "VER_12~1.TEX", "TEXTFILE.TXT": "TEXTFILE.TXT", "MiXed.TxT": "MIXED.TXT",
            "lower.txt": "LOWER.TXT",
        ]
        let names = ["SomeStuff1.aspx", "SomeStuff2.aspx", "SomeStuff3.aspx", "SomeStuff4.aspx", "SomeStuff.aspx"]
        let others = ["Program Files", "Program Files (x86)"]
        let rest = expected.keys.filter { !(names + others).contains($0) }.sorted()
        #expect(try shortNames(names + others + rest) == expected)

        let music = [
            "Rammstein & Tatu - Moscow.mp3": "RA8E17~1.MP3", "Rammstein - Asche zu Asche.mp3": "RA23A6~1.MP3",
            "Rammstein - Du Hast.mp3": "RA0CAE~1.MP3", "Rammstein - Haifisch.mp3": "RA6BAA~1.MP3",
        ]
        let found = try shortNames((1...4).map { "Rammstein number \($0).mp3" } + music.keys.sorted())
        for (long, short) in music { #expect(found[long] == short) }
    }

    @Test("a name that is short already keeps its spelling, whatever comes before it")
    func reserved() throws {
        let found = try shortNames(["Program Files", "Program Data", "PROGRA~1", "progra~2"])
        #expect(found["PROGRA~1"] == "PROGRA~1")
        #expect(found["progra~2"] == "PROGRA~2")
        #expect(found["Program Files"] == "PROGRA~3")
        #expect(found["Program Data"] == "PROGRA~4")
    }

    @Test("names that FAT cannot tell apart, or cannot keep, are refused")
    func refused() throws {
        func code(_ files: [(path: String, bytes: [UInt8])], folders: [String] = []) -> DriveImageError.Code? {
            var disk = SampleDisk(files: files)
            disk.folders = folders
            return #expect(throws: DriveImageError.self) { _ = try disk.layout() }?.code
        }
        #expect(code([("a/File.txt", []), ("A/fILE.TXT", [])]) == .duplicateName)
        #expect(code([("ä", []), ("Ä", [])]) == .duplicateName)
        #expect(code([("name", []), ("NAME/inside", [])]) == .duplicateName)
        #expect(code([("name", [])], folders: ["Name"]) == .duplicateName)
        #expect(code([("wrong\u{FFFF}", [])]) == .unsuitableName)
        // Each takes one record for itself and two for its long name.
        let many = (0..<21_845).map { ("folder/name number \($0 + 10_000)", [UInt8]()) }
        #expect(code(many) == .folderTooLarge)
        #expect(throws: DriveImageError.self) { _ = try FATLabel("TWELVE CHARS") }
        #expect(throws: DriveImageError.self) { _ = try FATLabel("ÜMLAUT") }
    }

    @Test("a folder with as many records as FAT allows can be read by others")
    func largest() throws {
        let folder = try TestFolder()
        var disk = SampleDisk(files: (0..<21_844).map { ("folder/name number \($0 + 10_000)", []) })
        disk.deviceByteCount = 100 << 20
        let written = try disk.write(to: folder)
        try written.check()
        #expect(try written.withVolume { try $0.entries().count } == 21_845)
    }

    /// Names of every kind that a path may have, none twice without case, none too long for Linux.
    private static func names(_ count: Int, _ generator: inout SeededGenerator) -> [String] {
        let alphabets: [[Character]] = [
            Array("abcXYZ019"), Array("ab .+,;=[]~-_$%'@!(){}^#&"), Array("äÖßéñçЖя中文日本語ﬀ"), Array("😀🙂𝔘"),
        ]
        var seen: Set<CaseFoldedName> = []
        var names: [String] = []
        while names.count < count {
            let length = [1, 3, 8, 9, 12, 13, 14, 26, 27, 60, 120].randomElement(using: &generator) ?? 1
            let alphabet = alphabets.randomElement(using: &generator) ?? []
            var name = String((0..<length).compactMap { _ in alphabet.randomElement(using: &generator) })
            if Bool.random(using: &generator) {
                name += ["", ".txt", ".T", ".long", ".a.b"].randomElement(using: &generator) ?? ""
            }
            guard let path = try? MediaPath(name), path.name == name, name.utf8.count <= 255,
                seen.insert(path.caseFolded).inserted
            else {
                continue
            }
            names.append(name)
        }
        return names
    }

    @Test("names of every kind come back, and short names are legal and none twice", arguments: 1...4)
    func properties(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let names = Self.names(1_500, &generator)
        let folder = try TestFolder()
        var disk = SampleDisk(files: names.map { ($0, Array($0.utf8)) })
        disk.deviceByteCount = 80 << 20
        let written = try disk.write(to: folder)
        let said = try written.check()
        #expect(!said.contains("uplicate") && !said.contains("Bad"), "\(said)")
        try written.withVolume { volume in
            let entries = try volume.entries()
            #expect(Set(entries.map(\.path)) == Set(names))
            #expect(Set(entries.map(\.shortPath)).count == names.count)
            for entry in entries {
                #expect(try volume.contents(of: entry) == Array(entry.path.utf8))
                let parts = entry.shortPath.split(separator: ".", omittingEmptySubsequences: false)
                #expect(
                    (1...8).contains(parts[0].count) && parts.count <= 2 && (parts.count < 2 || parts[1].count <= 3))
                let isLegal = entry.shortPath.utf8.allSatisfy {
                    $0 > 0x20 && $0 < 0x7F && !"\"*+,/:;<=>?[\\]|".utf8.contains($0)
                }
                #expect(isLegal && entry.shortPath == entry.shortPath.uppercased(), "\(entry.shortPath)")
            }
        }
        // 7-Zip knows all of Unicode.
        let tree = folder.appending("tree")
        try Program.succeed("7z", ["x", "-o\(tree)", written.path.string], environment: WrittenDisk.environment)
        #expect(Set(try WrittenDisk.digests(of: tree).keys) == Set(names))
    }
}
