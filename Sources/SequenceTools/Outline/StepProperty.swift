// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// A property of a step, or a global variable, as people read it.
public struct StepProperty: Sendable, Equatable, Encodable {
    /// What the value is.
    public enum Kind: String, Sendable, Encodable {
        /// Plain text.
        case text
        /// A PowerShell script, decoded.
        case script
        /// The rules of Set Dynamic Variables, in words.
        case rules
    }

    /// The property; the variable's name where there is no property.
    public let name: String
    /// The value; ``SequenceSecrecy/hiddenValue`` for a secret.
    public let value: String
    /// What the value is.
    public let kind: Kind
    /// True when the value, or a part of it, is hidden.
    public let isRedacted: Bool

    /// Whether the value has lines of its own.
    var isBlock: Bool { kind != .text || value.utf8.contains(UInt8(ascii: "\n")) }
}

extension SequenceStep {
    /// The step's properties in the order of the file, decoded and with secrets hidden.
    public func readableProperties(secrecy: SequenceSecrecy = .redacted) -> [StepProperty] {
        let setsSecret = secrecy == .redacted && setsSecretVariable
        return (variables?.variables ?? []).map { variable in
            let isSecretValue = setsSecret && variable.property == "VariableValue"
            return variable.readable(secrecy, isSecret: isSecretValue)
        }
    }

    /// The command line with secrets hidden.
    public func readableAction(secrecy: SequenceSecrecy = .redacted) -> String? {
        guard let action else { return nil }
        guard secrecy == .redacted else { return action }
        // tsenv.exe "NAME=VALUE" /hiddenflag:True (step-catalog.json)
        if setsSecretVariable, let equals = action.firstIndex(of: "=") {
            let end = action.lastIndex(of: "\"").flatMap { $0 > equals ? $0 : nil } ?? action.endIndex
            let value = action[action.index(after: equals)..<end]
            guard !SequenceSecrecy.isHarmless(String(value)) else { return action }
            return action[...equals] + SequenceSecrecy.hiddenValue + action[end...]
        }
        return secrecy.text(action)
    }

    /// True for the step Set Task Sequence Variable when its value is a secret: by its name, or because it says so.
    var setsSecretVariable: Bool {
        guard let name = self[property: "VariableName"] else { return false }
        return SequenceSecrecy.isSecret(name: name)
            || self[property: "DoNotShowVariableValue"]?.lowercased() == "true"
    }
}

extension StepVariable {
    /// The variable as people read it.
    ///
    /// - Parameters:
    ///   - isSecret: whether the value is a secret whatever the name.
    func readable(_ secrecy: SequenceSecrecy, isSecret: Bool = false) -> StepProperty {
        let label = property ?? name
        if isSecret, !SequenceSecrecy.isHarmless(value) {
            return StepProperty(name: label, value: SequenceSecrecy.hiddenValue, kind: .text, isRedacted: true)
        }
        if property == InlineScript.property, let script = InlineScript.decode(value) {
            let shown = secrecy.text(script.withLineFeeds)
            return StepProperty(name: label, value: shown, kind: .script, isRedacted: shown != script.withLineFeeds)
        }
        if property == DynamicRules.property, let rules = DynamicRules(value) {
            let shown = rules.text(secrecy)
            return StepProperty(
                name: label, value: shown, kind: .rules, isRedacted: secrecy == .redacted && shown != rules.text(.shown)
            )
        }
        // The name of the variable may tell what that of the property does not, and the other way round.
        let byName = secrecy.value(value, of: name)
        let shown = byName == value && property != nil ? secrecy.value(value, of: label) : byName
        return StepProperty(name: label, value: shown.withLineFeeds, kind: .text, isRedacted: shown != value)
    }
}

extension String {
    /// The text with every line end a line feed.
    var withLineFeeds: String {
        guard utf8.contains(UInt8(ascii: "\r")) else { return self }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        var isAfterReturn = false
        for byte in utf8 {
            if byte == UInt8(ascii: "\r") || !(isAfterReturn && byte == UInt8(ascii: "\n")) {
                bytes.append(byte == UInt8(ascii: "\r") ? UInt8(ascii: "\n") : byte)
            }
            isAfterReturn = byte == UInt8(ascii: "\r")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
