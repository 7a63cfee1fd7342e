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
        return try session.run(session.fleet(name, more))
    }

    /// The names in the folder of the fleet.
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

    @Test(
        "a model of a fleet is the file that a build of its own makes, byte by byte",
        arguments: ["package", "extracted"])
    func same(layout: String) throws {
        let models = """
            models:
              - name: Alpha
                version: "1.0"
              - name: Beta
                driverPackages: [ABC00012]
                comment: second
            """
        #expect(try run(models, as: "models.yaml", ["--operating-system-image-layout", layout]).status == 0)
        try session.succeed([
            "create", "prestaged", "--distribution-point", session.library.string, "--store",
            session.work.appending("other").string, "--boot-image", DemoSite.bootImage, "--operating-system-image",
            DemoSite.operatingSystemImage, "--management-point", "http://mp.example.com", "--driver-package",
            "ABC00012", "--comment", "second", "--output", "alone.wim", "--operating-system-image-layout", layout,
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

    @Test(
        "a model that cannot be written does not keep the others from it; the report and the exit code say so",
        arguments: [0, 1])
    func oneFails(failing: Int) throws {
        // Planning reads lists; that a file is damaged shows when it is written.
        let own = try CommandSession(ownLibrary: true)
        try TestFolder.makeFolder(own.folder.appending("fleet"))
        let file = try #require(
            own.demo.contents(of: DemoSite.driverPackage).flatMap(\.files).first {
                $0.key.description.hasSuffix(".sys")
            })
        try CommandSession.flipBit(
            of: try own.libraryFile(file.key.description, of: DemoSite.driverPackage), at: 0)
        let rows = ["A", "B", "C"].enumerated().map { index, name in
            "\(name),\(index == failing ? DemoSite.driverPackage : "")\n"
        }
        try own.work.write(Array(("name,driverPackages\n" + rows.joined()).utf8), to: "models.csv")
        // An older file of a model that fails is no base either.
        try TestFolder.write("old".utf8, to: own.folder.appending("fleet/A.wim"))
        let result = try own.run(
            own.fleet("models.csv", ["--json", "--force"]))
        #expect(result.status == 65, "\(result.errorText)")
        let models = try JSONValue(parsing: result.output).models.elements
        #expect(
            models.map(\.status.text) == (0..<3).map { $0 == failing ? "failed" : "written" }, "\(result.errorText)")
        #expect(models[failing].error.text?.contains(file.key.description) == true)
        for (index, name) in ["A", "B", "C"].enumerated() where index != failing {
            try Program.succeed("wimlib-imagex", ["verify", own.folder.appending("fleet/\(name).wim").string])
            let base = models[index].reuse.base.text
            #expect(base == (failing == 0 || index == 0 ? nil : "fleet/A.wim"))
        }
        if failing == 0 { #expect(try own.bytes("fleet/A.wim") == Array("old".utf8)) }
    }

    // MARK: Names

    @Test(
        "names that two models would write are told with both lines, parts too, and nothing is built",
        arguments: [
            ("name\nA\nA2\n", ["--split", "1048576"], "models.csv:3", "models.csv:2"),
            ("name\nA2\nA\n", ["--split", "1048576"], "models.csv:2", "models.csv:3"),
            ("name\na\nA2\n", ["--split", "1048576"], "models.csv:3", "models.csv:2"),
            ("name,output\nA,x.wim\nB,x.swm\n", ["--split", "1048576"], "models.csv:3", "models.csv:2"),
            ("name,output\nA,x.wim\nB,X.WIM\n", [], "models.csv:3", "models.csv:2"),
            ("name,output\nA,e\u{301}.wim\nB,\u{E9}.wim\n", [], "models.csv:3", "models.csv:2"),
        ])
    func sameNames(text: String, options: [String], line: String, other: String) throws {
        // What is refused in a dry run is refused before anything is written.
        let result = try run(text, as: "models.csv", options + ["--force", "--dry-run"])
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.failure.contains(line) && result.failure.contains(other), "\(result.failure)")
        #expect(try run(text, as: "models.csv", options + ["--force"]).status == 65)
        #expect(try built.isEmpty)
    }

    @Test("models whose numbers can be no parts of each other are split side by side, and every part is whole")
    func splitFleet() throws {
        // A has far fewer than 99 parts, and a number does not begin with a zero.
        let result = try run("name\nA\nA99\nA02\n", as: "models.csv", ["--split", "4194304", "--compression", "none"])
        #expect(result.status == 0, "\(result.errorText)")
        let names = try built
        for first in ["A.swm", "A99.swm", "A02.swm"] {
            let stem = String(first.dropLast(4))
            let parts = [first] + (2...9).map { "\(stem)\($0).swm" }.filter(names.contains)
            #expect(parts.count > 2)
            let folder = session.folder.appending("fleet")
            let joined = session.work.appending("\(stem).wim").string
            try Program.succeed("wimlib-imagex", ["join", joined] + parts.map { folder.appending($0).string })
            try Program.succeed("wimlib-imagex", ["verify", joined])
        }
    }

    // MARK: Base and warnings

    @Test("--base serves every model, and each is the file that is made without it")
    func base() throws {
        let own = try CommandSession(ownLibrary: true)
        let source = own.work.appending("text")
        try TestFolder.write(
            Array(repeating: "one line like the other\r\n", count: 9_000).joined().utf8, to: source.appending("a.txt"))
        try own.succeed([
            "content", "add", "--create", source.string, "--package-id", "FLT00001", "--library", own.library.string,
        ])
        try TestFolder.makeFolder(own.folder.appending("fleet"))
        try own.work.write("name,packages\nA,\nB,FLT00001\n".utf8, to: "models.csv")
        try own.succeed(own.fleet("models.csv"))
        let fresh = try ["A", "B"].map { try own.bytes("fleet/\($0).wim") }
        try Program.succeed("mv", ["fleet/B.wim", "old.wim"], in: own.folder)
        let result = try own.succeed(own.fleet("models.csv", ["--base", "old.wim", "--force", "--json"]))
        let models = try JSONValue(parsing: result.output).models.elements
        #expect(models.map(\.reuse.base.text) == ["old.wim", "fleet/A.wim, old.wim"])
        // The text is in no file of this run yet, when B is made.
        let counts = models.compactMap(\.reuse.reusedFileCount.number)
        #expect(counts.count == 2 && counts[1] == counts[0] + 1, "\(counts)")
        #expect(try ["A", "B"].map { try own.bytes("fleet/\($0).wim") } == fresh)
    }

    @Test("the warnings of writing are told for each model, also when two have one name")
    func warnings() throws {
        // The first has a warning of planning: its task sequence does not apply the image.
        let sequence = try session.work.write("<sequence version=\"3.10\"></sequence>\n".utf8, to: "s.xml")
        let options = ["--split", "1048576", "--compression", "none"]
        let result = try run("name,output,taskSequence\nX,1.wim,\(sequence)\nX,2.wim,\n", as: "models.csv", options)
        #expect(result.status == 0, "\(result.errorText)")
        let warnings = result.errorText.split(separator: "\n").filter { $0.hasPrefix("warning: model X: ") }
        #expect(warnings.count { $0.contains("does not apply operating system image") } == 1)
        let first = warnings.count { $0.contains("part fleet/1") }
        #expect(first > 0 && first == warnings.count { $0.contains("part fleet/2") }, "\(result.errorText)")
    }

    @Test("a dry run lists the models and writes nothing")
    func dryRun() throws {
        let result = try run("name\nA\nB\n", as: "models.csv", ["--dry-run", "--json"])
        #expect(result.status == 0)
        #expect(try JSONValue(parsing: result.output).models.elements.map(\.status.text) == ["planned", "planned"])
        #expect(try built.isEmpty)
    }
}

extension CommandSession {
    /// The arguments that make the models that the file `models` of ``work`` lists, in the folder "fleet".
    fileprivate func fleet(_ models: String, _ more: [String] = []) -> [String] {
        [
            "create", "prestaged", "--distribution-point", library.string, "--store", store.string, "--boot-image",
            DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage, "--management-point",
            "http://mp.example.com", "--output", "fleet", "--fleet", work.appending(models).string,
            "--operating-system-image-layout", "package",
        ] + more
    }
}
