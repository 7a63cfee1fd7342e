// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import TSMediaTestSupport
import TaskSequence
import Testing

/// docs/schema/site-catalog.schema.json says what the reader does; Debian's jsonschema and PyYAML are the witnesses.
@Suite("site catalog schema")
struct SiteCatalogSchemaTests {
    /// The example of docs/site-catalog.md.
    private static func example() throws -> String {
        let page = String(decoding: try SmallFile.read(Repository.file("docs/site-catalog.md")), as: UTF8.self)
        let rest = try #require(page.split(separator: "```yaml\n", maxSplits: 1).last)
        return String(try #require(rest.split(separator: "```", maxSplits: 1).first))
    }

    /// Whether the schema accepts each of `documents`.
    private func accepted(_ documents: [String]) throws -> [Bool] {
        try InputSchema.accepts(documents, "site-catalog")
    }

    @Test("the documented example reads, has everything that a catalog can have, and fits the schema")
    func example() throws {
        let text = try Self.example()
        let catalog = try SiteCatalogFile.read(Array(text.utf8), source: "example")
        #expect(catalog.packages.count == 4 && catalog.applications.count == 3)
        for key in ["type", "version", "contents", "dependencies", "supersedes", "packageId", "schemaVersion"] {
            #expect(text.contains("\(key): "), "\(key)")
        }
        let reader = try #require(catalog.applications("reader").first)
        #expect(catalog.applications(reader.dependencies[0]).map(\.packageID) == ["ABC00014"])
        #expect(catalog.applications(reader.supersedes[0]).map(\.packageID) == ["ABC00015"])
        #expect(try accepted([text]) == [true])
    }

    @Test("what the schema accepts the reader accepts, and what the reader refuses the schema refuses")
    func agrees() throws {
        let good = [
            "", "{}", "packages:\napplications: []\n", "schemaVersion: 1\n",
            "packages:\n  - {id: abc00001, name: x, version: 1.10, contents: [ABC00001.2], type: boot-image}\n",
            "packages:\n  - {id: '00000001', name: x, version: ~, dependencies: [ABC00001]}\n",
            "applications:\n  - {name: x, modelName: M, packageId: ABC00001, version: '2', supersedes: [a, b]}\n",
            "applications:\n  - {name: x, modelName: M, contents: [\"Content_{1-2}.1\"], dependencies: ~}\n",
        ]
        let bad = [
            "[]", "x", "schemaVersion: 2\n", "packages: 1\n", "package: []\n", "packages: [x]\n",
            "packages:\n  - {name: x}\n", "packages:\n  - {id: ABC00001}\n", "packages:\n  - {id: ABC1, name: x}\n",
            "packages:\n  - {id: ABC00001, name: x, typ: y}\n", "packages:\n  - {id: ABC00001, name: x, type: y}\n",
            "packages:\n  - {id: ABC00001, name: ''}\n", "packages:\n  - {id: ABC00001, name: [x]}\n",
            "packages:\n  - {id: ABC00001, name: x, contents: [ABC00001]}\n",
            "packages:\n  - {id: ABC00001, name: x, contents: [ABC00001.-1]}\n",
            "packages:\n  - {id: ABC00001, name: x, contents: [.1]}\n",
            "packages:\n  - {id: ABC00001, name: x, dependencies: [Reader]}\n",
            "applications:\n  - {name: x}\n", "applications:\n  - {modelName: x}\n",
            "applications:\n  - {name: x, modelName: M, packageId: Z}\n",
            "applications:\n  - {name: x, modelName: M, supersedes: y}\n",
            "applications:\n  - {name: x, modelName: M, dependencies: [[y]]}\n",
            "applications:\n  - {name: x, modelName: M, id: ABC00001}\n",
        ]
        for text in good {
            #expect(throws: Never.self, "\(text)") { try SiteCatalogFile.read(Array(text.utf8), source: "t") }
        }
        for text in bad {
            #expect(throws: TaskSequenceError.self, "\(text)") {
                try SiteCatalogFile.read(Array(text.utf8), source: "t")
            }
        }
        let answers = zip(good + bad, try accepted(good + bad))
        #expect(answers.filter { !$0.1 }.map(\.0) == bad)
    }

    @Test("the schema names every package type")
    func types() throws {
        let schema = String(
            decoding: try SmallFile.read(Repository.file("docs/schema/site-catalog.schema.json")), as: UTF8.self)
        for type in SiteCatalog.PackageType.allCases { #expect(schema.contains("\"\(type.rawValue)\"")) }
    }
}
