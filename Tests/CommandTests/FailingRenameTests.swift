// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What becomes of a content library when a change of it fails, or ends, at any of its renames.
///
/// strace(1) makes the calls fail: all swaps of two names, as on file systems that cannot, and one rename after another.
@Suite("content add on a file system that fails")
struct FailingRenameTests {
    private let folder: TestFolder
    private var library: FilePath { folder.appending("lib") }
    private let trees: [[String: String]]

    init() throws {
        folder = try TestFolder()
        for (name, text) in [("old", "old"), ("new", "new")] {
            try folder.write("both".utf8, to: "\(name)/both")
            try folder.write(text.utf8, to: "\(name)/sub/own")
        }
        var trees: [[String: String]] = []
        for name in ["old", "new"] {
            let library = folder.appending("lib-\(name)")
            let result = try BuiltProgram.run(
                "content", "add", "--create", folder.appending(name).string, "--package-id", "ABC00001", "--version",
                "1",
                "--library", library.string)
            #expect(result.status == 0, "\(result.errorText)")
            trees.append(try IndependentLibraryReader.read(library))
        }
        self.trees = trees
        #expect(trees[0].count == 3 && trees[0] != trees[1])
    }

    private func replace(_ injections: [String]) throws -> ProgramResult {
        try Program.run(
            "strace",
            ["-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat2"] + injections.flatMap { ["-e", $0] }
                + [
                    try BuiltProgram.tsmedia.string, "content", "add", "--create", folder.appending("new").string,
                    "--package-id",
                    "ABC00001", "--version", "1", "--force", "--library", library.string,
                ])
    }

    private static let cannotSwap = "inject=renameat2:error=EINVAL"

    @Test(
        "the only copy of what is replaced is never lost", arguments: ["error=EIO", "error=EIO:when=+", "signal=KILL"])
    func replacing(failure: String) throws {
        var failures = 0
        for number in 1...40 {
            try Program.succeed("rm", ["-rf", library.string])
            try Program.succeed("cp", ["-a", folder.appending("lib-old").string, library.string])
            // One rename fails, or all from one on.
            let kind = failure.split(separator: ":")[0]
            let when = "\(number)" + (failure.hasSuffix("+") ? "+" : "")
            let result = try replace([Self.cannotSwap, "inject=rename:\(kind):when=\(when)"])
            let isDone = result.status == 0
            if !isDone, failure == "error=EIO" {
                // What could be settled was, at once.
                #expect(trees.contains(try IndependentLibraryReader.read(library)), "rename \(number)")
                #expect(try !FolderEntry.entries(of: library.appending(".tsmedia")).contains { $0.name == "work" })
            }
            // The next writer settles the rest.
            let next = try BuiltProgram.run(
                "content", "add", "--create", folder.appending("old").string, "--package-id", "ABC00002", "--version",
                "1",
                "--library", library.string)
            #expect(next.status == 0, "rename \(number): \(next.errorText)")
            let seen = try IndependentLibraryReader.read(library).filter { $0.key.hasPrefix("ABC00001 ") }
            #expect(trees.contains(seen), "rename \(number): \(result.errorText)")
            #expect(try FolderEntry.entries(of: library.appending(".tsmedia")).map(\.name) == ["lock"])
            let verified = try BuiltProgram.run("content", "verify", "--library", library.string)
            #expect(verified.status == 0, "rename \(number): \(verified.errorText)")
            if isDone {
                #expect(seen == trees[1])
                break
            }
            failures += 1
        }
        // The journal, a list of users, a file, the tree twice, its INI, PkgLib.
        #expect(failures >= 7 && failures < 40, "\(failures)")
    }

    @Test(
        "a version is replaced on a real file system that cannot swap names",
        .enabled(if: NTFSMount.isPossible, Comment(rawValue: NTFSMount.reason)))
    func real() throws {
        let mount = try NTFSMount()
        let library = mount.root.appending("lib").string
        for (name, number) in [("old", 0), ("new", 1), ("old", 0)] {
            let result = try BuiltProgram.run(
                "content", "add", "--create", folder.appending(name).string, "--package-id", "ABC00001", "--version",
                "1",
                "--force", "--library", library)
            #expect(result.status == 0, "\(result.errorText)")
            #expect(try IndependentLibraryReader.read(FilePath(library)) == trees[number])
        }
    }

    @Test("a new library that could not be filled is not left behind", arguments: [1, 2, 4, 7])
    func newLibrary(number: Int) throws {
        let result = try Program.run(
            "strace",
            [
                "-f", "-qq", "-o", "/dev/null", "-e", "trace=rename", "-e", "inject=rename:error=EIO:when=\(number)",
                try BuiltProgram.tsmedia.string, "content", "add", "--create", folder.appending("new").string,
                "--package-id",
                "ABC00001", "--library", folder.appending("a/b/new").string,
            ])
        #expect(result.status == 74, "\(result.errorText)")
        #expect(try !FolderEntry.entries(of: folder.path).contains { $0.name == "a" })
    }

    @Test("a work folder that somebody else made in a library is not removed")
    func foreignWork() throws {
        let library = folder.appending("lib-old")
        try Program.succeed("rm", ["-r", library.appending(".tsmedia").string])
        try TestFolder.write("mine".utf8, to: library.appending(".tsmedia").appending("work").appending("notes"))
        let result = try BuiltProgram.run(
            "content", "remove", "ABC00001", "--library", library.string)
        #expect(result.status == 73)
        #expect(result.errorText.contains("was not made by tsmedia"), "\(result.errorText)")
        #expect(try SmallFile.read(library.appending(".tsmedia").appending("work").appending("notes")).count == 4)
    }

    @Test(
        "a library that another computer may be changing is refused, and says who",
        .enabled(if: NTFSMount.isPossible, Comment(rawValue: NTFSMount.reason)))
    func otherComputer() throws {
        let mount = try NTFSMount()
        let library = mount.root.appending("lib")
        func add() throws -> ProgramResult {
            try BuiltProgram.run(
                "content", "add", "--create", folder.appending("old").string, "--package-id", "ABC00001", "--library",
                library.string)
        }
        #expect(try add().status == 0)
        let lock = library.appending(".tsmedia").appending("lock")
        // As a writer elsewhere leaves it as long as it lives.
        try TestFolder.write(
            "tsmedia owner 1\nlock\nserver\n00000000-0000-4000-8000-000000000000\n7\n".utf8, to: lock)
        let staged = library.appending(".tsmedia").appending("work").appending("file")
        try TestFolder.write([1], to: staged)
        let result = try add()
        #expect(result.status == 77, "\(result.errorText)")
        #expect(result.errorText.contains("tsmedia on server (process 7)"), "\(result.errorText)")
        #expect(try SmallFile.read(staged) == [1])
        try Program.succeed("rm", [lock.string])
        try TestFolder.write([], to: lock)
        #expect(try add().status == 0)
        #expect(try FolderEntry.entries(of: library.appending(".tsmedia")).map(\.name) == ["lock"])
    }
}
