// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support
import Testing

@Suite("media variables")
struct MediaVariableListTests {
    @Test("the list is written in the genuine shape")
    func writesGenuineShape() throws {
        var list = MediaVariableList()
        try list.set("_SMSTSSiteCode", to: "ABC")
        let text = Text.decodeUTF16LittleEndian(list.encoded()[...])
        #expect(
            text
                == "<?xml version=\"1.0\"?><MediaVarList Version=\"4.00.5345.0000\">"
                + "<var name=\"_SMSTSSiteCode\"><![CDATA[ABC]]></var></MediaVarList>")
    }

    @Test(
        "every value that XML can carry comes back",
        arguments: [
            "", " ", "plain", "]]>", "]]]]>>]]>", "<var name=\"x\">", "&amp;", "line\nfeed", "cr\r", "crlf\r\n", "\t",
            "é€\u{1F600}", "https://mp1/a*https://mp2/b",
        ])
    func roundTripsValues(value: String) throws {
        var list = MediaVariableList()
        try list.set("A", to: value)
        try list.set("B&<\">'", to: value)
        let read = try MediaVariableList(xml: list.encoded())
        #expect(read == list)
        #expect(read["a"] == value)
    }

    @Test("names are found in any case and keep their spelling and place")
    func comparesNamesWithoutCase() throws {
        var list = MediaVariableList()
        try list.set("SMSTSMP", to: "1")
        try list.set("Other", to: "2")
        try list.set("smstsmp", to: "3")
        #expect(list.variables.map(\.name) == ["SMSTSMP", "Other"])
        #expect(list["SmsTsMp"] == "3")
        list.remove("SMSTSmp")
        #expect(list.variables.map(\.name) == ["Other"])
        #expect(list["OTHER"] == "2")
        #expect(list["SMSTSMP"] == nil)
    }

    @Test("merging replaces what is there and appends the rest in order")
    func merges() throws {
        var list = MediaVariableList()
        try list.set("A", to: "1")
        try list.set("B", to: "2")
        var user = MediaVariableList()
        try user.set("C", to: "3")
        try user.set("b", to: "4")
        list.merge(user)
        #expect(list.variables.map { "\($0.name)=\($0.value)" } == ["A=1", "B=4", "C=3"])
    }

    @Test(
        "control characters in values are refused by name, without showing the value",
        arguments: ["secret\u{0}", "secret\u{1B}", "secret\u{FFFF}"])
    func refusesControlCharacters(value: String) {
        var list = MediaVariableList()
        let error = #expect(throws: MediaVariablesError.self) { try list.set("Name", to: value) }
        #expect(error?.code == .value)
        #expect(error?.description.contains("Name") == true)
        #expect(error?.description.contains("secret") == false)
        #expect(list.variables.isEmpty)
    }

    @Test(
        "impossible names are refused",
        arguments: ["", " A", "A ", "A\n", "A\u{0}", "A=B", "%A%", String(repeating: "n", count: 256)])
    func refusesNames(name: String) {
        var list = MediaVariableList()
        let error = #expect(throws: MediaVariablesError.self) { try list.set(name, to: "") }
        #expect(error?.code == .name)
    }

    @Test("trailing NUL characters, a byte order mark and unencrypted CDATA-less values are tolerated")
    func toleratesVariants() throws {
        let text = "<?xml version=\"1.0\"?><MediaVarList Version=\"5\"><var name=\"A\">x&amp;y</var><z/></MediaVarList>"
        let bytes = [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(text) + [0, 0, 0, 0]
        let list = try MediaVariableList(xml: bytes)
        #expect(list["a"] == "x&y")
        #expect(list.version == "5")
    }

    @Test(
        "what is no list is malformed",
        arguments: ["", "text", "<a/>", "<MediaVarList><var/></MediaVarList>", "<MediaVarList>", "<!DOCTYPE a><a/>"])
    func refusesOtherText(text: String) {
        let error = #expect(throws: MediaVariablesError.self) {
            try MediaVariableList(xml: Text.encodeUTF16LittleEndian(text))
        }
        #expect(error?.failureClass == .malformed)
    }

    @Test("half a character is malformed")
    func refusesOddLength() {
        let bytes = Text.encodeUTF16LittleEndian("<MediaVarList/>").dropLast()
        #expect(throws: MediaVariablesError.self) { try MediaVariableList(xml: Array(bytes)) }
    }

    @Test(
        "variables that hold secrets are hidden",
        arguments: [
            ("_SMSTSMediaPFX", true), ("OSDJoinPassword", true), ("osdjoinaccount", true),
            ("_SMSTSReserved1-000", true), ("OSDProductKey", true), ("DomainAdminPassword", true),
            ("SMSTSRunCommandLineUserName", true), ("OSDBitLockerPIN", true), ("ApiToken", true),
            ("_SMSTSSiteCode", false), ("_SMSMediaGuid", false), ("SMSTSMP", false), ("_SMSTSPublicRootKey", false),
            ("_SMSTSRootCACerts", false), ("SMSTSMappingMode", false),
        ])
    func knowsSecrets(name: String, isSecret: Bool) throws {
        #expect(MediaVariableList.isSecret(name: name) == isSecret)
        var list = MediaVariableList()
        try list.set(name, to: "value")
        #expect(list.redacted.first?.value == (isSecret ? MediaVariableList.redactedValue : "value"))
    }
}
