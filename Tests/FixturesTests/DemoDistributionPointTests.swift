// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("The demo distribution point")
struct DemoDistributionPointTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func make(_ name: String) throws -> DemoDistributionPoint {
        try demoDistributionPoint(
            in: folder.appending(name), bootImage: BootImageFixture(fillerByteCount: 10_000),
            operatingSystemImageByteCount: 10_000)
    }

    @Test("stores every file under its hash, and a file of two packages once")
    func filesByHash() throws {
        let demo = try SharedDemo.distributionPoint()
        let files = demo.contents.flatMap(\.files.values)
        for file in files {
            let hash = file.digest.upperCase
            let stored = demo.library.appending("FileLib/\(hash.prefix(4))/\(hash)")
            let said = try Program.succeed("sha256sum", [stored.string]).output
            #expect(said.hasPrefix(file.digest.description))
        }
        let names = try Program.succeed("find", [demo.library.appending("FileLib").string, "-type", "f"]).output
        let stored = names.split(separator: "\n").filter { !$0.hasSuffix(".INI") }
        #expect(Set(files.map(\.digest)).count < files.count)
        #expect(stored.count == Set(files.map(\.digest)).count)
    }

    @Test("comes out the same each time")
    func reproducible() throws {
        let folders = try ["first", "second"].map { name in
            _ = try make(name)
            return folder.appending(name).string
        }
        let difference = try Program.run("diff", ["-r"] + folders)
        #expect(difference.status == 0, "\(difference.output)")
    }

    @Test("has a task sequence, bare and exported, that references exactly its packages")
    func taskSequence() throws {
        let demo = try SharedDemo.distributionPoint()
        let bare = String(decoding: try SmallFile.read(demo.taskSequence), as: UTF8.self)
        let exported = try Program.succeed(
            "unzip", ["-p", demo.taskSequenceExport.string, "SMS_TaskSequencePackage/*/object.xml"]
        ).output
        #expect(exported.contains("<![CDATA[\(bare)\r\n]]>"))
        #expect(exported.contains("<VALUE>\(DemoSite.bootImage)</VALUE>"))
        try Program.succeed("xmllint", ["--noout", demo.taskSequence.string])
        let references = try Program.succeed(
            "xmllint", ["--xpath", "//reference/@package | //reference/@application", demo.taskSequence.string]
        ).output
        for identifier in [
            DemoSite.clientPackage, DemoSite.operatingSystemImage, DemoSite.toolsPackage, DemoSite.driverPackage,
            DemoSite.applicationModelName,
        ] {
            #expect(references.contains("\"\(identifier)\""))
        }
        #expect(references.split(separator: "\n").count == 5)
    }

    @Test("has a reference list that is the one its steps need")
    func referenceList() throws {
        let demo = try SharedDemo.distributionPoint()
        for file in [demo.taskSequence, demo.taskSequenceExport] {
            let packages = try TaskSequenceFile.read(file)
            #expect(packages.count == 1)
            #expect(packages.first.map { $0.referenceListDifference() == nil } == true)
        }
        let exported = try #require(try TaskSequenceFile.read(demo.taskSequenceExport).first)
        #expect(exported.packageID == DemoSite.taskSequence)
        #expect(exported.bootImageID == DemoSite.bootImage)
        #expect(exported.applicationPackages == [DemoSite.applicationModelName: DemoSite.applicationPackage])
        #expect(exported.references().count == 5)
    }

    @Test("exports a zip that an independent program accepts")
    func zip() throws {
        let demo = try SharedDemo.distributionPoint()
        let said = try Program.succeed("7z", ["t", demo.taskSequenceExport.string]).output
        #expect(said.contains("Everything is Ok"))
    }
}
