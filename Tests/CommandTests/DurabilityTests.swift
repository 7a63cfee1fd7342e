// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A crash of the machine leaves the old or the new because of the order of flushes and renames, which strace(1) sees.
@Suite("The order of flushes and renames")
struct DurabilityTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func trace(_ arguments: [String]) throws -> DurabilityTrace {
        let trace = try DurabilityTrace(
            [try BuiltProgram.tsmedia.string] + arguments, environment: ["HOME": session.work.path.string],
            in: session.folder)
        #expect(trace.result.status == 0, "\(trace.result.errorText)")
        return trace
    }

    /// Expects that the names `names` were given, in any order, and that each was safe.
    private func expectSafe(_ arguments: [String], _ names: [String]) throws {
        let trace = try trace(arguments)
        #expect(trace.violations == [])
        let given = trace.publications.compactMap { $0.target.lastComponent?.string }
        #expect(given.filter { !$0.hasSuffix(".index") && !$0.hasSuffix(".ledger") }.sorted() == names.sorted())
    }

    @Test("an image, a folder, an archive in parts and a drive image are on the disk before they have their names")
    func media() throws {
        try expectSafe(session.arguments(.standalone, "media.iso"), ["media.iso"])
        try expectSafe(session.arguments(.capture, "media.iso", ["--force"]), ["media.iso"])
        try expectSafe(session.arguments(.capture, "media"), ["media"])
        try expectSafe(session.arguments(.capture, "media.img"), ["media.img"])
        try expectSafe(session.prestaged("OEM.wim"), ["OEM.wim"])
    }

    @Test("the store and a task sequence are on the disk before they have their names")
    func smallFiles() throws {
        let export = session.demo.taskSequenceExport.string
        for arguments in [[], ["--force"]] as [[String]] {
            try expectSafe(["sequence", "format", export, "--output", "sequence.xml"] + arguments, ["sequence.xml"])
        }
        // What changed just now is not remembered.
        try Program.succeed(
            "find", [session.library.string, "-newerct", "3 seconds ago", "-exec", "sleep", "3", ";", "-quit"])
        let trace = try trace(session.arguments(.standalone, "media.iso"))
        #expect(trace.violations == [])
        #expect(trace.publications.contains { $0.target == session.store.appending("verified.index") })
    }

    @Test(
        "content is announced when its bytes are safe; users come before bytes, PkgLib when all else is safe",
        arguments: [false, true])
    func library(replaces: Bool) throws {
        let library = session.work.appending("lib")
        let sources = ["old", "new"].map { session.work.appending($0) }
        for (source, text) in zip(sources, ["old", "new"]) {
            for name in ["a", "sub/b"] {
                try TestFolder.write("\(text) \(name)".utf8, to: source.pushing(FilePath(name)))
            }
        }
        func add(_ source: FilePath) -> [String] {
            [
                "content", "add", "--create", source.string, "--package-id", "ABC00001", "--version", "1", "--force",
                "--library",
                library.string,
            ]
        }
        if replaces { try session.succeed(add(sources[0])) }
        let trace = try trace(add(sources[1]))
        #expect(trace.violations == [])
        let renames = trace.publications
        let journal = try #require(renames.firstIndex { $0.target.lastComponent?.string == "journal" })
        let package = try #require(renames.firstIndex { $0.target.starts(with: library.appending("PkgLib")) })
        let fileLib = renames.indices.filter { renames[$0].target.starts(with: library.appending("FileLib")) }
        let dataLib = renames.indices.filter { renames[$0].target.starts(with: library.appending("DataLib")) }
        #expect(fileLib.count == 4 && dataLib.count == 2)
        // The announcement, the users, the bytes, DataLib, PkgLib.
        #expect(journal == renames.startIndex)
        let users = fileLib.filter { renames[$0].target.extension == "INI" }
        #expect(try #require(users.last) < (try #require(fileLib.first { !users.contains($0) })))
        #expect(try #require(fileLib.last) < (try #require(dataLib.first)))
        #expect(try #require(dataLib.last) < package)
        #expect(package == renames.indices.last)
        // Everything before the announcement, and before PkgLib, is on the disk.
        for (index, first) in [(journal, 0), (package, renames[package - 1].call.end)] {
            let start = renames[index].call.start
            #expect(
                trace.calls.contains { $0.kind == .flushAll && $0.start >= first && $0.end < start },
                "\(renames[index].target)")
        }
    }
}
