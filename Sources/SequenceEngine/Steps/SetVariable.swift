// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Set Task Sequence Variable.
struct SetVariable: StepAction {
    static let stepTypes = ["SMS_TaskSequence_SetVariableAction"]
    static let phase = StepPhase.anyTime
    static let changesTarget = false

    private let name: String
    private let value: String
    private let isSecret: Bool

    init(_ values: StepValues) throws {
        name = values["VariableName"].trimming(\.isWhitespace).description
        value = values["VariableValue"]
        isSecret = values.flag("DoNotShowVariableValue")
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        var variables = session.variables
        try variables.setForStep(name, to: value)
        return []
    }

    func restore(_ session: EngineSession) throws {
        try session.variables.setForStep(name, to: value, isSecret: isSecret)
    }

    func run(_ session: EngineSession) throws -> StepOutcome {
        try session.variables.setForStep(name, to: value, isSecret: isSecret)
        session.log.note("\(name) = \(isSecret ? "(hidden)" : "'\(value)'")")
        return .done
    }
}
