// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// Discs that have neither UDF nor Joliet, and more names than ISO 9660 has.
@Suite("Names beyond ISO 9660")
struct RockRidgeTests {
    private static let long = String(repeating: "long name ", count: 22) + "end.txt"

    private static func tree() throws -> TestFolder {
        let folder = try TestFolder()
        try folder.write(Array("one".utf8), to: "tree/sms/Mixed Case with spaces.text")
        try folder.write(Array("two".utf8), to: "tree/Bücher/\(long)")
        try folder.write(
            Array("deep".utf8), to: "tree/\((1...12).map { "level \($0)" }.joined(separator: "/"))/file.txt")
        try Program.succeed("ln", ["-s", "../../etc/passwd", folder.appending("tree/sms/link").string])
        try Program.succeed("mkfifo", [folder.appending("tree/sms/pipe").string])
        try Program.succeed("touch", ["-d", "2001-02-03T04:05:06Z", folder.appending("tree/Bücher/\(long)").string])
        return folder
    }

    private static func image(_ writer: String, _ options: [String], _ folder: TestFolder) throws -> FilePath {
        let image = folder.appending("disc.iso")
        let charset = options.contains("-iso-level") ? [] : ["-input-charset", "utf-8"]
        let arguments =
            ["-quiet"] + charset + options + ["-o", image.string, folder.appending("tree").string]
        try Program.succeed(writer, writer == "xorriso" ? ["-as", "mkisofs"] + arguments : arguments)
        return image
    }

    @Test(
        "names, times and folders that lie too deep are those of Rock Ridge; links and pipes are told",
        arguments: ["genisoimage", "xorriso"])
    func isRead(writer: String) throws {
        let folder = try Self.tree()
        let reader = try DiscReader(path: try Self.image(writer, ["-R"], folder))
        #expect(reader.fileSystems == [.rockRidge, .iso9660])
        let files = reader.entries.filter { !$0.isFolder }
        #expect(
            Set(files.map(\.path.description)) == [
                "sms/Mixed Case with spaces.text", "Bücher/\(Self.long)",
                (1...12).map { "level \($0)" }.joined(separator: "/") + "/file.txt",
            ])
        let entry = try #require(reader.entry(try MediaPath("Bücher/\(Self.long)")))
        #expect(CivilTime(entry.modified).text == "2001-02-03T04:05:06Z")
        #expect(Set(reader.refusedNames.map(\.name)) == ["sms/link", "sms/pipe"])
        #expect(reader.refusedNames.allSatisfy { $0.isLink })
        let bytes = try SmallFile.read(folder.appending("disc.iso"))
        for file in files {
            let found = file.extents.flatMap { bytes[Int($0.offset)..<Int($0.offset + $0.byteCount)] }
            #expect(found == (try SmallFile.read(folder.appending("tree/\(file.path)"))), "\(file.path)")
        }
    }

    @Test("Joliet comes before Rock Ridge, as Windows has it")
    func joliet() throws {
        let folder = try Self.tree()
        let reader = try DiscReader(path: try Self.image("xorriso", ["-R", "-J", "-joliet-long"], folder))
        #expect(reader.fileSystems == [.joliet, .iso9660])
        #expect(reader.entry(try MediaPath("sms/Mixed Case with spaces.text")) != nil)
    }

    @Test("ISO 9660:1999 has long names where there is nothing else")
    func enhanced() throws {
        let folder = try TestFolder()
        let name = "a-name-of-more-than-thirty-one-characters.with.dots"
        try folder.write(Array("one".utf8), to: "tree/folder/\(name)")
        let reader = try DiscReader(path: try Self.image("genisoimage", ["-iso-level", "4"], folder))
        #expect(reader.fileSystems == [.enhanced, .iso9660])
        #expect(reader.entry(try MediaPath("folder/\(name)"))?.byteCount == 3)
    }

    @Test("compressed files of zisofs are told, not handed out compressed")
    func compressed() throws {
        let folder = try TestFolder()
        try folder.write([UInt8](repeating: 65, count: 200_000), to: "tree/zeros.txt")
        let image = folder.appending("disc.iso")
        try Program.succeed(
            "xorriso",
            [
                "-outdev", image.string, "-map", folder.appending("tree").string, "/", "-set_filter_r", "--zisofs", "/",
            ])
        let reader = try DiscReader(path: image)
        #expect(reader.entries.filter { !$0.isFolder }.isEmpty)
        #expect(reader.refusedNames.map(\.name) == ["zeros.txt"])
        #expect(reader.refusedNames.first?.problem.contains("zisofs") == true)
    }

    @Test("damage in what Rock Ridge says is read or refused, never a crash or a loop", .timeLimit(.minutes(5)))
    func survivesDamage() throws {
        let folder = try Self.tree()
        for writer in ["genisoimage", "xorriso"] {
            let bytes = try SmallFile.read(try Self.image(writer, ["-R"], folder))
            let end = min(bytes.count, 90 * 2048)
            var generator = SeededGenerator(seed: 20_261_129)
            for _ in 0..<Rounds.of(1_500) {
                var mutated = bytes
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    mutated[Int.random(in: 16 * 2048..<end, using: &generator)] = .random(
                        in: 0...255, using: &generator)
                }
                do {
                    _ = try DiscReader(MemorySource(mutated), name: "mutated")
                } catch {
                    #expect(!error.description.contains("\n"))
                }
            }
        }
    }
}
