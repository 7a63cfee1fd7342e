// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Fixtures
import MediaVariables
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging
import WindowsSetup

@testable import SequenceEngine

private typealias R = RunningSequence

/// Steps that install Windows, one by one: several images, data, restarts, BIOS, damage.
@Suite(
    "Steps that install Windows", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct InstallingStepsTests {
    private static func image(_ properties: [(String, String)] = [("ImageIndex", "1")]) -> String {
        R.step("Image", "ApplyOperatingSystem", [("ImagePackageID", "ABC00010")] + properties)
    }

    @Test("a BIOS gets everything too, and a restart without Setup Windows makes the disk start")
    func restart() throws {
        let installing = try Installing(
            Installing.disk("MBR") + Self.image()
                + R.step("Restart", "Reboot", [("Target", "HD"), ("MessageTimeout", "1")]),
            isUEFI: false)
        defer { installing.end() }
        #expect(try installing.run.findings() == [])
        #expect(try installing.run.run())
        #expect(installing.run.session.installation.isStartable)
        try installing.run.session.unmount { _ in true }
        let system = try #require(installing.run.session.volumes.volumes.first?.disk)
        let loop = try LoopDevice(on: installing.drive.image, system.range)
        #expect(
            try Program.succeed("ntfscat", ["-f", loop.node.string, "Boot/BCD"]).outputBytes.starts(with: "regf".utf8))
        #expect(try Program.succeed("ntfscat", ["-f", loop.node.string, "bootmgr"]).outputBytes.count > 10_000)
    }

    @Test("an archive of several volumes goes to the volumes in their order, where the step names no image")
    func severalImages() throws {
        let installing = try Installing(
            Installing.disk("GPT", data: true) + Self.image([]), mebibytes: 640)
        defer { installing.end() }
        let package = installing.run.session.mediaRoot.appending("SMS/PKG/ABC00010")
        let data = installing.run.folder.appending("data")
        try Folder.create(data)
        try AtomicFile.write("of the second volume".utf8, to: data.appending("second.txt"))
        try Program.succeed(
            "wimlib-imagex", ["append", data.string, package.appending("windows.wim").string, "Data", "--no-acls"])
        #expect(try installing.run.findings() == [])
        _ = try installing.run.run()
        #expect(installing.run.session.installation.windows?.volume.partition == 3)
        #expect(try installing.file("second.txt", "D:") == "of the second volume")
        #expect(try installing.file("Windows/explorer.exe").hasPrefix("tsmedia fixture"))
    }

    @Test("an archive of several volumes on a computer with one is refused before anything is written")
    func tooFewVolumes() throws {
        let installing = try Installing(Installing.disk("GPT") + Self.image([]))
        defer { installing.end() }
        let package = installing.run.session.mediaRoot.appending("SMS/PKG/ABC00010")
        let data = package.removingLastComponent().appending("ABC00011")
        try Program.succeed(
            "wimlib-imagex", ["append", data.string, package.appending("windows.wim").string, "Data", "--no-acls"])
        let findings = try installing.run.findings()
        #expect(findings.map(\.step) == ["Image"] && findings[0].problem.description.contains("2 images"))
    }

    @Test("one bit of an image's content stops its step, which says which archive")
    func damaged() throws {
        let installing = try Installing(Installing.disk("GPT") + Self.image())
        defer { installing.end() }
        let archive = installing.run.session.mediaRoot.appending("SMS/PKG/ABC00010/windows.wim")
        var bytes = try SmallFile.read(archive)
        bytes[bytes.count / 2] ^= 0x10
        try AtomicFile.write(bytes, to: archive)
        #expect(try installing.run.findings() == [])
        let error = #expect(throws: SequenceRunner.Failure.self) { try installing.run.run() }
        #expect(
            error?.step == "Image" && error?.description.contains("windows.wim") == true, "\(String(describing: error))"
        )
        #expect(error?.nextStep?.description.contains("run the task sequence again") == true)
        #expect(!installing.run.session.installation.isStartable)
    }

    @Test(
        "a data image goes to its volume; one that is kept must not have names of the image's",
        arguments: ["true", "false"])
    func data(wipes: String) throws {
        let step = R.step(
            "Data", "ApplyDataImage",
            [
                ("ImagePackageID", "ABC00020"), ("ImageIndex", "1"), ("DestinationLogicalDrive", "D:"),
                ("WipeDestinationPartition", wipes),
            ])
        let installing = try Installing(
            Installing.disk("GPT", data: true) + R.command("Before", "true") + step + step, mebibytes: 300)
        defer { installing.end() }
        let source = installing.run.folder.appending("data")
        try Folder.create(source)
        try AtomicFile.write("data".utf8, to: source.appending("data.txt"))
        let package = installing.run.session.mediaRoot.appending("SMS/PKG/ABC00020")
        try Folder.create(package)
        try Program.succeed(
            "wimlib-imagex", ["capture", source.string, package.appending("data.wim").string, "Data", "--no-acls"])
        #expect(try installing.run.findings() == [])
        if wipes == "true" {
            _ = try installing.run.run()
        } else {
            let error = #expect(throws: SequenceRunner.Failure.self) { try installing.run.run() }
            #expect(error?.description.contains("'data.txt' already") == true)
        }
        #expect(try installing.file("data.txt", "D:") == "data")
    }

    @Test("a package is installed by what its policy says, and refused where none does")
    func package() throws {
        let install = R.step("Tool", "InstallSoftware", [("PackageID", "ABC00012"), ("ProgramName", "Install")])
        let setup = R.step("Setup", "SetupWindowsAndSMS")
        let installing = try Installing(Installing.disk("GPT") + Self.image() + setup + install)
        defer { installing.end() }
        #expect(try installing.run.findings().map(\.step) == ["Tool"])
        let policy = """
            <Policies><instance class="CCM_SoftwareDistribution"><property name="PKG_PackageID"><value>abc00012</value></property>
            <property name="PRG_ProgramName"><value>Install</value></property>
            <property name="PRG_CommandLine"><value>tool.cmd /policy</value></property></instance></Policies>
            """
        installing.run.session.policies = try PolicyDocument(xml: Text.encodeUTF16LittleEndian(policy))
        #expect(try installing.run.findings() == [])
        _ = try installing.run.run()
        for action in installing.run.session.atEnd { try action(installing.run.session) }
        let script = try installing.file("Windows/Setup/Scripts/SetupComplete.cmd")
        #expect(script.contains("Packages\\ABC00012\"\r\ncall tool.cmd /policy "))
    }

    @Test("adapters get the addresses that variables say, with the hardware address of this computer's")
    func adapters() throws {
        let network = R.step("Network", "ApplyNetworkSettings", [("NetworkJoinType", "1"), ("WorkgroupName", "LAB")])
        let variables = [
            "OSDAdapterCount": "1", "OSDAdapter0EnableDHCP": "false",
            "OSDAdapter0IPAddressList": "192.0.2.10,192.0.2.11",
            "OSDAdapter0SubnetMask": "255.255.255.0,255.255.252.0", "OSDAdapter0Gateways": "192.0.2.1",
            "OSDAdapter0MACAddress": "00:0C:29:01:02:03",
        ]
        let installing = try Installing(Installing.disk("GPT") + Self.image() + network, variables: variables)
        defer { installing.end() }
        #expect(try installing.run.findings() == [])
        _ = try installing.run.run()
        let settings = installing.run.session.installation.configuration.settings
        #expect(settings.membership == .workgroup("LAB"))
        #expect(
            settings.adapters == [
                WindowsSettings.NetworkAdapter(
                    identifier: "00-0C-29-01-02-03", addresses: ["192.0.2.10/24", "192.0.2.11/22"],
                    gateways: ["192.0.2.1"])
            ])
        let wrong = try Installing(
            Installing.disk("GPT") + Self.image() + network,
            variables: variables.merging(["OSDAdapter0SubnetMask": "255.0.255.0"]) { $1 })
        defer { wrong.end() }
        #expect(try wrong.run.findings().map(\.step) == ["Network"])
    }
}
