// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Every document that a program may read has a schema in docs/schema, and fits it; Debian's jsonschema is the witness.
@Suite("schemas of reports")
struct ReportSchemaTests {
    /// The commands that print documents and the schemas of these, as docs/reports.md says.
    private static func table() throws -> [String: Set<String>] {
        let page = String(decoding: try SmallFile.read(Repository.file("docs/reports.md")), as: UTF8.self)
        var table: [String: Set<String>] = [:]
        for line in page.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map(String.init)
            guard cells.count > 1, cells[1].contains("](schema/") else { continue }
            let schemas = Set(cells[1].matches(of: /\]\(schema\/([a-z-]+)\.schema\.json\)/).map { String($0.1) })
            for command in cells[0].matches(of: /`([^`]+)`/) {
                table[String(command.1), default: []].formUnion(schemas)
            }
        }
        return table
    }

    /// The commands that have `--json`, from the program's own description of its options.
    private static func commandsWithJSON() throws -> [String] {
        func commands(_ value: JSONValue, _ path: [String]) -> [String] {
            let own = value.arguments.elements.contains { $0.preferredName["name"].text == "json" }
            return (own ? [path.joined(separator: " ")] : [])
                + value.subcommands.elements.flatMap { commands($0, path + [$0.commandName.text ?? "?"]) }
        }
        let help = try BuiltProgram.run("--experimental-dump-help")
        return commands(try JSONValue(parsing: help.output).command, [])
    }

    @Test("every report fits its schema, and no schema says more or less than the reports")
    func fit() throws {
        let documents = try ReportCollection().documents
        let table = try Self.table()
        for document in documents {
            guard let command = document.command else { continue }
            #expect(table[command]?.contains(document.schema) == true, "\(command), \(document.schema)")
        }
        let reported = Set(documents.compactMap(\.command))
        #expect(Set(table.keys).subtracting(["--progress json", "MediaManifest.json"]) == reported)
        #expect(Set(documents.map(\.schema)) == (try ReportSchemas.names()))
        let faults = try ReportSchemas.faults(of: documents, unseen: Self.unseen)
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }

    /// What depends on the drives of the machine, and what only a drive that breaks can show.
    private static var unseen: Set<String> {
        let always: Set = [
            // Stand-ins are no programs with a version; Tests/BootMediaTests has one.
            "bootimage-show client.version", "bootimage-show client.files.version", "create drive:model",
            "create drive:serial", "write drives.model", "write drives.serial", "ledger-show media:drives",
            "create drive:error", "devices devices.model",
            "devices devices.vendor", "devices devices.serial", "devices devices.diskSequence",
            "devices devices.contentProblem", "devices partition:contentProblem",
            // Machines that test have no optical drives.
            "burn-list drives.path", "burn-list drives.vendor", "burn-list drives.product", "burn-list drives.revision",
            "burn-list drives",
        ]
        return LoopDevice.isPossible ? always : always.union(["create drive:", "devices "])
    }

    @Test("every command with --json has a schema, or refuses --json because it makes a document of its own")
    func commands() throws {
        let table = try Self.table()
        let commands = try Self.commandsWithJSON()
        try #require(commands.count > 20)
        var refusing: [String] = []
        for command in commands where table[command] == nil { refusing.append(command) }
        #expect(
            refusing == [
                "bootimage fetch", "sequence new build-and-capture", "sequence new capture", "sequence new install",
                "sequence document",
                "sequence fetch", "site catalog", "site policies",
            ])
        #expect(Set(table.keys).subtracting(commands) == ["--progress json", "MediaManifest.json"])
        let folder = try TestFolder()
        let file = try folder.write("<sequence version=\"3.10\"></sequence>".utf8, to: "s.xml").string
        let calls = [
            ["sequence", "document", file, "--format", "markdown"], ["sequence", "format", file],
            ["sequence", "fetch", "x", "--site", "https://x"], ["site", "catalog", "--site", "https://x"],
            ["site", "policies", "x", "--site", "https://x"],
            [
                "sequence", "new", "capture", "--name", "n", "--boot-image", "ABC00005", "--capture-path",
                "\\\\s\\x\\x.wim",
                "--capture-account", "D\\c",
            ],
        ]
        for call in calls {
            let result = try Program.run(try BuiltProgram.tsmedia.string, call + ["--json"])
            #expect(result.status == 64 && result.output.isEmpty, "\(call): \(result.errorText)")
            #expect(result.errorText.contains("--json"), "\(result.errorText)")
        }
    }
}
