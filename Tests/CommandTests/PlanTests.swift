// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What a plan shows, and what names and labels become.
@Suite("Plans, names and labels")
struct PlanTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test("a plan shows what is on a volume by content, and every file with --list-files")
    func contents() throws {
        let plan = try session.plan(.standalone)
        let files = plan.volumes.elements.flatMap { $0.files.elements }
        let short = try session.succeed(session.arguments(.standalone, "media.iso", ["--dry-run"])).output
        let long = try session.succeed(session.arguments(.standalone, "media.iso", ["--dry-run", "--list-files"]))
            .output
        let lines = short.split(separator: "\n")
        #expect(lines.count < files.count)
        for content in [DemoSite.clientPackage, DemoSite.operatingSystemImage, DemoSite.toolsPackage] {
            let own = files.filter { $0.source.text?.hasPrefix("\(content).") == true }
            #expect(!own.isEmpty)
            let noun = own.count == 1 ? "file" : "files"
            #expect(
                lines.contains { $0.contains(content) && $0.contains(" \(own.count) \(noun) ") }, "\(content): \(short)"
            )
        }
        let listed = long.split(separator: "\n").dropFirst()
        #expect(listed.count == files.count)
        for file in files { #expect(long.contains("  \(file.path.text ?? "?")  from ")) }
    }

    @Test("a set whose name ends in a digit has a hyphen before its numbers")
    func numbers() throws {
        func names(_ output: String) throws -> [String] {
            try session.plan(.standalone, output, ["--media-size", "9500000"]).volumes.elements
                .compactMap { $0.output.text }.prefix(2).map { $0 }
        }
        #expect(try names("s2.iso") == ["s2-1.iso", "s2-2.iso"])
        #expect(try names("set.iso") == ["set1.iso", "set2.iso"])
        #expect(try names("s2-.iso") == ["s2-1.iso", "s2-2.iso"])
        #expect(try names("tree7") == ["tree7-1", "tree7-2"])
    }

    @Test("a label that is cut is told with what is left, the default one is not")
    func labels() throws {
        func warnings(_ output: String, _ label: [String]) throws -> [String] {
            try session.plan(.capture, output, label).warnings.elements.compactMap(\.text)
        }
        let long = ["--label", "Headquarters Windows 11"]
        let withoutUDF = ["--file-system", "iso"]
        #expect(try warnings("a.iso", long + withoutUDF).contains { $0.contains("'Headquarters Win'") })
        // UDF, which Windows shows, has it whole.
        #expect(try !warnings("a.iso", long).contains { $0.contains("label") || $0.contains("shows the disc") })
        #expect(try warnings("a.img", long).contains { $0.contains("'HEADQUARTER'") })
        #expect(try !warnings("a.iso", ["--label", "Short"] + withoutUDF).contains { $0.contains("label") })
        #expect(try !warnings("a.iso", withoutUDF).contains { $0.contains("label") || $0.contains("shows the disc") })
    }

    @Test("of two equal variables neither is taken silently")
    func variables() throws {
        let result = try session.run(
            session.arguments(.bootable, "m.iso", ["--variable", "Room=1", "--variable", "room=2"]))
        #expect(result.status == 64 && result.failure.contains("'room' is given twice"), "\(result.failure)")
    }

    @Test(
        "a dry run ends as the real one where this user may not write",
        .enabled(if: getuid() == 0, "needs root to be another user"))
    func access() throws {
        let session = try CommandSession(ownLibrary: true)
        let locked = session.work.appending("locked")
        try TestFolder.makeFolder(locked)
        chmod(locked.string, 0o755)
        for folder in [session.work.path, session.folder] { chmod(folder.string, 0o755) }
        let store = session.work.appending("nobody")
        try TestFolder.makeFolder(store)
        #expect(chown(store.string, 65534, 65534) == 0)
        for more in [["--dry-run"], []] {
            let words =
                ["--reuid", "65534", "--clear-groups", try BuiltProgram.tsmedia.string]
                + session.arguments(.capture, locked.appending("x.iso").string, more + ["--progress", "none"])
                .replacing(session.store.string, by: store.string)
            let result = try Program.run("setpriv", words, environment: ["HOME": store.string], in: session.folder)
            #expect(result.status == 77, "\(more): \(result.errorText)")
            #expect(result.failure.contains("locked"), "\(result.failure)")
        }
    }

    @Test("every command that writes says so")
    func success() throws {
        let session = try CommandSession(ownLibrary: true)
        let library = ["--library", session.library.string]
        try session.create(.capture, "drive.img")
        // Nothing was remembered yet.
        try? TestFolder.makeFolder(session.store)
        let source = try session.work.write("x".utf8, to: "source/a.txt").removingLastComponent().string
        let export = session.demo.taskSequenceExport.string
        let lines: [([String], String)] = [
            (["content", "add", source, "--package-id", "ABC00090"] + library, "added ABC00090.1"),
            (["content", "remove", "ABC00090"] + library, "removed ABC00090.1"),
            (["content", "remove", DemoSite.toolsPackage, "--dry-run"] + library, "would remove"),
            (["store", "prune", "--store", session.store.string], "forgot "),
            (["sequence", "format", export, "--output", "f.xml"], "wrote f.xml: "),
            (["sequence", "document", export, "--output", "d.html"], "wrote d.html: "),
            (session.arguments(.capture, "c.iso"), "wrote c.iso: "),
            (
                [
                    "update", "drive.img", "--boot-image", DemoSite.bootImage, "--distribution-point",
                    session.library.string, "--store", session.store.string,
                ], "drive.img: up to date"
            ),
        ]
        for (words, start) in lines {
            #expect(try session.succeed(words).output.hasPrefix(start), "\(words)")
        }
        #expect(
            try session.run(["content", "add", source, "--package-id", "ABC00090", "--library", "new"]).status == 66)
        #expect(try !session.outputs().contains("new"))
        #expect(
            try session.succeed(["content", "show", DemoSite.toolsPackage] + library).output.contains(
                DemoSite.toolsPackage))
    }
}
