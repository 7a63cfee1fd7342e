// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceTools
@testable import TaskSequence

/// A task sequence that breaks a rule, and one that does nearly the same and does not.
struct LintCase: Sendable, CustomTestStringConvertible {
    let rule: String
    var purpose: LintPurpose? = .standalone
    let bad: String
    let good: String

    var testDescription: String { rule }

    private typealias F = LintFixture

    private static func partitions(_ style: String, _ partitions: [(type: String, size: String)]) -> String {
        let properties =
            [
                ("DiskIndex", "0"), ("PartitionStyle", style), ("GPTBootDisk", style == "GPT" ? "true" : "false"),
                ("Partitions", "\(partitions.count)"),
            ]
            + partitions.enumerated().flatMap { number, partition in
                [
                    ("Partitions\(number)Type", partition.type),
                    ("Partitions\(number)Size", partition.size.replacing("%", with: "")),
                    ("Partitions\(number)SizeUnits", partition.size.contains("%") ? "Percent" : "MB"),
                ]
            }
        return F.step("PartitionDiskAction", properties, runIn: "WinPE")
    }

    private static func wmi(_ name: String) -> String {
        "<expression type=\"SMS_TaskSequence_WMIConditionExpression\"><variable name=\"Namespace\">root\\cimv2</variable>"
            + "<variable name=\"Query\">SELECT * FROM \(name)</variable></expression>"
    }

    private static func guarded(_ type: String, _ properties: [(String, String)] = []) -> String {
        F.applySystem + F.step(type, properties, condition: F.guardExpression)
    }

    static let all: [LintCase] = [
        LintCase(
            rule: "engine-step", purpose: .tsengine, bad: F.applySystem + F.step("ReleaseStateStoreAction"),
            good: F.applySystem
                + F.step("ReleaseStateStoreAction", condition: F.condition("_TSMediaEngine", "notExists"))),
        LintCase(
            rule: "engine-step-behind-setup", purpose: .tsengine,
            bad: F.applySystem + F.setup + F.step("ConnectNetworkFolderAction", [("Path", "\\\\a\\b")]),
            good: F.step("ConnectNetworkFolderAction", [("Path", "\\\\a\\b")]) + F.applySystem + F.setup),
        LintCase(
            rule: "engine-command", purpose: .tsengine,
            bad: F.step("RunCommandLineAction", [("CommandLine", "cmd.exe /c echo")]) + F.applySystem + F.setup,
            good: F.step("RunCommandLineAction", [("CommandLine", "echo")]) + F.applySystem + F.setup
                + F.step("RunCommandLineAction", [("CommandLine", "cmd.exe /c echo")])),
        LintCase(
            rule: "engine-restart", purpose: .tsengine,
            bad: F.step("RebootAction", [("Target", "WinPE")]) + F.applySystem,
            good: F.step(
                "RebootAction", [("Target", "WinPE")], condition: F.condition("_SMSTSInWinPE", "equals", "false"))
                + F.applySystem + F.step("RebootAction", [("Target", "WinPE")]) + F.setup
                + F.step("RebootAction", [("Target", "HD")])
                + F.step(
                    "RebootAction", [("Target", "WinPE")], condition: F.condition("_SMSTSInWinPE", "equals", "true"))
        ),
        LintCase(
            rule: "engine-step", purpose: .prestagedTSEngine,
            bad: F.applySystem + F.step("AutoApplyAction", condition: F.guardExpression),
            good: F.applySystem
                + F.step("AutoApplyAction", condition: F.condition("_SMSTSMediaType", "notEquals", "OEMMedia"))),
        LintCase(
            rule: "engine-condition", purpose: .tsengine,
            bad: F.applySystem + F.step("SetVariableAction", condition: wmi("Win32_Service")),
            good: F.applySystem + F.step("SetVariableAction", condition: wmi("Win32_ComputerSystem"))),
        LintCase(
            rule: "standalone-auto-apply-drivers", bad: F.applySystem + F.step("AutoApplyAction"),
            good: guarded("AutoApplyAction")),
        LintCase(
            rule: "standalone-download-package-content",
            bad: F.applySystem + F.step("DownloadPackageContentAction", [("DownloadPackages", "ABC00001")]),
            good: guarded("DownloadPackageContentAction", [("DownloadPackages", "ABC00001")])),
        LintCase(
            rule: "standalone-software-updates", bad: F.applySystem + F.step("InstallUpdateAction"),
            good: guarded("InstallUpdateAction")),
        LintCase(
            rule: "standalone-software-before-os",
            bad: F.step("InstallSoftwareAction", [("PackageID", "ABC00001")]) + F.applySystem,
            good: F.applySystem + F.step("InstallSoftwareAction", [("PackageID", "ABC00001")])),
        LintCase(
            rule: "standalone-dynamic-list",
            bad: F.applySystem + F.step("InstallApplicationAction", [("BaseVariableName", "App")]),
            good: guarded("InstallApplicationAction", [("BaseVariableName", "App")])),
        LintCase(rule: "standalone-not-os-deployment", bad: F.step("RunCommandLineAction"), good: F.applySystem),
        LintCase(
            rule: "standalone-user-device-affinity",
            bad: F.applySystem
                + F.step("SetVariableAction", [("VariableName", "SMSTSUDAUsers"), ("VariableValue", "a\\b")]),
            good: guarded("SetVariableAction", [("VariableName", "SMSTSUDAUsers"), ("VariableValue", "a\\b")])),
        LintCase(
            rule: "standalone-pre-production-client",
            bad: F.applySystem
                + F.step(
                    "SetupWindowsAndSMSAction",
                    [("ClientPackageID", "ABC00002"), ("ClientPreProductionPackageID", "ABC00003")]),
            good: F.applySystem + F.setup),
        LintCase(
            rule: "reference-none-chosen",
            bad: F.applySystem + F.step("ApplyDriverPackageAction", [("DriverPackageID", "00000000")]),
            good: F.applySystem
                + F.step(
                    "ApplyDriverPackageAction", [("DriverPackageID", "00000000")], attributes: " disable=\"true\"")),
        LintCase(
            rule: "reference-none-chosen",
            bad: F.applySystem
                + F.step("RunPowerShellScriptAction", [("ScriptName", "a.ps1"), ("PackageID", "00000000")]),
            good: F.applySystem
                + F.step("RunPowerShellScriptAction", [("ScriptName", "a.ps1"), ("PackageID", "ABC00001")])),
        LintCase(
            rule: "reference-malformed",
            bad: F.applySystem + F.step("InstallSoftwareAction", [("PackageID", "ABC-1")]),
            good: F.applySystem + F.step("InstallSoftwareAction", [("PackageID", "ABC00001")])),
        LintCase(
            rule: "reference-child-missing",
            bad: F.applySystem + F.step("SubTasksequence", [("TsPackageID", "ABC00077")]),
            good: F.applySystem + F.step("SubTasksequence", [("TsPackageID", "ABC00020")])),
        LintCase(
            rule: "boot-image-missing", purpose: nil, bad: F.step("RebootAction", [("Target", "WinPE")]),
            good: F.step("RebootAction", [("Target", "HD")])),
        LintCase(
            rule: "winpe-step-in-full-os", purpose: nil,
            bad: F.applySystem + F.setup + F.step("ApplyWindowsSettingsAction", runIn: "WinPE"),
            good: F.applySystem + F.setup + F.step("RebootAction", [("Target", "WinPE")])
                + F.step("ApplyWindowsSettingsAction", runIn: "WinPE")),
        LintCase(
            rule: "full-os-step-in-winpe", purpose: nil,
            bad: F.step("RebootAction", [("Target", "WinPE")]) + F.step("JoinDomainWorkgroupAction", runIn: "FullOS"),
            good: F.step("RebootAction", [("Target", "WinPE")]) + F.setup
                + F.step("JoinDomainWorkgroupAction", runIn: "FullOS")),
        LintCase(
            rule: "capture-domain-member", purpose: .capture,
            bad: F.step("ApplyNetworkSettingsAction", [("NetworkJoinType", "0")]) + F.step("PrepareOSAction")
                + F.step("CaptureSystemImageAction", runIn: "WinPE"),
            good: F.step("ApplyNetworkSettingsAction", [("NetworkJoinType", "0")])
                + F.step("JoinDomainWorkgroupAction", [("Type", "1")]) + F.step("PrepareOSAction")
                + F.step("CaptureSystemImageAction", runIn: "WinPE")),
        LintCase(
            rule: "network-settings-twice", purpose: nil,
            bad: F.step("ApplyNetworkSettingsAction") + F.step("ApplyNetworkSettingsAction"),
            good: F.step("ApplyNetworkSettingsAction", condition: F.condition("A", "equals", "1"))
                + F.step("ApplyNetworkSettingsAction", condition: F.condition("A", "equals", "2"))),
        LintCase(
            rule: "network-settings-twice", purpose: nil,
            bad: F.group(
                F.step("ApplyNetworkSettingsAction", condition: F.condition("A", "equals", "1"))
                    + F.step("ApplyNetworkSettingsAction"), condition: F.condition("B", "equals", "1")),
            good: F.group(F.step("ApplyNetworkSettingsAction"), condition: F.condition("B", "equals", "1"))
                + F.group(F.step("ApplyNetworkSettingsAction"), condition: F.condition("B", "notEquals", "1"))),
        LintCase(
            rule: "capture-unprepared", purpose: .capture, bad: F.step("CaptureSystemImageAction", runIn: "WinPE"),
            good: F.step("PrepareOSAction") + F.step("CaptureSystemImageAction", runIn: "WinPE")),
        LintCase(
            rule: "capture-without-capture-step", purpose: .capture, bad: F.step("PrepareOSAction"),
            good: F.step("PrepareOSAction") + F.step("CaptureSystemImageAction", runIn: "WinPE")),
        LintCase(
            rule: "partition-values", purpose: nil,
            bad: partitions("GPT", [("EFI", "0"), ("Primary", "100%")]),
            good: partitions("GPT", [("EFI", "500"), ("Primary", "100%")])),
        LintCase(
            rule: "partition-percentages", purpose: nil,
            bad: partitions("MBR", [("PRIMARY", "350"), ("PRIMARY", "100%"), ("RECOVERY", "100%")]),
            good: partitions("MBR", [("PRIMARY", "350"), ("PRIMARY", "99%"), ("RECOVERY", "100%")])),
        LintCase(
            rule: "gpt-without-efi", purpose: nil, bad: partitions("GPT", [("MSR", "128"), ("PRIMARY", "100%")]),
            good: partitions("GPT", [("efi", "500"), ("MSR", "128"), ("PRIMARY", "100%")])),
        LintCase(
            rule: "prestaged-partition-disk", purpose: .prestaged, bad: partitions("MBR", [("PRIMARY", "100%")]),
            good: F.group(
                partitions("MBR", [("PRIMARY", "100%")]),
                condition: F.condition("_SMSTSMediaType", "notEquals", "OEMMedia"))),
        LintCase(
            rule: "deprecated-variable", purpose: nil,
            bad: F.step(
                "ApplyDriverPackageAction", [("DriverPackageID", "ABC00001"), ("UnsignedDriver", "true")]),
            good: F.step(
                "ApplyDriverPackageAction", [("DriverPackageID", "ABC00001"), ("UnsignedDriver", "false")])),
        LintCase(
            rule: "deprecated-variable", purpose: nil,
            bad: F.step("SetVariableAction", [("VariableName", "OSDPreserveDriveLetter"), ("VariableValue", "x")]),
            good: F.step("SetVariableAction", [("VariableName", "MyDriveLetter"), ("VariableValue", "x")])),
        LintCase(
            rule: "deprecated-variable", purpose: nil,
            bad: F.step(
                "SetDynamicVariablesAction",
                [("Rules", F.rules("OSDPreserveDriveLetter", "x"))]),
            good: F.step("SetDynamicVariablesAction", [("Rules", F.rules("MyDriveLetter", "x"))])),
        LintCase(
            rule: "deprecated-variable", purpose: nil,
            bad: F.group("", condition: F.condition("OSDPreserveDriveLetter", "equals", "true")),
            good: F.group("", condition: F.condition("MyDriveLetter", "equals", "true"))),
        LintCase(
            rule: "read-only-variable", purpose: nil,
            bad: F.step("SetVariableAction", [("VariableName", "_SMSTSMediaType"), ("VariableValue", "x")]),
            good: F.step("SetVariableAction", [("VariableName", "_OSDMine"), ("VariableValue", "x")])),
        LintCase(
            rule: "condition-operator-spelling", purpose: nil,
            bad: F.step("RunCommandLineAction", condition: F.condition("A", "Equals", "1")),
            good: F.step("RunCommandLineAction", condition: F.condition("A", "equals", "1"))),
        LintCase(
            rule: "condition-operator-spelling", purpose: nil,
            bad: F.step("RunCommandLineAction", condition: F.operation("OR", F.condition("A", "exists"))),
            good: F.step("RunCommandLineAction", condition: F.operation("or", F.condition("A", "exists")))),
        LintCase(
            rule: "condition-operator-spelling", purpose: nil,
            bad: F.step("RunCommandLineAction", condition: F.fileCondition("Equals")),
            good: F.step("RunCommandLineAction", condition: F.fileCondition("equals"))),
        LintCase(
            rule: "condition-operator-unknown", purpose: nil,
            bad: F.group("", condition: F.operation("xor", F.condition("A", "exists"))),
            good: F.group("", condition: F.operation("not", F.condition("A", "exists")))),
        LintCase(
            rule: "condition-operator-unknown", purpose: nil,
            bad: F.step("RunCommandLineAction", condition: F.condition("A", "")),
            good: F.step("RunCommandLineAction", condition: F.fileCondition("isnt"))),
        LintCase(
            rule: "condition-operator-unknown", purpose: nil,
            bad: F.group(F.step("RunCommandLineAction"), condition: F.condition("A", "isnt", "1")),
            good: F.group(F.step("RunCommandLineAction"), condition: F.condition("A", "notLike", "1"))),
        LintCase(
            rule: "password-in-variable", purpose: nil,
            bad: F.step("SetDynamicVariablesAction", [("Rules", F.rules("OSDJoinPassword", "Secret1"))]),
            good: F.step(
                "SetDynamicVariablesAction", [("Rules", F.rules("OSDJoinPassword", "Secret1", isSecret: true))])),
        LintCase(
            rule: "password-in-variable", purpose: nil,
            bad: F.step("SetVariableAction", [("VariableName", "Token2"), ("VariableValue", "Secret1")]),
            good: F.step("SetVariableAction", [("VariableName", "OSDPassword"), ("VariableValue", "%Other%")])
                + F.step("SetVariableAction", [("VariableName", "MaxPasswordAge"), ("VariableValue", "90")])
                + F.step("SetVariableAction", [("VariableName", "OSDProductKey"), ("VariableValue", "ABCDE")])
                + F.step("SetVariableAction", [("VariableName", "AllowNoPassword"), ("VariableValue", "true")])),
        LintCase(
            rule: "password-in-variable", purpose: nil,
            bad: F.step("SetVariableAction", [("VariableName", "LocalPassword"), ("VariableValue", "Secret1")]),
            good: F.step(
                "SetVariableAction",
                [
                    ("VariableName", "LocalPassword"), ("VariableValue", "Secret1"),
                    ("DoNotShowVariableValue", "true"),
                ])),
    ]
}

@Suite("lint rules")
struct LintRuleTests {
    @Test("a rule reports what breaks it and not what nearly does", arguments: LintCase.all)
    func rule(lintCase: LintCase) throws {
        let bootImage = lintCase.rule == "boot-image-missing" ? nil : "ABC00005"
        let bad = try LintFixture.findings(lintCase.bad, for: lintCase.purpose, bootImage: bootImage)
        let found = try #require(bad.first { $0.rule.id == lintCase.rule }, "\(bad.map(\.rule.id))")
        #expect(!found.problem.isEmpty)
        let good = try LintFixture.rules(lintCase.good, for: lintCase.purpose, bootImage: bootImage)
        #expect(!good.contains(lintCase.rule))
    }

    @Test("a disabled step is not reported, nor one in a disabled group", arguments: LintCase.all)
    func disabled(lintCase: LintCase) throws {
        // These concern the whole, or what is written even when it does not run.
        let exceptions = ["standalone-not-os-deployment", "capture-without-capture-step", "password-in-variable"]
        guard !exceptions.contains(lintCase.rule) else { return }
        let disabled = LintFixture.group(lintCase.bad, attributes: " disable=\"true\"")
        #expect(!(try LintFixture.rules(disabled, for: lintCase.purpose, bootImage: nil)).contains(lintCase.rule))
    }

    @Test(
        "a password in a command line is reported in disabled steps too, and never repeated",
        arguments: [
            "setup.exe /password:Secret1", "tool.exe -Password \"Secret1\"", "set OSDPassword=Secret1",
            "net use Z: \\\\server\\share Secret1 /user:corp\\me", "cmd /c net use \\\\s\\d /user:corp\\me Secret1",
            "powershell $p = ConvertTo-SecureString \"Secret1\" -AsPlainText -Force", "net user admin Secret1 /add",
            "setup.exe PASSWORD='Secret1' /q", "x.exe \"Server=s;User=u;Password=Secret1;\"",
            "psexec.exe \\\\pc -u corp\\me -p Secret1 cmd", "curl.exe http://me:Secret1@server/x",
        ])
    func passwords(line: String) throws {
        for attributes in ["", " disable=\"true\""] {
            let step = LintFixture.step(
                "RunCommandLineAction", [("CommandLine", line)], action: "smsswd.exe /run: " + line,
                attributes: attributes)
            let findings = try LintFixture.findings(step, for: nil)
                .filter { $0.rule.id == "password-in-command-line" }
            #expect(findings.count == 1)
            #expect(!(findings.first?.problem.contains("Secret1") ?? true))
        }
    }

    @Test(
        "a password that is a variable, asked for or spoken of is not reported",
        arguments: [
            "setup.exe /password:%OSDPassword%", "tool.exe -Password $Password", "net accounts /maxpwage:unlimited",
            "net user a * /passwordchg:no", "manage-bde -protectors -add C: -RecoveryPassword", "password.exe x",
            "powershell Set-User -PasswordNeverExpires $true", "net use Z: \\\\server\\share /user:corp\\me",
            "net use Z: \\\\server\\share %pw% /user:x", "net use lpt1: \\\\server\\printer", "net use * /delete /y",
            "slmgr.vbs /ipk ABCDE-FGHIJ-KLMNO-PQRST-UVWXY", "powershell $password = Get-Secret x",
            "powershell $token=Invoke-RestMethod http://x", "powershell -Credential $cred",
            "x.exe -Credential corp\\me",
            "powershell Add-Type 'X, Version=1.0.0.0, PublicKeyToken=b77a5c561934e089'", "manage-bde -off -pw:(x)",
            "powershell Read-Host \"Password: \" -AsSecureString", "msiexec /i x.msi PASSWORD=[PW] /qn",
            "rem set the password: it is needed",
        ])
    func noPasswords(line: String) throws {
        let step = LintFixture.step("RunCommandLineAction", [("CommandLine", line)], action: line)
        #expect(!(try LintFixture.rules(step, for: nil)).contains("password-in-command-line"))
    }

    @Test("what a built-in step calls its own options is no password, what a step of others runs may be one")
    func otherSteps() throws {
        let action = "OSDBitLocker.exe /enable /mode:TPM /pwd:AD"
        let builtIn = LintFixture.step("EnableBitLockerAction", action: action)
        #expect(try LintFixture.rules(builtIn, for: .bootable).isEmpty)
        let other = builtIn.replacing("SMS_TaskSequence_EnableBitLockerAction", with: "BDD_RunPowerShellAction")
        #expect(try LintFixture.rules(other, for: .bootable) == ["password-in-command-line"])
    }

    @Test("text made to be searched without end is searched once")
    func hostileText() throws {
        let count = 60_000
        for piece in [
            "pwd=", "password=%x%", "net use /a ", "net user * ", "net ", "password", "://a:", "-p -u ", "pwd=\"",
        ] {
            let text = String(repeating: piece, count: count / piece.utf8.count)
            _ = SecretFinder.holdsPassword(text)
            #expect(!SecretFinder.redacted(text).isEmpty)
        }
    }

    @Test("a password in an inline script is found behind its Base64")
    func inlineScript() throws {
        let script = Text.encodeUTF16LittleEndian("\u{FEFF}$x = 1\r\nConnect -Password 'Secret1'")
        let folder = try TestFolder()
        let file = try folder.write(script, to: "s")
        let encoded = try Program.run("base64", ["-w0", file.string]).output
        let step = LintFixture.step("RunPowerShellScriptAction", [("SourceScript", encoded)])
        #expect(try LintFixture.rules(step, for: nil).contains("password-in-command-line"))
    }

    private func partitions(_ list: (type: String, percent: Int)..., others: [(String, String)] = []) -> String {
        var properties = [("PartitionStyle", "MBR"), ("DiskIndex", "0"), ("Partitions", "\(list.count)")]
        for (number, partition) in list.enumerated() {
            properties += [
                ("Partitions\(number)Type", partition.type), ("Partitions\(number)Size", "\(partition.percent)"),
                ("Partitions\(number)SizeUnits", "Percent"),
            ]
        }
        let replaced = properties.map { property in others.first { $0.0 == property.0 } ?? property }
        let further = others.filter { other in !properties.contains { $0.0 == other.0 } }
        return LintFixture.step("PartitionDiskAction", replaced + further)
    }

    @Test("percentages: from 1 to 100, nothing behind 100, and logical partitions count apart from the others")
    func percentages() throws {
        func isReported(_ step: String) throws -> Bool {
            try LintFixture.rules(step, for: .bootable).contains("partition-percentages")
        }
        for (percent, isWrong) in [(-1, true), (0, true), (1, false), (99, false), (100, false), (101, true)] {
            #expect(try isReported(partitions(("Primary", percent))) == isWrong, "\(percent)")
            #expect(try isReported(partitions(("Extended", 50), ("Logical", percent))) == isWrong, "logical \(percent)")
        }
        #expect(try isReported(partitions(("Primary", 100), ("Primary", 50))))
        #expect(try !isReported(partitions(("Primary", 50), ("Primary", 100))))
        // 100 % of the extended partition leaves room on the disk, and the other way round.
        #expect(try !isReported(partitions(("Extended", 50), ("Logical", 100), ("Primary", 100))))
        #expect(try !isReported(partitions(("Primary", 50), ("Extended", 100), ("Logical", 99), ("Logical", 100))))
        #expect(try isReported(partitions(("Extended", 50), ("Logical", 100), ("Primary", 99), ("Logical", 1))))
        #expect(try isReported(partitions(("Extended", 100), ("Logical", 100), ("Primary", 1))))
    }

    @Test("GPT without EFI is reported of the boot disk: the one the step names as such, else disk 0")
    func bootDisk() throws {
        func isReported(_ others: (String, String)..., efi: Bool = false) throws -> Bool {
            let step =
                efi
                ? partitions(("EFI", 1), ("Primary", 100), others: others)
                : partitions(("Primary", 100), others: others)
            return try LintFixture.rules(step, for: .bootable).contains("gpt-without-efi")
        }
        let style = ("PartitionStyle", "gpt")
        #expect(try isReported(style))
        #expect(try isReported(style, ("GPTBootDisk", ""), ("DiskIndex", "0")))
        #expect(try !isReported(style, ("DiskIndex", "1")))
        #expect(try isReported(style, ("DiskIndex", "1"), ("GPTBootDisk", "True")))
        #expect(try !isReported(style, ("DiskIndex", "0"), ("GPTBootDisk", "false")))
        #expect(try !isReported(style, efi: true))
        #expect(try !isReported(("PartitionStyle", "MBR")))
    }

    @Test("applications and packages before the operating system are reported, those behind it are not")
    func softwareOrder() throws {
        let rule = "standalone-software-before-os"
        let application = LintFixture.step("InstallApplicationAction", [("ApplicationName", "ScopeId_1/Application_2")])
        let package = LintFixture.step("InstallSoftwareAction", [("PackageID", "ABC00011")])
        let upgrade = LintFixture.step("UpgradeOperatingSystemAction", [("InstallPackageID", "ABC00010")])
        for software in [application, package] {
            for system in [LintFixture.applySystem, upgrade] {
                #expect(try LintFixture.rules(software + system).contains(rule))
                #expect(try !LintFixture.rules(system + software).contains(rule))
            }
            #expect(try LintFixture.rules(software + LintFixture.applySystem + software).count { $0 == rule } == 1)
            #expect(try !LintFixture.rules(software).contains(rule))
        }
    }

    @Test(
        "the launch mode is one of several: a condition on it, or on its opposite, decides only what no mode can hold")
    func launchMode() throws {
        func isReported(_ condition: String, for purpose: LintPurpose = .standalone) throws -> Bool {
            let step = LintFixture.step("AutoApplyAction", condition: condition)
            return try LintFixture.rules(LintFixture.applySystem + step, for: purpose)
                .contains("standalone-auto-apply-drivers")
        }
        func mode(_ comparison: String, _ value: String) -> String {
            LintFixture.condition("_SMSTSLaunchMode", comparison, value)
        }
        // A drive or a disc may be what it is started from: neither holds nor fails for certain, nor does its opposite.
        for value in ["CD", "DVD", "UFD"] {
            #expect(try isReported(mode("equals", value)) && isReported(mode("notEquals", value)), "\(value)")
            #expect(try isReported(LintFixture.operation("not", mode("equals", value))), "\(value)")
            #expect(try isReported(LintFixture.operation("not", mode("notEquals", value))), "\(value)")
        }
        for value in ["SMS", "PXE", "HD"] {
            #expect(try !isReported(mode("equals", value)) && isReported(mode("notEquals", value)), "\(value)")
            #expect(try isReported(LintFixture.operation("not", mode("equals", value))), "\(value)")
            #expect(try !isReported(LintFixture.operation("not", mode("notEquals", value))), "\(value)")
        }
    }

    @Test("a variable that is set to something unknown exists, and may be equal to anything")
    func unknownContent() throws {
        func isReported(_ condition: String) throws -> Bool {
            let step = LintFixture.step("AutoApplyAction", condition: condition)
            return try LintFixture.rules(LintFixture.applySystem + step).contains("standalone-auto-apply-drivers")
        }
        let name = "_SMSTSStandAloneMedia"
        #expect(try isReported(LintFixture.condition(name, "exists")))
        #expect(try !isReported(LintFixture.condition(name, "notExists")))
        for comparison in ["equals", "notEquals", "like", "notLike", "greater"] {
            #expect(try isReported(LintFixture.condition(name, comparison, "true")), "\(comparison)")
            #expect(try isReported(LintFixture.operation("not", LintFixture.condition(name, comparison, "x"))))
        }
        // A value with a variable in it is not known either, whatever is known of the other side.
        #expect(try isReported(LintFixture.condition("_SMSTSMediaType", "equals", "%X%")))
        #expect(try isReported(LintFixture.condition("_SMSTSMediaType", "notEquals", "%X%")))
    }

    @Test("a written reference list that differs is a warning")
    func referenceList() throws {
        let xml = "<sequence version=\"3.10\">\(LintFixture.applySystem)</sequence>"
        let package = try TaskSequencePackage(xml: Array(xml.utf8), source: "t.xml", stem: "t")
        let findings = SequenceLinter(purpose: .standalone).lint(package)
        #expect(findings.map(\.rule.id) == ["reference-list-differs"])
        #expect(findings.first?.severity == .warning)
    }

    @Test("with a catalog, content that it does not know is a warning")
    func catalog() throws {
        let catalog = SiteCatalog(packages: [SiteCatalog.Package(id: "abc00010", name: "Windows")])
        let items = LintFixture.applySystem + LintFixture.setup
        let findings = try LintFixture.findings(items, for: nil, catalog: catalog)
        #expect(findings.map(\.rule.id) == ["reference-unknown"])
        #expect(findings.first?.path == ["Setup Windows"])
    }

    @Test("a catalog of applications only says nothing about packages, and one of packages nothing about applications")
    func partialCatalog() throws {
        let items =
            LintFixture.applySystem
            + LintFixture.step("InstallApplicationAction", [("ApplicationName", "ScopeId_1/Application_2")])
        let applications = SiteCatalog(applications: [
            SiteCatalog.Application(name: "A", modelName: "ScopeId_1/Application_2", packageID: nil)
        ])
        #expect(try LintFixture.rules(items, for: nil, catalog: applications).isEmpty)
        let packages = SiteCatalog(packages: [SiteCatalog.Package(id: "ABC00010", name: "Windows")])
        #expect(try LintFixture.rules(items, for: nil, catalog: packages).isEmpty)
        #expect(try LintFixture.rules(items, for: nil, catalog: SiteCatalog()).isEmpty)
    }

    @Test("a sequence over 2 MB is reported by what the site would store, not by its indentation")
    func size() throws {
        let step = LintFixture.step("RunCommandLineAction", [("CommandLine", String(repeating: "x", count: 5000))])
        let large = try LintFixture.rules(String(repeating: step, count: 450), for: nil)
        #expect(large.contains("sequence-too-large"))
        let spaces = String(repeating: " ", count: 5000) + "\n"
        let small = try LintFixture.rules(
            String(repeating: LintFixture.step("RunCommandLineAction") + spaces, count: 450), for: nil)
        #expect(!small.contains("sequence-too-large"))
    }

    @Test("every rule has a case here and a unique identifier, and says why and how to mend it")
    func table() throws {
        let identifiers = LintRule.all.map(\.id)
        #expect(Set(identifiers).count == identifiers.count)
        let tested = Set(
            LintCase.all.map(\.rule) + [
                "password-in-command-line", "reference-list-differs", "reference-unknown", "sequence-too-large",
                "toolkit-sequence", "child-boot-image",
            ])
        #expect(tested == Set(identifiers))
        for rule in LintRule.all {
            #expect(!rule.summary.isEmpty && !rule.reason.isEmpty && !rule.remedy.isEmpty, "\(rule.id)")
        }
    }

    @Test("docs/linting.md has a row for every rule that says what the program says, and no other")
    func page() throws {
        let page = String(decoding: try SmallFile.read(Repository.file("docs/linting.md")), as: UTF8.self)
        let rules = try #require(page.split(separator: "\n## ").first { $0.hasPrefix("Rules\n") })
        let rows = rules.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        for rule in LintRule.all {
            #expect(rows.contains(Self.row(rule)), "docs/linting.md lacks this row:\n\(Self.row(rule))")
        }
        #expect(rows.count == LintRule.all.count)
    }

    private static func row(_ rule: LintRule) -> String {
        let others = rule.severityByPurpose.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "; \($0.value) for \($0.key.rawValue)" }.joined()
        let purposes =
            rule.purposes.map {
                $0.count == LintPurpose.allCases.count ? "any" : $0.map(\.rawValue).sorted().joined(separator: ", ")
            }
            ?? "always"
        return "| `\(rule.id)` | \(rule.severity)\(others) | \(purposes) | \(rule.summary) | \(rule.reason) |"
            + " \(rule.remedy) |"
    }
}
