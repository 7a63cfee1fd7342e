// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("required content")
struct RequiredContentTests {
    private func application(
        _ name: String, _ package: String?, dependencies: [String] = [], supersedes: [String] = []
    ) -> SiteCatalog.Application {
        SiteCatalog.Application(
            name: name, modelName: "ScopeId_1/\(name)", packageID: package, dependencies: dependencies,
            supersedes: supersedes)
    }

    private func required(
        _ steps: [(property: String, value: String)], catalog: SiteCatalog? = nil, applications: [String] = [],
        includingDependencies: Bool = false, exported: [String: String] = [:]
    ) throws -> RequiredContent {
        let items = steps.enumerated().map { SequenceFixture.step("S\($0)", $1.property, $1.value) }.joined()
        var package = try TaskSequencePackage(
            xml: Array(SequenceFixture.sequence(items).utf8), source: "t.xml", stem: "t")
        package.applicationPackages = exported
        return RequiredContent(
            of: package, catalog: catalog,
            request: .init(applications: applications, includesApplicationDependencies: includingDependencies))
    }

    @Test("an application gets its package from the catalog, and the export's own word counts more")
    func resolves() throws {
        let catalog = SiteCatalog(applications: [application("A", "ABC00001")])
        let step = [(property: "ApplicationName", value: "ScopeId_1/A")]
        #expect(try required(step).problems.map(\.code) == [.applicationUnresolved])
        let found = try required(step, catalog: catalog)
        #expect(found.problems.isEmpty && found.items.map(\.packageID) == ["ABC00001"])
        #expect(found.items.first?.name == "A")
        let exported = try required(step, catalog: catalog, exported: ["ScopeId_1/A": "ABC00009"])
        #expect(exported.items.map(\.packageID) == ["ABC00009"])
    }

    @Test("dependencies come before what needs them, once, only when asked for, and circles end")
    func dependencies() throws {
        let catalog = SiteCatalog(applications: [
            application("A", "ABC00001", dependencies: ["B", "ScopeId_1/C"]),
            application("B", "ABC00002", dependencies: ["ABC00003"]),
            application("C", "ABC00003", dependencies: ["A"]), application("D", nil, dependencies: ["A"]),
        ])
        let step = [(property: "ApplicationName", value: "ScopeId_1/A")]
        let all = try required(step, catalog: catalog, includingDependencies: true)
        #expect(all.items.map(\.name) == ["C", "B", "A"])
        #expect(all.problems.isEmpty)
        #expect(all.items[0].needs == [.dependency(of: "application 'B'"), .dependency(of: "application 'A'")])
        let one = try required(step, catalog: catalog)
        #expect(one.items.map(\.name) == ["A"])
        #expect(one.problems.map(\.code) == [.dependencyLeftOut, .dependencyLeftOut])
        #expect(one.problems.allSatisfy { !$0.isError })
        let withoutContent = try required([], catalog: catalog, applications: ["D"], includingDependencies: true)
        #expect(withoutContent.items.map(\.packageID) == ["ABC00003", "ABC00002", "ABC00001", nil])
    }

    @Test("a dependency that is there for another reason, or has no content, is not missed")
    func dependencyThatIsThere() throws {
        let catalog = SiteCatalog(applications: [
            application("A", "ABC00001", dependencies: ["B"]), application("B", "ABC00002"),
            application("C", "ABC00003", dependencies: ["D"]), application("D", nil),
        ])
        let steps = [(property: "ApplicationName", value: "ScopeId_1/A, ScopeId_1/B, ScopeId_1/C")]
        #expect(try required(steps, catalog: catalog).problems.isEmpty)
        let package = [("ApplicationName", "ScopeId_1/A"), ("PackageID", "ABC00002")]
        #expect(try required(package, catalog: catalog).problems.isEmpty)
        let alone = try required([("ApplicationName", "ScopeId_1/A")], catalog: catalog)
        #expect(alone.problems.map(\.problem) == ["depends on 'B', which is not included"])
    }

    @Test("an application that the catalog knows by another model name is found by its package")
    func otherModelName() throws {
        let catalog = SiteCatalog(applications: [
            application("A", "ABC00001", dependencies: ["B"]), application("B", "ABC00002"),
        ])
        let step = [(property: "ApplicationName", value: "ScopeId_9/A")]
        let found = try required(
            step + [("ApplicationName", "ScopeId_1/A")], catalog: catalog, includingDependencies: true,
            exported: ["ScopeId_9/A": "ABC00001"])
        #expect(found.items.map(\.name) == ["B", "A"] && found.problems.isEmpty)
        #expect(found.items.last?.needs.count == 2)
        #expect(try required(step, catalog: catalog).problems.map(\.code) == [.applicationUnresolved])
    }

    @Test("a chain of dependencies as long as the catalog is followed")
    func longChain() throws {
        let catalog = SiteCatalog(
            packages: (0..<20_000).map {
                SiteCatalog.Package(
                    id: "P\(1_000_000 + $0)", name: "p", dependencies: $0 < 19_999 ? ["P\(1_000_001 + $0)"] : [])
            },
            applications: (0..<5000).map { application("A\($0)", nil, dependencies: $0 < 4999 ? ["A\($0 + 1)"] : []) })
        let found = try required(
            [("ApplicationName", "ScopeId_1/A0"), ("PackageID", "P1000000")], catalog: catalog,
            includingDependencies: true)
        #expect(found.items.count == 25_000)
    }

    @Test("a missing dependency, an unknown application and a name of several are errors")
    func missing() throws {
        let catalog = SiteCatalog(applications: [
            application("A", "ABC00001", dependencies: ["Z"]),
            SiteCatalog.Application(name: "B", modelName: "M1", packageID: "ABC00002"),
            SiteCatalog.Application(name: "B", modelName: "M2", packageID: "ABC00003"),
        ])
        let found = try required(
            [("ApplicationName", "ScopeId_1/A")], catalog: catalog, applications: ["B", "C", "M2"],
            includingDependencies: true)
        #expect(found.problems.map(\.code) == [.dependencyMissing, .applicationUnknown, .applicationUnknown])
        #expect(found.problems.allSatisfy { $0.isError })
        #expect(found.items.map(\.packageID) == ["ABC00001", "ABC00003"])
        #expect(try required([], applications: ["C"]).problems.first?.nextStep.names(.catalog) == true)
        #expect(try required([], applications: ["abc00009"]).items.map(\.packageID) == ["ABC00009"])
    }

    @Test("superseded applications, and superseded content that is not included, are reported")
    func supersedence() throws {
        let catalog = SiteCatalog(applications: [
            application("New", "ABC00002", supersedes: ["Old", "Gone"]), application("Old", "ABC00001"),
        ])
        let old = try required([("ApplicationName", "ScopeId_1/Old")], catalog: catalog)
        #expect(old.problems.map(\.code) == [.superseded])
        let new = try required([("ApplicationName", "ScopeId_1/New")], catalog: catalog)
        #expect(new.problems.map(\.code) == [.supersededContentMissing, .supersededContentMissing])
        let both = try required([("ApplicationName", "ScopeId_1/New")], catalog: catalog, applications: ["Old"])
        #expect(both.problems.map(\.code) == [.supersededContentMissing, .superseded])
        #expect(both.problems.allSatisfy { !$0.isError })
    }

    @Test("packages bring the packages whose programs run first, and their names and types")
    func packages() throws {
        let catalog = SiteCatalog(packages: [
            SiteCatalog.Package(id: "ABC00001", name: "Suite", dependencies: ["ABC00002"]),
            SiteCatalog.Package(id: "ABC00002", name: "Base", type: .driverPackage, dependencies: ["ABC00001"]),
        ])
        let found = try required([("PackageID", "ABC00001"), ("PackageID", "XYZ")], catalog: catalog)
        #expect(found.items.map(\.identifier) == ["ABC00002", "ABC00001"])
        #expect(found.items.map(\.kind) == [.package(.driverPackage), .package(.package)])
        #expect(found.problems.map(\.code) == [.malformedIdentifier])
    }
}
