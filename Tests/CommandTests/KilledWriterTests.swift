// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("tsmedia content add and remove, killed")
struct KilledWriterTests {
    private static let killCount = Rounds.of(18, percent: 40)

    let folder: TestFolder
    private var library: String { folder.appending("lib").string }

    init() throws {
        folder = try TestFolder()
        for name in ["old", "new"] {
            for number in 0..<28 {
                // Half of the files are the same in both.
                let text = number.isMultiple(of: 2) ? "both \(number)" : "\(name) \(number)"
                try folder.write(text.utf8, to: "\(name)/folder\(number % 7)/\(number).txt")
            }
        }
    }

    private func succeed(_ arguments: String...) throws {
        let result = try Program.run(BuiltProgram.tsmedia.string, ["content"] + arguments + ["--library", library])
        #expect(result.status == 0, "\(arguments): \(result.errorText)")
    }

    private func trees() throws -> [String: [String: String]] {
        var trees: [String: [String: String]] = [:]
        for (key, hash) in try IndependentLibraryReader.read(folder.appending("lib")) {
            let parts = key.split(separator: " ", maxSplits: 2).map(String.init)
            trees[parts[0], default: [:]][parts[2]] = hash
        }
        return trees
    }

    /// Every file of FileLib belongs to a content that is listed, and nothing is left of a writer.
    private func expectTidy() throws {
        let root = folder.appending("lib")
        #expect(try FolderEntry.entries(of: root.appending(".tsmedia")).map(\.component.string) == ["lock"])
        let hashes = Set(try trees().values.flatMap(\.values))
        for prefix in try FolderEntry.entries(of: root.appending("FileLib")) {
            for entry in try FolderEntry.entries(of: root.appending("FileLib").appending(prefix.component)) {
                #expect(hashes.contains(String(entry.component.string.prefix(64))))
            }
        }
    }

    @Test(
        "whenever an add, a replacement or a removal is killed, readers see the old or the new, and the next tidies up")
    func killed() throws {
        let (old, new) = (folder.appending("old").string, folder.appending("new").string)
        try succeed("add", "--create", old, "--package-id", "ABC00001")
        try succeed("add", "--create", new, "--package-id", "ABC00003")
        let (oldTree, newTree) = try (trees()["ABC00001"], trees()["ABC00003"])
        try succeed("remove", "ABC00003")
        let start = ContinuousClock.now
        try succeed("add", "--create", old, "--package-id", "ABC00002")
        let duration = (ContinuousClock.now - start) / .microseconds(1)
        var kills = 0
        for step in 0..<Self.killCount {
            let delay = UInt32(duration * Double(step) / Double(Self.killCount) * 1.2)
            // Replace by the other tree; every third time remove, so that the next one adds.
            let status =
                step % 3 == 2
                ? try BuiltProgram.kill(after: delay, "content", "remove", "ABC00002", "--library", library)
                : try BuiltProgram.kill(
                    after: delay, "content", "add", "--create", step.isMultiple(of: 2) ? new : old, "--package-id",
                    "ABC00002",
                    "--version", "1", "--force", "--library", library)
            kills += status == 137 ? 1 : 0
            let seen = try trees()
            #expect(seen["ABC00001"] == oldTree)
            #expect([nil, oldTree, newTree].contains(seen["ABC00002"]))
            let verified = try BuiltProgram.run("content", "verify", "--library", library)
            #expect(verified.status == 0, "\(verified.errorText)")
            if step % 4 == 3 {
                try succeed("add", "--create", new, "--package-id", "ABC00004", "--version", "1", "--force")
                try expectTidy()
            }
        }
        #expect(kills > Self.killCount / 3)
        try succeed("remove", "ABC00001")
        try expectTidy()
    }
}
