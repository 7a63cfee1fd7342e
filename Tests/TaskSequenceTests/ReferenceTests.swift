// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("references")
struct ReferenceTests {
    private func package(_ items: String...) throws -> TaskSequencePackage {
        try TaskSequencePackage(
            xml: Array(SequenceFixture.sequence(items.joined()).utf8), source: "t.xml", stem: "t")
    }

    @Test(
        "every property that names content is followed",
        arguments: [
            "PackageID", "ImagePackageID", "InstallPackageID", "ConfigFilePackage", "DriverPackageID",
            "ClientPackageID", "UsmtPackageID", "UsmtRestorePackageID", "SysprepPackageID", "DownloadPackages",
            "TsReferencePackages",
        ])
    func followsProperties(property: String) throws {
        let references = try package(SequenceFixture.step("S", property, "ABC00001")).references()
        #expect(references.map(\.kind) == [.package("ABC00001")])
        #expect(references.first?.uses.first?.property == property)
    }

    @Test("disabled steps and steps in disabled groups add nothing")
    func ignoresDisabled() throws {
        let disabled = " disable=\"true\""
        let package = try package(
            SequenceFixture.step("A", "PackageID", "ABC00001", attributes: disabled),
            "<group name=\"G\" description=\"\"\(disabled)><group name=\"H\" description=\"\">",
            SequenceFixture.step("B", "PackageID", "ABC00002"), "</group></group>",
            SequenceFixture.step("C", "PackageID", "ABC00003"))
        #expect(package.references().map(\.identifier) == ["ABC00003"])
    }

    @Test("comma lists are split; none-chosen, empty and repeated values add nothing; order is that of first use")
    func splitsLists() throws {
        let package = try package(
            SequenceFixture.step("A", "DownloadPackages", "ABC00002, ABC00001,,00000000"),
            SequenceFixture.step("B", "PackageID", ""), SequenceFixture.step("C", "PackageID", "00000000"),
            SequenceFixture.step("D", "PackageID", "ABC00001"))
        let references = package.references()
        #expect(references.map(\.identifier) == ["ABC00002", "ABC00001"])
        #expect(references.last?.uses.map(\.path) == [["A"], ["D"]])
    }

    @Test("an application is found by its model name and gets its package from AppReferencesInfo.xml")
    func resolvesApplications() throws {
        let model = "ScopeId_1/Application_2"
        var package = try package(SequenceFixture.step("A", "ApplicationName", "\(model),ScopeId_1/Application_3"))
        package.applicationPackages = [model: "ABC00077"]
        #expect(
            package.references().map(\.kind) == [
                .application(name: model, packageID: "ABC00077"),
                .application(name: "ScopeId_1/Application_3", packageID: nil),
            ])
    }

    @Test("a child's content stands where the child is called; each use knows its task sequence")
    func followsChildren() throws {
        let folder = try TestFolder()
        let root = SequenceFixture.sequence(
            SequenceFixture.step("First", "PackageID", "ABC00001"),
            "<group name=\"Group\" description=\"\">", SequenceFixture.child("ABC00013"), "</group>",
            SequenceFixture.step("Last", "PackageID", "ABC00003"))
        let child = SequenceFixture.sequence(
            SequenceFixture.step("In child", "PackageID", "ABC00002"), SequenceFixture.child("ABC00012"),
            SequenceFixture.step("Again", "PackageID", "ABC00001"))
        let export = try SequenceFixture.writeExport(
            [
                ("ABC00012", SequenceFixture.object("ABC00012", root, name: "Root")),
                ("ABC00013", SequenceFixture.object("ABC00013", child, name: "Child")),
            ], in: folder)
        // They call each other, so the choice is the caller's.
        let package = try TaskSequenceFile.read(export).chosen(id: "ABC00012")
        let closure = package.closure()
        #expect(closure.references.map(\.identifier) == ["ABC00001", "ABC00002", "ABC00003"])
        #expect(closure.taskSequences.map(\.name) == ["Root", "Child"])
        #expect(closure.unresolvedChildren.isEmpty)
        #expect(closure.references.first?.uses.map(\.taskSequenceName) == ["Root", "Child"])
        #expect(package.ownReferences().map(\.kind).contains(.taskSequence("ABC00013")))
    }

    @Test("a child that is not in the file is reported, with the step that calls it")
    func reportsUnresolvedChildren() throws {
        let closure = try package(
            "<group name=\"G\" description=\"\">", SequenceFixture.child("ABC00099", packages: "ABC00005"), "</group>"
        ).closure()
        #expect(closure.unresolvedChildren.map(\.packageID) == ["ABC00099"])
        #expect(closure.unresolvedChildren.first?.uses.first?.pathDescription == "G / Run ABC00099")
        #expect(closure.references.map(\.identifier) == ["ABC00005"])
    }

    @Test("a long chain of children ends without overrunning the stack")
    func boundsChains() throws {
        let folder = try TestFolder()
        let export = try SequenceFixture.writeExport(
            (0..<300).map { number in
                let sequence = SequenceFixture.sequence(SequenceFixture.child("ABC\(10_001 + number)"))
                return ("ABC\(10_000 + number)", SequenceFixture.object("ABC\(10_000 + number)", sequence))
            }, in: folder)
        let closure = try TaskSequenceFile.read(export).chosen(id: "ABC10000").closure()
        #expect(closure.unresolvedChildren.count == 1)
    }

    @Test("a written list that differs is reported with what it lacks and what it has in vain")
    func comparesLists() throws {
        let list = "<referenceList><reference package=\"ABC00009\"/></referenceList>"
        let step = SequenceFixture.step("A", "PackageID", "ABC00001")
        let difference = try #require(try package(list, step).referenceListDifference())
        #expect(difference.missing.map(\.identifier) == ["ABC00001"])
        #expect(difference.superfluous.map(\.identifier) == ["ABC00009"])
        let right = "<referenceList><reference package=\"ABC00001\"/></referenceList>"
        #expect(try package(right, step).referenceListDifference() == nil)
    }
}
