// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Policies on stand-alone media")
struct MediaPolicyTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    /// Prints what is wrong with the shape of a document, read by Python's own parser; nothing when all is well.
    private static let shape = """
        import sys, xml.etree.ElementTree as tree
        text = sys.stdin.buffer.read().decode('utf-8')
        root = tree.fromstring(text)
        policies = [p for p in root if p.tag == 'Policy']
        assignments = [a for a in root if a.tag == 'PolicyAssignment']
        if len(policies) != len(assignments) or not policies: print('counts', len(policies), len(assignments))
        for policy, assignment in zip(policies, assignments):
            for name in ('PolicyType', 'SchemaVersion', 'PolicyID', 'PolicyVersion', 'PolicySource'):
                if name not in policy.attrib: print('no', name)
            action = policy.find('PolicyRule/PolicyAction')
            if action is None or action.get('PolicyActionType') != 'WMI-XML': print('action')
            if policy.find('PolicyRule/Condition/Expression') is None: print('condition')
            instance = action.find('instance')
            if instance.get('class') != 'CCM_TaskSequence': print('class')
            for item in instance:
                if item.get('type') != '8' or item.find('value') is None: print('property', item.attrib)
            assigned = assignment.find('Policy')
            if assignment.find('Condition/Operator/Expression') is None: print('assignment')
            if (assigned.get('PolicyID'), assigned.get('PolicyVersion')) != (policy.get('PolicyID'), policy.get('PolicyVersion')):
                print('not assigned')
            if assigned.find('PolicyLocation') is None: print('location')
        names = root.findall(".//*[@name='PKG_Name']/value")
        print(names[0].text if names else 'no name')
        """

    @Test("each policy has a rule, an action, typed properties and an assignment, as Python reads them")
    func shape() throws {
        try session.create(.standalone, "media")
        let text = try #require(
            try ContainerOracle.decrypt(
                session.folder.appending("media/SMS/data/Policy.xml"), session.inspect("media").mediaGuid.text ?? ""))
        let result = try Program.succeed("python3", ["-c", Self.shape], input: Array(text.utf8))
        #expect(result.output == DemoSite.taskSequenceName + "\n")
        #expect(text.contains("\r\n") || !text.contains("\n"))
        let policies = try session.inspect("media").policies
        #expect(policies.classes.elements.map(\.name.text) == ["CCM_TaskSequence"])
        #expect(policies.classes.elements.first?.policyCount.number == 1 && policies.secrets.elements.isEmpty)
    }

    @Test("the programs of packages that steps install are policies too, with their command lines, and stay in updates")
    func programs() throws {
        let step = """
            <step type="SMS_TaskSequence_InstallSoftwareAction" name="Tool" description="" runIn="FullOS"><action>x</action>\
            <defaultVarList><variable name="PackageID" property="PackageID">\(DemoSite.clientPackage)</variable>\
            <variable name="ProgramName" property="ProgramName">Install</variable></defaultVarList></step>
            """
        let export = session.work.appending("export")
        try TestFolder.write(
            SequenceFixture.object(
                DemoSite.taskSequence, SequenceFixture.sequence(step), bootImage: DemoSite.bootImage
            ).utf8,
            to: export.appending("SMS_TaskSequencePackage/\(DemoSite.taskSequence)/object.xml"))
        for name in ["Install", "Uninstall"] {
            try TestFolder.write(
                SequenceFixture.program(DemoSite.clientPackage, name, "tool.exe /\(name) &lt;quiet&gt;").utf8,
                to: export.appending("SMS_Program/\(DemoSite.clientPackage)_\(name)/object.xml"))
        }
        var arguments = session.arguments(.standalone, "media")
        let place = try #require(arguments.firstIndex(of: "--task-sequence"))
        arguments[place + 1] = export.string
        try session.succeed(arguments)
        func expectPrograms(_ media: String) throws {
            let text = try #require(
                try ContainerOracle.decrypt(
                    session.folder.appending("\(media)/SMS/data/Policy.xml"),
                    session.inspect(media).mediaGuid.text ?? ""))
            let read = """
                import sys, xml.etree.ElementTree as tree
                root = tree.fromstring(sys.stdin.buffer.read().decode('utf-8'))
                for item in root.findall(".//instance[@class='CCM_SoftwareDistribution']"):
                    print([(p.get('name'), p.find('value').text) for p in item])
                """
            let result = try Program.succeed("python3", ["-c", read], input: Array(text.utf8))
            #expect(
                result.output
                    == "[('PKG_PackageID', '\(DemoSite.clientPackage)'), ('PRG_ProgramName', 'Install'), "
                    + "('PRG_CommandLine', 'tool.exe /Install <quiet>')]\n")
        }
        try expectPrograms("media")
        arguments[try #require(arguments.firstIndex(of: "--output")) + 1] = "drive.img"
        try session.succeed(arguments + ["--media-size", "256MB"])
        try session.succeed([
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--variable", "Wave=2",
        ])
        try session.succeed(["extract", "drive.img", "--output", "updated"])
        try expectPrograms("updated")
    }

    @Test("a task sequence with a password is told of: which step, on media without a password, and never the password")
    func secrets() throws {
        let sequence = """
            <sequence version="3.10"><step type="SMS_TaskSequence_RunCommandLineAction" name="Join it" description="" \
            runIn="WinPEandFullOS"><action>smsswd.exe /run: netdom join %COMPUTERNAME% /domain:x /passwordd:Geh3im!</action>\
            <defaultVarList><variable name="CommandLine" property="CommandLine">netdom join %COMPUTERNAME% /domain:x \
            /passwordd:Geh3im!</variable></defaultVarList></step></sequence>
            """
        let file = try session.work.write(sequence.utf8, to: "secret.xml").string
        var arguments = session.arguments(.standalone, "media", ["--boot-image", DemoSite.bootImage])
        let place = try #require(arguments.firstIndex(of: "--task-sequence"))
        arguments[place + 1] = file
        let open = try session.succeed(arguments)
        #expect(open.errorText.contains("with the passwords in step 'Join it'; add --password-file"))
        #expect(!open.errorText.contains("Geh3im"))
        let report = try session.inspect("media")
        #expect(report.policies.secrets.elements.first?.text?.hasPrefix("a password in step 'Join it' of ") == true)
        let password = try session.work.write("geheim\n".utf8, to: "password.txt").string
        let closed = try session.succeed(arguments + ["--password-file", password, "--force"])
        #expect(!closed.errorText.contains("with the passwords in step"))
        #expect(try session.inspect("media").policies == .null)
    }
}
