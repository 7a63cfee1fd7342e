// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

private typealias R = RunningSequence

/// The steps that install Windows, run as a task sequence on a loop device; what they made is read by programs of others.
@Suite(
    "A sequence that installs Windows", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct InstallingSequenceTests {
    private static let disk = Installing.disk("GPT")
    private static let image = R.step(
        "Image", "ApplyOperatingSystem",
        [
            ("ImagePackageID", "ABC00010"), ("ImageIndex", "1"), ("DestinationVariable", "OSDisk"),
            ("ConfigFilePackage", "ABC00012"), ("ConfigFileName", "Unattend.XML"),
        ])
    private static let settings = R.step(
        "Settings", "ApplyWindowsSettings",
        [
            ("ComputerName", "%Wanted%"), ("RegisteredOrgName", "Größe &amp; Co"),
            ("TimeZone", "W. Europe Standard Time"),
            ("RandomAdminPassword", "true"), ("UILanguage", "de-DE"),
        ])
    private static let network = R.step(
        "Network", "ApplyNetworkSettings",
        [
            ("NetworkJoinType", "0"), ("DomainName", "example.test"),
            ("DomainOUName", "LDAP://OU=PCs,DC=example,DC=test"),
            ("DomainUsername", "EXAMPLE\\joiner"), ("DomainPassword", "s3cret"),
        ])
    private static let rest =
        R.step("Drivers", "ApplyDriverPackage", [("DriverPackageID", "ABC00011")])
        + R.step("Setup", "SetupWindowsAndSMS")
        + R.step(
            "Tool", "RunCommandLine", [("CommandLine", "tool.cmd /quiet %Wanted%"), ("PackageID", "ABC00012")])

    @Test("everything that the steps want is in the new Windows, and it starts")
    func whole() throws {
        let installing = try Installing(
            Self.disk + Self.image + Self.settings + Self.network + Self.rest,
            variables: ["Wanted": "PC-0815", "OwnerOfAll": "A & B"])
        defer { installing.end() }
        let session = installing.run.session
        #expect(try installing.run.findings() == [])
        #expect(session.hasWritten == false)
        #expect(try installing.run.run() == false)
        for action in session.atEnd { try action(session) }
        #expect(session.variables["OSDisk"] == "C:" && session.variables["OSDTargetSystemDrive"] == "C:")
        #expect(session.installation.isStartable)
        let answers = try installing.file("Windows/Panther/Unattend/Unattend.xml")
        for part in [
            "<!-- kept -->", "<ComputerName>PC-0815</ComputerName>", "<CopyProfile>true</CopyProfile>",
            "<RegisteredOwner>A &amp; B</RegisteredOwner>",
            "<RegisteredOrganization>Größe &amp; Co</RegisteredOrganization>",
            "<JoinDomain>example.test</JoinDomain>", "<MachineObjectOU>OU=PCs,DC=example,DC=test</MachineObjectOU>",
            "<Domain>EXAMPLE</Domain>", "<Username>joiner</Username>", "<UILanguage>de-DE</UILanguage>",
            "_SMSTaskSequence\\AddDrivers.cmd", "<PlainText>true</PlainText>",
        ] {
            #expect(answers.contains(part), "\(part) in \(answers)")
        }
        #expect(!answers.contains("TEMPLATE"))
        let script = try installing.file("Windows/Setup/Scripts/SetupComplete.cmd")
        #expect(script.contains("pushd \"%SystemDrive%\\_SMSTaskSequence\\Packages\\ABC00012\"\r\n"))
        #expect(script.contains("call tool.cmd /quiet PC-0815 "))
        #expect(script.contains("Disable-LocalUser"))
        #expect(try installing.file("_SMSTaskSequence/AddDrivers.cmd").contains("Drivers\\ABC00011\\*.inf\" /subdirs"))
        #expect(try installing.file("_SMSTaskSequence/Drivers/ABC00011/net/nic.inf") == "[Version]\r\n")
        #expect(try installing.file("_SMSTaskSequence/Packages/ABC00012/tool.cmd") == "echo tool\r\n")
        let trace = try installing.run.trace()
        #expect(!trace.joined().contains("s3cret"))
    }

    @Test("preflight tells of a disk that is too small, and nothing is written")
    func tooSmall() throws {
        let installing = try Installing(Self.disk + Self.image, mebibytes: 100)
        defer { installing.end() }
        let findings = try installing.run.findings()
        #expect(findings.first?.step == "Partition")
        #expect(findings.first?.problem.description.contains("has 100.0 MiB") == true, "\(findings)")
        let bytes = try Program.succeed("cmp", ["--bytes=104857600", installing.drive.image.string, "/dev/zero"])
        #expect(bytes.status == 0)
    }

    @Test("preflight tells of a step that would divide the disk with the new Windows")
    func dividedLate() throws {
        let installing = try Installing(Self.disk + Self.image + Self.disk)
        defer { installing.end() }
        let problems = try installing.run.findings().map(\.problem.description)
        #expect(problems.contains { $0.contains("to which a step before it applies Windows") }, "\(problems)")
        #expect(installing.run.session.hasWritten == false)
    }

    @Test("preflight tells of a disk that this firmware does not start")
    func firmware() throws {
        let installing = try Installing(Self.disk + Self.image, isUEFI: false)
        defer { installing.end() }
        let findings = try installing.run.findings()
        #expect(findings.contains { $0.step == "Partition" && $0.problem.description.contains("started by a BIOS") })
    }

    @Test("preflight tells of steps that need an applied system, of missing content and of a name that no computer has")
    func missing() throws {
        let installing = try Installing(
            Self.settings + R.step("Drivers", "ApplyDriverPackage", [("DriverPackageID", "ABC00099")])
                + R.step("Setup", "SetupWindowsAndSMS"), variables: ["Wanted": "a name of many letters"])
        defer { installing.end() }
        let findings = try installing.run.findings()
        #expect(Set(findings.compactMap(\.step)) == ["Settings", "Drivers", "Setup"])
        #expect(findings.contains { $0.problem.description.contains("more than 15 characters") })
        #expect(findings.contains { $0.problem.description.contains("ABC00099") })
    }

    @Test("a volume that exists gets the image without being divided, and keeps the sequence's own folder")
    func existing() throws {
        let installing = try Installing(Self.disk + Self.image + Self.rest, variables: [:])
        defer { installing.end() }
        _ = try installing.run.run()
        let session = installing.run.session
        try session.mount(try #require(session.volumes.index("C:")))
        let root = try #require(session.volumes.volume("C:")?.mountPoint)
        try AtomicFile.write("old".utf8, to: root.appending("old.txt"))
        try AtomicFile.write("kept".utf8, to: root.appending("_SMSTaskSequence/kept.txt"))
        try session.unmount { _ in true }
        // A second run finds it.
        let again = try RunningSequence(
            R.step(
                "Image", "ApplyOperatingSystem",
                [("ImagePackageID", "ABC00010"), ("ImageIndex", "1"), ("DestinationLogicalDrive", "C:")]))
        Installing.use(installing.drive.node, by: again)
        try Folder.create(again.session.computer.root.appending("sys/firmware/efi"))
        try Folder.create(again.session.mediaRoot.appending("SMS"))
        try Program.succeed(
            "ln",
            ["-s", session.mediaRoot.appending("SMS/PKG").string, again.session.mediaRoot.appending("SMS/PKG").string])
        #expect(try again.findings() == [])
        _ = try again.run()
        try again.session.unmount { _ in true }
        #expect(try installing.file("_SMSTaskSequence/kept.txt") == "kept")
        #expect(throws: (any Error).self) { try installing.file("old.txt") }
    }
}
