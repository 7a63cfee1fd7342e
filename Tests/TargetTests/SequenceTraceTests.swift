// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A task sequence with every kind of step and of question, and what becomes of each.
@Suite("Traces of task sequences", .inTargetSuite, .serialized)
struct SequenceTraceTests {
    private let deployment: Deployment

    init() throws { deployment = try Deployment.shared.get() }

    /// Conditions that hold on this machine when the image is applied, and ones that do not.
    private static let conditions: [(name: String, holds: Bool, condition: String)] = [
        ("variable", true, TS.variable("_SMSTSMediaType", "equals", "FullMedia")),
        ("variable not", false, TS.variable("_SMSTSMediaType", "equals", "OEMMedia")),
        ("number", true, TS.variable("Number", "greater", "9")),
        ("pattern", true, TS.variable("_SMSTSModel", "like", "Standard PC*")),
        ("WMI", true, wmi("SELECT * FROM Win32_ComputerSystem WHERE Manufacturer = 'QEMU'")),
        ("WMI not", false, wmi("SELECT * FROM Win32_Battery")),
        ("file", true, TS.expression("File", [("Path", "%OSDisk%\\Windows\\System32\\winload.exe")])),
        ("file not", false, TS.expression("File", [("Path", "C:\\Windows\\notthere.exe")])),
        ("folder", true, TS.expression("Folder", [("Path", "c:\\windows\\system32")])),
        (
            "registry", true,
            registry(
                "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber", "equals",
                "26100"
            )
        ),
        ("registry not", false, registry("HKEY_LOCAL_MACHINE\\SOFTWARE\\Nothing", "x", "exists", "")),
        (
            "or", true,
            "<operator type=\"or\">\(TS.variable("None", "exists"))\(TS.variable("Number", "exists"))</operator>"
        ),
        (
            "none of", false,
            "<operator type=\"not\">\(TS.variable("None", "exists"))\(TS.variable("Number", "exists"))</operator>"
        ),
    ]

    private static func wmi(_ query: String) -> String {
        TS.expression("WMI", [("Namespace", "root\\cimv2"), ("Query", query)])
    }

    private static func registry(_ key: String, _ value: String, _ comparison: String, _ data: String) -> String {
        TS.expression(
            "Registry",
            [("KeyPath", key), ("Operator", comparison), ("Type", "REG_SZ"), ("Value", value), ("Data", data)])
    }

    private static let rules =
        "&lt;Rules&gt;&lt;Rule&gt;&lt;Variables&gt;&lt;Variable Name=\"Dynamic\" IsSecret=\"false\"&gt;yes&lt;/Variable&gt;&lt;/Variables&gt;&lt;/Rule&gt;&lt;/Rules&gt;"

    private static var items: String {
        TS.step("Set Number", "SetVariable", [("VariableName", "Number"), ("VariableValue", "10")])
            + TS.step("Rules", "SetDynamicVariables", [("Rules", rules)])
            + "<group name=\"Disks\" description=\"\">"
            + TS.partition("BIOS", windows: [("600", "MB"), ("100", "Percent")])
            + TS.partition("UEFI", windows: [("600", "MB"), ("100", "Percent")]) + "</group>" + TS.apply
            + TS.step(
                "Data", "ApplyDataImage",
                [("ImagePackageID", Deployment.dataImage), ("ImageIndex", "1"), ("DestinationVariable", "DataDisk")])
            + TS.step(
                "Windows settings", "ApplyWindowsSettings",
                [("ComputerName", "PC-%Number%"), ("RegisteredUserName", "Contoso"), ("TimeZone", "UTC")])
            + TS.step(
                "Network settings", "ApplyNetworkSettings", [("NetworkJoinType", "1"), ("WorkgroupName", "CONTOSO")])
            + TS.step("Drivers", "ApplyDriverPackage", [("DriverPackageID", Deployment.drivers)])
            + TS.step(
                "Tool", "RunCommandLine", [("CommandLine", "sh tool.sh %Dynamic%"), ("PackageID", Deployment.package)])
            + TS.command("Fails and goes on", "exit 7", attributes: "continueOnError=\"true\"")
            + TS.command("Asks the last code", "echo code %_SMSTSLastActionRetCode%")
            + conditions.map { TS.command("If \($0.name)", "echo \($0.name)", condition: $0.condition) }.joined()
            + TS.step(
                "Setup Windows", "SetupWindowsAndSMS",
                [("ClientPackageID", Deployment.client), ("ClientInstallProperties", "/mp:x")])
            + TS.command("In Windows", "cmd.exe /c echo first")
            + TS.command(
                "In Windows only where it is one", "cmd.exe /c echo second",
                condition: TS.variable("_SMSTSInWinPE", "equals", "false"))
            + TS.step("Restart", "Reboot", [("Target", "HD"), ("MessageTimeout", "0")])
    }

    @Test("every step and every question has the outcome that it should", arguments: ["bios", "uefi"])
    func trace(firmware: String) throws {
        let name = "trace-\(firmware).iso"
        try deployment.media(
            name, Self.items,
            packages: [
                Deployment.image, Deployment.dataImage, Deployment.drivers, Deployment.package, Deployment.client,
            ])
        let (result, report) = try deployment.attempt(
            name,
            [
                "--firmware", firmware, "--disk", "2GiB", "--copy-out", "smsts.log=trace-\(firmware).log", "--force",
                "--wait-for", "TSMEDIA-END",
            ])
        #expect(result.status == 0, "\(result.errorText)")
        let other = firmware == "bios" ? "UEFI" : "BIOS"
        let own = firmware == "bios" ? "BIOS" : "UEFI"
        let expected =
            [
                "Set Number", "Rules", "Partition Disk 0 - \(own)", "Apply Operating System", "Data",
                "Windows settings", "Network settings",
                "Drivers", "Tool", "Fails and goes on", "Asks the last code",
            ]
            + Self.conditions.filter(\.holds).map { "If \($0.name)" }
            + ["Setup Windows", "In Windows", "In Windows only where it is one", "Restart"]
        #expect(report.steps.elements.map { $0.name.text ?? "" } == expected)
        let log = String(decoding: try deployment.session.bytes("trace-\(firmware).log"), as: UTF8.self)
        for text in [
            "step 'Partition Disk 0 - \(other)' is skipped: its condition does not hold",
            "tool of the package says yes", "code 7",
            "step 'Fails and goes on' failed", "OSDisk = 'C:'", "DataDisk = 'D:'",
        ] + Self.conditions.map({ $0.holds ? "<![LOG[\($0.name)]LOG]" : "step 'If \($0.name)' is skipped" }) {
            #expect(log.contains("<![LOG[\(text)") || log.contains(text), "\(text)")
        }
        // Every line is one of CMTrace.
        #expect(
            log.split(separator: "\r\n").allSatisfy { $0.hasPrefix("<![LOG[") && $0.contains("component=\"tsengine\"") }
        )
    }
}
