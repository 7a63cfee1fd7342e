// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("tsmedia sequence references, catalogs, and what create takes")
struct SequenceReferencesCommandTests {
    private typealias Variation = SequenceVariation

    private let session: CommandSession

    init() throws { session = try CommandSession(ownLibrary: true) }

    private func references(_ file: FilePath, _ more: [String] = []) throws -> ProgramResult {
        try session.run(["sequence", "references", file.string] + more)
    }

    private var library: [String] { ["--distribution-point", session.library.string] }

    private func create(_ file: FilePath, _ more: [String]) throws -> ProgramResult {
        try session.run(
            ["create", "standalone", "--task-sequence", file.string, "--output", "media.iso", "--dry-run", "--json"]
                + library + ["--store", session.store.string] + more)
    }

    private func catalog(_ text: String) throws -> [String] {
        ["--catalog", try session.work.write(text.utf8, to: "site.yaml").string]
    }

    private static let applications = """
        applications:
          - name: Suite
            modelName: ScopeId_1/Application_1
            packageId: \(DemoSite.applicationPackage)
            dependencies: [Base]
            supersedes: [Old Suite]
          - {name: Base, modelName: ScopeId_1/Application_2, packageId: \(DemoSite.bootImage)}
          - {name: Old Suite, modelName: ScopeId_1/Application_3, packageId: ABC00098}
        """

    // MARK: What is needed

    @Test("what is needed is listed in order of first use, with the steps that need it")
    func lists() throws {
        let result = try references(session.demo.taskSequenceExport)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.isEmpty)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "task sequence ABC00020 'Install the demo system'")
        let items = lines.filter { $0.hasPrefix("  ABC") }.map { String($0.dropFirst(2).prefix(8)) }
        #expect(items == ["ABC00005", "ABC00010", "ABC00012", "ABC00002", "ABC00011", "ABC00013"])
        #expect(lines.contains("    needed by Install Software / Install Tools (PackageID)"))
        #expect(lines.contains("    needed by task sequence 'Install the demo system' as its boot image"))
    }

    @Test("the JSON says for each item what it is, where it is and why it is needed; nothing is missing")
    func json() throws {
        let result = try references(session.demo.taskSequenceExport, library + ["--json"])
        #expect(result.status == 0, "\(result.errorText)")
        let report = try JSONValue(parsing: result.output)
        #expect(report.keys == ["file", "taskSequence", "children", "bootImage", "items", "problems", "missing"])
        #expect(report.missing.elements.isEmpty && report.problems.elements.isEmpty)
        #expect(report.bootImage.status.text == "found" && report.bootImage["type"].text == "boot-image")
        for item in report.items.elements {
            #expect(item.status.text == "found" && item.location.text == session.library.string)
            #expect((item["size"].number ?? 0) > 0 && !item.contentIds.elements.isEmpty)
            let need = try #require(item.neededBy.elements.first)
            #expect(need.kind.text == "step" && need.path.elements.count == 2 && need.property.text != nil)
        }
        let application = try #require(report.items.elements.last)
        #expect(
            application["type"].text == "application" && application["id"].text == DemoSite.applicationModelName)
        #expect(application.contentIds.elements.count == 2)
    }

    @Test("create standalone takes exactly what references lists, in the same order, with a catalog too")
    func sameClosure() throws {
        let bare = session.demo.taskSequence
        let known = Self.applications.replacing(
            "applications:\n",
            with: "applications:\n  - {name: R, modelName: \(DemoSite.applicationModelName), packageId: ABC00013}\n"
        )
        .replacing("packageId: ABC00013\n", with: "packageId: ABC00012\n")
        let requests: [(file: FilePath, options: [String])] = [
            (session.demo.taskSequenceExport, []), (bare, try catalog(known)),
            (bare, try catalog(known) + ["--application", "Suite", "--include-application-dependencies"]),
            (bare, try catalog(known) + ["--package", "ABC00005", "--driver-package", "ABC00011"]),
        ]
        for (file, options) in requests {
            let report = try JSONValue(parsing: try references(file, options + library + ["--json"]).output)
            #expect(report.missing.elements.isEmpty, "\(report.missing)")
            let needed = report.items.elements.flatMap { $0.contentIds.elements.compactMap(\.text) }
                .map { $0.hasPrefix("Content_") ? $0 : String($0.prefix(8)) }
            let isBare = file == bare
            let plan = try create(file, options + (isBare ? ["--boot-image", DemoSite.bootImage] : []))
            #expect(plan.status == 0, "\(plan.errorText)")
            var folders: [String] = []
            for path in try JSONValue(parsing: plan.output).plannedPaths where path.hasPrefix("SMS/PKG/") {
                let folder = String(path.split(separator: "/")[2])
                if !folders.contains(folder) { folders.append(folder) }
            }
            #expect(folders == needed, "\(options)")
        }
    }

    // MARK: What is missing

    @Test("what no distribution point has is named with the step that needs it, and ends with 66 as create does")
    func missing() throws {
        try session.succeed(
            ["content", "remove", DemoSite.toolsPackage, "--library", session.library.string])
        let result = try references(session.demo.taskSequenceExport, library)
        #expect(result.status == 66)
        let lines = result.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("  ABC00011  ") && $0.contains("  MISSING: ") }, "\(result.output)")
        #expect(result.output.contains("    needed by Install Software / Install Tools (PackageID)"))
        #expect(result.failure.contains("ABC00011"))
        let plan = try create(session.demo.taskSequenceExport, [])
        #expect(plan.status == 66 && plan.failure.contains("ABC00011"))
        let json = try JSONValue(parsing: try references(session.demo.taskSequenceExport, library + ["--json"]).output)
        #expect(json.missing.elements.map(\.text) == ["ABC00011"])
    }

    @Test("an application without a package, a child that is not there and a malformed ID are errors")
    func unresolved() throws {
        let bare = try references(session.demo.taskSequence)
        #expect(bare.status == 66 && bare.output.contains("MISSING: its package is not known"))
        #expect(bare.errorText.contains("add --catalog"))
        #expect(
            try references(
                session.demo.taskSequence,
                catalog(
                    Self.applications.replacing(
                        "ScopeId_1/Application_1", with: DemoSite.applicationModelName))
            ).status == 0)
        let child = try Variation.write(
            Variation.step("SubTasksequence", "Child", ["TsPackageID": "ABC00077"]), of: session)
        let options = try catalog(
            Self.applications.replacing("ScopeId_1/Application_1", with: DemoSite.applicationModelName))
        let called = try references(child, options)
        #expect(called.status == 66 && called.failure.contains("ABC00077"), "\(called.errorText)")
        #expect(try create(child, options + ["--boot-image", DemoSite.bootImage]).status == 66)
        let malformed = try Variation.write(
            Variation.step("InstallSoftwareAction", "Bad", ["PackageID": "../../etc"]), of: session)
        let bad = try references(malformed, options)
        #expect(bad.status == 65 && bad.errorText.contains("package ID '../../etc' is not one"), "\(bad.errorText)")
        #expect(try create(malformed, options + ["--boot-image", DemoSite.bootImage]).status == 65)
    }

    @Test("a content that the catalog lists and the library lacks makes a package incomplete")
    func incomplete() throws {
        let options = try catalog("packages:\n  - {id: ABC00011, name: Tools, contents: [ABC00011.99]}\n")
        let result = try references(session.demo.taskSequenceExport, options + library)
        #expect(result.status == 66)
        #expect(result.output.contains("ABC00011  package  'Tools'  MISSING: lacks the content ABC00011.99"))
    }

    // MARK: Applications

    @Test("dependencies and supersedence of applications are told as the catalog has them")
    func applications() throws {
        let file = session.demo.taskSequenceExport
        let options = try catalog(Self.applications) + ["--application", "suite"]
        let without = try references(file, options)
        #expect(without.status == 0, "\(without.errorText)")
        #expect(without.errorText.contains("application 'Suite' depends on 'Base', which is not included"))
        #expect(without.errorText.contains("supersedes 'Old Suite', whose content is not included"))
        let with = try references(file, options + ["--include-application-dependencies"])
        #expect(!with.errorText.contains("depends on"))
        #expect(with.output.contains("    needed by application 'Suite', which depends on it"))
        let old = try references(file, try catalog(Self.applications) + ["--application", "ABC00098"])
        #expect(old.errorText.contains("is superseded by 'Suite'"))
        let plan = try create(file, options)
        let warnings = try JSONValue(parsing: plan.output).warnings.elements.compactMap(\.text)
        #expect(warnings.contains { $0.contains("depends on 'Base'") })
        #expect(warnings.contains { $0.contains("supersedes 'Old Suite'") })
    }

    @Test("what cannot be looked up is a usage error without a catalog and is not found in one")
    func lookups() throws {
        let file = session.demo.taskSequenceExport
        let name = try references(file, ["--application", "Suite"])
        #expect(name.status == 64 && name.errorText.contains("--application 'Suite' is a name"))
        let dependencies = try references(file, ["--include-application-dependencies"])
        #expect(dependencies.status == 64 && dependencies.errorText.contains("--catalog"))
        let unknown = try references(file, try catalog(Self.applications) + ["--application", "Writer"])
        #expect(unknown.status == 66 && unknown.errorText.contains("application 'Writer' is not in the catalog"))
        #expect(try references(file, ["--package", "x"]).status == 64)
        #expect(try references(file, ["--distribution-point", "/nowhere"]).status != 0)
    }

    // MARK: Hostile catalogs

    @Test(
        "a catalog that is none ends with 65, the file, the line and the column",
        arguments: [
            ("packages: [\n", ":2:1:"), ("packages: x\n", ":1:11:"), ("[a, b]\n", ":1:1:"),
            ("packages:\n  - {id: ABC00001, name: x}\npackages: []\n", ":3:1:"),
            ("packages:\n  - id: ABC00001\n    name: x\n    id: ABC00002\n", ":4:5:"),
            ("packages:\n  - {id: ABC00001, name: x}\n  - {id: abc00001, name: y}\n", ":3:10:"),
            ("packages:\n  - {id: [1], name: x}\n", ":2:10:"), ("packages: !include other.yaml\n", ":1:11:"),
            ("packages: *x\n", ":1:11:"), ("packages: &x [*x]\n", ":1:15:"), ("{}\n---\n{}\n", ":2:1:"),
            ("? [a]\n: b\n", ":1:3:"), ("a: \u{1}\n", ":1:4:"), ("\tpackages: []\n", ":1:1:"),
            ("schemaVersion: 2\n", ":1:16:"), ("packages: []\nschema: 1\n", ":2:1:"),
        ])
    func refusesCatalogs(text: String, place: String) throws {
        let options = try catalog(text)
        for command in ["lint", "references"] {
            let result = try session.run(["sequence", command, session.demo.taskSequenceExport.string] + options)
            #expect(result.status == 65, "\(result.errorText)")
            #expect(result.output.isEmpty)
            #expect(result.errorText.contains("site.yaml\(place) "), "\(result.errorText)")
            #expect(result.errorText.split(separator: "\n").count == 1)
        }
        let made = try create(session.demo.taskSequenceExport, options)
        #expect(made.status == 65 && made.failure.contains("site.yaml\(place) "), "\(made.errorText)")
    }

    @Test("bombs of aliases, levels, nodes and bytes end with 65 and soon")
    func refusesBombs() throws {
        var aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let list = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            aliases += "a\(level): &a\(level) [\(list)]\n"
        }
        let bombs: [(name: String, text: String)] = [
            ("aliases", aliases), ("an alias as a key", aliases + "? *a9\n: x\n"),
            ("flow levels", String(repeating: "[", count: 1_000_000)),
            ("mapping levels", String(repeating: "{a: ", count: 300_000)),
            ("block levels", String(repeating: "- ", count: 300_000)),
            ("keys of keys", String(repeating: "? ", count: 300_000)),
            ("nodes", "packages: [" + String(repeating: "a,", count: 1_100_000) + "]"),
            ("bytes", "packages: \"" + String(repeating: "x", count: 17 << 20) + "\""),
            ("a long text", "packages: \"" + String(repeating: "x", count: 15 << 20) + "\""),
            ("anchors", String(repeating: "- &a x\n", count: 1_000_001)),
        ]
        for bomb in bombs {
            let result = try references(session.demo.taskSequenceExport, try catalog(bomb.text))
            #expect(result.status == 65, "\(bomb.name): \(result.errorText.prefix(300))")
            #expect(result.errorText.contains("site.yaml"), "\(bomb.name)")
            #expect(result.errorText.utf8.count < 2000, "\(bomb.name)")
        }
        let latin = try session.work.write([0x61, 0x3A, 0x20, 0xE9, 0x0A], to: "latin.yaml")
        let result = try references(session.demo.taskSequenceExport, ["--catalog", latin.string])
        #expect(result.status == 65 && result.errorText.contains("latin.yaml is not text in UTF-8"))
    }

    @Test("names that thousands of applications share cost no more than others")
    func manyOfOneName() throws {
        var text = "applications:\n"
        for number in 0..<20_000 {
            text += "  - {name: x, modelName: M\(number), supersedes: [x, X], dependencies: [x, X]}\n"
        }
        let options = try catalog(text) + ["--application", "M7", "--include-application-dependencies"]
        let result = try references(session.demo.taskSequenceExport, options)
        #expect(result.status == 66 && result.errorText.contains("a name of 20000 applications"), "\(result.errorText)")
    }
}
