// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import TSMediaTestSupport
import TaskSequence

/// Small task sequences for the linter.
enum LintFixture {
    /// A condition on one variable.
    static func condition(_ variable: String, _ comparison: String, _ value: String = "") -> String {
        """
        <expression type="SMS_TaskSequence_VariableConditionExpression"><variable name="Operator">\(comparison)\
        </variable><variable name="Value">\(value)</variable><variable name="Variable">\(variable)</variable></expression>
        """
    }

    /// A condition on the version of a file.
    static func fileCondition(_ comparison: String) -> String {
        """
        <expression type="SMS_TaskSequence_FileConditionExpression"><variable name="Path">x</variable>\
        <variable name="Version">1.0</variable><variable name="VersionOperator">\(comparison)</variable></expression>
        """
    }

    /// `_SMSTSMediaType notEquals FullMedia`.
    static let guardExpression = condition("_SMSTSMediaType", "notEquals", "FullMedia")

    /// and, or, not of terms.
    static func operation(_ type: String, _ terms: String...) -> String {
        "<operator type=\"\(type)\">\(terms.joined())</operator>"
    }

    /// A step of `type` with properties, which name variables of the same name.
    static func step(
        _ type: String, _ properties: [(String, String)] = [], name: String = "S", runIn: String = "WinPEandFullOS",
        condition: String = "", action: String = "x.exe", attributes: String = ""
    ) -> String {
        let variables = properties.map { property, value in
            "<variable name=\"\(variableNames[property] ?? property)\" property=\"\(property)\">"
                + "\(SequenceFixture.escaped(value))</variable>"
        }.joined()
        let conditions = condition.isEmpty ? "" : "<condition>\(condition)</condition>"
        let element = type == "SubTasksequence" ? "subtasksequence" : "step"
        return """
            <\(element) type="SMS_TaskSequence_\(type)" name="\(name)" description=""\(attributes) runIn="\(runIn)" \
            successCodeList="0" retryCount="0" runFromNet="false">\(conditions)<action>\
            \(SequenceFixture.escaped(action))</action><defaultVarList>\(variables)</defaultVarList></\(element)>
            """
    }

    /// The rules of Set Dynamic Variables that set one variable.
    static func rules(_ name: String, _ value: String, isSecret: Bool = false) -> String {
        """
        <Rules><Rule><Variables><Variable Name="\(name)" IsSecret="\(isSecret)">\(value)</Variable></Variables></Rule>\
        </Rules>
        """
    }

    private static let variableNames = ["UnsignedDriver": "OSDAllowUnsignedDriver"]

    /// A group.
    static func group(_ items: String, condition: String = "", attributes: String = "") -> String {
        let conditions = condition.isEmpty ? "" : "<condition>\(condition)</condition>"
        return "<group name=\"G\" description=\"\"\(attributes)>\(conditions)\(items)</group>"
    }

    static let applySystem = step("ApplyOperatingSystemAction", [("ImagePackageID", "ABC00010")], name: "Apply OS")
    static let setup = step("SetupWindowsAndSMSAction", [("ClientPackageID", "ABC00002")], name: "Setup Windows")

    /// A sequence of `items` with the reference list that its steps need.
    static func sequence(_ items: String) throws -> String {
        let body = "<sequence version=\"3.10\">\(items)</sequence>"
        let package = try TaskSequencePackage(xml: Array(body.utf8), source: "t.xml", stem: "t")
        let references = package.ownReferences().map { reference in
            switch reference.kind {
            case .application(let name, _): "<reference application=\"\(name)\"/>"
            case .package(let id), .taskSequence(let id):
                "<reference package=\"\(id)\"\(reference.program.map { " program=\"\($0)\"" } ?? "")/>"
            }
        }.joined()
        let list = references.isEmpty ? "" : "<referenceList>\(references)</referenceList>"
        return "<sequence version=\"3.10\">\(list)\(items)</sequence>"
    }

    /// The rules that `items` break, each as often as it is broken.
    static func rules(
        _ items: String, for purpose: LintPurpose? = .standalone, bootImage: String? = "ABC00005",
        catalog: SiteCatalog? = nil
    ) throws -> [String] {
        try findings(items, for: purpose, bootImage: bootImage, catalog: catalog).map(\.rule.id)
    }

    static func findings(
        _ items: String, for purpose: LintPurpose? = .standalone, bootImage: String? = "ABC00005",
        catalog: SiteCatalog? = nil
    ) throws -> [LintFinding] {
        let object = SequenceFixture.object("ABC00020", try sequence(items), bootImage: bootImage ?? "")
        let package = try TaskSequencePackage(xml: Array(object.utf8), source: "object.xml", stem: "t")
        return SequenceLinter(purpose: purpose, catalog: catalog).lint(package)
    }
}
