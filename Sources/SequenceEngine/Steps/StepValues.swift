// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// The values of a step's properties, as they hold when it runs.
///
/// A property that is tied to a variable has that variable's value where one is set, and else what the step says; variables in
/// either are expanded. That a variable that is set wins is documented for the variables of each step.
package struct StepValues: Sendable {
    /// The step.
    package let step: SequenceStep
    /// The variables.
    package let variables: SequenceVariables

    /// The values of `step` now.
    package init(_ step: SequenceStep, _ variables: SequenceVariables) {
        self.step = step
        self.variables = variables
    }

    /// The value of the property `name`; empty when it has none.
    package subscript(name: String) -> String { optional(name) ?? "" }

    /// The value of the property `name`; nil when it has none.
    package func optional(_ name: String) -> String? {
        guard let entry = step.variables?.variables.first(where: { $0.property?.caseFolded == name.caseFolded }) else {
            return nil
        }
        if !entry.isHidden, !entry.name.isEmpty, let value = variables[entry.name] { return variables.expand(value) }
        let value = variables.expand(entry.value)
        return value.isEmpty ? nil : value
    }

    /// Whether the property `name` is true.
    package func flag(_ name: String) -> Bool { self[name].lowercased() == "true" }

    /// The whole number that the property `name` is; nil when it is none.
    package func number(_ name: String) -> Int? { Int(self[name]) }

    /// The package ID in the property `name`; nil where none is chosen.
    package func package(_ name: String) -> String? {
        let id = self[name].trimming(\.isWhitespace).description
        return id.isEmpty || id.allSatisfy { $0 == "0" } ? nil : id
    }

    /// The name of the step.
    package var name: String { step.name }

    /// The codes that mean success.
    package var successCodes: Set<Int32> {
        let list = (step.successCodes ?? "0").split { " ,;".contains($0) }.compactMap { text in
            // 4294967295 and -1 are one code.
            Int64(text).map { Int32(truncatingIfNeeded: $0) }
        }
        return list.isEmpty ? [0] : Set(list)
    }

    /// Seconds until the step is ended; nil for never.
    package var timeoutSeconds: Int? {
        step.timeout.flatMap { Int($0) }.flatMap { $0 > 0 ? min($0, 1 << 30) : nil }
    }

    /// How often the step is tried again.
    package var retryCount: Int {
        min(max(step.attributes.value("retryCount").flatMap { Int($0) } ?? 0, 0), Self.retryLimit)
    }

    private static let retryLimit = 100
}
