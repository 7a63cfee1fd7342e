// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support
import Testing

@Suite("Policy.xml")
struct PolicyTests {
    @Test("the task sequence comes back from a sealed policy, markup and line ends included")
    func roundTrips() throws {
        let sequence = "<sequence version=\"3.10\"><group name=\"]]&gt; &amp; é\" description=\"\"/>\r\n</sequence>\r\n"
        let policy = Policy(
            root: try .init(
                taskSequenceID: "ABC00012", taskSequenceName: "Install <Windows> & more", sequence: Array(sequence.utf8)
            ),
            children: [try .init(taskSequenceID: "ABC00013", taskSequenceName: "Child", sequence: [])])
        let password = MediaPassword.mediaGUID("{01234567-89AB-CDEF-0123-456789ABCDEF}")
        let sealed = EncryptedContainer.seal(policy.encoded(), password: password)
        let read = try Policy(xml: try EncryptedContainer.open(sealed, password: password))
        #expect(read == policy)
        #expect(read.root.taskSequenceID == "ABC00012")
        #expect(
            read.root.sequence
                == "<sequence version=\"3.10\"><group name=\"]]&gt; &amp; é\" description=\"\"/>\n</sequence>\n")
    }

    @Test("an instance is found wherever it stands, as the elements around it are not known")
    func findsInstances() throws {
        let text =
            "<?xml version=\"1.0\"?><x><y><instance class=\"CCM_TaskSequence\"><property name=\"PKG_Name\" type=\"8\">"
            + "<value><![CDATA[N]]></value></property><property name=\"TS_Sequence\"><value>&lt;sequence/&gt;</value>"
            + "</property></instance></y></x>"
        let policy = try Policy(xml: Text.encodeUTF16LittleEndian(text) + [0, 0])
        #expect(policy.root.taskSequenceName == "N")
        #expect(policy.root.sequence == "<sequence/>")
        #expect(policy.root.advertisementID.isEmpty)
    }

    @Test("the assigned task sequence is the root, whatever the order of the instances")
    func findsTheRoot() throws {
        func instance(_ id: String) -> String {
            "<instance class=\"CCM_TaskSequence\"><property name=\"PKG_PackageID\"><value>\(id)</value></property>"
                + "<property name=\"PKG_Name\"><value>\(id)</value></property>"
                + "<property name=\"TS_Sequence\"><value>s</value></property></instance>"
        }
        let text = "<x>\(instance("ABC00001"))\(instance("ABC00002"))<PolicyAssignment PackageID=\"ABC00002\"/></x>"
        let policy = try Policy(xml: Text.encodeUTF16LittleEndian(text))
        #expect(policy.root.taskSequenceID == "ABC00002")
        #expect(policy.children.map(\.taskSequenceID) == ["ABC00001"])
    }

    @Test(
        "a document without a task sequence is malformed",
        arguments: ["<a/>", "<a><instance class=\"CCM_TaskSequence\"/></a>", "", "<a>"])
    func refuses(text: String) {
        let error = #expect(throws: MediaVariablesError.self) { try Policy(xml: Text.encodeUTF16LittleEndian(text)) }
        #expect(error?.failureClass == .malformed)
    }

    @Test("a name that XML cannot carry is refused")
    func refusesControlCharacters() {
        #expect(throws: MediaVariablesError.self) {
            try Policy.Instance(taskSequenceID: "A", taskSequenceName: "a\u{1}", sequence: [])
        }
    }
}
