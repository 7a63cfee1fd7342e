// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import SequenceTools
import Support
import TaskSequence

extension FuzzTarget {
    private static let words = [
        "<sequence version=\"3.10\">", "<group name=\"", "<step type=\"SMS_TaskSequence_", "<condition>",
        "<operator type=\"not\">", "<expression type=\"", "<defaultVarList>", "<variable name=\"", "<referenceList>",
        "<subtasksequence ", "property=\"", "disable=\"true\"", "<osConditionGroup type=\"or\">", "<![CDATA[",
    ]

    private static let scripted = """
        <sequence version="3.10"><referenceList><reference package="ABC00001"/></referenceList><globalVarList>\
        <variable name="OSDAdapterCount" property="Adapters">1</variable></globalVarList><!-- c -->\
        <group name="G" description="a&#xA;b" disable="TRUE"><condition><osConditionGroup type="or">\
        <osExpressionGroup Name="All Windows 11"/></osConditionGroup><operator type="not"><expression \
        type="SMS_TaskSequence_RegistryConditionExpression"><variable name="KeyPath">HKLM\\x</variable>\
        <variable name="Operator">equals</variable><variable name="Data">1</variable></expression></operator></condition>\
        <step type="SMS_TaskSequence_RunPowerShellScriptAction" name="P" description="" timeout="900" runIn="WinPE">\
        <action>net use x: \\\\s\\y pass /user:u &amp; x.exe -u u -p p token=%x% http://a:b@c</action><defaultVarList>\
        <variable name="S" property="SourceScript">\(LargeTaskSequence.base64(utf16: "$password = 'x'\r\n1..3"))</variable>\
        </defaultVarList></step><step type="SMS_TaskSequence_SetDynamicVariablesAction" name="D" description="">\
        <action/><defaultVarList><variable name="R" property="Rules">&lt;Rules&gt;&lt;Rule&gt;&lt;Variables&gt;\
        &lt;Variable Name="A" IsSecret="true"&gt;s&lt;/Variable&gt;&lt;/Variables&gt;&lt;/Rule&gt;&lt;/Rules&gt;\
        </variable></defaultVarList></step></group></sequence>
        """

    private static let object =
        "<INSTANCE CLASSNAME=\"SMS_TaskSequencePackage\">\r\n<PROPERTY NAME=\"PackageID\" TYPE=\"string\"><VALUE>ABC00012"
        + "</VALUE></PROPERTY>\r\n<PROPERTY NAME=\"Name\" TYPE=\"string\"><VALUE>N</VALUE></PROPERTY>\r\n"
        + "<PROPERTY NAME=\"Sequence\" TYPE=\"string\"><VALUE><![CDATA[\(scripted)]]></VALUE></PROPERTY>\r\n</INSTANCE>"

    private static let catalog = SiteCatalog(
        packages: [SiteCatalog.Package(id: "ABC00001", name: "P", dependencies: ["ABC00002", "ABC00001"])],
        applications: [SiteCatalog.Application(name: "A", modelName: "M", packageID: "ABC00003", supersedes: ["A"])])

    /// What reads task sequences, in each container.
    static let sequences = [
        FuzzTarget(
            "task-sequence", words: words,
            seeds: { _ in
                [
                    Array(scripted.utf8), Array(object.utf8), Array(LargeTaskSequence.xml(stepCount: 8).utf8),
                    Array(
                        "<SmsTaskSequencePackage><Name>N</Name><SequenceData><![CDATA[\(scripted)]]></SequenceData></SmsTaskSequencePackage>"
                            .utf8),
                    [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(scripted),
                ]
            }, read: { input in try use([try TaskSequencePackage(xml: input, source: "input", stem: "input")]) }),
        FuzzTarget(
            "export-zip", words: ["PK\u{03}\u{04}", "PK\u{01}\u{02}", "object.xml", "SMS_TaskSequencePackage", "../"],
            seeds: { _ in
                [
                    try TaskSequenceExport.zip(of: [
                        try TaskSequencePackage(xml: Array(object.utf8), source: "a", stem: "a")
                    ])
                ]
            },
            read: { input in
                try ScratchFile.with(input, suffix: ".zip") { path in try use(try TaskSequenceFile.read(path)) }
            }),
        FuzzTarget(
            "site-catalog", words: ["packages", "applications", "dependencies", "supersedes", "modelName"],
            seeds: { _ in
                [
                    try SiteCatalogFile.bytes(of: catalog),
                    Array("packages:\n- id: ABC00001\n  name: P\napplications:\n- name: A\n  modelName: M\n".utf8),
                ]
            }, read: { input in _ = try SiteCatalogFile.read(input, source: "input") }),
    ]

    /// Everything that is done with a task sequence that was read: it is shown, checked, written and read again.
    private static func use(_ packages: [TaskSequencePackage]) throws {
        let outlines = packages.map { SequenceOutline(of: $0) }
        for outline in outlines { _ = outline.lines(showsDetails: true) }
        _ = HTMLDocument.page(of: outlines)
        _ = MarkdownDocument.page(of: outlines)
        for purpose in [nil] + LintPurpose.allCases {
            _ = SequenceLinter(purpose: purpose, catalog: catalog).lint(packages)
        }
        for package in packages {
            let required = RequiredContent(of: package, catalog: catalog)
            precondition(required.items.allSatisfy { !$0.needs.isEmpty })
            let written = SequenceWriter.write(package.sequence)
            guard let again = try? TaskSequencePackage(xml: written, source: "written", stem: "written") else {
                preconditionFailure("what was written is not read")
            }
            precondition(SequenceWriter.write(again.sequence) == written, "the canonical form is not stable")
            precondition(SequenceDifference(from: package, to: again).items.isEmpty, "writing changed the meaning")
        }
        _ = try? TaskSequenceExport.zip(of: packages)
    }
}
