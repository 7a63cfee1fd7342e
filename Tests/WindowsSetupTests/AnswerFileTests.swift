// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Markup
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import WindowsSetup

@Suite("Answer files")
struct AnswerFileTests {
    private static let shell = "Microsoft-Windows-Shell-Setup"
    private static let join = "Microsoft-Windows-UnattendedJoin"

    private static var everything: WindowsSettings {
        var settings = WindowsSettings()
        settings.computerName = "PC-0815"
        settings.registeredOwner = "A & B <C>"
        settings.productKey = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
        settings.timeZone = "W. Europe Standard Time"
        settings.administrator = .enabled(password: "p\"a's<s>&")
        settings.locale.userInterface = "de-DE"
        settings.membership = .domain(
            WindowsSettings.Domain(
                name: "example.test", organizationalUnit: "LDAP://OU=PCs,DC=example", account: "EX\\joiner",
                password: "geheim"))
        settings.adapters = [
            WindowsSettings.NetworkAdapter(
                identifier: "00-0C-29-01-02-03", addresses: ["192.0.2.10/24"], gateways: ["192.0.2.1"],
                nameServers: ["192.0.2.53", "192.0.2.54"], domain: "example.test")
        ]
        return settings
    }

    /// What Python's parser finds: pass/component/path = text.
    private func python(_ bytes: [UInt8]) throws -> Set<String> {
        let folder = try TestFolder()
        let path = try folder.write(bytes, to: "unattend.xml")
        let script = """
            import sys, xml.etree.ElementTree as tree
            def local(name): return name.split('}')[-1]
            def walk(element, path):
                children = list(element)
                if not children: print('/'.join(path) + ' = ' + (element.text or '').strip())
                for child in children:
                    key = next((v for k, v in child.attrib.items() if local(k) == 'keyValue'), '')
                    walk(child, path + [local(child.tag) + key])
            root = tree.parse(sys.argv[1]).getroot()
            assert root.tag == '{urn:schemas-microsoft-com:unattend}unattend', root.tag
            for settings in root:
                for component in settings:
                    name = component.attrib['name'] + '.' + component.attrib['processorArchitecture']
                    walk(component, [settings.attrib['pass'], name])
            """
        let output = try Program.succeed(
            "python3", ["-c", script, path.string], environment: ["PYTHONIOENCODING": "utf-8"]
        ).output
        return Set(output.split(separator: "\n").map(String.init))
    }

    @Test("a new file has every setting in its pass and component")
    func new() throws {
        var file = AnswerFile(architecture: .x64)
        file.apply(Self.everything)
        file.answerFirstQuestions()
        file.run("cmd.exe /c x", described: "Add drivers")
        let found = try python(file.bytes)
        let shell = "specialize/\(Self.shell).amd64/"
        let join = "specialize/\(Self.join).amd64/Identification/"
        let addresses = "specialize/Microsoft-Windows-TCPIP.amd64/Interfaces/Interface/"
        let names = "specialize/Microsoft-Windows-DNS-Client.amd64/Interfaces/Interface/"
        let first = "oobeSystem/\(Self.shell).amd64/"
        for line in [
            shell + "ComputerName = PC-0815", shell + "RegisteredOwner = A & B <C>",
            shell + "ProductKey = AAAAA-BBBBB-CCCCC-DDDDD-EEEEE", shell + "TimeZone = W. Europe Standard Time",
            join + "JoinDomain = example.test", join + "MachineObjectOU = OU=PCs,DC=example",
            join + "Credentials/Domain = EX", join + "Credentials/Username = joiner",
            join + "Credentials/Password = geheim", addresses + "Identifier = 00-0C-29-01-02-03",
            addresses + "Ipv4Settings/DhcpEnabled = false", addresses + "UnicastIpAddresses/IpAddress1 = 192.0.2.10/24",
            addresses + "Routes/Route/NextHopAddress = 192.0.2.1",
            names + "DNSServerSearchOrder/IpAddress2 = 192.0.2.54",
            names + "DNSDomain = example.test", first + "UserAccounts/AdministratorPassword/Value = p\"a's<s>&",
            first + "UserAccounts/AdministratorPassword/PlainText = true", first + "OOBE/HideEULAPage = true",
            "oobeSystem/Microsoft-Windows-International-Core.amd64/UILanguage = de-DE",
            "specialize/Microsoft-Windows-Deployment.amd64/RunSynchronous/RunSynchronousCommand/Path = cmd.exe /c x",
        ] {
            #expect(found.contains(line), "\(line) in \(found.sorted())")
        }
        #expect(file.bytes.contains(13) && String(decoding: file.bytes, as: UTF8.self).hasPrefix("<?xml"))
    }

    private static let given = """
        <?xml version="1.0" encoding="utf-8"?>
        <u:unattend xmlns:u="urn:schemas-microsoft-com:unattend"><!-- ours -->
          <u:settings pass="specialize">
            <u:component name="Microsoft-Windows-Shell-Setup" processorArchitecture="x86"><u:ComputerName>OLD32</u:ComputerName></u:component>
            <u:component name="Microsoft-Windows-Shell-Setup" processorArchitecture="amd64"><u:ComputerName>OLD</u:ComputerName>
              <u:CopyProfile>true</u:CopyProfile></u:component>
            <u:component name="Microsoft-Windows-UnattendedJoin" processorArchitecture="amd64"><u:Identification>
              <u:JoinDomain>old.test</u:JoinDomain><u:MachineObjectOU>OU=Old</u:MachineObjectOU></u:Identification></u:component>
            <u:component name="Microsoft-Windows-Deployment" processorArchitecture="amd64"><u:RunSynchronous>
              <u:RunSynchronousCommand><u:Order>7</u:Order><u:Path>first.exe</u:Path></u:RunSynchronousCommand></u:RunSynchronous></u:component>
          </u:settings>
          <u:settings pass="oobeSystem"><u:component name="Microsoft-Windows-Shell-Setup" processorArchitecture="amd64">
            <u:OOBE><u:ProtectYourPC>3</u:ProtectYourPC></u:OOBE></u:component></u:settings>
        </u:unattend>
        """

    @Test("a given file keeps what is not set, in its own spelling, and a workgroup takes the place of its domain")
    func merged() throws {
        var file = try AnswerFile(Array(Self.given.utf8), source: "unattend.xml", architecture: .x64)
        var settings = WindowsSettings()
        settings.computerName = "NEW"
        settings.membership = .workgroup("LAB")
        file.apply(settings)
        file.answerFirstQuestions()
        file.run("second.cmd", described: "Add drivers")
        let found = try python(file.bytes)
        let shell = "specialize/\(Self.shell)"
        #expect(
            found.contains("\(shell).amd64/ComputerName = NEW") && found.contains("\(shell).x86/ComputerName = OLD32"))
        #expect(found.contains("\(shell).amd64/CopyProfile = true"))
        #expect(found.contains("specialize/\(Self.join).amd64/Identification/JoinWorkgroup = LAB"))
        #expect(!found.contains { $0.contains("old.test") || $0.contains("OU=Old") })
        #expect(found.contains("oobeSystem/\(Self.shell).amd64/OOBE/ProtectYourPC = 3"))
        #expect(found.contains { $0.hasSuffix("RunSynchronousCommand/Order = 8") })
        #expect(found.contains { $0.hasSuffix("RunSynchronousCommand/Path = first.exe") })
        #expect(String(decoding: file.bytes, as: UTF8.self).contains("<!-- ours -->"))
    }

    @Test("settings that are set twice are there once")
    func twice() throws {
        var file = AnswerFile(architecture: .x64)
        file.apply(Self.everything)
        let once = try python(file.bytes)
        var other = Self.everything
        other.adapters = []
        file.apply(other)
        #expect(try python(file.bytes) == once)
    }

    @Test("what is no answer file is told, with its place", arguments: ["<unattended/>", "no XML", ""])
    func none(text: String) {
        #expect(throws: MarkupError.self) { try AnswerFile(Array(text.utf8), source: "x", architecture: .x64) }
    }

    @Test("texts of a given file are replaced, and what they become is no markup")
    func texts() throws {
        var file = try AnswerFile(
            Array(Self.given.replacing("OLD<", with: "%Name%<").utf8), source: "x", architecture: .x64)
        file.mapTexts { $0 == "%Name%" ? "A<b/>&" : $0 }
        #expect(file.value(["ComputerName"], of: Self.shell, in: .specialize) == "A<b/>&")
        #expect(try python(file.bytes).contains("specialize/\(Self.shell).amd64/ComputerName = A<b/>&"))
    }
}
