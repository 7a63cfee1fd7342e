// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `tsmedia site` and `tsmedia sequence fetch`, against the fixture's site.
@Suite("The site, by commands")
struct SiteCommandTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func sequence(_ name: String, _ items: String) throws -> String {
        try session.work.write(SequenceFixture.sequence(items).utf8, to: "\(name).xml").string
    }

    @Test("lists have what was asked for, in whatever case, and say when there is nothing")
    func lists() throws {
        let server = try AdminServiceServer(["--page", "2"], in: session.work)
        let all = try session.succeed(["site", "applications"] + server.options)
        #expect(all.output.split(separator: "\n").count == 6, "\(all.output)")
        let some = try session.succeed(["site", "applications", "--like", "rEaDeR"] + server.options)
        #expect(some.output.contains("Old Reader") && !some.output.contains("Runtime"))
        let none = try session.succeed(["site", "packages", "--like", "nothing"] + server.options)
        #expect(none.output.isEmpty && none.errorText.contains("the site has no package of such a name"))
        let shown = try session.succeed(["site", "show"] + server.options)
        #expect(shown.output.hasPrefix("site ABC on cm01.example.com, version 5.00.9132.1000\n"), "\(shown.output)")
    }

    @Test("the catalog of a site is one that sequence references reads")
    func catalog() throws {
        let server = try AdminServiceServer(in: session.work)
        try session.succeed(["site", "catalog", "--output", "site.yaml"] + server.options)
        let file = try sequence("s", SequenceFixture.step("Run", "PackageID", "ABC00011"))
        let references = try session.succeed(
            [
                "sequence", "references", file, "--catalog", "site.yaml", "--application", "Reader",
                "--include-application-dependencies", "--json",
            ])
        let items = try JSONValue(parsing: references.output).items.elements
        #expect(items.map { $0.name.text } == ["Tools", "Runtime", "Reader"], "\(references.output)")
        let again = try session.run(["site", "catalog", "--output", "site.yaml"] + server.options)
        #expect(again.status == 73, "\(again.errorText)")
    }

    @Test("a task sequence comes bare or as an export with those that it calls, and diff compares with the site's")
    func fetch() throws {
        let main = try sequence(
            "main", SequenceFixture.step("Run", "PackageID", "ABC00011") + SequenceFixture.child("ABC00052"))
        let child = try sequence("child", SequenceFixture.step("Run", "PackageID", "ABC00012"))
        let server = try AdminServiceServer(
            ["--sequence", "ABC00051=Windows=\(main)", "--sequence", "ABC00052=Child=\(child)"], in: session.work)
        try session.succeed(["sequence", "fetch", "windows", "--output", "bare.xml"] + server.options)
        #expect(try session.bytes("bare.xml") == SmallFile.read(FilePath(main)))
        try session.succeed(
            ["sequence", "fetch", "ABC00051", "--output", "all.zip", "--include-dependencies"] + server.options)
        let listed = try Program.succeed("7z", ["l", "-ba", "-slt", session.folder.appending("all.zip").string]).output
        for id in ["ABC00051", "ABC00052"] {
            #expect(listed.contains("SMS_TaskSequencePackage/\(id)/object.xml"), "\(listed)")
        }
        let references = try session.succeed(["sequence", "references", "all.zip", "--json"])
        let items = try JSONValue(parsing: references.output).items.elements.compactMap { $0.id.text }
        #expect(Set(items).isSuperset(of: ["ABC00011", "ABC00012"]), "\(references.output)")
        let same = try session.run(["sequence", "diff", "all.zip", "--exit-code"] + server.options)
        #expect(same.status == 0, "\(same.output)\(same.errorText)")
        let other = try session.run(["sequence", "diff", "bare.xml", "ABC00052", "--exit-code"] + server.options)
        #expect(other.status == 1, "\(other.output)\(other.errorText)")
        let gone = try session.run(["sequence", "fetch", "Gone"] + server.options)
        #expect(
            gone.status == 66 && gone.failure.contains("task sequence Gone is not on the site"), "\(gone.errorText)")
        let bare = try session.run(["sequence", "fetch", "Windows", "--include-dependencies"] + server.options)
        #expect(bare.status == 64 && bare.failure.contains("end --output in .zip"), "\(bare.errorText)")
    }

    @Test("a site that nobody knows, or that refuses, ends in the exit code for it; no secret is in what is said")
    func failures() throws {
        let server = try AdminServiceServer(["--authentication", "basic", "--user", "joe:s3cret"], in: session.work)
        let refused = try session.run(["site", "show"] + server.options)
        #expect(refused.status == 77 && refused.failure.contains("add --credentials"), "\(refused.errorText)")
        let wrong = try session.run(
            ["site", "show", "--credentials", "-", "--log-file", "run.log"] + server.options,
            input: Array("* joe wr0ng\n".utf8))
        #expect(wrong.status == 77 && !wrong.errorText.contains("wr0ng"), "\(wrong.errorText)")
        #expect(!String(decoding: try session.bytes("run.log"), as: UTF8.self).contains("wr0ng"))
        try session.succeed(
            ["site", "show", "--credentials", "-"] + server.options, input: Array("* joe s3cret\n".utf8))
        // The file with the password stays what it is.
        let line = "* joe s3cret\n"
        let file = try session.work.write(line.utf8, to: "credentials").string
        try Program.succeed("chmod", ["600", file])
        for command in [["site", "catalog"], ["site", "policies", "ABC00051"], ["sequence", "fetch", "ABC00051"]] {
            let over = try session.run(
                command + ["--credentials", file, "--output", file, "--force"] + server.options)
            #expect(over.status == 77 && over.failure.contains("which this run reads"), "\(over.errorText)")
        }
        #expect(try SmallFile.read(FilePath(file)) == Array(line.utf8))
        let untrusted = try session.run(["site", "show", "--site", server.location])
        #expect(
            untrusted.status == 77 && untrusted.failure.contains("--site-certificate-thumbprint"),
            "\(untrusted.errorText)")
        let port = try ApacheServer.freePort()
        let nobody = try session.run(["site", "show", "--site", "https://127.0.0.1:\(port)"])
        #expect(nobody.status == 69, "\(nobody.errorText)")
        let usage = try session.run(["site", "show", "--site", "http://127.0.0.1"])
        #expect(usage.status == 64 && usage.failure.contains("--site takes the URL"), "\(usage.errorText)")
        #expect(try session.run(["site", "show"]).status == 64)
    }

    @Test("20,000 applications take no more than 128 MiB")
    func large() throws {
        let server = try AdminServiceServer(["--applications", "20000"], in: session.work)
        // What its own children took at most is what Python knows of them.
        let script = """
            import json, resource, subprocess, sys
            output = subprocess.run(sys.argv[1:], check=True, stdout=subprocess.PIPE).stdout
            print(len(json.loads(output)["applications"]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
            """
        let result = try Program.succeed(
            "python3",
            ["-c", script, BuiltProgram.tsmedia.string, "site", "applications", "--json"] + server.options,
            in: session.folder)
        let numbers = result.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(numbers.first == 20_005)
        #expect(numbers.last ?? .max < 128 << 10, "\(result.output)")
    }
}
