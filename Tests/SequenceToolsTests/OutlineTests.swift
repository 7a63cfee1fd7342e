// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import TSMediaTestSupport
import Testing

@testable import SequenceTools
@testable import TaskSequence

/// Reads a bare sequence of `items`.
func makePackage(_ items: String, name: String = "t") throws -> TaskSequencePackage {
    try TaskSequencePackage(
        xml: Array("<sequence version=\"3.10\">\(items)</sequence>".utf8), source: "\(name).xml", stem: name)
}

/// A step with any variables; values are escaped.
func makeStep(
    _ name: String, type: String = "RunCommandLine", attributes: String = "", condition: String = "",
    action: String = "x.exe", _ variables: (String, String)...
) -> String {
    let list = variables.map {
        "<variable name=\"\($0.0)\" property=\"\($0.0)\">\(SequenceFixture.escaped($0.1))</variable>"
    }
    return """
        <step type="SMS_TaskSequence_\(type)Action" name="\(name)" description=""\(attributes)>\(condition)<action>\
        \(SequenceFixture.escaped(action))</action><defaultVarList>\(list.joined())</defaultVarList></step>
        """
}

/// An expression of `type` with operands.
func makeExpression(_ type: String, _ operands: (String, String)...) -> String {
    let list = operands.map { "<variable name=\"\($0.0)\">\(SequenceFixture.escaped($0.1))</variable>" }
    return "<expression type=\"SMS_TaskSequence_\(type)ConditionExpression\">\(list.joined())</expression>"
}

/// A comparison of a variable.
func makeComparison(_ variable: String, _ operation: String, _ value: String) -> String {
    makeExpression("Variable", ("Operator", operation), ("Value", value), ("Variable", variable))
}

@Suite("task sequences for people")
struct OutlineTests {
    @Test(
        "every kind of condition is put in words",
        arguments: [
            (makeComparison("_SMSTSInWinPE", "equals", "false"), #"`_SMSTSInWinPE` equals "false""#),
            (makeComparison("A", "Equals", "x"), #"`A` equals "x""#),
            (makeComparison("A", "notEquals", "x"), #"`A` does not equal "x""#),
            (makeComparison("A", "greaterEqual", "5"), #"`A` is at least "5""#),
            (makeComparison("A", "notExists", ""), "`A` does not exist"),
            (makeComparison("A", "odd", "5"), #"`A` compared by `odd` with "5""#),
            (
                makeExpression("WMI", ("Namespace", "root\\cimv2"), ("Query", "SELECT * FROM a")),
                #"the WMI query `SELECT * FROM a` in `root\cimv2` finds something"#
            ),
            (
                makeExpression("File", ("Path", "c:\\a"), ("Version", "1.2"), ("VersionOperator", "greater")),
                #"the file `c:\a` exists and its version is greater than "1.2""#
            ),
            (makeExpression("Folder", ("Path", "c:\\a")), #"the folder `c:\a` exists"#),
            (
                makeExpression(
                    "Registry", ("KeyPath", "HKLM\\S"), ("Operator", "equals"), ("Type", "REG_SZ"), ("Value", "V"),
                    ("Data", "1")), #"the registry value `V` of `HKLM\S` equals "1" (REG_SZ)"#
            ),
            (
                makeExpression("Software", ("Operator", "AnyVersion"), ("ProductName", "App"), ("Version", "1")),
                #"any version of "App" is installed"#
            ),
            (
                "<osConditionGroup type=\"or\"><osExpressionGroup Name=\"A\"/><osExpressionGroup Name=\"B\"/></osConditionGroup>",
                #"the operating system is "A" or the operating system is "B""#
            ),
            (
                makeComparison("A", "exists", "") + "<operator type=\"or\">" + makeComparison("B", "exists", "")
                    + makeComparison("C", "exists", "") + "</operator>", "`A` exists and (`B` exists or `C` exists)"
            ),
            ("<operator type=\"not\">\(makeComparison("A", "exists", ""))</operator>", "not (`A` exists)"),
            (
                "<operator type=\"not\">\(makeComparison("A", "exists", ""))\(makeComparison("B", "exists", ""))</operator>",
                "none of (`A` exists; `B` exists)"
            ),
            (makeComparison("OSDJoinPassword", "equals", "s3cret"), #"`OSDJoinPassword` equals "(hidden)""#),
            ("<future/>", "something not known, `<future>`, holds"),
        ])
    func words(xml: String, words: String) throws {
        let package = try makePackage(makeStep("S", condition: "<condition>\(xml)</condition>"))
        #expect(SequenceOutline(of: package).items.first?.condition?.oneLine == words)
    }

    @Test("a condition of hundreds of statements has a line for each")
    func longConditions() throws {
        let terms = (0..<300).map { makeComparison("V\($0)", "exists", "") }.joined()
        let package = try makePackage(
            makeStep("S", condition: "<condition><operator type=\"or\">\(terms)</operator></condition>"))
        let lines = SequenceOutline(of: package).lines()
        #expect(lines.contains("    if any of these holds:"))
        #expect(lines.count { $0.contains("exists") } == 300)
    }

    @Test("the tree is numbered and tells what is disabled, goes on after errors, times out, and what it needs")
    func tree() throws {
        let package = try makePackage(
            "<group name=\"G\" description=\"\" disable=\"true\">"
                + makeStep(
                    "S", attributes: " continueOnError=\"true\" timeout=\"900\" runIn=\"WinPE\"",
                    ("PackageID", "ABC00001"))
                + "</group>" + makeStep("Two", type: "Reboot"))
        let lines = SequenceOutline(of: package).lines()
        #expect(lines.contains("1 G  (group)  [disabled]"))
        #expect(
            lines.contains(
                "  1.1 S  (Run Command Line)  [in a disabled group]  [continues on error]  [timeout 15 min]  [Windows PE only]"
            ))
        #expect(lines.contains("      needs package ABC00001"))
        #expect(lines.contains("2 Two  (Restart Computer)"))
    }

    @Test(
        "secrets in command lines and scripts are hidden",
        arguments: [
            "x.exe /password:s3cret! /y", "x.exe -Password s3cret!", "x.exe --db-password=s3cret!",
            "$password = 's3cret!'", "TSEnv.Value(\"OSDPassword\") = \"s3cret!\"", "{\"apiKey\": \"s3cret!\"}",
            "net use z: \\\\server\\share s3cret! /user:d\\u", "net user admin s3cret! /add",
            "psexec -u admin -p s3cret! cmd", "curl https://user:s3cret!@host/x", "token=s3cret!", "pwd=\"s3cret!\"",
            "ConvertTo-SecureString -String 's3cret!' -AsPlainText", "PASSWORD: s3cret!",
        ])
    func secretsInText(text: String) {
        let redacted = SecretFinder.redacted(text)
        #expect(!redacted.contains("s3cret"), "\(redacted)")
        #expect(redacted.contains(SequenceSecrecy.hiddenValue))
    }

    @Test("product keys are hidden wherever they are")
    func productKeys() {
        #expect(SecretFinder.redacted("slmgr /ipk ABCDE-12345-FGHIJ-67890-KLMNO now") == "slmgr /ipk (hidden) now")
    }

    @Test(
        "what is no secret is shown",
        arguments: [
            "powershell -ExecutionPolicy Bypass -File a.ps1", "net use z: \\\\server\\share /user:u", "net user",
            "x.exe /password:%OSDPassword%", "copy -p a b", "Set-PasswordPolicy -Length 5", "cmd /c echo compass",
            "12345678-1234-1234-1234-123456789012", "http://host:80/x@y",
        ])
    func harmlessText(text: String) { #expect(SecretFinder.redacted(text) == text) }

    @Test(
        "names tell what is a secret",
        arguments: [
            ("OSDJoinPassword", true), ("AdminPassword", true), ("OSDProductKey", true), ("ApiToken", true),
            ("OSDBitLockerPIN", true), ("_SMSTSReserved2-000", true), ("OSDRandomAdminPassword", false),
            ("OSDBitLockerCreateRecoveryPassword", false), ("KeyboardLocale", false), ("RegistryKeyPath", false),
            ("ExecutionPolicy", false), ("OSDComputerName", false), ("Bypass", false), ("DbPass", true),
        ])
    func secretNames(name: String, isSecret: Bool) { #expect(SequenceSecrecy.isSecret(name: name) == isSecret) }

    @Test("no form of output shows a secret, unless it is asked for")
    func noSecretsInOutput() throws {
        let rules = """
            <Rules><Rule><Variables><Variable Name="A" IsSecret="true">s3cret1</Variable>\
            <Variable Name="MyPassword" IsSecret="false">s3cret2</Variable></Variables></Rule></Rules>
            """
        let items =
            "<globalVarList><variable name=\"XPassword\">s3cret3</variable></globalVarList>"
            + makeStep("A", type: "ApplyNetworkSettings", ("DomainPassword", "s3cret4"))
            + makeStep(
                "B", type: "SetVariable", action: "tsenv.exe \"V=s3cret5\" /hiddenflag:True", ("VariableName", "V"),
                ("VariableValue", "s3cret5"), ("DoNotShowVariableValue", "true"))
            + makeStep("C", action: "x.exe /password:s3cret6", ("CommandLine", "x.exe /password:s3cret6"))
            + makeStep("D", ("SourceScript", LargeTaskSequence.base64(utf16: "$pwd = 's3cret7'\r\n")))
            + makeStep("E", type: "SetDynamicVariables", ("Rules", rules))
            + makeStep("F", condition: "<condition>\(makeComparison("MyPassword", "equals", "s3cret8"))</condition>")
        let sequence = try makePackage(items)
        func texts(_ secrecy: SequenceSecrecy) -> [String] {
            let outline = SequenceOutline(of: sequence, secrecy: secrecy)
            return [
                outline.lines(showsDetails: true).joined(separator: "\n"),
                String(decoding: HTMLDocument.page(of: [outline]), as: UTF8.self),
                String(decoding: MarkdownDocument.page(of: [outline]), as: UTF8.self),
            ]
        }
        for text in texts(.redacted) { #expect(!text.contains("s3cret")) }
        for text in texts(.shown) { for number in 1...8 { #expect(text.contains("s3cret\(number)")) } }
        let other = try makePackage(items.replacing("s3cret", with: "other"))
        let difference = SequenceDifference(from: sequence, to: other)
        #expect(difference.count(.changed) == 5)
        #expect(!difference.globalVariables.isEmpty)
        let text = difference.lines.joined(separator: "\n")
        #expect(!text.contains("s3cret") && !text.contains("other"))
        #expect(text.contains("changed, (hidden)"))
    }

    @Test("scripts are decoded with and without byte order mark, and what is no script stays as it is")
    func scripts() {
        let text = "Write-Output 'ä 😀'\r\n"
        let encoded = LargeTaskSequence.base64(utf16: text)
        #expect(InlineScript.decode(encoded) == text)
        #expect(InlineScript.decode("dwByAGkAdABlAA==") == "write")
        for wrong in ["not base64!", "AAA", "", "====", "//4A"] { #expect(InlineScript.decode(wrong) == nil) }
    }
}
