// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("tsmedia sequence format, show, diff, document")
struct SequenceReadingCommandTests {
    private let folder: TestFolder
    private let path: String

    /// As Configuration Manager stores it: one line.
    private static let canonical = """
        <sequence version="3.10"><referenceList><reference package="ABC00001"/></referenceList><group name="Build" \
        description=""><condition><expression type="SMS_TaskSequence_VariableConditionExpression"><variable \
        name="Operator">equals</variable><variable name="Value">false</variable><variable name="Variable">_SMSTSInWinPE\
        </variable></expression></condition><step type="SMS_TaskSequence_RunCommandLineAction" name="Run" description="" \
        timeout="900" runIn="WinPEandFullOS" successCodeList="0 3010" retryCount="0" runFromNet="false"><action>\
        x.exe /password:s3cret</action><defaultVarList><variable name="PackageID" property="PackageID">ABC00001\
        </variable></defaultVarList></step></group></sequence>
        """

    init() throws {
        folder = try TestFolder()
        path = try folder.write(Self.canonical.utf8, to: "a.xml").string
    }

    private func sequence(_ arguments: String...) throws -> ProgramResult {
        try Program.run(BuiltProgram.tsmedia.string, ["sequence"] + arguments)
    }

    // MARK: format

    @Test("a canonical sequence is formatted to the same bytes, and an indented one back to them")
    func formatsToTheSameBytes() throws {
        let same = try sequence("format", path)
        #expect(same.status == 0 && same.output == Self.canonical, "\(same.errorText)")
        let indented = folder.appending("indented.xml").string
        #expect(try sequence("format", path, "--layout", "indented", "--output", indented).status == 0)
        #expect(try Program.run("xmllint", ["--noout", indented]).status == 0)
        #expect(try SmallFile.read(FilePath(indented)).count { $0 == 0x0A } > 10)
        #expect(try sequence("format", indented).output == Self.canonical)
        let kept = try sequence("format", indented, "--layout", "keep")
        #expect(try Array(kept.output.utf8) == SmallFile.read(FilePath(indented)))
    }

    @Test("--check says by its exit code whether a file is formatted, and writes nothing")
    func checks() throws {
        let good = try sequence("format", "--check", path)
        #expect(good.status == 0 && good.output.isEmpty)
        let other = try folder.write(
            Self.canonical.replacing("name=\"Run\" description=\"\"", with: "description=\"\" name=\"Run\"").utf8,
            to: "b.xml")
        let bad = try sequence("format", "--check", other.string)
        #expect(bad.status == 65 && bad.output.isEmpty)
        #expect(bad.errorText.contains("b.xml is not formatted; write it anew with"))
        let json = try sequence("format", "--check", "--json", other.string)
        #expect(json.status == 65 && json.output.contains(#""isFormatted" : false"#))
    }

    @Test("an existing output is replaced only with --force")
    func keepsExistingOutput() throws {
        let output = try folder.write("precious".utf8, to: "out.xml")
        #expect(try sequence("format", path, "--output", output.string).status == 73)
        #expect(try SmallFile.read(output) == Array("precious".utf8))
        #expect(try sequence("format", path, "--output", output.string, "--force").status == 0)
        #expect(try SmallFile.read(output) == Array(Self.canonical.utf8))
    }

    @Test("a sequence becomes an export zip and object.xml, and comes back out of both")
    func converts() throws {
        let zip = folder.appending("out.zip").string
        #expect(try sequence("format", path, "--output", zip).status == 0)
        #expect(try Program.run("unzip", ["-tq", zip]).status == 0)
        #expect(try sequence("format", zip).output == Self.canonical)
        let object = folder.appending("object.xml").string
        #expect(try sequence("format", path, "--container", "object-xml", "--output", object).status == 0)
        #expect(try sequence("format", object).output == Self.canonical)
    }

    // MARK: show

    @Test("the tree has conditions in words, and no secrets")
    func shows() throws {
        let result = try sequence("show", "--details", path)
        #expect(result.status == 0 && result.errorText.isEmpty)
        #expect(result.output.contains("1 Build  (group)\n    if `_SMSTSInWinPE` equals \"false\"\n"))
        #expect(result.output.contains("  1.1 Run  (Run Command Line)  [timeout 15 min]\n"))
        #expect(result.output.contains("runs x.exe /password:(hidden)"))
        #expect(!result.output.contains("s3cret"))
        #expect(try sequence("show", "--details", "--show-secrets", path).output.contains("s3cret"))
        let json = try sequence("show", "--json", path)
        #expect(json.output.contains(#""condition" : "`_SMSTSInWinPE` equals \"false\"""#))
        #expect(try Program.run("python3", ["-m", "json.tool"], input: Array(json.output.utf8)).status == 0)
    }

    @Test("of several task sequences all are shown, or the one that is asked for")
    func showsSeveral() throws {
        for (id, name) in [("ABC00011", "First"), ("ABC00012", "Second")] {
            try folder.write(Self.object(id, name).utf8, to: "export/SMS_TaskSequencePackage/\(id)/object.xml")
        }
        let export = folder.appending("export").string
        let all = try sequence("show", export).output
        #expect(all.contains("\"First\" (ABC00011)") && all.contains("\"Second\" (ABC00012)"))
        let one = try sequence("show", export, "--task-sequence-id", "abc00012").output
        #expect(!one.contains("First") && one.contains("Second"))
        let none = try sequence("show", export, "--task-sequence-id", "ABC00099")
        #expect(none.status == 66 && none.errorText.contains("ABC00011 'First', ABC00012 'Second'"))
        #expect(try sequence("format", export).status == 64)
    }

    private static func object(_ id: String, _ name: String) -> String {
        """
        <INSTANCE CLASSNAME="SMS_TaskSequencePackage"><PROPERTY NAME="PackageID"><VALUE>\(id)</VALUE></PROPERTY>\
        <PROPERTY NAME="Name"><VALUE>\(name)</VALUE></PROPERTY><PROPERTY NAME="Sequence"><VALUE><![CDATA[\(canonical)]]>\
        </VALUE></PROPERTY></INSTANCE>
        """
    }

    // MARK: diff

    @Test("differences exit with 0, and with --exit-code with 1; secrets are told only as changed")
    func compares() throws {
        let other = try folder.write(
            Self.canonical.replacing("s3cret", with: "other").replacing("\"Run\"", with: "\"Ran\"").utf8, to: "b.xml")
        let result = try sequence("diff", path, other.string)
        #expect(result.status == 0)
        #expect(result.output.contains("~ 1.1 Build / Ran  (Run Command Line)  renamed, changed\n    name was \"Run\""))
        #expect(result.output.contains("action: changed, (hidden)"))
        #expect(!result.output.contains("s3cret") && !result.output.contains("other"))
        #expect(try sequence("diff", "--exit-code", path, other.string).status == 1)
        #expect(try sequence("diff", "--exit-code", path, path).status == 0)
        #expect(try sequence("diff", path, path).output.contains("no difference in meaning"))
        let json = try sequence("diff", "--json", path, other.string)
        #expect(json.output.contains(#""different" : true"#))
        #expect(try Program.run("python3", ["-m", "json.tool"], input: Array(json.output.utf8)).status == 0)
    }

    @Test("--exit-code counts a task sequence that was added to an export, or is gone from it")
    func comparesExports() throws {
        func export(_ name: String, _ ids: String...) throws -> String {
            for id in ids {
                let object = """
                    <INSTANCE CLASSNAME="SMS_TaskSequencePackage"><PROPERTY NAME="PackageID"><VALUE>\(id)</VALUE></PROPERTY>\
                    <PROPERTY NAME="Name"><VALUE>Name of \(id)</VALUE></PROPERTY><PROPERTY NAME="Sequence"><VALUE>\
                    <![CDATA[<sequence version="3.10"></sequence>]]></VALUE></PROPERTY></INSTANCE>
                    """
                try folder.write(object.utf8, to: "\(name)/SMS_TaskSequencePackage/\(id)/object.xml")
            }
            return folder.appending(name).string
        }
        let (one, two) = (
            try export("one", "ABC00031", "ABC00032"), try export("two", "ABC00031", "ABC00032", "ABC00033")
        )
        for (old, new, sign) in [(one, two, "+"), (two, one, "-")] {
            let result = try sequence("diff", "--exit-code", old, new)
            #expect(result.status == 1)
            #expect(result.output.contains("\(sign) task sequence \"Name of ABC00033\" ABC00033"))
            #expect(try sequence("diff", old, new).status == 0)
        }
        #expect(try sequence("diff", "--exit-code", two, two).status == 0)
    }

    // MARK: document

    @Test("the output's name decides between HTML and Markdown, --format on standard output")
    func documents() throws {
        let page = folder.appending("page.html")
        #expect(try sequence("document", path, "--output", page.string).status == 0)
        #expect(try SmallFile.read(page).starts(with: "<!DOCTYPE html>".utf8))
        let markdown = folder.appending("page.md")
        #expect(try sequence("document", path, "--output", markdown.string).status == 0)
        #expect(try SmallFile.read(markdown).starts(with: "# a\n".utf8))
        #expect(try sequence("document", path, "--format", "html").output.hasPrefix("<!DOCTYPE html>"))
        let text = try sequence("document", path, "--format", "markdown").output
        #expect(text.contains("- if `_SMSTSInWinPE` equals \"false\"") && !text.contains("s3cret"))
    }

    // MARK: Bad input

    @Test(
        "bad input ends with 65 and the file, line and column, whatever the command",
        arguments: ["show", "format", "document", "diff"],
        [
            ("text", "not XML at all\n", ":1:1:"),
            ("cut", "<sequence version=\"3.10\">\n  <group name=\"a\">\n    <step", ":3:"),
            ("tags", "<sequence>\n<group></step></sequence>", ":2:"),
            (
                "external",
                "<!DOCTYPE s [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<sequence><group name=\"&x;\"/></sequence>",
                ":1:"
            ),
            ("laughs", "<!DOCTYPE s [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><sequence>&b;</sequence>", ":1:"),
            ("entity", "<sequence>\n&nbsp;</sequence>", ":2:"),
            ("root", "\n\n<html/>", ":3:1:"),
            ("empty", "", "is empty"),
        ])
    func refusesBadInput(command: String, input: (name: String, text: String, place: String)) throws {
        let bad = try folder.write(input.text.utf8, to: "\(input.name).xml").string
        let result = try command == "diff" ? sequence(command, path, bad) : sequence(command, bad)
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.output.isEmpty)
        #expect(result.errorText.contains("\(input.name).xml"), "\(result.errorText)")
        #expect(result.errorText.contains(input.place), "\(result.errorText)")
        #expect(result.errorText.split(separator: "\n").count == 1)
        #expect(!result.errorText.contains("root:"))
    }

    @Test("depth bombs, wrong encodings and hostile zips end with 65")
    func refusesBombs() throws {
        let bytes: [(String, [UInt8])] = [
            ("deep.xml", Array("<sequence>\(String(repeating: "<group name=\"a\">", count: 100_000))".utf8)),
            ("latin1.xml", Array("<sequence><group name=\"".utf8) + [0xE9] + Array("\"/></sequence>".utf8)),
            ("odd16.xml", [0xFF, 0xFE, 0x3C, 0x00, 0x73]),
            ("half16.xml", [0xFF, 0xFE, 0x3C, 0x00, 0x00, 0xD8, 0x3E, 0x00]),
            ("nul.xml", Array("<sequence>".utf8) + [0] + Array("</sequence>".utf8)),
            ("short.zip", Array("PK".utf8) + [3, 4, 20]),
        ]
        for (name, content) in bytes {
            let result = try sequence("show", try folder.write(content, to: name).string)
            #expect(result.status == 65, "\(name): \(result.errorText)")
            #expect(result.errorText.contains(name))
        }
        let latin = try sequence("show", folder.appending("latin1.xml").string)
        #expect(latin.errorText.contains("latin1.xml:1:24:"), "\(latin.errorText)")
    }

    @Test("a zip with a name that climbs out, and one that expands beyond reason, end with 65")
    func refusesHostileZips() throws {
        let climbing = folder.appending("climb.zip").string
        let bomb = folder.appending("bomb.zip").string
        let make = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], 'w') as z:
                z.writestr('SMS_TaskSequencePackage/A/object.xml', '<INSTANCE/>')
                z.writestr('../../escaped.xml', 'x')
            with zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED) as z:
                z.writestr('SMS_TaskSequencePackage/A/object.xml', ' ' * (32 << 20))
            """
        #expect(try Program.run("python3", ["-c", make, climbing, bomb]).status == 0)
        for zip in [climbing, bomb] {
            let result = try sequence("show", zip)
            #expect(result.status == 65, "\(result.errorText)")
            #expect(result.errorText.contains(zip))
        }
    }

    @Test("a file that is not there ends with 66")
    func missingFile() throws {
        for command in ["show", "format", "document"] {
            #expect(try sequence(command, folder.appending("gone.xml").string).status == 66)
        }
        #expect(try sequence("diff", path, folder.appending("gone.xml").string).status == 66)
    }
}
