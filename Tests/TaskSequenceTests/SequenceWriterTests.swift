// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import TaskSequence
import Testing

@Suite("writing sequences")
struct SequenceWriterTests {
    private func package(_ text: String) throws -> TaskSequencePackage {
        try TaskSequencePackage(xml: Array(text.utf8), source: "t.xml", stem: "t")
    }

    private func rewritten(_ text: String, _ layout: SequenceLayout? = nil) throws -> String {
        let package = try package(text)
        return String(
            decoding: SequenceWriter.write(package.sequence, layout: layout ?? package.layout), as: UTF8.self)
    }

    /// Everything of the grammar once, in canonical form.
    private static let canonical = """
        <sequence version="3.10"><referenceList><reference package="ABC00001" program="*"/></referenceList><globalVarList>\
        <variable name="OSDAdapterCount" property="NumAdapters">0</variable></globalVarList><group name="a &quot;b&quot; \
        it's &lt;c&gt; &amp;" description="é" disable="true" continueOnError="true"><condition><operator type="not">\
        <osConditionGroup type="or"><osExpressionGroup Name="x"/></osConditionGroup><expression \
        type="SMS_TaskSequence_VariableConditionExpression"><variable name="Operator">exists</variable></expression>\
        </operator></condition><step type="T" name="S" description="" disable="true" continueOnError="true" timeout="60" \
        runIn="FullOS" successCodeList="0" retryCount="0" runFromNet="false"><condition/><action>a  "b" &lt;c&gt; </action>\
        <defaultVarList><variable name="B" property="AppInfo" hidden="true"></variable><variable name="A" \
        property="Application">line\r\nline</variable></defaultVarList></step></group><group name="empty" description=""/>\
        <subtasksequence type="U" name="C" description="" successCodeList="0"><action></action><defaultVarList/>\
        </subtasksequence></sequence>
        """

    @Test("the canonical form is written as it was read")
    func keepsCanonicalForm() throws {
        #expect(try rewritten(Self.canonical) == Self.canonical)
    }

    @Test("indented text keeps its layout and its line ends", arguments: ["\r\n", "\n"])
    func keepsIndentation(lineEnd: String) throws {
        let lines = [
            "<sequence version=\"3.10\">", "  <group name=\"G\" description=\"\">", "    <condition>",
            "      <osConditionGroup type=\"or\">", "        <osExpressionGroup Name=\"x\" />",
            "      </osConditionGroup>",
            "    </condition>", "    <step name=\"S\" description=\"\">", "      <action>a</action>",
            "      <defaultVarList />", "    </step>", "  </group>", "</sequence>",
        ]
        let text = lines.joined(separator: lineEnd)
        #expect(try rewritten(text) == text)
    }

    @Test(
        "tabs, deeper indentation, and a space in the empty tags of one line are kept",
        arguments: [
            "<sequence version=\"3.10\">\r\n\t<group name=\"G\" description=\"\"/>\r\n</sequence>",
            "<sequence version=\"3.10\">\n    <group name=\"G\" description=\"\">\n        <new a=\"\"/>\n    </group>\n</sequence>",
            "<sequence version=\"3.10\"><group name=\"G\" description=\"\" /><group name=\"H\" description=\"\" /></sequence>",
        ])
    func keepsOtherLayouts(text: String) throws {
        #expect(try rewritten(text) == text)
    }

    @Test("a sequence inside an indented wrapper is written at the same margin")
    func keepsMargins() throws {
        let inner = "<sequence version=\"3.10\">\r\n      <group name=\"G\" description=\"\" />\r\n    </sequence>"
        let wrapper =
            "<SmsTaskSequencePackage>\r\n  <SequenceData>\r\n    \(inner)\r\n  </SequenceData>\r\n</SmsTaskSequencePackage>"
        let package = try package(wrapper)
        #expect(package.layout.margin == "    ")
        #expect(try rewritten(wrapper) == inner)
    }

    @Test("both layouts of a sequence mean the same, and each can be made of the other")
    func convertsLayouts() throws {
        let indented = try rewritten(Self.canonical, .indented)
        #expect(try package(indented).sequence == package(Self.canonical).sequence)
        #expect(try rewritten(indented, .canonical) == Self.canonical)
        #expect(try rewritten(indented) == indented)
    }

    @Test("attributes, children, variables and flags come into canonical order and spelling")
    func canonicalises() throws {
        let text = """
            <sequence name="N" version="3.00"><group expand="true" name="G" disable="false"><action /><step runIn="WinPE" \
            name="S" continueOnError="TRUE" type="T" startIn=""><defaultVarList><variable property="b" name="2"/><variable \
            name="1" property="B"/></defaultVarList><action><![CDATA[x & y]]></action><extra a="1"><b/></extra></step>\
            </group></sequence>
            """
        let expected = """
            <sequence version="3.10" name="N"><group name="G" description="" expand="true"><action/><step type="T" name="S" \
            description="" continueOnError="true" runIn="WinPE" startIn=""><action>x &amp; y</action><defaultVarList>\
            <variable name="1" property="B"></variable><variable name="2" property="b"></variable></defaultVarList>\
            <extra a="1"><b/></extra></step></group></sequence>
            """
        #expect(try rewritten(text, .canonical) == expected)
        #expect(try rewritten(expected) == expected)
    }

    @Test(
        "line ends, tabs and references in attributes come out as they were spelt",
        arguments: ["a&#xD;&#xA;b", "a&#10;b&#13;", "a\r\nb", "a\r\n\r\n b\t", "&#233;&amp;&quot;"])
    func keepsAttributeSpelling(value: String) throws {
        let text = "<sequence version=\"3.10\"><group name=\"x=&amp;'y'\" description=\"\(value)\"/></sequence>"
        #expect(try rewritten(text, .canonical) == text)
    }

    @Test("a changed attribute is spelt anew")
    func forgetsSpelling() throws {
        var sequence = try package("<sequence version=\"3.10\"><group name=\"a&#10;b\" description=\"\"/></sequence>")
            .sequence
        guard case .group(var group) = sequence.items[0] else { return }
        #expect(group.name == "a\nb")
        group.attributes[0].value = "c"
        sequence.items[0] = .group(group)
        let written = String(decoding: SequenceWriter.write(sequence), as: UTF8.self)
        #expect(written == "<sequence version=\"3.10\"><group name=\"c\" description=\"\"/></sequence>")
    }

    @Test("comments and unknown elements are not lost")
    func keepsUnknown() throws {
        let text = """
            <sequence version="3.10"><!-- one --><group name="G" description=""><new a="1">text<b/></new></group>\
            <later/></sequence>
            """
        #expect(try rewritten(text) == text)
    }
}
