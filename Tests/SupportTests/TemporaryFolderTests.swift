// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("A temporary folder")
struct TemporaryFolderTests {
    let place: TestFolder
    init() throws { place = try TestFolder() }

    private func names() throws -> [String] { try FolderEntry.entries(of: place.path).compactMap(\.name) }

    /// The name of the folder that `folder` lies in.
    private func name(of folder: TemporaryFolder) -> String {
        folder.path.removingLastComponent().lastComponent?.string ?? ""
    }

    @Test("it is private and gone with its contents")
    func lifetime() throws {
        do {
            let folder = try TemporaryFolder(in: place.path)
            try place.makeFolder(folder.appending("a/b"))
            for path in [folder.path, folder.path.removingLastComponent()] {
                #expect(try Stat(path).permissions == .ownerReadWriteExecute)
            }
            #expect(try names() == [name(of: folder)])
        }
        #expect(try names() == [])
    }

    @Test("that of a killed program is removed by the next, that of a living one is not")
    func abandoned() throws {
        let living = try TemporaryFolder(in: place.path)
        try TestFolder.write([1], to: living.appending("inside/file"))
        let killed = try Leftover.ofTemporaryFolder(in: place.path)
        #expect(access(place.appending(killed).appending("content/inside/file").string, F_OK) == 0)
        let next = try TemporaryFolder(in: place.path)
        #expect(try Set(names()) == [name(of: living), name(of: next)])
        #expect(access(living.appending("inside/file").string, F_OK) == 0)
    }

    @Test("what only has such a name stays: a user's folder, a copy of ours, somebody else's mark, a link, a file")
    func foreign() throws {
        let tag = "0123456789abc"
        try place.write([1], to: "tsmedia-work-notes/file")
        try place.makeFolder(place.appending("tsmedia-work-empty"))
        try place.write([1], to: "tsmedia-work-\(tag)/content/file")
        try place.write([1], to: "tsmedia-work-1\(tag.dropLast())/content/file")
        try place.write("tsmedia owner 2\n".utf8, to: "tsmedia-work-1\(tag.dropLast())/tsmedia-owner")
        try place.write([], to: "tsmedia-work-2\(tag.dropLast())/tsmedia-owner")
        try place.write([1], to: "tsmedia-work-2\(tag.dropLast())/notes")
        try place.write([1], to: "tsmedia-work-3\(tag.dropLast())")
        let victim = try TestFolder()
        try victim.write([1], to: "file")
        #expect(symlink(victim.path.string, place.appending("tsmedia-work-4\(tag.dropLast())").string) == 0)
        let killed = try Leftover.ofTemporaryFolder(in: place.path)
        try Program.succeed("mv", [killed, "tsmedia-work-5\(tag.dropLast())"], in: place.path)
        let before = try names()
        #expect(before.count == 8)
        do { _ = try TemporaryFolder(in: place.path) }
        #expect(try names() == before)
        #expect(try SmallFile.read(place.appending("tsmedia-work-notes/file")) == [1])
        #expect(try SmallFile.read(victim.appending("file")) == [1])
    }

    private static let begun = "tsmedia owner 1\n0123456789abc\ncomputer\n0000"

    @Test(
        "what a program left that was killed before it had marked its folder is removed, however far the mark had come",
        arguments: [nil, 0, 7, 16, 20, 30, 41] as [Int?])
    func unmarked(markByteCount: Int?) throws {
        let name = "tsmedia-work-0123456789abc"
        try place.makeFolder(place.appending(name))
        if let markByteCount { try place.write(Self.begun.utf8.prefix(markByteCount), to: "\(name)/tsmedia-owner") }
        do { _ = try TemporaryFolder(in: place.path) }
        #expect(try names() == [])
    }

    @Test(
        "a folder with a file that is no beginning of its mark, or with more beside it, stays",
        arguments: [("mine", nil), (begun, "notes"), ("tsmedia owner 1\n0123456789abd\n", nil)])
    func otherMark(text: String, other: String?) throws {
        let name = "tsmedia-work-0123456789abc"
        try place.write(text.utf8, to: "\(name)/tsmedia-owner")
        if let other { try place.write([1], to: "\(name)/\(other)") }
        do { _ = try TemporaryFolder(in: place.path) }
        #expect(try SmallFile.read(place.appending("\(name)/tsmedia-owner")) == Array(text.utf8))
    }

    @Test("what somebody put beside our contents is not removed with them")
    func addition() throws {
        let killed = try Leftover.ofTemporaryFolder(in: place.path)
        try place.write([1], to: "\(killed)/notes")
        do { _ = try TemporaryFolder(in: place.path) }
        #expect(try FolderEntry.entries(of: place.appending(killed)).compactMap(\.name) == ["notes"])
    }

    @Test("many threads that make and remove them at once never lose one")
    func atOnce() throws {
        let place = place.path
        WorkerThreads.run(count: 8) { _ in
            for _ in 0..<40 {
                guard let folder = try? TemporaryFolder(in: place),
                    (try? TestFolder.write([7], to: folder.appending("file"))) != nil
                else {
                    Issue.record("a folder went while it was in use")
                    continue
                }
                #expect((try? SmallFile.read(folder.appending("file"))) == [7])
            }
        }
        #expect(try names() == [])
    }

    @Test(
        "where locks may not be seen by other computers, only what this one left since it started is removed",
        .enabled(if: NTFSMount.isPossible, Comment(rawValue: NTFSMount.reason)))
    func otherComputer() throws {
        let mount = try NTFSMount()
        let own = try Leftover.ofTemporaryFolder(in: mount.root)
        let others = try Leftover.ofTemporaryFolder(in: mount.root)
        try Leftover.changeStart(of: mount.root.appending(others))
        do { _ = try TemporaryFolder(in: mount.root) }
        #expect(try FolderEntry.entries(of: mount.root).compactMap(\.name) == [others], "\(own)")
        #expect(access(mount.root.appending(others).appending("content/inside/file").string, F_OK) == 0)
        // Where they are, a free lock says that the owner is gone, whenever it was.
        let here = try Leftover.ofTemporaryFolder(in: place.path)
        try Leftover.changeStart(of: place.appending(here))
        do { _ = try TemporaryFolder(in: place.path) }
        #expect(try names() == [])
    }

    @Test("a parent that does not exist is an error")
    func noParent() throws {
        let error = #expect(throws: FileError.self) { try TemporaryFolder(in: place.appending("absent")) }
        #expect(error?.errno == .noSuchFileOrDirectory)
        #expect(error?.path == place.appending("absent"))
    }
}

/// What is there after a program was killed: all of what it made, and no lock.
enum Leftover {
    /// Leaves a temporary folder with `inside/file` in it, and returns the name of what was left.
    static func ofTemporaryFolder(in parent: FilePath) throws -> String {
        var folder: TemporaryFolder? = try TemporaryFolder(in: parent)
        let content = try #require(folder).path
        try TestFolder.write([1], to: content.appending("inside/file"))
        return try keep(content.removingLastComponent()) { folder = nil }
    }

    /// Leaves an output of `text`, and returns the name of what was left.
    static func of(_ path: FilePath, _ kind: PendingOutput.Kind, _ text: String = "left") throws -> String {
        // Begun elsewhere, because the next writer of the same output removes what the last one left.
        let parent = path.removingLastComponent()
        let scratch = parent.appending("scratch")
        try TestFolder.makeFolder(scratch)
        var output: PendingOutput? = try PendingOutput(
            scratch.appending(path.lastComponent?.string ?? ""), kind: kind, replacesExisting: true)
        let temporary = try #require(output).temporaryPath
        switch kind {
        case .file: try output?.descriptor.writeAll(text.utf8)
        case .folder: try TestFolder.write(text.utf8, to: temporary.appending("deep/file"))
        }
        let name = try keep(temporary.removingLastComponent()) { output = nil }
        try Program.succeed("mv", [scratch.appending(name).string, parent.string])
        try Program.succeed("rmdir", [scratch.string])
        return name
    }

    /// Puts `folder` aside while its owner lets go of it, and back again; returns its name.
    private static func keep(_ folder: FilePath, letGo: () -> Void) throws -> String {
        let aside = folder.removingLastComponent().appending("aside")
        try Program.succeed("cp", ["-a", folder.string, aside.string])
        letGo()
        try Program.succeed("rm", ["-rf", folder.string])
        try Program.succeed("mv", [aside.string, folder.string])
        return folder.lastComponent?.string ?? ""
    }

    /// Makes the mark in `folder` one of another start of a computer.
    static func changeStart(of folder: FilePath) throws {
        try Program.succeed(
            "sed", ["-i", "4s/.*/00000000-0000-4000-8000-000000000000/", folder.appending("tsmedia-owner").string])
    }
}
