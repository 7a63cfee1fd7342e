// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceTools
@testable import TaskSequence

@Suite("new task sequences")
struct NewSequenceTests {
    @Test("build-and-capture differs from the table of the notes in nothing")
    func holdsTheTable() throws {
        let request = RequestFixture.request(
            .buildAndCapture(RequestFixture.fullInstallation, RequestFixture.capture))
        #expect(SequenceFacts.lines(of: try request.taskSequence().sequence) == ReferenceMachineTable.current)
    }

    @Test("with the names of 2016 it has the names of 2016, and Join Workgroup")
    func holdsTheTableOf2016() throws {
        let request = RequestFixture.request(
            .buildAndCapture(RequestFixture.fullInstallation, RequestFixture.capture), stepNames: .of2016)
        #expect(SequenceFacts.lines(of: try request.taskSequence().sequence) == ReferenceMachineTable.of2016)
    }

    @Test("what is not chosen is not there: updates, applications, passwords, licensing")
    func leavesOut() throws {
        var capture = RequestFixture.capture
        capture.password = nil
        let request = RequestFixture.request(.buildAndCapture(RequestFixture.smallInstallation, capture))
        let lines = SequenceFacts.lines(of: try request.taskSequence().sequence)
        let names = lines.filter { $0.hasPrefix("step ") }
        #expect(
            names == [
                "step Restart in Windows PE", "step Partition Disk 0 - BIOS", "step Partition Disk 0 - UEFI",
                "step Apply Operating System", "step Apply Windows Settings", "step Apply Network Settings",
                "step Apply Device Drivers", "step Setup Windows and Configuration Manager",
                "step Prepare Configuration Manager Client", "step Prepare OS", "step Capture the Reference Machine",
            ])
        #expect(!lines.contains { $0.contains("Password=") && !$0.contains("RandomAdminPassword=true") })
        #expect(!lines.contains { $0.contains("ServerLicenseMode") })
        #expect(lines.contains("  OSDServerLicenseConnectionLimit ServerLicenseConnectionLimit=5"))
        #expect(lines.contains("  OSDWorkgroupName WorkgroupName=WORKGROUP"))
        #expect(lines.filter { $0.hasPrefix("reference ") } == ["reference ABC00004", "reference ABC00002"])
    }

    @Test(
        "a reference computer in a domain leaves it before it is captured, whatever the names",
        arguments: SequenceRequest.StepNames.allCases)
    func leavesTheDomain(names: SequenceRequest.StepNames) throws {
        var installation = RequestFixture.smallInstallation
        installation.network = .domain(RequestFixture.domain)
        let request = RequestFixture.request(.buildAndCapture(installation, RequestFixture.capture), stepNames: names)
        let lines = SequenceFacts.lines(of: try request.taskSequence().sequence)
        let domain = [
            "  OSDDomainName DomainName=example.com",
            "  OSDDomainOUName DomainOUName=LDAP://OU=Lab,DC=example,DC=com",
            "  OSDJoinPassword DomainPassword=domain secret", #"  OSDJoinAccount DomainUsername=EXAMPLE\joiner"#,
            "  hidden OSDEnableTCPIPFiltering EnableTCPIPFiltering=false", "  OSDNetworkJoinType NetworkJoinType=0",
            "  hidden OSDAdapterCount NumAdapters=0", "step Apply Device Drivers",
        ]
        let start = try #require(lines.firstIndex(of: domain[0]))
        #expect(Array(lines[start..<(start + domain.count)]) == domain)
        let join = try #require(lines.firstIndex(of: "step Join Workgroup"))
        let prepare = try #require(lines.firstIndex { $0.contains("PrepareOSAction") })
        #expect(join < prepare)
        #expect(lines[join...].contains("  OSDJoinWorkgroupName WorkgroupName=WORKGROUP"))
        #expect(request.warnings.contains { $0.firstField == .domain })
    }

    @Test("an existing computer is captured by three steps, the client's only where there is a client")
    func capturesExisting() throws {
        let lines = SequenceFacts.lines(
            of: try RequestFixture.request(.capture(RequestFixture.capture)).taskSequence().sequence)
        #expect(
            lines.filter { $0.hasPrefix("step ") || $0.hasPrefix("  if ") || $0.contains("runIn=") } == [
                "step Prepare ConfigMgr Client for Capture",
                "  PrepareSMSClientAction runIn=FullOS successCodeList=0 retryCount=0 runFromNet=false",
                #"  if HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SMS\Mobile Client ProductVersion exists REG_SZ"#,
                "step Prepare Windows for Capture",
                "  PrepareOSAction runIn=FullOS successCodeList=0 retryCount=0 runFromNet=false",
                "step Capture Operating System Image",
                "  CaptureSystemImageAction runIn=WinPE successCodeList=0 retryCount=0 runFromNet=false",
            ])
        #expect(!lines.contains { $0.hasPrefix("reference") || $0.hasPrefix("global") || $0.hasPrefix("group") })
    }

    @Test("an installation has the steps of the build, in two groups, on new partitions or on those that are there")
    func installs() throws {
        func lines(_ keepsPartitions: Bool) throws -> [String] {
            SequenceFacts.lines(
                of: try RequestFixture.request(
                    .install(RequestFixture.fullInstallation, keepsPartitions: keepsPartitions)
                ).taskSequence().sequence)
        }
        // The steps are those of the table, as far as it builds.
        let build = try #require(ReferenceMachineTable.current.firstIndex(of: "group Capture the Reference Machine"))
        var expected = Array(ReferenceMachineTable.current[..<build]).map {
            $0 == "group Build the Reference Machine" ? "group Install Operating System" : $0
        }
        let setup = try #require(expected.firstIndex(of: "step Setup Windows and Configuration Manager"))
        expected.insert(contentsOf: ["end", "group Setup Operating System"], at: setup)
        #expect(try lines(false) == expected)
        let bios = try #require(expected.firstIndex(of: "step Partition Disk 0 - BIOS"))
        let apply = try #require(expected.firstIndex(of: "step Apply Operating System"))
        expected.removeSubrange(bios..<apply)
        #expect(try lines(true) == expected)
    }

    @Test(
        "everything reads back equal out of an export, object.xml and the bare sequence", arguments: RequestFixture.all)
    func readsBackEqual(name: String, request: SequenceRequest) throws {
        let package = try request.taskSequence()
        let folder = try TestFolder()
        let zip = try folder.write(try TaskSequenceExport.zip(of: [package]), to: "new.zip")
        let exported = try #require(try TaskSequenceFile.read(zip).first)
        let object = try #require(try TaskSequenceExport.parts(of: [package]).first { $0.name.hasSuffix("object.xml") })
        let instance = try TaskSequencePackage(xml: object.bytes, source: "object.xml", stem: "object")
        for read in [exported, instance] {
            #expect(read.sequence == package.sequence)
            #expect(read.sequenceXML == package.sequenceXML)
            #expect(read.name == request.name)
            #expect(read.description == request.description)
            #expect(read.bootImageID == "ABC00005")
            #expect(read.type == .operatingSystemDeployment)
            #expect(read.referenceListDifference() == nil)
        }
        let bare = try TaskSequencePackage(xml: package.sequenceXML, source: "bare.xml", stem: "bare")
        #expect(bare.sequence == package.sequence)
        #expect(SequenceWriter.write(bare.sequence) == package.sequenceXML)
    }

    @Test("the export says of what kind the operating system image and the boot image are")
    func describesImages() throws {
        let folder = try TestFolder()
        let package = try RequestFixture.request(
            .buildAndCapture(RequestFixture.fullInstallation, RequestFixture.capture)
        ).taskSequence()
        let zip = try folder.write(try TaskSequenceExport.zip(of: [package]), to: "new.zip")
        let described = try #require(try TaskSequenceFile.read(zip).first).describedReferences
        #expect(
            Set(described.map { "\($0.packageID) \($0.packageType)" }) == [
                "ABC00004 257", "ABC00005 258", "ABC00002 0",
            ])
    }

    @Test("no variable is left without a value, and none with a placeholder or an attribute of the template")
    func leavesNoTrace() throws {
        for (name, request) in RequestFixture.all {
            let text = String(decoding: try request.taskSequence().sequenceXML, as: UTF8.self)
            for trace in ["{{", "}}", " when=", " each=", "<!--"] {
                #expect(!text.contains(trace), "\(name)")
            }
        }
    }

    @Test("eleven applications are numbered from 0 and sorted as genuine sequences are")
    func sortsManyApplications() throws {
        var installation = RequestFixture.smallInstallation
        installation.applications = (0..<11).map {
            ApplicationInput(id: "ScopeId_A/Application_\($0)", name: "App \($0)")
        }
        let package = try RequestFixture.request(.install(installation, keepsPartitions: false)).taskSequence()
        var names: [String] = []
        package.sequence.forEachEnabledStep { _, step in
            guard step.type == "SMS_TaskSequence_InstallApplicationAction" else { return }
            names = (step.variables?.variables ?? []).compactMap(\.property).filter { $0.hasSuffix("Name") }
        }
        #expect(names.prefix(4) == ["AppInfo0DisplayName", "AppInfo0Name", "AppInfo10DisplayName", "AppInfo10Name"])
        #expect(package.ownReferences().count == 13)
    }
}
