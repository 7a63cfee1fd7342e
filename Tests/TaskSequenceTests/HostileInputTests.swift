// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("hostile task sequences")
struct HostileInputTests {
    private static let sequence = SequenceFixture.sequence(
        "<referenceList><reference package=\"ABC00001\"/></referenceList><group name=\"G\" description=\"é\"><condition>",
        "<operator type=\"and\"><expression type=\"SMS_TaskSequence_VariableConditionExpression\">",
        "<variable name=\"Operator\">equals</variable></expression></operator></condition>",
        SequenceFixture.step("Run", "PackageID", "ABC00001"), SequenceFixture.child("ABC00013"), "</group>")

    private func error(_ bytes: some Collection<UInt8>, as name: String = "t.xml") throws -> TaskSequenceError? {
        let folder = try TestFolder()
        let path = try folder.write(bytes, to: name)
        return #expect(throws: TaskSequenceError.self) { try TaskSequenceFile.read(path) }
    }

    @Test(
        "text that is no task sequence is malformed, with file, line and column",
        arguments: [
            "not XML", "<sequence", "<sequence>\n<group></sequence>", "<html/>",
            "<INSTANCE CLASSNAME=\"SMS_Package\"/>",
            "<INSTANCE CLASSNAME=\"SMS_TaskSequencePackage\"/>", "<SmsTaskSequencePackage/>",
            "<SmsTaskSequencePackage><SequenceData>x</SequenceData></SmsTaskSequencePackage>",
            "<SmsTaskSequencePackage><SequenceData><![CDATA[<a/>]]></SequenceData></SmsTaskSequencePackage>",
            "<!DOCTYPE sequence [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><sequence>&a;</sequence>",
            "<!DOCTYPE s [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><sequence>&b;</sequence>",
        ])
    func refuses(text: String) throws {
        let error = try #require(try error(text.utf8))
        #expect(error.failureClass == .malformed)
        #expect(error.location != nil)
        #expect(error.description.contains("t.xml"))
    }

    @Test("a defect inside the CDATA of object.xml is found at its place in the file")
    func locatesEmbeddedDefects() throws {
        let object = SequenceFixture.object("ABC00012", "<sequence>\n  <group></step></sequence>")
        let error = try #require(try error(object.utf8))
        let lines = object.split(separator: "\r\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("<group></step>") })
        #expect(error.location?.line == line + 1)
    }

    @Test("elements nested without end are refused, in the file and in the embedded sequence")
    func refusesDepthBombs() throws {
        let bomb = String(repeating: "<group name=\"a\">", count: 100_000)
        for text in ["<sequence>\(bomb)", SequenceFixture.object("A", "<sequence>\(bomb)")] {
            #expect(try error(text.utf8)?.failureClass == .malformed)
        }
    }

    @Test(
        "a zip with a name that leaves its folder is refused as a whole",
        arguments: [
            "../object.xml", "/etc/object.xml", "a/../../object.xml", "C:\\object.xml", "..\\object.xml", "a//b",
            "nul.xml", "a\u{1}b", "SMS_TaskSequencePackage/../../x",
        ])
    func refusesHostileNames(name: String) throws {
        let good = (
            "SMS_TaskSequencePackage/ABC00012/object.xml", Array(SequenceFixture.object("A", Self.sequence).utf8)
        )
        let error = try error(ZipFixture.zip([good, (name, [1, 2, 3])]), as: "t.zip")
        #expect(error?.code == .archive)
        #expect(error?.failureClass == .malformed)
    }

    @Test("a zip that names a part twice is refused")
    func refusesDuplicateNames() throws {
        let object = Array(SequenceFixture.object("A", Self.sequence).utf8)
        let zip = ZipFixture.zip([
            ("SMS_TaskSequencePackage/A/object.xml", object), ("SMS_TaskSequencePackage/a/OBJECT.xml", object),
        ])
        #expect(try error(zip, as: "t.zip")?.code == .archive)
    }

    @Test("a zip that expands beyond reason is refused")
    func refusesBombs() throws {
        let folder = try TestFolder()
        let zip = folder.appending("bomb.zip")
        let made = try Program.run(
            "7z", ["a", "-tzip", "-siSMS_TaskSequencePackage/A/object.xml", zip.string],
            input: [UInt8](repeating: 0x20, count: 8 << 20))
        #expect(made.status == 0)
        let error = #expect(throws: TaskSequenceError.self) { try TaskSequenceFile.read(zip) }
        #expect(error?.code == .archive)
        #expect(error?.problem.contains("expands") == true)
    }

    @Test("a zip cut off anywhere is refused or reads whole, and never crashes")
    func survivesTruncatedZips() throws {
        let folder = try TestFolder()
        let object = Array(SequenceFixture.object("A", Self.sequence).utf8)
        let zip = ZipFixture.zip([("SMS_TaskSequencePackage/A/object.xml", object)])
        let path = try folder.write(zip, to: "whole.zip")
        #expect(try TaskSequenceFile.read(path).count == 1)
        for count in stride(from: 4, to: object.count, by: 61) {
            let cut = try folder.write(zip.prefix(count), to: "cut.zip")
            #expect(throws: TaskSequenceError.self) { try TaskSequenceFile.read(cut) }
        }
    }

    @Test("thousands of random changes to a sequence, object.xml or zip never crash the reader")
    func survivesMutations() throws {
        let folder = try TestFolder()
        var random = SeededGenerator(seed: 0x5EED)
        let object = Array(SequenceFixture.object("ABC00012", Self.sequence).utf8)
        let applications = Array(SequenceFixture.applications("ScopeId_1/Application_2", "ABC00077").utf8)
        let corpus = [
            Array(Self.sequence.utf8), object,
            ZipFixture.zip([
                ("SMS_TaskSequencePackage/ABC00012/object.xml", object),
                ("SMS_TaskSequencePackage/ABC00012/AppReferencesInfo.xml", applications),
            ]),
        ]
        var accepted = 0
        var refused = 0
        for number in 0..<Rounds.of(3_000, percent: 34) {
            let path = try folder.write(Mutation.apply(to: corpus[number % corpus.count], &random), to: "m")
            do throws(TaskSequenceError) {
                let packages = try TaskSequenceFile.read(path)
                for package in packages { _ = package.closure() }
                accepted += 1
            } catch {
                #expect(!error.description.isEmpty)
                refused += 1
            }
        }
        // Both must happen, or the mutations test nothing.
        #expect(accepted > Rounds.of(100, percent: 34))
        #expect(refused > Rounds.of(100, percent: 34))
    }
}
