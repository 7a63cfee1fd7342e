// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import TaskSequence

/// Tells whether conditions hold, while a task sequence runs.
package struct ConditionEvaluator {
    /// What conditions ask beside variables.
    package protocol World {
        /// What is known of the file or folder at `path`, as C:\\Windows; nil when it does not exist.
        func file(_ path: String) -> SeenFile?
        /// The value `name` of the key at `path` in the registry of the applied system.
        func registryValue(_ name: String, ofKey path: String) -> SeenRegistryValue
        /// The classes of management instrumentation.
        var management: ManagementClasses { get }
    }

    /// A file or folder that a condition asks for.
    package struct SeenFile: Sendable, Equatable {
        package let isFolder: Bool
        package let modified: Timestamp
        /// Four numbers; nil where the file has no version.
        package let version: [UInt16]?

        package init(isFolder: Bool, modified: Timestamp, version: [UInt16]? = nil) {
            self.isFolder = isFolder
            self.modified = modified
            self.version = version
        }
    }

    /// What a registry says.
    package enum SeenRegistryValue: Sendable, Equatable {
        case noKey
        case noValue
        case text(String)
        case number(UInt64)
    }

    private let variables: SequenceVariables
    private let world: any World

    /// An evaluator of the variables as they are now.
    package init(_ variables: SequenceVariables, _ world: any World) {
        self.variables = variables
        self.world = world
    }

    /// Whether all of `condition` holds; no condition always does.
    ///
    /// - Throws: ``EngineError`` `.condition` for what cannot be asked here: neither answer would be safe.
    package func holds(_ condition: Condition?) throws(EngineError) -> Bool {
        try all(condition?.terms ?? [])
    }

    private func all(_ terms: [ConditionTerm]) throws(EngineError) -> Bool {
        for term in terms where try !holds(term) { return false }
        return true
    }

    private func any(_ terms: [ConditionTerm]) throws(EngineError) -> Bool {
        for term in terms where try holds(term) { return true }
        return false
    }

    private func holds(_ term: ConditionTerm) throws(EngineError) -> Bool {
        switch term {
        case .expression(let expression): return try holds(expression)
        case .operator(let operation):
            switch operation.type.lowercased() {
            case "and": return try all(operation.terms)
            // Of nothing, nothing holds and nothing is wrong: an empty "or" lets its step run, as the lint has it.
            case "or": return operation.terms.isEmpty ? true : try any(operation.terms)
            case "not": return try !any(operation.terms)
            default: throw Self.unknown("an operator '\(operation.type.onOneLine)'")
            }
        case .unknown(let node):
            guard case .element(let element) = node else { return true }
            throw Self.unknown(
                element.name == "osConditionGroup" ? "the operating system that runs" : "<\(element.name.onOneLine)>")
        }
    }

    private func holds(_ expression: ConditionExpression) throws(EngineError) -> Bool {
        switch ConditionKind(expression) {
        case .variable: return try variable(expression)
        case .management: return try management(expression)
        case .file: return try file(expression, isFolder: false)
        case .folder: return try file(expression, isFolder: true)
        case .registry: return try registry(expression)
        case .software: throw Self.unknown("installed software")
        case nil: throw Self.unknown("'\(expression.type.onOneLine)'")
        }
    }

    // MARK: Kinds

    private func operand(_ name: String, of expression: ConditionExpression) -> String {
        variables.expand(expression.operand(name) ?? "")
    }

    private func variable(_ expression: ConditionExpression) throws(EngineError) -> Bool {
        let value = variables[operand("Variable", of: expression)]
        let written = expression.operand("Operator") ?? ""
        switch written.lowercased() {
        case "exists": return value != nil
        case "notexists": return value == nil
        default:
            return try Self.compare(value ?? "", written, operand("Value", of: expression))
        }
    }

    private func management(_ expression: ConditionExpression) throws(EngineError) -> Bool {
        let text = operand("Query", of: expression)
        do throws(ManagementQuery.Problem) {
            return try ManagementQuery(text).holds(world.management)
        } catch {
            throw EngineError(
                .condition, "the WMI query '\(text.onOneLine)'", DiagnosticText(error.text),
                nextStep: "ask \(ManagementClasses.readableNames), or a variable")
        }
    }

    private func file(_ expression: ConditionExpression, isFolder: Bool) throws(EngineError) -> Bool {
        let path = operand("Path", of: expression)
        guard let file = world.file(path), file.isFolder == isFolder else { return false }
        if let wanted = expression.operand("DateTime"), !wanted.isEmpty {
            guard let time = ManagementTime.timestamp(wanted) else {
                throw Self.unknown("the time '\(wanted.onOneLine)'")
            }
            let comparison = expression.operand("DateTimeOperator") ?? ""
            guard try Self.compare(file.modified.unixSeconds, comparison, time.unixSeconds) else { return false }
        }
        if let wanted = expression.operand("Version"), !wanted.isEmpty {
            guard let version = file.version else { return false }
            let parts = wanted.split(separator: ".", omittingEmptySubsequences: false).map { UInt16($0) }
            guard parts.count <= 4, parts.allSatisfy({ $0 != nil }) else {
                throw Self.unknown("the version '\(wanted.onOneLine)'")
            }
            func number(_ parts: [UInt16]) -> UInt64 {
                (0..<4).reduce(0) { $0 << 16 | UInt64($1 < parts.count ? parts[$1] : 0) }
            }
            let comparison = expression.operand("VersionOperator") ?? ""
            return try Self.compare(number(version), comparison, number(parts.compactMap { $0 }))
        }
        return true
    }

    private func registry(_ expression: ConditionExpression) throws(EngineError) -> Bool {
        let written = expression.operand("Operator") ?? ""
        let name = operand("Value", of: expression)
        let seen = world.registryValue(name, ofKey: operand("KeyPath", of: expression))
        // Without the name of a value the key is meant.
        let exists = name.isEmpty ? seen != .noKey : seen != .noKey && seen != .noValue
        switch written.lowercased() {
        case "exists": return exists
        case "notexists": return !exists
        default: break
        }
        let data = operand("Data", of: expression)
        switch seen {
        case .noKey, .noValue: return false
        case .text(let text): return try Self.compare(text, written, data)
        case .number(let number):
            let digits = data.lowercased().hasPrefix("0x") ? UInt64(data.dropFirst(2), radix: 16) : UInt64(data)
            guard let wanted = digits else { return false }
            return try Self.compare(number, written, wanted)
        }
    }

    // MARK: Comparisons

    private static func compare(_ left: String, _ written: String, _ right: String) throws(EngineError) -> Bool {
        switch written.lowercased() {
        case "like": return LikePattern(right, .variables).matches(left)
        case "notlike": return !LikePattern(right, .variables).matches(left)
        default: break
        }
        // Numbers compare as numbers where both are [inferred].
        if let first = Int64(left), let second = Int64(right) { return try compare(first, written, second) }
        return try compare(left.lowercased().scalars, written, right.lowercased().scalars)
    }

    private static func compare<Operand: Comparable>(
        _ left: Operand, _ written: String, _ right: Operand
    ) throws(EngineError) -> Bool {
        switch written.lowercased() {
        case "equals": return left == right
        case "notequals": return left != right
        case "less": return left < right
        case "lessequal": return left <= right
        case "greater": return left > right
        case "greaterequal": return left >= right
        default: throw unknown("the operator '\(written.onOneLine)'")
        }
    }

    private static func unknown(_ what: DiagnosticText) -> EngineError {
        EngineError(
            .condition, "a condition", "asks for \(what), which cannot be asked outside of Windows",
            nextStep: "ask a variable, a file, the registry of the applied system or the hardware instead")
    }
}

extension String {
    /// The scalars, so that texts are compared as they are stored.
    fileprivate var scalars: ScalarText { ScalarText(scalars: Array(unicodeScalars)) }
}

/// A text that compares by its scalars.
private struct ScalarText: Comparable {
    let scalars: [Unicode.Scalar]

    static func < (left: Self, right: Self) -> Bool { left.scalars.lexicographicallyPrecedes(right.scalars) }
}
