// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Support
import TaskSequence

/// The enabled steps of a task sequence and of those that it calls, in the order in which they would run.
struct SequencePlan {
    /// A step with what must hold for it.
    struct Entry {
        let step: SequenceStep
        let conditions: [Condition]
    }

    /// As far as the runner follows.
    private static let depthLimit = 32
    /// More steps than a person can have written: a sequence that calls itself doubles with each level.
    private static let entryLimit = 100_000

    private(set) var entries: [Entry] = []
    private let children: [CaseFoldedName: SequenceDefinition]

    init(_ sequence: SequenceDefinition, children: [CaseFoldedName: SequenceDefinition]) {
        self.init(sequence.items, children: children)
    }

    init(_ items: [SequenceItem], children: [CaseFoldedName: SequenceDefinition]) {
        self.children = children
        add(items, [], 0)
    }

    /// How many there are.
    var stepCount: Int { entries.count }

    private mutating func add(_ items: [SequenceItem], _ conditions: [Condition], _ depth: Int) {
        for item in items where entries.count < Self.entryLimit {
            switch item {
            case .group(let group) where !group.isDisabled:
                add(group.items, group.condition.map { conditions + [$0] } ?? conditions, depth)
            case .step(let step) where !step.isDisabled:
                let own = step.condition.map { conditions + [$0] } ?? conditions
                entries.append(Entry(step: step, conditions: own))
                guard step.element == .subtasksequence, depth < Self.depthLimit else { continue }
                for id in Self.children(of: step) {
                    if let child = children[id.caseFolded] { add(child.items, own, depth + 1) }
                }
            default: break
            }
        }
    }

    /// The IDs of the task sequences that `step` calls.
    static func children(of step: SequenceStep) -> [String] {
        (step[property: "TsPackageID"] ?? "").split { $0 == "," || $0 == " " }.map(String.init)
    }

    /// What is wrong with a step that nothing here runs.
    static func unsupported(_ step: SequenceStep) -> EngineError {
        EngineError(
            .step, "a step '\(step.type.map(StepTypeName.readable) ?? "without a type")'", "can only run in Windows",
            nextStep: "disable it, or put the condition _TSMediaEngine notExists on it")
    }

    /// What is wrong with the call of a task sequence that the media does not hold.
    static func missingChild(_ id: String) -> EngineError {
        EngineError(
            .content, "task sequence \(id.onOneLine)", "is not on this media",
            nextStep: "make the media again from a task sequence that was exported with those it calls")
    }
}
