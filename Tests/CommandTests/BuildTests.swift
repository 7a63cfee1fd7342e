// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Media from manifests")
struct BuildTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    /// Builds the manifest `text` with `more` arguments.
    private func build(
        _ text: String, _ more: [String] = [], environment: [String: String] = [:]
    ) throws -> ProgramResult {
        try session.build(text, more, environment: environment)
    }

    private func report(_ text: String, _ more: [String] = []) throws -> JSONValue {
        try JSONValue(parsing: try build(text, more + ["--json"]).output)
    }

    private var defaults: String { session.manifestDefaults }

    // MARK: Printing

    @Test("what --print-manifest prints becomes the bytes that the command line makes", arguments: BuildCase.all)
    func printed(one: BuildCase) throws {
        try session.work.write(Array("first \"secret\"\nsecond".utf8), to: "password")
        let arguments = one.arguments(session, "made\(one.ending)")
        let manifest = try session.succeed(arguments + ["--print-manifest"]).output
        try session.succeed(arguments)
        try Program.succeed(
            "mv", ["made\(one.ending)", "created\(one.ending)"].map { session.folder.appending($0).string })
        let result = try build(manifest)
        #expect(result.status == 0, "\(result.errorText)\n\(manifest)")
        let names = ["made\(one.ending)", "created\(one.ending)"].map { session.folder.appending($0).string }
        let difference = try Program.run("diff", ["-r"] + names)
        #expect(difference.status == 0, "\(difference.output) \(difference.errorText)\n\(manifest)\n\(result.output)")
    }

    @Test("printing asks no server, writes nothing and needs no --force")
    func printsOnly() throws {
        try session.work.write([1], to: "out/there.iso")
        let result = try session.run([
            "create", "bootable", "--boot-image", "ABC00005", "--distribution-point", "http://127.0.0.1:1", "--site",
            "https://127.0.0.1:1", "--management-point", "http://mp.example.com", "--output", "there.iso",
            "--label", "a ${b} \"c\"", "--variable", "A=true", "--variable", "B=", "--print-manifest",
        ])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.output.contains("label: \"a $${b} \\\"c\\\"\"\n"))
        #expect(result.output.contains("boot-image: ABC00005\n"))
        #expect(result.output.contains("output: \(session.folder)/there.iso\n"))
        #expect(try session.made() == ["there.iso"])
        #expect(try session.bytes("there.iso") == [1])
    }

    @Test(
        "what no manifest can say is not printed",
        arguments: [
            ["--output", "a.iso", "--password-file", "-"], ["--usb", "/dev/null"], [],
        ])
    func notPrinted(arguments: [String]) throws {
        let result = try session.run(
            ["create", "bootable", "--boot-image", "x.wim", "--print-manifest"] + arguments)
        #expect(result.status == 64, "\(result.output)")
        #expect(result.output.isEmpty)
    }

    // MARK: Many

    @Test("a matrix is built for every combination, less what is excluded, and what is included")
    func matrix() throws {
        let report = try report(
            """
            \(defaults)
            media:
              - name: cap-${site}-${model}
                type: capture
                matrix: { site: [ams, rtm], model: [a, b] }
                exclude: [{ site: ams, model: b }]
                include: [{ site: ldn, model: c }]
                label: "${site} $${x} ${TSMEDIA_TEST_NAME}"
                output: ${site}-${model}.iso
            """, environment: ["TSMEDIA_TEST_NAME": "env: {a}"])
        #expect(report.media.elements.map(\.name.text) == ["cap-ams-a", "cap-rtm-a", "cap-rtm-b", "cap-ldn-c"])
        #expect(try session.made() == ["ams-a.iso", "ldn-c.iso", "rtm-a.iso", "rtm-b.iso"])
        #expect(try session.inspect("ldn-c.iso").label.text == "ldn ${x} env: {a}")
    }

    private func report(_ text: String, environment: [String: String]) throws -> JSONValue {
        try JSONValue(parsing: try build(text, ["--json"], environment: environment).output)
    }

    @Test("media says what its template and other media say, unless it says something else")
    func inheritance() throws {
        let result = try build(
            """
            \(defaults)
              label: of all
              management-point: http://mp.example.com
            templates:
              plain: { type: capture, label: of template }
            media:
              - { name: one, from: plain, output: one.iso }
              - { name: two, from: one, output: two.iso, label: own }
              - { name: three, type: bootable, output: three.iso, no-prompt: true }
              - { name: four, from: two, output: four.iso, label: }
            """)
        #expect(result.status == 0, "\(result.errorText)")
        let labels = try ["one", "two", "three", "four"].map { try session.inspect("\($0).iso").label.text }
        #expect(labels == ["of template", "own", "of all", "Configuration Manager"])
    }

    @Test("--only builds what it names, and says what may be meant")
    func only() throws {
        let text = """
            \(defaults)
            media:
              - { name: win-a, type: capture, output: a.iso }
              - { name: win-b, type: capture, output: b.iso }
              - { name: mac, type: capture, output: c.iso }
            """
        #expect(try build(text, ["--only", "win-*"]).status == 0)
        #expect(try session.made() == ["a.iso", "b.iso"])
        let wrong = try build(text, ["--only", "mca"])
        #expect(wrong.status == 64)
        #expect(wrong.errorText.contains("did you mean mac?"), "\(wrong.errorText)")
    }

    @Test("one that fails keeps none of the others from being built, and decides the exit code", arguments: ["1", "3"])
    func failing(jobs: String) throws {
        let result = try build(
            """
            \(defaults)
            media:
              - { name: a, type: capture, output: a.iso }
              - { name: "b <&>", type: capture, boot-image: XYZ00001, output: b.iso }
              - { name: c, type: capture, output: c.iso }
            """, ["--json", "--jobs", jobs, "--junit", "junit.xml", "--report", "report.json"])
        #expect(result.status == 66, "\(result.errorText)")
        #expect(result.errorText.contains("media.yaml:8:"), "\(result.errorText)")
        let report = try JSONValue(parsing: result.output)
        #expect(report.media.elements.map(\.status.text) == ["built", "failed", "built"])
        #expect(report.media.elements[1].exitCode.number == 66)
        #expect(report.counts.failed.number == 1)
        #expect(try session.made() == ["a.iso", "c.iso", "junit.xml", "report.json"])
        let script = """
            import sys, xml.etree.ElementTree as E
            root = E.parse(sys.argv[1]).getroot()
            suite = root.find('testsuite')
            print(suite.get('tests'), suite.get('failures'), [c.get('name') for c in suite if c.find('failure') is not None])
            """
        let read = try Program.succeed("python3", ["-c", script, session.folder.appending("junit.xml").string]).output
        #expect(read == "3 1 ['b <&>']\n")
        #expect(try String(decoding: session.bytes("report.json"), as: UTF8.self) == result.output)
    }

    @Test("--dry-run plans everything, writes nothing, and ends as the build would")
    func dryRun() throws {
        let text = """
            \(defaults)
            media:
              - { name: a, type: capture, output: a.iso }
              - { name: b, type: capture, output: set.iso }
            """
        try session.work.write([1], to: "out/set.iso")
        let result = try build(text, ["--dry-run", "--json"])
        #expect(result.status == 73)
        let report = try JSONValue(parsing: result.output)
        #expect(report.media.elements.map(\.status.text) == ["planned", "failed"])
        #expect(try session.made() == ["set.iso"])
        let size = try #require(report.media.elements[0].size.number)
        _ = try build(text)
        #expect(try session.bytes("a.iso").count == Int(size))
    }

    @Test("the models of a fleet are media, whatever separates the columns", arguments: [",", ";", "\t"])
    func fleet(separator: String) throws {
        let rows = [
            ["name", "driverPackages", "comment"], ["Alpha", "\"ABC00012;ABC00011\"", "first"], ["Beta", "", "second"],
        ]
        let csv = rows.map { $0.joined(separator: separator) }.joined(separator: "\n")
        try session.work.write(Array(csv.utf8), to: "out/models.csv")
        let text = """
            \(defaults)
              management-point: http://mp.example.com
            media:
              - name: oem
                type: prestaged
                fleet: models.csv
                operating-system-image: \(DemoSite.operatingSystemImage)
                operating-system-image-layout: package
                output: .
            """
        let result = try build(text, ["--json"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try JSONValue(parsing: result.output).media.elements.map(\.name.text) == ["oem/Alpha", "oem/Beta"])
        #expect(try session.made() == ["Alpha.wim", "Beta.wim", "models.csv"])
        try TestFolder.makeFolder(session.folder.appending("fleet"))
        try session.succeed([
            "create", "prestaged", "--distribution-point", session.library.string, "--store", session.store.string,
            "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
            "--management-point", "http://mp.example.com", "--output", "fleet", "--fleet", "models.csv",
            "--operating-system-image-layout", "package",
        ])
        for name in ["Alpha.wim", "Beta.wim"] {
            #expect(try session.bytes(name) == session.bytes("fleet/\(name)"))
        }
    }

    @Test("a fleet is printed as a manifest that makes the same files")
    func printedFleet() throws {
        try session.work.write(
            Array("models:\n  - { name: A, packages: ABC00011 }\n  - { name: B }\n".utf8), to: "out/models.yaml")
        try TestFolder.makeFolder(session.folder.appending("fleet"))
        let arguments = [
            "create", "prestaged", "--distribution-point", session.library.string, "--store", session.store.string,
            "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
            "--management-point", "http://mp.example.com", "--output", "fleet", "--fleet", "models.yaml",
        ]
        let text = try session.succeed(arguments + ["--print-manifest"]).output
        try session.succeed(arguments)
        try Program.succeed("mv", ["fleet", "created"].map { session.folder.appending($0).string })
        try TestFolder.makeFolder(session.folder.appending("fleet"))
        let result = try build(text, ["--jobs", "2"])
        #expect(result.status == 0, "\(result.errorText)")
        for name in ["A.wim", "B.wim"] {
            #expect(try session.bytes("fleet/\(name)") == session.bytes("created/\(name)"))
        }
    }

    @Test("a password comes from the environment too, and from nowhere else")
    func password() throws {
        let text = """
            \(defaults)
            media:
              - { name: a, type: bootable, management-point: "http://mp.example.com", password-file: "env:SECRET", output: a.iso }
            """
        #expect(try build(text).status == 66)
        #expect(try build(text, environment: ["SECRET": "geheim"]).status == 0)
        try session.work.write(Array("geheim".utf8), to: "password")
        let opened = try session.inspect("a.iso", ["--password-file", session.work.appending("password").string])
        #expect(opened.variables.elements.isEmpty == false || opened.passwordRequired.flag == true)
        #expect(
            try session.run(["inspect", "a.iso", "--password-file", "env:WRONG"], environment: ["WRONG": "x"]).status
                == 65)
    }

    // MARK: What is wrong

    @Test("what is wrong is told with file, line and column, and nothing is written", arguments: WrongManifest.all)
    func wrong(one: WrongManifest) throws {
        let result = try build(
            """
            \(defaults)
            media:
              - { name: good, type: capture, output: good.iso }
            \(one.text)
            """)
        #expect(result.status == one.status, "\(result.errorText)")
        for part in one.says { #expect(result.errorText.contains(part), "\(result.errorText)") }
        #expect(try session.made().isEmpty)
    }

    @Test("paths begin beside the manifest, wherever the program runs")
    func paths() throws {
        let folder = session.work.appending("in git")
        try TestFolder.makeFolder(folder)
        try session.work.write(
            Array("media:\n  - { name: a, type: capture, boot-image: ../boot.wim, output: a.iso }\n".utf8),
            to: "in git/media.yaml")
        try Program.succeed(
            "cp", [try session.bootImageFile().string, session.work.appending("boot.wim").string])
        #expect(try session.run(["build", "../in git/media.yaml", "--record", "r.json"]).status == 0)
        #expect(try session.made() == ["r.json"])
        #expect(try session.run(["verify", folder.appending("a.iso").string]).status == 0)
    }
}
