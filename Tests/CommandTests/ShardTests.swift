// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import tsmedia

/// A manifest that several computers build.
@Suite("Parts of a manifest")
struct ShardTests {
    private static let manifest = """
        media:
          - { name: "c${i}", type: capture, output: "c${i}.iso", matrix: { i: [1, 2, 3, 4, 5, 6] } }
          - { name: "s${i}", type: standalone, output: "s${i}.iso", task-sequence: "SEQUENCE", matrix: { i: [1, 2] } }
        """

    private func text(_ session: CommandSession) -> String {
        session.manifestDefaults + "\n"
            + Self.manifest.replacing("SEQUENCE", with: session.demo.taskSequenceExport.string)
    }

    @Test(
        "each media is in one part, the parts are of about one size, and are the same again", arguments: [1, 2, 3, 9])
    func parts(count: Int) throws {
        let session = try CommandSession()
        var all: [String] = []
        var sizes: [Int64] = []
        for part in 1...count {
            let arguments = ["--dry-run", "--json", "--shard", "\(part)/\(count)"]
            let report = try JSONValue(parsing: session.build(text(session), arguments).output)
            #expect(report.shard.mediaCount.number == 8)
            let names = report.media.elements.compactMap(\.name.text)
            #expect(report.mediaCount.number == Int64(names.count))
            all += names
            sizes.append(report.media.elements.reduce(0) { $0 + ($1.size.number ?? 0) })
            let again = try JSONValue(parsing: session.build(text(session), arguments).output)
            #expect(again.media.elements.compactMap(\.name.text) == names)
        }
        #expect(all.sorted() == ["c1", "c2", "c3", "c4", "c5", "c6", "s1", "s2"])
        // No part is more than the largest media ahead of another.
        if count < 9 { #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) < 40_000_000) }
    }

    @Test("sizes count, and not how much media it is")
    func sizes() throws {
        let session = try CommandSession()
        let text = """
            \(session.manifestDefaults)
            media:
              - { name: c1, type: capture, output: c1.iso }
              - { name: s1, type: standalone, output: s1.iso, task-sequence: "\(session.demo.taskSequenceExport)" }
              - { name: c2, type: capture, output: c2.iso }
            """
        let parts = try ["1/2", "2/2"].map { part in
            try JSONValue(parsing: session.build(text, ["--dry-run", "--json", "--shard", part]).output)
                .media.elements.compactMap(\.name.text)
        }
        #expect(parts == [["s1"], ["c1", "c2"]])
    }

    @Test("the numbers come from the variables of Slurm and of Kubernetes")
    func environment() throws {
        func shard(_ text: String, _ variables: [String: String]) throws -> [Int] {
            let shard = try Shard(text, environment: { variables[$0] })
            return [shard.index, shard.count]
        }
        #expect(try shard("2/3", [:]) == [2, 3])
        #expect(try shard("auto/3", ["JOB_COMPLETION_INDEX": "0"]) == [1, 3])
        #expect(try shard("auto/3", ["JOB_COMPLETION_INDEX": "2"]) == [3, 3])
        let slurm = ["SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "4"]
        #expect(try shard("auto", slurm) == [4, 4])
        #expect(
            try shard("auto", slurm.merging(["SLURM_ARRAY_TASK_ID": "8", "SLURM_ARRAY_TASK_STEP": "2"]) { $1 }) == [
                3, 4,
            ])
        for (text, variables) in [
            ("0/3", [:]), ("4/3", [:]), ("1", [:]), ("1/", [:]), ("/3", [:]), ("1/2/3", [:]), ("x/3", [:]),
            ("1/0", [:]),
            ("1/99999999999999999999", [:]), ("auto", [:]), ("auto/3", [:]), ("auto/3", ["JOB_COMPLETION_INDEX": "3"]),
            ("auto/3", ["JOB_COMPLETION_INDEX": "9223372036854775807"]),
            ("auto", slurm.merging(["SLURM_ARRAY_TASK_ID": "99"]) { $1 }),
            ("auto/3", ["SLURM_ARRAY_TASK_ID": "-9223372036854775808", "SLURM_ARRAY_TASK_MIN": "1"]),
        ] as [(String, [String: String])] {
            #expect(throws: (any Error).self, "\(text)") { try shard(text, variables) }
        }
    }

    @Test("reports of all parts become one, and what is missing is told")
    func merge() throws {
        let session = try CommandSession()
        let text = text(session) + "\n  - { name: bad, type: capture, boot-image: XYZ00001, output: bad.iso }"
        for part in 1...3 {
            _ = try session.build(text, ["--shard", "\(part)/3", "--report", "\(part).json"])
        }
        let merged = try session.run([
            "report", "merge", "1.json", "2.json", "3.json", "--json", "--junit", "all.xml", "--report", "all.json",
        ])
        #expect(merged.status == 66, "\(merged.errorText)")
        let report = try JSONValue(parsing: merged.output)
        #expect(report.media.elements.compactMap { $0["number"].number } == Array(1...9))
        #expect(report.counts.built.number == 8 && report.counts.failed.number == 1)
        #expect(try String(decoding: session.bytes("all.json"), as: UTF8.self) == merged.output)
        #expect(try String(decoding: session.bytes("all.xml"), as: UTF8.self).contains("tests=\"9\" failures=\"1\""))
        let partly = try session.run(["report", "merge", "1.json", "3.json", "--json"])
        #expect(partly.status == 65)
        #expect(try JSONValue(parsing: partly.output).counts.missing.number != 0)
        // Of two reports on one part the last counts.
        let mended = text.replacing("XYZ00001", with: DemoSite.bootImage)
        for part in 1...3 { _ = try session.build(mended, ["--shard", "\(part)/3", "--report", "new\(part).json"]) }
        let names = (1...3).flatMap { ["\($0).json", "new\($0).json"] }
        #expect(try session.run(["report", "merge"] + names).status == 0)
        try session.work.write(Array("{}".utf8), to: "out/no.json")
        #expect(try session.run(["report", "merge", "no.json"]).status == 65)
        #expect(try session.run(["report", "merge", "gone.json"]).status == 66)
        #expect(try session.run(["report", "merge", "1.json", "--report", "1.json"]).status == 77)
    }
}
