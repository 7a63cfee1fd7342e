// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import SequenceEngine

@Suite("variables of a running task sequence")
struct SequenceVariablesTests {
    private func variables(_ values: [(String, String)]) -> SequenceVariables {
        var variables = SequenceVariables()
        for (name, value) in values { variables.set(name, to: value) }
        return variables
    }

    @Test("names are found in any case, and an empty value is none")
    func names() {
        var variables = variables([("OSDComputerName", "PC-1")])
        #expect(variables["osdcomputername"] == "PC-1")
        variables.set("OSDCOMPUTERNAME", to: "PC-2")
        #expect(variables.all.map(\.name) == ["OSDComputerName"])
        variables.set("OSDComputerName", to: "")
        #expect(variables["OSDComputerName"] == nil)
    }

    @Test(
        "%NAME% is replaced where NAME is set, and stays where it is not",
        arguments: [
            ("%A%-%b%", "1-two"), ("100%", "100%"), ("%windir%\\x", "%windir%\\x"), ("%%A%%", "%1%"), ("%C%", "1"),
            ("", ""), ("%", "%"),
            ("%A", "%A"),
        ])
    func expansion(_ text: String, _ expected: String) {
        #expect(variables([("a", "1"), ("B", "two"), ("c", "%A%")]).expand(text) == expected)
    }

    @Test("a variable that names itself, and one that doubles itself, end")
    func circles() {
        let variables = variables([("A", "%A%"), ("B", "%B%%B%")])
        #expect(variables.expand("%A%") == "%A%")
        #expect(variables.expand("%B%").utf8.count < 4 << 20)
    }

    @Test("variables that grow with each step come to an end")
    func growth() {
        var variables = SequenceVariables()
        variables.set("A", to: "%B%")
        variables.set("B", to: "%A%%A%")
        #expect(throws: EngineError.self) {
            for _ in 0..<200 { try variables.setForStep("A", to: variables.expand("%A%%A%%A%") + "x%A%%A%") }
            for _ in 0..<40 {
                try variables.setForStep("C", to: (variables["C"] ?? "12345678") + (variables["C"] ?? ""))
            }
        }
    }

    @Test("steps do not set what the engine alone sets", arguments: ["_SMSTSInWinPE", "_smstsmediatype", "", "a%b"])
    func readOnly(_ name: String) {
        var variables = SequenceVariables()
        #expect(throws: EngineError.self) { try variables.setForStep(name, to: "x") }
    }

    @Test("values that are hidden are in no text for people")
    func redaction() {
        var variables = SequenceVariables()
        variables.set("Password", to: "S3cret", isSecret: true)
        variables.set("Longer", to: "S3cret-and-more", isSecret: true)
        #expect(variables.redacted("net use S3cret-and-more S3cret") == "net use (hidden) (hidden)")
    }
}
