// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TaskSequence
import Testing

@Suite("site catalog")
struct SiteCatalogTests {
    private func read(_ text: String) throws -> SiteCatalog {
        try SiteCatalogFile.read(Array(text.utf8), source: "site.yaml")
    }

    @Test("packages and applications are read with all they have, and found by ID, model name and name")
    func reads() throws {
        let catalog = try read(
            """
            schemaVersion: 1
            packages:
              - id: abc00010
                name: Windows 11
                type: operating-system-image
                version: 24H2
                contents: [ABC00010.3]
              - {id: "00000001", name: Tools, dependencies: [ABC00010]}
            applications:
              - name: Reader
                modelName: ScopeId_1/Application_2
                packageId: ABC00013
                version: 1.10
                contents: [Content_3f0a6a2e-5b1d-4c79-8e34-91d2c7b6a501.1]
                dependencies: [Runtime]
                supersedes: [Old Reader]
              - name: Runtime
                modelName: ScopeId_1/Application_3
            """)
        #expect(
            catalog.packages == [
                SiteCatalog.Package(
                    id: "ABC00010", name: "Windows 11", type: .operatingSystemImage, version: "24H2",
                    contents: ["ABC00010.3"]),
                SiteCatalog.Package(id: "00000001", name: "Tools", dependencies: ["ABC00010"]),
            ])
        #expect(catalog.applications.map(\.version) == ["1.10", nil])
        #expect(catalog.package("abc00010")?.name == "Windows 11")
        for text in ["Reader", "reader", "abc00013", "ScopeId_1/Application_2"] {
            #expect(catalog.applications(text).map(\.name) == ["Reader"], "\(text)")
        }
        #expect(catalog.applications("Writer").isEmpty)
    }

    @Test("an empty catalog is one")
    func empty() throws {
        #expect(try read("") == SiteCatalog())
        #expect(try read("packages:\napplications: []\n") == SiteCatalog())
    }

    @Test(
        "what is wrong is reported with file, line and column",
        arguments: [
            ("packages: 1", "1:11", "takes a list"), ("- a", "1:1", "a catalog"),
            ("packages:\n  - name: x\n", "2:5", "'id'"), ("packages:\n  - id: ABC00001\n", "2:5", "'name'"),
            ("packages:\n  - id: ABC1\n    name: x\n", "2:9", "not a package ID"),
            ("packages:\n  - id: ABC00001\n    name: x\n    typ: y\n", "4:5", "'typ'"),
            ("packages:\n  - id: ABC00001\n    name: x\n    type: y\n", "4:11", "package type"),
            ("packages:\n  - {id: ABC00001, name: x}\n  - {id: abc00001, name: y}\n", "3:10", "again"),
            ("applications:\n  - {name: x, modelName: M, packageId: Z}\n", "2:40", "not a package ID"),
            ("applications:\n  - {name: x}\n", "2:5", "'modelName'"),
            ("applications:\n  - {name: x, modelName: M, contents: [a]}\n", "2:40", "not a content"),
            ("applications:\n  - {name: x, modelName: M, dependencies: y}\n", "2:43", "takes a list"),
            ("schemaVersion: 2\n", "1:16", "schemaVersion 2"), ("packages: [\n", "2:1", "not YAML"),
        ])
    func refuses(text: String, place: String, says: String) throws {
        let error = try #require(throws: TaskSequenceError.self) { try read(text) }
        #expect(error.failureClass == .malformed)
        #expect(error.description.hasPrefix("site.yaml:\(place): "), "\(error)")
        #expect(error.description.contains(says), "\(error)")
    }
}
