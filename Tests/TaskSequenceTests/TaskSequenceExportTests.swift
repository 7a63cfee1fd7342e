// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("writing exports")
struct TaskSequenceExportTests {
    private func package(_ text: String, name: String = "t") throws -> TaskSequencePackage {
        try TaskSequencePackage(xml: Array(text.utf8), source: "\(name).xml", stem: name)
    }

    @Test("the reader takes back what was written, and so do unzip and 7z")
    func roundTrips() throws {
        let folder = try TestFolder()
        var root = try package(
            SequenceFixture.sequence(
                SequenceFixture.step("Run", "PackageID", "ABC00001"), SequenceFixture.child("TSM00001"),
                SequenceFixture.step("App", "ApplicationName", "ScopeId_1/Application_2")), name: "Root & <more>")
        root.packageID = "ABC00012"
        root.bootImageID = "ABC00005"
        root.description = "one\ntwo ]]> & <three>"
        root.type = .operatingSystemDeployment
        root.applicationPackages = ["ScopeId_1/Application_2": "ABC00077"]
        let child = try package(
            SequenceFixture.sequence(SequenceFixture.step("In", "PackageID", "ABC00002")), name: "Child")
        let path = try folder.write(try TaskSequenceExport.zip(of: [root, child]), to: "export.zip")

        let packages = try TaskSequenceFile.read(path)
        #expect(packages.map(\.packageID) == ["ABC00012", "TSM00001"])
        let read = try packages.chosen(id: nil)
        #expect(read.name == root.name)
        #expect(read.description == root.description)
        #expect(read.bootImageID == root.bootImageID)
        #expect(read.type == root.type)
        #expect(read.sequence == root.sequence)
        #expect(read.applicationPackages == root.applicationPackages)
        #expect(read.describedReferences.map(\.packageID) == ["ABC00001", "ABC00005", "TSM00001"])
        #expect(read.describedReferences.map(\.packageType) == ["0", "258", "4"])
        #expect(
            read.references().map(\.kind) == [
                .package("ABC00001"), .package("ABC00002"),
                .application(name: "ScopeId_1/Application_2", packageID: "ABC00077"),
            ])

        let unzip = try Program.run("unzip", ["-t", path.string])
        #expect(unzip.status == 0)
        #expect(unzip.output.contains("No errors detected"))
        let listing = try Program.run("7z", ["l", path.string])
        #expect(listing.output.contains("SMS_TaskSequencePackage/ABC00012/object.xml"))
    }

    @Test("the same task sequences give the same bytes")
    func isReproducible() throws {
        let package = try package(SequenceFixture.sequence())
        #expect(try TaskSequenceExport.zip(of: [package]) == TaskSequenceExport.zip(of: [package]))
    }

    @Test("what an instance holds beside the known is written again; changed references are recomputed")
    func keepsUnknownProperties() throws {
        let object =
            SequenceFixture.object(
                "ABC00012",
                SequenceFixture.sequence(SequenceFixture.step("Run", "PackageID", "ABC00001"))
            ).split(separator: "</INSTANCE>")[0] + """
                  <PROPERTY.OBJECTARRAY NAME="References"><QUALIFIER NAME="CIMTYPE"><VALUE>o</VALUE></QUALIFIER>\
                </PROPERTY.OBJECTARRAY>\r\n  <PROPERTY NAME="Future" TYPE="string"><VALUE>kept</VALUE></PROPERTY>\r\n</INSTANCE>
                """
        var package = try package(String(object))
        package.name = "New name"
        let part = try #require(
            try TaskSequenceExport.parts(of: [package]).first { $0.name.hasSuffix("ABC00012/object.xml") })
        let text = String(decoding: part.bytes, as: UTF8.self)
        #expect(text.contains("<PROPERTY NAME=\"Future\" TYPE=\"string\"><VALUE>kept</VALUE></PROPERTY>"))
        #expect(text.contains("<VALUE>New name</VALUE>"))
        #expect(text.contains("<VALUE>ABC00001</VALUE>"))
        let again = try TaskSequencePackage(xml: part.bytes, source: "again", stem: "again")
        #expect(try TaskSequenceExport.parts(of: [again]).contains(part))
    }

    @Test("a text that XML cannot carry is refused, in whatever it stands")
    func refusesTexts() throws {
        let changes: [(inout TaskSequencePackage) -> Void] = [
            { $0.name = "Escape \u{1B}[2J" }, { $0.description = "zero \u{0}" }, { $0.bootImageID = "ABC\u{1}" },
            { $0.applicationPackages = ["Application\u{FFFF}": "ABC00077"] },
        ]
        for change in changes {
            var package = try package(SequenceFixture.sequence())
            change(&package)
            let error = try #require(throws: TaskSequenceError.self) { try TaskSequenceExport.zip(of: [package]) }
            #expect(error.problem.description.contains("which XML 1.0 cannot carry"), "\(error)")
        }
    }

    @Test("an ID that is no folder's name, or that two share, is refused", arguments: ["..", "a/b", "", "ABC00001"])
    func refusesIDs(id: String) throws {
        var first = try package(SequenceFixture.sequence())
        first.packageID = id
        var second = first
        second.packageID = "abc00001"
        #expect(throws: TaskSequenceError.self) { try TaskSequenceExport.zip(of: [first, second]) }
    }
}
