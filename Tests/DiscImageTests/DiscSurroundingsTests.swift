// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import Synchronization
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// What must not show on a disc, and what of a label does.
@Suite("A disc layout and its surroundings", .serialized)
struct DiscSurroundingsTests {
    private static func description(label: String = "Media", count: Int = 40) throws -> DiscDescription {
        DiscDescription(
            label: label,
            files: try (0..<count).map { number in
                MediaFile(
                    path: try MediaPath("Ordner \(number % 7)/Täst \(number).txt"), byteCount: Int64(number * 5_000),
                    sha256: SHA256.digest(of: Array("\(number)".utf8)), modified: Timestamp(unixSeconds: 1_720_000_000))
            }, folders: [try MediaPath("leer")], bootEntries: [], created: Timestamp(unixSeconds: 1_700_000_000),
            fileSystem: .iso)
    }

    @Test("neither the time zone nor the locale changes a byte")
    func timeZoneAndLocale() throws {
        let expected = try DiscLayout(Self.description())
        let oldZone = getenv("TZ").map { String(cString: $0) }
        let oldLocale = setlocale(LC_ALL, nil).map { String(cString: $0) }
        defer {
            if let oldZone { setenv("TZ", oldZone, 1) } else { unsetenv("TZ") }
            tzset()
            setlocale(LC_ALL, oldLocale)
        }
        for (zone, locale) in [("Asia/Kathmandu", "C"), ("America/St_Johns", "C.UTF-8"), ("XXX+11:30", "POSIX")] {
            setenv("TZ", zone, 1)
            tzset()
            setlocale(LC_ALL, locale)
            #expect(try DiscLayout(Self.description()) == expected, "\(zone), \(locale)")
        }
    }

    @Test("layouts from several threads at once are the same as from one")
    func threads() throws {
        let descriptions = try [10, 40, 200].map { try Self.description(count: $0) }
        let expected = try descriptions.map { try DiscLayout($0) }
        let matches = Atomic<Int>(0)
        WorkerThreads.run(count: 6) { _ in
            for (description, layout) in zip(descriptions, expected) where (try? DiscLayout(description)) == layout {
                matches.add(1, ordering: .relaxed)
            }
        }
        #expect(matches.load(ordering: .relaxed) == 18)
    }

    @Test("a hundred layouts, failed ones among them, leave no descriptor and no thread behind")
    func leaks() throws {
        func count(_ folder: FilePath) throws -> Int { try FolderEntry.entries(of: folder).count }
        var contradiction = try Self.description()
        contradiction.files.append(
            MediaFile(
                path: try MediaPath("Ordner 1"), byteCount: 1, sha256: SHA256.digest(of: [1]),
                modified: Timestamp(unixSeconds: 0)))
        _ = try DiscLayout(Self.description())
        let descriptors = try count("/proc/self/fd")
        for _ in 0..<50 {
            _ = try DiscLayout(Self.description())
            #expect(throws: DiscImageError.self) { try DiscLayout(contradiction) }
        }
        // Other tests open files meanwhile, though not fifty.
        #expect(try count("/proc/self/fd") < descriptors + 50)
    }

    @Test(
        "a label is cut to what each tree can hold, and comes back through blkid",
        arguments: [
            ("Media", "Media"), ("Configuration Manager", "Configuration Ma"), ("Büro ÄÖÜ 日本", "Büro ÄÖÜ 日本"),
            (String(repeating: "L", count: 40), String(repeating: "L", count: 16)), ("a;b*c?", nil), ("x", "x"),
        ])
    func labels(label: String, joliet: String?) throws {
        let disc = try SampleDisc(["file.txt": [1, 2, 3]], label: label)
        let reader = try DiscReader(path: disc.image)
        if let joliet { #expect(reader.label == joliet) }
        let listing = try Program.succeed("7z", ["l", disc.image.string]).output
        #expect(listing.contains("file.txt"))
        let seen = try Program.succeed("/usr/sbin/blkid", ["-p", "-s", "LABEL", "-o", "value", disc.image.string])
            .output
        #expect(seen.isEmpty == false)
        if let joliet { #expect(seen.hasPrefix(String(joliet.prefix(10)))) }
    }

    @Test(
        "the Joliet tree has the label that is meant for it, whole, and blanks behind it",
        arguments: [
            ("Configuration Manager #12", "Configuratio #12"), ("A label of the primary tree", "X"),
            ("Media", "Büro 日本"),
            ("Media", "🦊🦊🦊🦊🦊🦊 #3"),
        ])
    func jolietLabel(label: String, joliet: String) throws {
        let content: [UInt8] = [1, 2, 3]
        let layout = try DiscLayout(
            DiscDescription(
                label: label, jolietLabel: joliet,
                files: [
                    MediaFile(
                        path: try MediaPath("file.txt"), byteCount: 3, sha256: SHA256.digest(of: content),
                        modified: Timestamp(unixSeconds: 1_600_000_000))
                ], folders: [], bootEntries: [], created: Timestamp(unixSeconds: 1_700_000_000),
                fileSystem: .iso))
        let folder = try TestFolder()
        let image = try folder.write(layout.metadata + [UInt8](repeating: 0, count: 1 << 20), to: "disc.iso")
        let seen = try Program.succeed("/usr/sbin/blkid", ["-p", "-s", "LABEL", "-o", "value", image.string]).output
        #expect(seen.trimmingTrailing { $0 == "\n" } == joliet)
        // ECMA-119 8.5.1 and Joliet: 32 bytes of big-endian UTF-16, filled with blanks.
        let place = try #require((17..<32).map { $0 * 2048 }.first { layout.metadata[$0] == 2 })
        var units = Array(joliet.utf16)
        units += [UInt16](repeating: 0x20, count: 16 - units.count)
        #expect(
            Array(layout.metadata[place + 40..<place + 72]) == units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
    }

    @Test("folders without files, files without bytes and a disc without anything are laid out")
    func emptiness() throws {
        let disc = try SampleDisc(["leer/null.txt": [], "auch leer.txt": []], folders: ["a/b/c", "leer"])
        let reader = try DiscReader(path: disc.image)
        #expect(
            Set(reader.entries.map(\.path.description)) == [
                "a", "a/b", "a/b/c", "leer", "leer/null.txt", "auch leer.txt",
            ])
        #expect(reader.entries.allSatisfy { $0.byteCount == 0 })
        #expect(disc.layout.contentOffsets.isEmpty)
        let nothing = try SampleDisc([:])
        #expect(try DiscReader(path: nothing.image).entries.isEmpty)
        _ = try Program.succeed("7z", ["l", nothing.image.string])
    }

    @Test("the boot catalog and the padding are in no tree")
    func hidden() throws {
        let disc = try SampleDisc.everything()
        for tree in [["-l"], ["-J", "-l"], ["-R", "-l"]] {
            let listing = try Program.succeed("isoinfo", tree + ["-i", disc.image.string]).output
            #expect(!listing.lowercased().contains("padding"))
            #expect(!listing.lowercased().contains("catalog"))
        }
    }

    @Test("thousands of long names that begin alike stay apart in the ISO 9660 tree too")
    func mangledNames() throws {
        let names = (0..<3_000).map { "Ein langer Name, der stets gleich beginnt, Nummer \($0).inf" }
        let description = DiscDescription(
            label: "Media",
            files: try names.enumerated().map { index, name in
                MediaFile(
                    path: try MediaPath(name), byteCount: 1, sha256: SHA256.digest(of: Array("\(index)".utf8)),
                    modified: Timestamp(unixSeconds: 0))
            }, folders: [], bootEntries: [], created: Timestamp(unixSeconds: 0),
            fileSystem: .iso)
        let layout = try DiscLayout(description)
        let primary = try #require(try VolumeDescriptors(MemorySource(layout.metadata), name: "disc").primary)
        var walk = DirectoryWalk(MemorySource(layout.metadata), name: "disc", encoding: .singleByte)
        var found: Set<String> = []
        try walk.run(root: primary.root) { entry in found.insert(entry.path.description) }
        #expect(found.count == names.count)
        #expect(found.allSatisfy { $0.utf8.count <= 31 })
    }
}
