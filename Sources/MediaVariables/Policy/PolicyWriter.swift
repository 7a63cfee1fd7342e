// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Markup
import Support

/// Writes policies and their assignments in the shape that sites give them (docs/formats/media.md section 2a).
///
/// Ours: the element around them, because how genuine media nests several is not known; the identifiers, which are derived
/// from the properties; the conditions, which any client fulfils; the version.
struct PolicyWriter {
    private var writer = XMLWriter(lineEnding: .carriageReturnLineFeed)

    /// The CIM type of a text (DSP0004: CIM_STRING is 8 in WMI's numbering).
    private static let stringType = "8"
    private static let version = "1.00"
    /// What every client has.
    private static let condition = #"@root\ccm SELECT * FROM SMS_Client"#

    init() {
        writer.raw("<?xml version=\"1.0\"?>")
        writer.startTag("MediaPolicies")
    }

    /// Adds a policy that makes an instance of `className` with `properties`, and its assignment.
    ///
    /// - Parameter id: the package whose site the policy is said to come from; empty when that is not known.
    mutating func add(_ className: String, identifiedBy id: String, _ properties: [(name: String, value: String)]) {
        let facts = [className] + properties.flatMap { [$0.name, $0.value] }
        func identifier(_ role: String) -> String {
            let hash = SHA256()
            for fact in ["tsmedia policy 1", role] + facts {
                hash.update(Array("\(fact.utf8.count):".utf8))
                hash.update(fact.utf8)
            }
            return "{\(GUID(custom: hash.finalize().bytes).text(.upper))}"
        }
        let policy = [XMLAttribute("PolicyID", identifier("policy")), XMLAttribute("PolicyVersion", Self.version)]
        let source = id.utf8.count == 8 ? "SMS:\(id.prefix(3))" : "SMS"
        writer.startTag(
            "Policy",
            [XMLAttribute("PolicyType", "Machine"), XMLAttribute("SchemaVersion", "1.00")] + policy
                + [XMLAttribute("PolicySource", source)])
        writer.startTag("PolicyRule", [XMLAttribute("PolicyRuleID", identifier("rule"))])
        writer.startTag("Condition")
        expression("until-true")
        writer.endTag("Condition")
        writer.startTag("PolicyAction", [XMLAttribute("PolicyActionType", "WMI-XML")])
        writer.startTag("instance", [XMLAttribute("class", className)])
        for property in properties {
            writer.startTag("property", [XMLAttribute("name", property.name), XMLAttribute("type", Self.stringType)])
            writer.startTag("value")
            writer.cdata(property.value)
            writer.endTag("value")
            writer.endTag("property")
        }
        for element in ["instance", "PolicyAction", "PolicyRule", "Policy"] { writer.endTag(element) }
        writer.startTag("PolicyAssignment", [XMLAttribute("PolicyAssignmentID", identifier("assignment"))])
        writer.startTag("Condition")
        writer.startTag("Operator", [XMLAttribute("OperatorType", "AND")])
        expression("continuous")
        writer.endTag("Operator")
        writer.endTag("Condition")
        writer.startTag("Policy", policy + [XMLAttribute("PolicyCategory", "TaskSequence")])
        writer.startTag("PolicyLocation", isEmpty: true)
        writer.endTag("Policy")
        writer.endTag("PolicyAssignment")
    }

    private mutating func expression(_ type: String) {
        writer.startTag(
            "Expression", [XMLAttribute("ExpressionLanguage", "WQL"), XMLAttribute("ExpressionType", type)])
        writer.cdata(Self.condition)
        writer.endTag("Expression")
    }

    /// The document as UTF-16LE without a byte order mark.
    mutating func finish() -> [UInt8] {
        writer.endTag("MediaPolicies")
        return Text.encodeUTF16LittleEndian(String(decoding: writer.bytes, as: UTF8.self))
    }
}
