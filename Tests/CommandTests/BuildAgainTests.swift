// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A manifest is built a second time.
@Suite("Media from manifests, again")
struct BuildAgainTests {
    private let session: CommandSession

    init() throws { session = try CommandSession(ownLibrary: true) }

    private func manifest(_ label: String = "one", _ more: String = "") -> String {
        """
        \(session.manifestDefaults)
        media:
          - { name: a, type: capture, output: a.iso, label: \(label) }
          - { name: set, type: standalone, output: set.iso, task-sequence: "\(session.demo.taskSequenceExport)", media-size: "9500000" }
          - { name: drive, type: capture, output: drive.img\(more) }
          - { name: tree, type: capture, output: tree }
        """
    }

    private func statuses(_ text: String, _ more: [String] = []) throws -> [String] {
        let result = try session.build(text, more + ["--json"])
        return try JSONValue(parsing: result.output).media.elements.map(\.status.text).map { $0 ?? "?" }
    }

    private func identities() throws -> [String: FileIdentity] {
        var found: [String: FileIdentity] = [:]
        for name in try session.made() { found[name] = try FileIdentity(of: session.folder.appending(name)) }
        return found
    }

    private static let allBuilt = ["built", "built", "built", "built"]
    private static let allUnchanged = ["unchanged", "unchanged", "unchanged", "unchanged"]

    @Test("images for factories are unchanged too, with what lies beside them, and nothing of others' is replaced")
    func factoryImages() throws {
        let text = """
            \(session.manifestDefaults)
            media:
              - { name: a, type: capture, output: a.img, label: one, bmap: true, checksums: true }
              - { name: b, type: capture, output: b.img.zst, label: one, bmap: true, checksums: true }
              - { name: c, type: capture, output: tree }
            """
        #expect(try statuses(text) == ["built", "built", "built"])
        try Program.succeed("sha256sum", ["--check", "--strict", "SHA256SUMS"], in: session.folder)
        let listed = String(decoding: try session.bytes("SHA256SUMS"), as: UTF8.self)
        for name in ["a.img", "a.img.bmap", "b.img.zst", "b.img.bmap"] {
            #expect(listed.contains("  \(name)\n"), "\(listed)")
        }
        let again = try JSONValue(parsing: try session.build(text, ["--json"]).output)
        #expect(again.media.elements.map(\.status.text) == ["unchanged", "unchanged", "unchanged"])
        // Of a folder all that is in it.
        let tree = try #require(again.media.elements.last?.outputs.elements.first?.size.number)
        #expect(tree > 1_000_000)
        // A map that somebody else put there stays.
        try session.work.write("mine".utf8, to: "out/a.img.bmap")
        let changed = text.replacing("output: a.img, label: one", with: "output: a.img, label: two")
        #expect(try statuses(changed).first == "failed")
        #expect(try session.bytes("a.img.bmap") == Array("mine".utf8))
    }

    @Test("media does not lie in a folder that is media too")
    func nested() throws {
        let result = try session.build(
            """
            \(session.manifestDefaults)
            media:
              - { name: a, type: capture, output: tree }
              - { name: b, type: capture, output: tree/b.iso }
            """)
        #expect(result.status == 65 && result.failure.contains("would lie in the folder"), "\(result.failure)")
        #expect(try session.made().isEmpty)
    }

    @Test("a URL with a password is in no manifest")
    func passwordInURL() throws {
        let result = try session.run(
            session.arguments(
                .bootable, "a.iso",
                ["--distribution-point", "http://user:geheim@dp.example.com", "--print-manifest"]))
        #expect(result.status == 64 && !result.errorText.contains("geheim") && result.output.isEmpty)
    }

    @Test("a report takes the place of a report alone, and what lies there is of the last run, however that ends")
    func reports() throws {
        try session.create(.capture, "a.iso", ["--label", "one"])
        let before = try session.fingerprint()
        for options in [["--report", "a.iso"], ["--junit", "a.iso"], ["--report", "media.yaml"], ["--report", "."]] {
            let result = try session.build(manifest(), options)
            #expect(result.status == 77 && result.failure.contains("is not replaced"), "\(options): \(result.failure)")
        }
        try Program.succeed("rm", ["media.yaml"], in: session.folder)
        #expect(try session.fingerprint() == before)
        let options = ["--only", "tree", "--report", "report.json", "--junit", "report.xml"]
        #expect(try session.build(manifest(), options).status == 0)
        #expect(try session.build(manifest(), options).status == 0)
        #expect(try session.build(manifest() + "\nwrong: 1\n", options).status == 65)
        #expect(try !session.made().contains { $0.hasPrefix("report") })
    }

    @Test("what is there and has not changed is left as it is, and said to be", arguments: [true, false])
    func unchanged(hasRecord: Bool) throws {
        #expect(try statuses(manifest()) == Self.allBuilt)
        let before = try identities()
        #expect(before.keys.contains("set2.iso"))
        // By the media's own manifest, when nobody remembers.
        if !hasRecord { try Program.succeed("rm", ["-r", session.work.appending(".local").string]) }
        #expect(try statuses(manifest()) == Self.allUnchanged)
        #expect(try statuses(manifest(), ["--dry-run"]) == Self.allUnchanged)
        #expect(try identities() == before)
    }

    @Test("media that create made is unchanged where a manifest asks for the same, and is not replaced for it")
    func created() throws {
        try session.create(.capture, "a.iso", ["--label", "one"])
        let text = """
            \(session.manifestDefaults)
            media:
              - { name: a, type: capture, output: a.iso, label: LABEL }
            """
        #expect(try statuses(text.replacing("LABEL", with: "one")) == ["unchanged"])
        let before = try session.bytes("a.iso")
        let result = try session.build(text.replacing("LABEL", with: "two"))
        #expect(result.status == 73)
        #expect(result.errorText.contains("is not as this manifest made it"), "\(result.errorText)")
        #expect(try session.bytes("a.iso") == before)
    }

    @Test("what has changed is made again, without --force, and nothing else is")
    func changed() throws {
        #expect(try statuses(manifest()) == Self.allBuilt)
        let before = try identities()
        #expect(try statuses(manifest("two")) == ["built", "unchanged", "unchanged", "unchanged"])
        #expect(try session.inspect("a.iso").label.text == "two")
        #expect(try identities()["set1.iso"] == before["set1.iso"])
        // Another layout of the same media, of which its manifest says nothing.
        #expect(
            try statuses(manifest("two", ", partition-scheme: gpt")) == [
                "unchanged", "unchanged", "built", "unchanged",
            ])
        #expect(try Array(session.bytes("drive.img")[512..<520]) == Array("EFI PART".utf8))
    }

    @Test("--rebuild makes the same bytes again")
    func rebuild() throws {
        #expect(try statuses(manifest()) == Self.allBuilt)
        let (before, bytes) = (try identities(), try session.bytes("set2.iso"))
        #expect(try statuses(manifest(), ["--rebuild"]) == Self.allBuilt)
        #expect(try session.bytes("set2.iso") == bytes)
        #expect(try identities()["set2.iso"] != before["set2.iso"])
    }

    @Test("content that has changed on the distribution point makes its media again, and no other")
    func content() throws {
        #expect(try statuses(manifest()) == Self.allBuilt)
        let source = session.work.appending("new")
        try TestFolder.makeFolder(source)
        try session.work.write(Array("new".utf8), to: "new/file.txt")
        try session.succeed([
            "content", "add", source.string, "--package-id", "ABC00011", "--library", session.library.string,
        ])
        #expect(try statuses(manifest()) == ["unchanged", "built", "unchanged", "unchanged"])
    }

    @Test(
        "what is not as the manifest made it is never replaced",
        arguments: [
            "touch a.iso", "cp a.iso x && mv x a.iso", "printf x >> a.iso", "printf x > a.iso",
            "rm a.iso && mkdir a.iso",
        ])
    func foreign(command: String) throws {
        #expect(try statuses(manifest()) == Self.allBuilt)
        try Program.succeed("sh", ["-c", "cd '\(session.folder)' && \(command)"])
        let before = try FileIdentity(of: session.folder.appending("a.iso"))
        let result = try session.build(manifest("two"))
        #expect(result.status == 73, "\(result.errorText)")
        #expect(try FileIdentity(of: session.folder.appending("a.iso")) == before)
    }

    @Test("a file that appeared in a folder of media keeps the folder from being replaced")
    func folder() throws {
        #expect(try statuses(manifest()) == Self.allBuilt)
        try session.work.write([1], to: "out/tree/SMS/mine.txt")
        let text = manifest().replacing("output: tree", with: "output: tree, label: new")
        #expect(try statuses(text) == ["unchanged", "unchanged", "unchanged", "failed"])
        #expect(try session.bytes("tree/SMS/mine.txt") == [1])
    }

    @Test("a volume of a set that is gone or cut short makes the set again", arguments: [true, false])
    func damaged(isGone: Bool) throws {
        #expect(try statuses(manifest()) == Self.allBuilt)
        let path = session.folder.appending("set2.iso")
        if isGone {
            try Program.succeed("rm", [path.string])
            #expect(try statuses(manifest())[1] == "built")
        } else {
            try Program.succeed("truncate", ["-s", "-100K", path.string])
            #expect(try statuses(manifest())[1] == "failed")
        }
    }

    @Test("no media takes the place of a volume of other media, were it the manifest's own")
    func volumes() throws {
        #expect(try statuses(manifest()) == Self.allBuilt)
        let before = try identities()
        let text = manifest() + "\n  - { name: other, type: capture, output: set1.iso, label: other }"
        let result = try session.build(text, ["--json"])
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.errorText.contains("names the file set1.iso"), "\(result.errorText)")
        #expect(try identities()["set1.iso"] == before["set1.iso"])
    }

    @Test("a certificate of a new key each time is never unchanged; one of a given key is")
    func certificate() throws {
        try Program.succeed("openssl", ["genrsa", "-out", session.folder.appending("key.pem").string, "2048"])
        let text = """
            \(session.manifestDefaults)
              self-signed-certificate: true
              management-point: http://mp.example.com
            media:
              - { name: a, type: bootable, output: a.iso }
              - { name: b, type: bootable, output: b.iso, certificate-key: key.pem, certificate-start: 2026-01-01 }
            """
        #expect(try statuses(text) == ["built", "built"])
        #expect(try statuses(text) == ["built", "unchanged"])
    }

    @Test("a record of another manifest, and what is no record, are refused")
    func records() throws {
        try session.work.write(Array("{}".utf8), to: "out/record.json")
        #expect(try session.build(manifest(), ["--record", "record.json"]).status == 65)
        try session.succeed(["build", "media.yaml", "--record", "other.json"])
        try Program.succeed("cp", ["media.yaml", "b.yaml"].map { session.folder.appending($0).string })
        #expect(try session.run(["build", "b.yaml", "--record", "other.json"]).status == 65)
    }

    @Test("whoever is killed at any moment leaves media whole, and a record that is true")
    func killed() throws {
        var random = SeededGenerator(seed: 19)
        for round in 1...Rounds.of(40, percent: 15) {
            let text = manifest("round \(round)", ", label: \"r\(round)\"")
            try session.work.write(Array(text.utf8), to: "out/media.yaml")
            let program = try session.start(["build", "media.yaml", "--report", "report.json", "--jobs", "2"])
            usleep(UInt32.random(in: 1_000...400_000, using: &random))
            program.send(SIGKILL)
            _ = try program.waitForEnd()
            // What has its name is whole, and the manifest may replace it.
            for name in try session.made() where name.hasSuffix(".iso") {
                #expect(try session.run(["verify", name]).status == 0, "\(name)")
            }
            if try session.made().contains("report.json") {
                let report = try JSONValue(parsing: String(decoding: session.bytes("report.json"), as: UTF8.self))
                #expect(report.mediaCount.number == 4)
            }
        }
        let last = try session.build(manifest("last"))
        #expect(last.status == 0, "\(last.errorText)")
        #expect(try statuses(manifest("last")) == Self.allUnchanged)
        #expect(try session.outputs().allSatisfy { !$0.hasPrefix(".") })
    }

    @Test("fifty media that have not changed are told in a moment")
    func fifty() throws {
        let text = """
            \(session.manifestDefaults)
            media:
              - { name: "a${i}", type: capture, output: "a${i}.iso", label: "m${i}", matrix: { i: [\((1...50).map(String.init).joined(separator: ", "))] } }
            """
        #expect(try Set(statuses(text)) == ["built"])
        let began = ContinuousClock.now
        #expect(try Set(statuses(text)) == ["unchanged"])
        // Half a second where nothing else runs (docs/benchmarks.md).
        #expect(ContinuousClock.now - began < .seconds(10))
    }
}
