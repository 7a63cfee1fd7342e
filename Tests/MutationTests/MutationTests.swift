// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The whole program with what was damaged at random: it ends with a code that it promises, in time, within its memory, and
/// says what is wrong in plain text.
///
/// What is found is tried again alone with `TSMEDIA_MUTATION_SEED`, which failures name.
@Suite("Whole-program mutation", .timeLimit(.minutes(60)))
struct MutationTests {
    private static let onlySeed = getenv("TSMEDIA_MUTATION_SEED").flatMap { UInt64(String(cString: $0)) }

    /// The seeds of `count` tries with `TSMEDIA_TEST_ALL`, of some of them without.
    private static func seeds(_ base: UInt64, _ count: Int) -> [UInt64] {
        if let onlySeed { return [onlySeed] }
        return (0..<UInt64(Rounds.of(count, percent: 5))).map { base + $0 }
    }

    /// Runs the program, and says with which seed and words it did what it may not.
    private func check(_ arguments: [String], _ session: CommandSession, _ seed: UInt64, in folder: FilePath? = nil)
        throws
    {
        let run = try WatchedRun(arguments, in: folder ?? session.folder, home: session.work.path)
        if let problem = run.problem {
            Issue.record("TSMEDIA_MUTATION_SEED=\(seed): tsmedia \(arguments.joined(separator: " ")): \(problem)")
        }
    }

    /// Forms of media, and what makes them.
    private static let forms: [(name: String, media: CommandSession.Media, more: [String])] = [
        ("media.iso", .capture, []), ("media.img", .capture, []), ("folder", .capture, []),
        ("standalone.iso", .standalone, []),
    ]

    @Test("damaged media", arguments: forms.map(\.name))
    func media(name: String) throws {
        let form = try #require(Self.forms.first { $0.name == name })
        let session = try CommandSession()
        let whole = try session.create(form.media, name, form.more)
        let damaged = session.folder.appending("damaged-\(name)")
        for seed in Self.seeds(1_000, 120) {
            var random = SeededGenerator(seed: seed)
            try Program.succeed("cp", ["-a", "--reflink=auto", whole.string, damaged.string])
            try FileDamage.apply(to: try Self.file(in: damaged, &random), &random)
            let out = "out-\(seed)"
            let commands = [
                ["inspect", damaged.string], ["inspect", damaged.string, "--json"], ["verify", damaged.string],
                ["extract", damaged.string, "--list"], ["extract", damaged.string, "--output", out],
            ]
            try check(commands[Int.random(in: 0..<commands.count, using: &random)], session, seed)
            try Program.succeed("rm", ["-rf", damaged.string, out], in: session.folder)
        }
        // Nothing but what the test itself made.
        #expect(try session.outputs() == [name])
    }

    @Test("damaged WIM archives")
    func archives() throws {
        let session = try CommandSession()
        let whole = try session.libraryFile("boot.\(DemoSite.bootImage).wim", of: DemoSite.bootImage)
        let damaged = session.folder.appending("damaged.wim")
        for seed in Self.seeds(2_000, 120) {
            var random = SeededGenerator(seed: seed)
            try Program.succeed("cp", [whole.string, damaged.string])
            try FileDamage.apply(to: damaged, &random)
            let commands = [
                ["bootimage", "show", damaged.string], ["inspect", damaged.string], ["verify", damaged.string],
                ["extract", damaged.string, "--list"],
                session.arguments(.capture, "m.iso").map { $0 == DemoSite.bootImage ? damaged.string : $0 },
            ]
            try check(commands[Int.random(in: 0..<commands.count, using: &random)], session, seed)
            try Program.succeed("rm", ["-rf", "m.iso"], in: session.folder)
        }
    }

    @Test("damaged content libraries")
    func libraries() throws {
        let session = try CommandSession(ownLibrary: true)
        let spare = session.work.appending("spare")
        for seed in Self.seeds(3_000, 150) {
            var random = SeededGenerator(seed: seed)
            // Lists more often than contents: FileLib is most of the bytes.
            let part = session.library.appending(
                ["PkgLib", "DataLib", "FileLib"][Int.random(in: 0..<3, using: &random)])
            let file = try Self.file(in: part, &random)
            try Program.succeed("cp", ["-a", file.string, spare.string])
            try FileDamage.apply(to: file, &random)
            let library = ["--library", session.library.string]
            let commands = [
                ["content", "verify"] + library, ["content", "list"] + library,
                ["content", "show", DemoSite.toolsPackage] + library,
                session.arguments(.standalone, "m.iso", ["--dry-run"]), session.arguments(.standalone, "m.iso"),
            ]
            try check(commands[Int.random(in: 0..<commands.count, using: &random)], session, seed)
            try Program.succeed("mv", [spare.string, file.string])
            try Program.succeed("rm", ["-rf", "m.iso"], in: session.folder)
        }
    }

    @Test("damaged task sequences")
    func sequences() throws {
        let session = try CommandSession()
        let zip = try SmallFile.read(session.demo.taskSequenceExport, limit: 1 << 24)
        let xml = Array(LargeTaskSequence.xml(stepCount: 20).utf8)
        for seed in Self.seeds(4_000, 300) {
            var random = SeededGenerator(seed: seed)
            let isZip = Bool.random(using: &random)
            let path = session.folder.appending(isZip ? "s.zip" : "s.xml")
            try TestFolder.write(Mutation.apply(to: isZip ? zip : xml, &random), to: path)
            let commands = [
                ["sequence", "show", path.string], ["sequence", "lint", path.string],
                ["sequence", "references", path.string], ["sequence", "document", path.string],
                ["sequence", "diff", session.demo.taskSequenceExport.string, path.string],
                session.arguments(.standalone, "m.iso", ["--dry-run"]).map {
                    $0 == session.demo.taskSequenceExport.string ? path.string : $0
                },
            ]
            let arguments = commands[Int.random(in: 0..<commands.count, using: &random)]
            let run = try WatchedRun(arguments, in: session.folder, home: session.work.path)
            // `lint` and `diff` have codes of their own for what they found.
            if let problem = run.problem, !(arguments[0] == "sequence" && run.status == 1) {
                Issue.record("TSMEDIA_MUTATION_SEED=\(seed): tsmedia \(arguments.joined(separator: " ")): \(problem)")
            }
        }
    }

    /// A file at random of the tree at `path`, or `path` itself.
    private static func file(in path: FilePath, _ random: inout SeededGenerator) throws -> FilePath {
        let found = try Program.succeed("find", [path.string, "-type", "f", "-size", "+0"]).output
        let files = found.split(separator: "\n").map { FilePath(String($0)) }.sorted { $0.string < $1.string }
        return try #require(files.isEmpty ? nil : files[Int.random(in: 0..<files.count, using: &random)])
    }
}
