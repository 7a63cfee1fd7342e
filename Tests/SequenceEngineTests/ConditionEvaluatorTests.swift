// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import TSMediaTestSupport
import TaskSequence
import Testing

@testable import SequenceEngine

/// A world in which a few files and registry values are.
private struct SmallWorld: ConditionEvaluator.World {
    let computer: DescribedComputer

    var management: ManagementClasses { ManagementClasses(computer.computer) }

    func file(_ path: String) -> ConditionEvaluator.SeenFile? {
        // 2020-01-01T00:00:00Z
        let time = Timestamp(unixSeconds: 1_577_836_800)
        switch path.lowercased() {
        case "c:\\windows": return .init(isFolder: true, modified: time)
        case "c:\\windows\\notepad.exe": return .init(isFolder: false, modified: time, version: [10, 0, 19041, 1])
        default: return nil
        }
    }

    func registryValue(_ name: String, ofKey path: String) -> ConditionEvaluator.SeenRegistryValue {
        guard path == "HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso" else { return .noKey }
        switch name {
        case "Version": return .text("7")
        case "Count": return .number(300)
        default: return .noValue
        }
    }
}

@Suite("conditions of a running task sequence")
struct ConditionEvaluatorTests {
    private func holds(_ terms: String) throws -> Bool {
        let xml =
            "<sequence version=\"3.10\"><step type=\"x\" name=\"s\" description=\"\"><condition>\(terms)</condition><action/></step></sequence>"
        let sequence = try SequenceDefinition(XMLReader.read(xml, source: "test").root, source: "test")
        guard case .step(let step) = sequence.items[0] else { throw EngineError(.step, "x", "y", nextStep: "z") }
        var variables = SequenceVariables()
        for (name, value) in [("A", "5"), ("Model", "HP 8300"), ("Empty", ""), ("Path", "C:\\Windows")] {
            variables.set(name, to: value)
        }
        return try ConditionEvaluator(variables, SmallWorld(computer: DescribedComputer.latitude())).holds(
            step.condition)
    }

    private static func expression(_ type: String, _ operands: [(String, String)]) -> String {
        "<expression type=\"SMS_TaskSequence_\(type)ConditionExpression\">"
            + operands.map { "<variable name=\"\($0.0)\">\($0.1)</variable>" }.joined() + "</expression>"
    }

    private static func variable(_ name: String, _ comparison: String, _ value: String? = nil) -> String {
        expression(
            "Variable", [("Operator", comparison)] + (value.map { [("Value", $0)] } ?? []) + [("Variable", name)])
    }

    @Test(
        "variables are compared as numbers where both are, and else as texts without case",
        arguments: [
            ("A", "exists", nil, true), ("a", "notExists", nil, false), ("Empty", "exists", nil, false),
            ("A", "equals", "5", true),
            ("A", "equals", "05", true), ("A", "greater", "10", false), ("A", "less", "10", true),
            ("A", "lessEqual", "5", true),
            ("A", "greaterEqual", "6", false), ("Model", "equals", "hp 8300", true),
            ("Model", "Equals", "HP 8300", true),
            ("Model", "like", "*8300*", true), ("Model", "notLike", "Dell*", true), ("None", "notEquals", "x", true),
            ("None", "equals", "", true), ("A", "equals", "%A%", true), ("Model", "less", "IP", true),
        ] as [(String, String, String?, Bool)])
    func variables(_ name: String, _ comparison: String, _ value: String?, _ expected: Bool) throws {
        #expect(try holds(Self.variable(name, comparison, value)) == expected)
    }

    @Test("siblings must all hold, or one of them, or none of them")
    func operators() throws {
        let (yes, no) = (Self.variable("A", "exists"), Self.variable("B", "exists"))
        func group(_ type: String, _ terms: String...) -> String {
            "<operator type=\"\(type)\">\(terms.joined())</operator>"
        }
        #expect(try holds(yes + yes))
        #expect(try !holds(yes + no))
        #expect(try holds(group("or", no, yes)))
        #expect(try !holds(group("or", no, no)))
        #expect(try !holds(group("and", no, yes)))
        #expect(try holds(group("not", no, no)))
        #expect(try !holds(group("not", no, yes)))
        #expect(try holds(group("and", group("or", no, yes), group("not", no))))
        #expect(try holds(""))
    }

    @Test("files, folders and their versions and times")
    func files() throws {
        func file(_ path: String, _ more: [(String, String)] = []) -> String {
            Self.expression("File", [("Path", path)] + more)
        }
        #expect(try holds(file("%Path%\\notepad.exe")))
        #expect(try !holds(file("C:\\Windows")))
        #expect(try holds(Self.expression("Folder", [("Path", "C:\\Windows")])))
        #expect(try holds(file("C:\\Windows\\notepad.exe", [("Version", "10.0.9"), ("VersionOperator", "greater")])))
        #expect(try !holds(file("C:\\Windows\\notepad.exe", [("Version", "11"), ("VersionOperator", "greaterEqual")])))
        #expect(
            try holds(
                file(
                    "C:\\Windows\\notepad.exe",
                    [("DateTime", "20191231230000.000000+000"), ("DateTimeOperator", "greater")])))
        #expect(throws: EngineError.self) {
            try holds(file("C:\\Windows\\notepad.exe", [("DateTime", "yesterday"), ("DateTimeOperator", "greater")]))
        }
    }

    @Test("values of the registry of the applied system")
    func registry() throws {
        func value(
            _ name: String, _ comparison: String, _ data: String = "",
            key: String = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso"
        ) -> String {
            Self.expression(
                "Registry",
                [("KeyPath", key), ("Operator", comparison), ("Type", "REG_SZ"), ("Value", name), ("Data", data)])
        }
        #expect(try holds(value("Version", "equals", "7")))
        #expect(try holds(value("Count", "greater", "0x12b")))
        #expect(try holds(value("", "exists")))
        #expect(try holds(value("Other", "notExists")))
        #expect(try !holds(value("Version", "exists", key: "HKEY_LOCAL_MACHINE\\SOFTWARE\\Other")))
    }

    @Test(
        "what cannot be asked is an error and never an answer",
        arguments: [
            expression("Software", [("ProductCode", "{1}")]), expression("Unheard", []),
            variable("A", "resembles", "5"),
            expression("WMI", [("Query", "SELECT * FROM Win32_Service")]), "<osConditionGroup type=\"or\"/>",
            "<operator type=\"xor\"/>",
        ])
    func refused(_ terms: String) {
        #expect(throws: EngineError.self) { try holds(terms) }
    }
}
