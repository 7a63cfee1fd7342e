// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support
import Testing

@Suite("Policy.xml")
struct PolicyTests {
    @Test("the task sequence comes back from a sealed policy, markup and line ends included")
    func roundTrips() throws {
        let sequence = "<sequence version=\"3.10\"><group name=\"]]&gt; &amp; é\" description=\"\"/>\r\n</sequence>\r\n"
        let policy = try Policy(
            taskSequenceID: "ABC00012", taskSequenceName: "Install <Windows> & more", sequence: Array(sequence.utf8))
        let password = MediaPassword.mediaGUID("{01234567-89AB-CDEF-0123-456789ABCDEF}")
        let sealed = EncryptedContainer.seal(policy.encoded(), password: password)
        let read = try Policy(xml: try EncryptedContainer.open(sealed, password: password))
        #expect(read == policy)
        #expect(read.taskSequenceID == "ABC00012")
        #expect(
            read.sequence
                == "<sequence version=\"3.10\"><group name=\"]]&gt; &amp; é\" description=\"\"/>\n</sequence>\n")
    }

    @Test("an instance is found wherever it stands, as the elements around it are not known")
    func findsInstances() throws {
        let text =
            "<?xml version=\"1.0\"?><x><y><instance class=\"CCM_TaskSequence\"><property name=\"PKG_Name\" type=\"8\">"
            + "<value><![CDATA[N]]></value></property><property name=\"TS_Sequence\"><value>&lt;sequence/&gt;</value>"
            + "</property></instance></y></x>"
        let policy = try Policy(xml: Text.encodeUTF16LittleEndian(text) + [0, 0])
        #expect(policy.taskSequenceName == "N")
        #expect(policy.sequence == "<sequence/>")
        #expect(policy.advertisementID.isEmpty)
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
            try Policy(taskSequenceID: "A", taskSequenceName: "a\u{1}", sequence: [])
        }
    }
}
