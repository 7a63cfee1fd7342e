// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Archives that are read")
struct ArchiveReaderTests {
    private let work: TestFolder

    init() throws {
        work = try TestFolder()
        try work.write("one".utf8, to: "tree/a.txt")
        try work.write([UInt8](repeating: 7, count: 300_000), to: "tree/日本語/b.bin")
        try Program.succeed("ln", ["-s", "a.txt", work.appending("tree/link").string])
        try Program.succeed("ln", [work.appending("tree/a.txt").string, work.appending("tree/hard").string])
        try Program.succeed("chmod", ["750", work.appending("tree/a.txt").string])
    }

    /// What GNU tar packs, by its option for the compression.
    private func packed(_ option: String) throws -> [UInt8] {
        try Program.succeed(
            "tar", ["--sort=name", option, "-cf", work.appending("x").string, "-C", work.appending("tree").string, "."]
        )
        return try SmallFile.read(work.appending("x"))
    }

    @Test(
        "a tar archive of GNU tar has its files, folders and links, whatever it is compressed with",
        arguments: ["--no-auto-compress", "--gzip", "--xz", "--zstd"])
    func tar(option: String) throws {
        let reader = try ArchiveReader(MemorySource(try packed(option)), format: .tar)
        var kinds: [String: ArchiveMember.Kind] = [:]
        var contents: [String: [UInt8]] = [:]
        while let member = try reader.next() {
            kinds[member.name] = member.kind
            if member.kind == .file { contents[member.name] = try reader.contents(limit: 1 << 20) }
            if member.name == "./a.txt" { #expect(member.permissions == 0o750) }
        }
        #expect(kinds["./日本語/"] == .folder)
        #expect(kinds["./link"] == .symbolicLink("a.txt"))
        #expect(kinds["./hard"] == .hardLink("./a.txt"))
        #expect(contents["./a.txt"] == Array("one".utf8))
        #expect(contents["./日本語/b.bin"] == [UInt8](repeating: 7, count: 300_000))
    }

    @Test("a member of more bytes than are wanted is not read")
    func limit() throws {
        let reader = try ArchiveReader(MemorySource(try packed("--xz")), format: .tar)
        while let member = try reader.next() {
            guard member.name.hasSuffix("b.bin") else { continue }
            #expect(try reader.contents(limit: 299_999) == nil)
            return
        }
        Issue.record("the member was not found")
    }

    @Test("an archive in the middle of a file is read alone")
    func range() throws {
        let bytes = try packed("--gzip")
        let around = [UInt8](repeating: 0x55, count: 777)
        let reader = try ArchiveReader(
            MemorySource(around + bytes + around), range: 777..<Int64(777 + bytes.count), format: .tar)
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == 6)
    }

    @Test("an archive that is cut short is damaged, wherever it is cut")
    func truncated() throws {
        let bytes = try packed("--xz")
        for count in stride(from: 0, to: bytes.count - 40, by: max(1, bytes.count / 50)) {
            #expect(throws: ArchiveFault.self) {
                let reader = try ArchiveReader(MemorySource(Array(bytes.prefix(count))), format: .tar)
                var members = 0
                while try reader.next() != nil {
                    _ = try reader.contents(limit: 1 << 20)
                    members += 1
                }
                // Nothing at all is an empty archive to libarchive.
                if members == 0 { throw try #require(count == 0 ? self.emptyFault : nil) }
            }
        }
    }

    private var emptyFault: ArchiveFault? {
        do throws(ArchiveFault) {
            _ = try ArchiveReader(zip: work.appending("tree/a.txt")).next()
            return nil
        } catch {
            return error
        }
    }

    @Test("a compressed stream is an archive of one member")
    func stream() throws {
        try Program.succeed("xz", ["--keep", "--force", work.appending("tree/a.txt").string])
        let bytes = try SmallFile.read(work.appending("tree/a.txt.xz"))
        let reader = try ArchiveReader(MemorySource(bytes), format: .compressedStream)
        #expect(try reader.next() != nil)
        #expect(try reader.contents(limit: 100) == Array("one".utf8))
    }

    @Test("7-Zip reads a zip that is written")
    func zip() throws {
        let bytes = try StoredZip.bytes(
            [("a/é.txt", Array("x".utf8)), ("b", [])], modified: Timestamp(unixSeconds: 1_000_000_000))
        let file = try work.write(bytes, to: "x.zip")
        let listed = try Program.succeed("7z", ["l", "-ba", "-slt", file.string]).output
        #expect(listed.contains("Path = a/é.txt"))
        #expect(listed.contains("Method = Store"))
        #expect(try ArchiveReader(zip: file).next()?.name == "a/é.txt")
    }
}
