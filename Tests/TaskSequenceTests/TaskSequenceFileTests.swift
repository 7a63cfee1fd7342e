// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import TaskSequence

@Suite("reading task sequences")
struct TaskSequenceFileTests {
    private static let step = SequenceFixture.step("Run", "PackageID", "ABC00001")
    private static let sequence = SequenceFixture.sequence(step)

    @Test("a bare sequence takes its name from its file")
    func readsBareSequences() throws {
        let folder = try TestFolder()
        let path = try folder.write(Self.sequence.utf8, to: "My Sequence.xml")
        let package = try #require(try TaskSequenceFile.read(path).first)
        #expect(package.format == .sequence)
        #expect(package.name == "My Sequence")
        #expect(package.packageID == nil)
        #expect(package.sequence.version == "3.10")
        #expect(String(decoding: package.sequenceXML, as: UTF8.self) == Self.sequence)
        #expect(package.references().map(\.kind) == [.package("ABC00001")])
    }

    @Test("the wrapper gives name, description and boot image; its sequence may be markup or text")
    func readsWrappers() throws {
        let folder = try TestFolder()
        for (index, inner) in [
            Self.sequence, "<![CDATA[\(Self.sequence)]]>", SequenceFixture.escaped(Self.sequence),
        ].enumerated() {
            let text = """
                <?xml version="1.0"?><SmsTaskSequencePackage><BootImageID>ABC00005</BootImageID><Name>N &amp; M</Name>
                <Description>D</Description><SequenceData>\(inner)</SequenceData></SmsTaskSequencePackage>
                """
            let path = try folder.write(text.utf8, to: "\(index).xml")
            let package = try #require(try TaskSequenceFile.read(path).first)
            #expect(package.format == .wrapper)
            #expect(package.name == "N & M")
            #expect(package.description == "D")
            #expect(package.bootImageID == "ABC00005")
            #expect(String(decoding: package.sequenceXML, as: UTF8.self) == Self.sequence)
        }
    }

    @Test("object.xml gives the ID, and the sequence keeps its CRLF")
    func readsInstances() throws {
        let folder = try TestFolder()
        let sequence = "<sequence version=\"3.10\">\n\(Self.step)\n</sequence>"
        let path = try folder.write(
            SequenceFixture.object("ABC00012", sequence, bootImage: "ABC00005").utf8, to: "object.xml")
        let application = "ScopeId_1/Application_2"
        try folder.write(
            SequenceFixture.applications(application, "ABC00077").utf8, to: "AppReferencesInfo.xml")
        let package = try #require(try TaskSequenceFile.read(path).first)
        #expect(package.format == .instance)
        #expect(package.packageID == "ABC00012")
        #expect(package.bootImageID == "ABC00005")
        #expect(package.type == .operatingSystemDeployment)
        #expect(package.description == "line 1\nline 2")
        #expect(package.applicationPackages == [application: "ABC00077"])
        #expect(
            String(decoding: package.sequenceXML, as: UTF8.self)
                == "<sequence version=\"3.10\">\r\n\(Self.step)\r\n</sequence>")
    }

    @Test("an export's programs of packages are known to its sequences, and those that a step names are told")
    func programs() throws {
        let folder = try TestFolder()
        let step = SequenceFixture.step("Install", "PackageID", "ABC00021").replacing(
            "</defaultVarList>",
            with: "<variable name=\"ProgramName\" property=\"ProgramName\">setup &amp; Go</variable></defaultVarList>")
        try folder.write(
            SequenceFixture.object("ABC00012", SequenceFixture.sequence(step)).utf8,
            to: "SMS_TaskSequencePackage/ABC00012/object.xml")
        for (name, command) in [
            ("Setup &amp; Go", "<![CDATA[setup.exe /q <a>]]>"), ("Other", "other.exe"), ("None", ""),
        ] {
            try folder.write(
                SequenceFixture.program("ABC00021", name, command).utf8,
                to: "SMS_Program/ABC00021_\(name.replacing("&amp;", with: "%26"))/object.xml")
        }
        let packages = try TaskSequenceFile.read(folder.path)
        #expect(packages.first?.programs.map(\.name).sorted() == ["Other", "Setup & Go"])
        #expect(
            packages.namedPrograms == [
                PackageProgram(packageID: "ABC00021", name: "Setup & Go", commandLine: "setup.exe /q <a>")
            ])
        try folder.write("<INSTANCE CLASSNAME=\"SMS_Site\"/>".utf8, to: "SMS_Program/x/object.xml")
        #expect(throws: TaskSequenceError.self) { try TaskSequenceFile.read(folder.path) }
    }

    @Test("MDT's ts.xml reads with its own attributes, order and empty actions kept")
    func readsToolkitFiles() throws {
        let folder = try TestFolder()
        let text = """
            <?xml version="1.0"?>
            <sequence version="3.00" name="Client" description="D"><globalVarList><variable name="A" property="A">1\
            </variable></globalVarList><group expand="true" name="G" description="" disable="false"><action />
            <step name="No type" disable="FALSE" startIn="" successCodes="1"><defaultVarList/><action>a  b </action></step>
            </group></sequence>
            """
        let package = try #require(try TaskSequenceFile.read(try folder.write(text.utf8, to: "ts.xml")).first)
        #expect(package.format == .deploymentToolkit)
        #expect(package.name == "Client")
        #expect(package.sequence.globalVariables?.variables.first?.value == "1")
        guard case .group(let group) = package.sequence.items.first, case .step(let step) = group.items.last else {
            Issue.record("no group with a step")
            return
        }
        #expect(group.attributes.map(\.name) == ["expand", "name", "description", "disable"])
        #expect(group.items.first == .unknown(.element(XMLElement("action"))))
        #expect(step.type == nil)
        #expect(step.action == "a  b ")
        #expect(step.attributes.contains(XMLAttribute("successCodes", "1")))
    }

    @Test("an export reads alike as a zip, as a folder, and below another folder")
    func readsExports() throws {
        let folder = try TestFolder()
        let objects = [
            (
                "ABC00012",
                SequenceFixture.object("ABC00012", SequenceFixture.sequence(SequenceFixture.child("ABC00013")))
            ),
            ("ABC00013", SequenceFixture.object("ABC00013", Self.sequence, name: "Child")),
        ]
        let export = try SequenceFixture.writeExport(objects, in: folder)
        try folder.write(SequenceFixture.object("X", "<not a sequence>").utf8, to: "export/SMS_Package/X/object.xml")
        let zip = folder.appending("export.zip")
        let zipped = try Program.run("7z", ["a", "-tzip", zip.string, "\(export.string)/."])
        #expect(zipped.status == 0)
        for path in [zip, export, folder.path, export.appending("SMS_TaskSequencePackage")] {
            let packages = try TaskSequenceFile.read(path)
            #expect(packages.map(\.packageID) == ["ABC00012", "ABC00013"])
            #expect(packages.first?.references().map(\.kind) == [.package("ABC00001")])
            #expect(try packages.chosen(id: nil).packageID == "ABC00012")
        }
        let single = try TaskSequenceFile.read(export.appending("SMS_TaskSequencePackage/ABC00013"))
        #expect(single.map(\.name) == ["Child"])
    }

    @Test("UTF-16 and a byte order mark make no difference")
    func readsEncodings() throws {
        let folder = try TestFolder()
        let text = "<sequence version=\"3.10\"><group name=\"Gerät €\" description=\"\"/></sequence>"
        let variants = [[0xEF, 0xBB, 0xBF] + Array(text.utf8), [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(text)]
        for bytes in variants {
            let package = try #require(try TaskSequenceFile.read(try folder.write(bytes, to: "a.xml")).first)
            guard case .group(let group) = package.sequence.items.first else {
                Issue.record("no group")
                continue
            }
            #expect(group.name == "Gerät €")
        }
    }

    private static let two = [
        ("ABC00012", SequenceFixture.object("ABC00012", sequence, name: "One")),
        ("ABC00013", SequenceFixture.object("ABC00013", sequence, name: "Two")),
    ]

    private static func manifest(_ ids: String..., type: String = "SMS_TaskSequencePackage") -> String {
        let objects = ids.map { "    <Object Path=\"\(type).PackageID='\($0)'\" Type=\"\(type)\" />\r\n" }.joined()
        return "\u{FEFF}<LibraryDocument xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\r\n  <Contents />\r\n"
            + "  <EntryObjects>\r\n\(objects)  </EntryObjects>\r\n</LibraryDocument>"
    }

    @Test("what Manifest.xml names as exported is taken before anybody is asked, in a folder and in a zip")
    func usesManifest() throws {
        let folder = try TestFolder()
        let export = try SequenceFixture.writeExport(Self.two, in: folder)
        func chosen(_ manifest: String) throws -> [String?] {
            try folder.write(manifest.utf8, to: "export/Manifest.xml")
            let zip = folder.appending("export.zip")
            try Program.succeed("rm", ["-f", zip.string])
            try Program.succeed("7z", ["a", "-tzip", zip.string, "\(export.string)/."])
            return try [export, zip].map { path in
                do {
                    return try TaskSequenceFile.read(path).chosen(id: nil).packageID
                } catch let error as TaskSequenceError where error.code == .ambiguous { return nil }
            }
        }
        #expect(try chosen(Self.manifest("ABC00013")) == ["ABC00013", "ABC00013"])
        #expect(try chosen(Self.manifest("abc00012", "XYZ00001")) == ["ABC00012", "ABC00012"])
        for manifest in [
            Self.manifest("ABC00012", "ABC00013"), Self.manifest("XYZ00001"), Self.manifest(), "<not", "<x/>",
            Self.manifest("ABC00012", type: "SMS_Package"),
        ] {
            #expect(try chosen(manifest) == [nil, nil], "\(manifest)")
        }
        // Who asks for one gets it, whatever the manifest says.
        _ = try chosen(Self.manifest("ABC00013"))
        #expect(try TaskSequenceFile.read(export).chosen(id: "ABC00012").name == "One")
    }

    @Test("a manifest does not make a child the task sequence that others run")
    func manifestAndChildren() throws {
        let folder = try TestFolder()
        let parent = SequenceFixture.object("ABC00012", SequenceFixture.sequence(SequenceFixture.child("ABC00013")))
        let export = try SequenceFixture.writeExport([("ABC00012", parent), Self.two[1]], in: folder)
        try folder.write(Self.manifest("ABC00012", "ABC00013").utf8, to: "export/Manifest.xml")
        #expect(try TaskSequenceFile.read(export).chosen(id: nil).packageID == "ABC00012")
    }

    @Test("the genuine manifests of the samples name what is in them", .enabled(if: Samples.folder != nil))
    func genuineManifests() throws {
        let modular = try TaskSequenceFile.read(try Samples.path("02-ModularOSD.zip"))
        #expect(modular.count > 1 && modular.allSatisfy { $0.isEntryObject == true })
        let cloud = try TaskSequenceFile.read(try Samples.path("06-OSDCloudTaskSequence.zip"))
        #expect(cloud.map(\.isEntryObject) == [true])
    }

    @Test("members with names outside ASCII do not keep a zip from being read")
    func foreignNames() throws {
        let folder = try TestFolder()
        let export = try SequenceFixture.writeExport([Self.two[0]], in: folder)
        for name in ["Übersicht.txt", "概要.txt", "e\u{301}.txt"] { try folder.write("x".utf8, to: "export/\(name)") }
        let zip = folder.appending("export.zip")
        try Program.succeed("7z", ["a", "-tzip", "-mcu=on", zip.string, "\(export.string)/."])
        #expect(try TaskSequenceFile.read(zip).map(\.packageID) == ["ABC00012"])
        // Names in the code page of MS-DOS, without the mark; "Ü" and "█", and all bytes above ASCII.
        let object = Array(Self.two[0].1.utf8)
        let path = Array("SMS_TaskSequencePackage/ABC00012/object.xml".utf8)
        for name in [[0x9A], [0xDB], Array(0x80...0xFF)] as [[UInt8]] {
            let bytes = ZipFixture.zip([(name + Array(".txt".utf8), [0x78]), (path, object)], flags: 0)
            let file = try folder.write(bytes, to: "dos.zip")
            #expect(try TaskSequenceFile.read(file).map(\.packageID) == ["ABC00012"])
        }
        // A name of two members is still found in either spelling, and one that climbs is still refused.
        let twice = [Array("Ü.txt".utf8), Array("ü.txt".utf8)].map { (name: $0, bytes: [UInt8]()) }
        for members in [twice, [(name: Array("../Ü.txt".utf8), bytes: [])]] {
            let file = try folder.write(ZipFixture.zip(members + [(path, object)], flags: 0x800), to: "bad.zip")
            #expect(throws: TaskSequenceError.self) { try TaskSequenceFile.read(file) }
        }
    }

    @Test("an ID outside ASCII is a name in the export that we write, for us and for 7-Zip")
    func writesForeignNames() throws {
        var package = try TaskSequencePackage(xml: Array(Self.sequence.utf8), source: "t.xml", stem: "t")
        package.packageID = "Ü1"
        let folder = try TestFolder()
        let file = try folder.write(try TaskSequenceExport.zip(of: [package]), to: "export.zip")
        #expect(try TaskSequenceFile.read(file).map(\.packageID) == ["Ü1"])
        #expect(
            try Program.run("7z", ["l", "-ba", "-slt", file.string]).output.contains(
                "SMS_TaskSequencePackage/Ü1/object.xml"))
    }

    @Test("a choice among several is asked for, and taken by ID or name")
    func chooses() throws {
        let folder = try TestFolder()
        let export = try SequenceFixture.writeExport(
            [
                ("ABC00012", SequenceFixture.object("ABC00012", Self.sequence, name: "One")),
                ("ABC00013", SequenceFixture.object("ABC00013", Self.sequence, name: "Two")),
            ], in: folder)
        let packages = try TaskSequenceFile.read(export)
        let error = #expect(throws: TaskSequenceError.self) { try packages.chosen(id: nil) }
        #expect(error?.code == .ambiguous)
        #expect(error?.description.contains("task sequence id: ABC00012 'One', ABC00013 'Two'") == true)
        #expect(try packages.chosen(id: "abc00013").name == "Two")
        #expect(try packages.chosen(id: "One").packageID == "ABC00012")
        let missing = #expect(throws: TaskSequenceError.self) { try packages.chosen(id: "Three") }
        #expect(missing?.failureClass == .notFound)
    }

    @Test("a file that does not exist is not found; a folder without task sequences says so")
    func reportsMissing() throws {
        let folder = try TestFolder()
        let missing = #expect(throws: TaskSequenceError.self) {
            try TaskSequenceFile.read(folder.appending("nothing.xml"))
        }
        #expect(missing?.failureClass == .notFound)
        let empty = #expect(throws: TaskSequenceError.self) { try TaskSequenceFile.read(folder.path) }
        #expect(empty?.code == .noTaskSequence)
    }

    @Test("5,000 steps read, with every reference in order")
    func readsLargeSequences() throws {
        let folder = try TestFolder()
        let steps = (0..<5_000).map { SequenceFixture.step("Step \($0)", "PackageID", "ABC\(10_000 + $0)") }
        let path = try folder.write(SequenceFixture.sequence(steps.joined()).utf8, to: "large.xml")
        let references = try #require(try TaskSequenceFile.read(path).first).references()
        #expect(references.count == 5_000)
        #expect(references.last?.uses.first?.path == ["Step 4999"])
    }
}
