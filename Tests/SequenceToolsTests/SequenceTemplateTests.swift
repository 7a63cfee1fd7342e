// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTemplates
import SequenceTools
import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("templates of task sequences")
struct SequenceTemplateTests {
    private static let file = "my template.xml"

    /// What a template of one step makes of the full installation.
    private func action(
        _ text: String, attributes: String = "", _ request: SequenceRequest? = nil,
        values: [(name: String, value: String)] = []
    ) throws -> [String] {
        let template = try Self.template(
            "<step name=\"S\"\(attributes)><action>\(text)</action><defaultVarList/></step>")
        let package = try (request ?? Self.install).taskSequence(from: template, ownValues: values)
        var actions: [String] = []
        package.sequence.forEachEnabledStep { _, step in actions.append(step.action ?? "") }
        return actions
    }

    private static let install = RequestFixture.request(
        .install(RequestFixture.fullInstallation, keepsPartitions: false))

    private static func template(_ items: String) throws -> SequenceTemplate {
        try SequenceTemplate(xml: Array("<sequence version=\"3.10\">\n\(items)</sequence>".utf8), source: file)
    }

    @Test("the templates of the program are in canonical form, indented", arguments: SequenceTemplate.builtInNames)
    func isCanonical(name: String) throws {
        let bytes = try SmallFile.read(Repository.file("templates/\(name).xml"))
        let package = try TaskSequencePackage(xml: bytes, source: name, stem: name)
        let layout = SequenceLayout(indentation: "  ", lineEnding: .lineFeed, hasSpaceInEmptyTags: true)
        #expect(
            bytes.suffix(package.sequenceXML.count + 1) == SequenceWriter.write(package.sequence, layout: layout) + [
                0x0A
            ])
        #expect(BuiltInTemplate(rawValue: name)?.xml == bytes)
        #expect(bytes.starts(with: "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->".utf8))
    }

    @Test("every file of templates/ is a template of the program, and the other way round")
    func embedsAll() throws {
        let listing = try Program.succeed("ls", [Repository.file("templates").string]).output
        let files = listing.split(separator: "\n").filter { $0.hasSuffix(".xml") }.map { String($0.dropLast(4)) }
        #expect(Set(files) == Set(SequenceTemplate.builtInNames))
    }

    @Test(
        "placeholders are replaced in texts and attributes",
        arguments: [
            ("a {{client-package}} b", "a ABC00002 b"),
            ("{{updates}}{{time-zone}}", "MandatoryW. Europe Standard Time"),
            ("{{continue-on-failure}}", "true"), ("{{continue-on-failure|capitalised}}", "True"),
            ("{{keep-partitions|capitalised}}", "False"), ("{{application.count}}", "2"),
            ("{{application.id}}", "ScopeId_A1/Application_b2,ScopeId_A1/Application_c3"),
            ("{{{{client-package}}", "{{client-package}}"), ("{ {client-package} }", "{ {client-package} }"),
            ("}} {", "}} {"), ("{{operating-system-image-index}}", "3"),
            ("<![CDATA[{{name}} <&>]]>", "New <&>"), ("{{licensing-mode}}", "PerServer"),
        ])
    func replaces(text: String, expected: String) throws {
        #expect(try action(text) == [expected])
    }

    @Test(
        "when leaves an element out",
        arguments: [
            ("updates", true), ("!updates", false), ("domain", false), ("!domain", true),
            ("updates=Mandatory", true), ("updates=All", false), ("updates!=All", true),
            ("continue-on-failure", true), ("continue-on-failure=true", true), ("keep-partitions", false),
            ("application", true), ("updates application !domain", true), ("updates domain", false),
            ("step-names=current", true), ("capture-path", false), ("!capture-path", true), ("capture-path=x", false),
        ])
    func decides(condition: String, isThere: Bool) throws {
        #expect(try action("x", attributes: " when=\"\(condition)\"") == (isThere ? ["x"] : []))
    }

    @Test("each repeats a step, a group and a variable")
    func repeats() throws {
        #expect(
            try action(
                "{{application.index}} {{application.name}} of {{application.count}}",
                attributes: " each=\"application\"")
                == ["0 Reader of 2", "1 ScopeId_A1/Application_c3 of 2"])
        let template = try Self.template(
            """
            <group name="{{application.name}}" each="application"><step name="S"><action>x</action><defaultVarList>
            <variable name="V{{application.index}}" property="P">{{application.id}}</variable></defaultVarList></step></group>
            """)
        let lines = SequenceFacts.lines(of: try Self.install.taskSequence(from: template).sequence)
        #expect(lines.filter { $0.hasPrefix("group") } == ["group Reader", "group ScopeId_A1/Application_c3"])
        #expect(lines.contains("  V1 P=ScopeId_A1/Application_c3"))
        let small = RequestFixture.request(.install(RequestFixture.smallInstallation, keepsPartitions: false))
        #expect(try action("x", attributes: " each=\"application\"", small) == [])
    }

    @Test("a condition of which nothing is left is left out; comments are too")
    func leavesEmptyConditionsOut() throws {
        let template = try Self.template(
            """
            <!-- about {{nothing}} --><step name="S"><condition><operator type="and"><expression \
            type="SMS_TaskSequence_VariableConditionExpression" when="domain"><variable name="Operator">exists</variable>\
            <variable name="Variable">x</variable></expression></operator></condition><action>x</action></step>
            """)
        let text = String(decoding: try Self.install.taskSequence(from: template).sequenceXML, as: UTF8.self)
        #expect(
            text
                == #"<sequence version="3.10"><step name="S" description=""><action>x</action><defaultVarList/></step></sequence>"#
        )
    }

    @Test("a placeholder of the template's own takes its value from --value")
    func takesOwnValues() throws {
        #expect(
            try action("{{site}}/{{rack-2}}", values: [("site", "Köln & <x>"), ("rack-2", "{{name}}")]) == [
                "Köln & <x>/{{name}}"
            ])
        #expect(try action("x", attributes: " when=\"site=a\"", values: [("site", "b")]) == [])
    }

    @Test("references are recomputed, whatever the template says")
    func recomputesReferences() throws {
        let template = try Self.template(
            """
            <referenceList><reference package="XYZ00001"/></referenceList><step name="S"><action>x</action>\
            <defaultVarList><variable name="P" property="PackageID">{{client-package}}</variable>\
            <variable name="N" property="ProgramName">Run</variable></defaultVarList></step>
            """)
        let sequence = try Self.install.taskSequence(from: template).sequence
        #expect(sequence.referenceList?.references.map(\.package) == ["ABC00002"])
        #expect(sequence.referenceList?.references.map(\.program) == ["Run"])
    }

    // MARK: Mistakes

    @Test(
        "a mistake in a template is told with file, line and column",
        arguments: [
            ("<step name=\"{{\"/>", "has {{ without }}"), ("<step name=\"{{a b}}\"/>", "no placeholder"),
            ("<step name=\"{{}}\"/>", "no placeholder"), ("<step name=\"{{Name}}\"/>", "no placeholder"),
            ("<step name=\"{{name|upper}}\"/>", "no placeholder"), ("<step name=\"{{a.b.c}}\"/>", "no placeholder"),
            ("<step name=\"{{{name}}}\"/>", "no placeholder"), ("<step when=\"\"/>", "empty attribute when"),
            ("<step when=\"a|b\"/>", "no condition"), ("<step when=\"!a=b\"/>", "no condition"),
            ("<step each=\"A\"/>", "no list"),
            ("<step each=\"name\"/>", "no list"), ("<step when=\"application=x\"/>", "compares the list"),
            ("<step name=\"{{application}}\"/>", "no such value"), ("<step name=\"{{name.x}}\"/>", "no such value"),
            ("<step name=\"{{application.size}}\"/>", "no such value"),
            ("<step name=\"{{application.index}}\"/>", "no such value"),
            ("<step name=\"{{capture-path}}\"/>", "no input of this command"),
            ("<group each=\"application\"><step each=\"application\"/></group>", "repeats inside a repetition"),
            // Found although the step is left out.
            ("<step when=\"domain\" name=\"{{oops\"/>", "has {{ without }}"),
        ])
    func tellsMistakes(items: String, problem: String) throws {
        let failure = try #require(throws: TaskSequenceError.self) {
            try Self.install.taskSequence(from: try Self.template(items))
        }
        #expect(failure.code == .malformed && failure.failureClass == .malformed)
        #expect(failure.description.contains(problem), "\(failure)")
        #expect(failure.object.hasPrefix("\(Self.file):2:"), "\(failure)")
    }

    @Test(
        "what is no template is refused",
        arguments: [
            ("", "is empty"), ("no XML", ""), ("<INSTANCE/>", "begins with <INSTANCE>"),
            ("<sequence when=\"name\"/>", "has when on <sequence>"),
            ("<!DOCTYPE sequence [<!ENTITY a SYSTEM \"/etc/passwd\">]><sequence>&a;</sequence>", "document type"),
            (String(repeating: "<sequence>", count: 300), ""),
        ])
    func refusesOther(text: String, problem: String) throws {
        let error = try #require(throws: TaskSequenceError.self) {
            try SequenceTemplate(xml: Array(text.utf8), source: Self.file)
        }
        #expect(error.failureClass == .malformed && error.object.hasPrefix(Self.file))
        #expect(error.description.contains(problem), "\(error)")
    }

    @Test(
        "a value that is missing, unknown, doubled or another input's is refused",
        arguments: [
            ([(String, String)](), "asks for 'site'"), ([("site", "a"), ("sight", "b")], "'sight' is not used"),
            ([("site", "a"), ("site", "b")], "twice"), ([("site", "a"), ("name", "b")], "input of its own"),
            ([("Site", "a")], "no name"), ([("", "a")], "no name"), ([("site", "a\u{1}")], "control characters"),
        ])
    func refusesValues(values: [(String, String)], problem: String) throws {
        let error = try #require(throws: TaskSequenceError.self) {
            _ = try action("{{site}}", values: values.map { (name: $0.0, value: $0.1) })
        }
        #expect(error.failureClass == .usage && error.field == .value)
        #expect(error.description.contains(problem), "\(error)")
    }

    @Test("a name that no template has is refused, and the names there are are told")
    func refusesUnknownName() throws {
        let error = try #require(throws: TaskSequenceError.self) { try SequenceTemplate.builtIn("instal") }
        #expect(error.failureClass == .usage && error.field == .template)
        #expect(error.description.contains("build-and-capture, capture, install"))
    }

    @Test("damaged templates end with an error or a task sequence, never otherwise", arguments: [UInt64(1), 2, 3])
    func survivesDamage(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let bytes = try SmallFile.read(Repository.file("templates/build-and-capture.xml"))
        let request = RequestFixture.request(
            .buildAndCapture(RequestFixture.fullInstallation, RequestFixture.capture))
        let tokens = ["{{", "}}", "{{name}}", " when=\"", "each=\"application\"", "!", "=", "|", ".", "<", ">", "\""]
        var made = 0
        for _ in 0..<60 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<damaged.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: damaged[place] = UInt8.random(in: 0x20...0x7E, using: &generator)
                case 1: damaged.remove(at: place)
                default:
                    damaged.insert(contentsOf: (tokens.randomElement(using: &generator) ?? "").utf8, at: place)
                }
            }
            do {
                let package = try request.taskSequence(from: try SequenceTemplate(xml: damaged, source: "damaged"))
                let again = try TaskSequencePackage(xml: package.sequenceXML, source: "again", stem: "again")
                #expect(again.sequence == package.sequence)
                made += 1
            } catch {
                #expect(error.failureClass != .io)
            }
        }
        #expect(made > 0)
    }
}
