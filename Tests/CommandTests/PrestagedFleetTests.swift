// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Prestaged media for a fleet")
struct PrestagedFleetTests {
    private let session: CommandSession

    init() throws {
        session = try CommandSession()
        try TestFolder.makeFolder(session.folder.appending("fleet"))
    }

    private func run(_ text: String, as name: String, _ more: [String] = []) throws -> ProgramResult {
        try session.work.write(Array(text.utf8), to: name)
        return try session.run(
            [
                "create", "prestaged", "--distribution-point", session.library.string, "--store", session.store.string,
                "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
                "--management-point", "http://mp.example.com", "--output", "fleet", "--fleet",
                session.work.appending(name).string,
            ] + more)
    }

    private var built: [String] {
        get throws { try FolderEntry.entries(of: session.folder.appending("fleet")).compactMap(\.name).sorted() }
    }

    @Test("20 models are built in one command, and the report lists them")
    func twenty() throws {
        let rows = (1...20).map {
            "\"Model, \($0)\",M\($0).wim,\($0.isMultiple(of: 2) ? "ABC00012; ABC00011" : ""),\($0)"
        }
        let result = try run(
            "\u{FEFF}Name,output,packages,version\r\n" + rows.joined(separator: "\r\n") + "\r\n", as: "models.csv",
            ["--json"])
        #expect(result.status == 0, "\(result.errorText)")
        let models = try JSONValue(parsing: result.output).models.elements
        #expect(models.map(\.name.text) == (1...20).map { "Model, \($0)" })
        #expect(models.allSatisfy { $0.status.text == "written" })
        #expect(try built == (1...20).map { "M\($0).wim" }.sorted())
        for number in [1, 8, 20] {
            let file = session.folder.appending("fleet/M\(number).wim")
            try Program.succeed("wimlib-imagex", ["verify", file.string])
            #expect(try session.run(["verify", file.string]).status == 0)
            let list = try Program.succeed("wimlib-imagex", ["dir", file.string]).output
            #expect(list.contains("Packages/ABC00012/") == number.isMultiple(of: 2))
        }
    }

    @Test("a model of a fleet is the file that a build of its own makes, byte by byte")
    func same() throws {
        let models = """
            models:
              - name: Alpha
                version: "1.0"
              - name: Beta
                driverPackages: [ABC00012]
                comment: second
            """
        #expect(try run(models, as: "models.yaml").status == 0)
        try session.succeed([
            "create", "prestaged", "--distribution-point", session.library.string, "--store",
            session.work.appending("other").string, "--boot-image", DemoSite.bootImage, "--operating-system-image",
            DemoSite.operatingSystemImage, "--management-point", "http://mp.example.com", "--driver-package",
            "ABC00012", "--comment", "second", "--output", "alone.wim",
        ])
        #expect(try session.bytes("fleet/Beta.wim") == session.bytes("alone.wim"))
    }

    @Test(
        "a wrong line is told with its number, and nothing is built",
        arguments: [
            ("name,colour\nA,red\n", "models.csv:1"), ("name,packages\nA,ABC00011\nB,XYZ\n", "models.csv:3"),
            ("name\nA\na\n", "models.csv:3"), ("name,comment\nA\n", "models.csv:2"),
            ("name\n\"A\n", "models.csv:2"), ("name,output\nA,../A.wim\n", "models.csv:2"),
            ("name,output\nA,A.iso\n", "models.csv:2"), ("output\nA.wim\n", "models.csv:2"), ("name\n", "models.csv"),
            ("", "models.csv"), ("name,name\nA,B\n", "models.csv:1"),
            ("name,operatingSystemImageIndex\nA,-1\n", "models.csv:2"),
        ])
    func wrongLine(text: String, place: String) throws {
        let result = try run(text, as: "models.csv")
        #expect([64, 65].contains(result.status), "\(result.errorText)")
        #expect(result.failure.contains(place), "\(result.failure)")
        #expect(try built.isEmpty)
    }

    @Test("a model that cannot be written does not keep the others from it, and the report says so")
    func oneFails() throws {
        try Program.succeed("mkdir", [session.folder.appending("fleet/B.wim").string])
        let existing = try run("name\nA\nB\nC\n", as: "models.csv", ["--json"])
        #expect(existing.status == 73)
        #expect(existing.failure.contains("B.wim"))
    }

    @Test("a dry run lists the models and writes nothing")
    func dryRun() throws {
        let result = try run("name\nA\nB\n", as: "models.csv", ["--dry-run", "--json"])
        #expect(result.status == 0)
        #expect(try JSONValue(parsing: result.output).models.elements.map(\.status.text) == ["planned", "planned"])
        #expect(try built.isEmpty)
    }
}
