// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import ContentLibrary

/// Each test builds the state in which a writer was killed; Tests/CommandTests kills real ones.
@Suite("after a writer was killed")
struct LibraryRecoveryTests {
    let written: WrittenLibrary

    init() throws { written = try WrittenLibrary() }

    private func leaveJournal(_ change: LibraryJournal.Change) throws {
        try TestFolder.write(LibraryJournal(changes: [change]).bytes, to: written.root.pushing(".tsmedia/journal"))
    }

    private func next() throws {
        try written.add(["z": "z"], "ABC00009")
        #expect(try written.isTidy())
    }

    @Test("an add that had not reached PkgLib is undone, shared files stay")
    func unpublishedAdd() throws {
        try written.add(["a": "shared"], "ABC00001")
        let content = try written.add(["b": "shared", "c": "new"], "ABC00002")
        // What the add looks like just before its last step.
        #expect(unlink(written.root.pushing("PkgLib/ABC00002.INI").string) == 0)
        try leaveJournal(.init(content: content.id, hashes: Set(content.files.map(\.sha256))))
        try next()
        #expect(try written.fileLib() == ["shared".hash: ["ABC00001.1"], "z".hash: ["ABC00009.1"]])
        #expect(try FolderEntry.entries(of: written.root.appending("DataLib")).count == 4)
    }

    @Test("an add that had reached PkgLib stays")
    func publishedAdd() throws {
        let content = try written.add(["b": "new"], "ABC00002")
        try leaveJournal(.init(content: content.id, hashes: Set(content.files.map(\.sha256))))
        try next()
        #expect(try written.independently()["ABC00002 ABC00002.1 b"] == "new".hash)
    }

    @Test("a removal that had begun is finished")
    func begunRemoval() throws {
        try written.add(["a": "shared"], "ABC00001")
        let content = try written.add(["b": "shared", "c": "only"], "ABC00002")
        try leaveJournal(.init(content: content.id, hashes: Set(content.files.map(\.sha256))))
        #expect(unlink(written.root.pushing("PkgLib/ABC00002.INI").string) == 0)
        let only = written.root.pushing(FilePath("FileLib/\("only".hash.prefix(4))/\("only".hash)"))
        #expect(unlink(only.string) == 0)
        try next()
        #expect(try written.fileLib()["shared".hash] == ["ABC00001.1"])
        #expect((try? Stat(FilePath(only.string + ".INI"))) == nil)
    }

    @Test("a replacement that was killed between two renames gets its old tree back")
    func interruptedReplacement() throws {
        let content = try written.add(["a": "old"], "ABC00001")
        let work = written.root.pushing(".tsmedia/work")
        try written.folder.makeFolder(work)
        let tree = written.root.pushing("DataLib/ABC00001.1")
        #expect(rename(tree.string, work.appending("replaced").string) == 0)
        try leaveJournal(.init(content: content.id, hashes: [content.files[0].sha256]))
        try next()
        #expect(try written.independently()["ABC00001 ABC00001.1 a"] == "old".hash)
    }

    @Test("a replacement that was killed after the swap gets its own content hash and loses the old files")
    func swappedReplacement() throws {
        let old = try written.add(["a": "old"], "ABC00001")
        let hash = try #require(old.contentHash)
        let new = try written.add(["a": "new"], "ABC00001", version: 1, replacing: true)
        let stale = "[Info]\r\nHash=\(hash)\r\nHashAlgorithm=32780\r\n"
        try TestFolder.write(stale.utf8, to: written.root.pushing("DataLib/ABC00001.1.INI"))
        let file = written.root.pushing(FilePath("FileLib/\("old".hash.prefix(4))/\("old".hash)"))
        try TestFolder.write("old".utf8, to: file)
        try TestFolder.write("[Users]\r\nABC00001.1=\r\n".utf8, to: FilePath(file.string + ".INI"))
        try leaveJournal(
            .init(
                content: new.id, hashes: [old.files[0].sha256, new.files[0].sha256], contentHash: new.contentHash))
        try next()
        #expect(try written.library.content(new.id).warnings.isEmpty)
        #expect(try written.fileLib()["old".hash] == nil)
        #expect(try written.fileLib()["new".hash] == ["ABC00001.1"])
    }

    @Test("a damaged journal and leftovers of staging are put away")
    func damagedJournal() throws {
        try written.add(["a": "1"], "ABC00001")
        try TestFolder.write(
            "tsmedia-journal 1\ncontent ABC00001.1\n".utf8, to: written.root.pushing(".tsmedia/journal"))
        try TestFolder.write("half".utf8, to: written.root.pushing(".tsmedia/work/files/incoming"))
        try next()
        #expect(try written.independently().count == 2)
    }

    @Test("a journal is read as it was written, and only whole")
    func journalRoundTrip() throws {
        let hash = try #require(SHA256Digest(hexadecimal: "x".hash))
        let journal = LibraryJournal(changes: [
            .init(content: try #require(ContentID("ABC00001.1")), hashes: [hash], contentHash: "y".hash),
            .init(content: try #require(ContentID("Content_a.2")), hashes: []),
        ])
        #expect(LibraryJournal(bytes: journal.bytes) == journal)
        for count in journal.bytes.indices { #expect(LibraryJournal(bytes: Array(journal.bytes[..<count])) == nil) }
    }
}
