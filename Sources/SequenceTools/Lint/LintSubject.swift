// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import TaskSequence

/// A step or group of a task sequence.
struct LintPlace: Sendable {
    /// The number of the task sequence in ``LintSubject/taskSequences``.
    let taskSequence: Int
    /// The names of the groups from the outermost, then its own.
    let path: [String]
    /// The step's type; nil for a group.
    let stepType: String?
    /// Where it stands in its file.
    let location: XMLLocation
}

/// A step with what stands above it.
struct LintStep: Sendable {
    /// A variable that the step sets.
    struct Assignment: Sendable {
        let name: String
        let value: String
        /// True when the value is not shown.
        let isSecret: Bool
    }

    /// The number of the task sequence in ``LintSubject/taskSequences``.
    let taskSequence: Int
    /// The names of the groups above, from the outermost.
    let groups: [String]
    /// The step.
    let step: SequenceStep
    /// The type without its prefix, such as `RebootAction`; empty when the step has none.
    let type: String
    /// The conditions of the groups above, of the calls of children, and the step's own.
    let conditions: [Condition]
    /// True when neither the step nor a group above it nor the call of its task sequence is switched off.
    let isEnabled: Bool
    /// The variables that the step sets: Set Task Sequence Variable, and the rules of Set Dynamic Variables.
    let assignments: [Assignment]
    /// True for the call of a child whose steps do not follow: it is not in the file, or they stand at an earlier call.
    fileprivate(set) var callsElsewhere = false

    var place: LintPlace {
        LintPlace(
            taskSequence: taskSequence, path: groups + [step.name], stepType: step.type, location: step.location)
    }

    subscript(name: String) -> String { step[property: name] ?? "" }
}

/// A condition of a step or group that is not kept from running by what stands above it.
struct LintCondition: Sendable {
    let place: LintPlace
    let condition: Condition
}

/// A task sequence with its children, as the rules see it: one list of steps in the order in which they run.
struct LintSubject: Sendable {
    /// The root and the children that are in its file.
    let taskSequences: [TaskSequencePackage]
    /// Every step, disabled ones too; a child's steps follow its first call.
    let allSteps: [LintStep]
    /// The steps that are enabled and not kept from running by their conditions.
    let steps: [LintStep]
    /// The conditions of enabled steps and groups, in the order in which they are asked.
    let conditions: [LintCondition]
    /// What is certain about variables.
    let known: KnownVariables
    /// Children that are called and not in the file.
    let missingChildren: [LintStep]
    /// True when a boot image is given beside the task sequence.
    let hasBootImage: Bool
    /// What the task sequence is to be used for.
    let purpose: LintPurpose?
    /// What the site says about packages and applications.
    let catalog: SiteCatalog?
    private let byType: [String: [Int]]

    init(_ root: TaskSequencePackage, purpose: LintPurpose?, hasBootImage: Bool, catalog: SiteCatalog?) {
        known = KnownVariables(purpose)
        self.hasBootImage = hasBootImage
        self.purpose = purpose
        self.catalog = catalog
        var walk = StepWalk(root, known)
        walk.enterAll()
        taskSequences = walk.taskSequences
        allSteps = walk.steps
        missingChildren = walk.missingChildren
        let known = known
        steps = walk.steps.filter { $0.isEnabled && known.evaluate($0.conditions) != .no }
        conditions = walk.conditions.filter { known.evaluate($0.above) != .no }.map(\.own)
        byType = Dictionary(grouping: steps.indices) { [steps] in steps[$0].type }
    }

    /// The root.
    var root: TaskSequencePackage { taskSequences[0] }

    /// The running steps of `types`, in order.
    func steps(_ types: String...) -> [LintStep] {
        types.flatMap { byType[$0] ?? [] }.sorted().map { steps[$0] }
    }
}

/// What holds for everything below a group or a call.
private struct LintScope {
    var groups: [String] = []
    var conditions: [Condition] = []
    var isEnabled = true
}

/// Flattens a task sequence and its children.
private struct StepWalk {
    private let root: TaskSequencePackage
    private let known: KnownVariables
    private let candidates: [String: TaskSequencePackage]
    private var entered: Set<String> = []
    private var guarded: [(child: TaskSequencePackage, conditions: [Condition])] = []
    private var depth = 0
    var taskSequences: [TaskSequencePackage] = []
    var steps: [LintStep] = []
    var conditions: [(own: LintCondition, above: [Condition])] = []
    var missingChildren: [LintStep] = []

    /// As far as ``ContentClosure`` follows.
    private static let maximumDepth = 64

    init(_ root: TaskSequencePackage, _ known: KnownVariables) {
        self.root = root
        self.known = known
        candidates = Dictionary(
            ([root] + root.siblings).compactMap { package in package.packageID.map { ($0.uppercased(), package) } }
        ) { first, _ in first }
    }

    /// Enters the root, and then what is called only where it does not run: passwords lie on the media all the same.
    mutating func enterAll() {
        enter(root, LintScope())
        while let (child, conditions) = guarded.popLast() {
            enter(child, LintScope(conditions: conditions))
        }
    }

    private mutating func enter(_ package: TaskSequencePackage, _ scope: LintScope) {
        if let id = package.packageID, !entered.insert(id.uppercased()).inserted { return }
        let number = taskSequences.count
        taskSequences.append(package)
        depth += 1
        walk(package.sequence.items, number, scope)
        depth -= 1
    }

    private mutating func walk(_ items: [SequenceItem], _ number: Int, _ scope: LintScope) {
        for item in items {
            switch item {
            case .group(let group):
                var inner = scope
                inner.groups.append(group.name)
                if group.isDisabled { inner.isEnabled = false }
                if let condition = group.condition {
                    let place = LintPlace(
                        taskSequence: number, path: inner.groups, stepType: nil, location: group.location)
                    note(condition, at: place, inner)
                    inner.conditions.append(condition)
                }
                walk(group.items, number, inner)
            case .step(let step): add(step, number, scope)
            case .unknown: break
            }
        }
    }

    private mutating func add(_ step: SequenceStep, _ number: Int, _ scope: LintScope) {
        let type = step.type.map(StepTypeName.short) ?? ""
        var added = LintStep(
            taskSequence: number, groups: scope.groups, step: step, type: type,
            conditions: step.condition.map { scope.conditions + [$0] } ?? scope.conditions,
            isEnabled: scope.isEnabled && !step.isDisabled, assignments: Self.assignments(step, type))
        if let condition = step.condition, added.isEnabled { note(condition, at: added.place, scope) }
        guard step.element == .subtasksequence, added.isEnabled else { return steps.append(added) }
        let isGuarded = known.evaluate(added.conditions) == .no
        var children: [TaskSequencePackage] = []
        for id in ReferenceProperty.values(added["TsPackageID"]) {
            guard let child = candidates[id.uppercased()], depth < Self.maximumDepth else {
                added.callsElsewhere = true
                missingChildren.append(added)
                continue
            }
            // A child is looked at once: where it runs first.
            if entered.contains(id.uppercased()) {
                added.callsElsewhere = true
            } else if isGuarded {
                guarded.append((child, added.conditions))
            } else {
                children.append(child)
            }
        }
        steps.append(added)
        for child in children { enter(child, LintScope(conditions: added.conditions)) }
    }

    private mutating func note(_ condition: Condition, at place: LintPlace, _ scope: LintScope) {
        guard scope.isEnabled else { return }
        conditions.append((LintCondition(place: place, condition: condition), scope.conditions))
    }

    private static func assignments(_ step: SequenceStep, _ type: String) -> [LintStep.Assignment] {
        switch type {
        case "SetVariableAction":
            let isSecret = step[property: "DoNotShowVariableValue"]?.lowercased() == "true"
            return [
                LintStep.Assignment(
                    name: step[property: "VariableName"] ?? "", value: step[property: "VariableValue"] ?? "",
                    isSecret: isSecret)
            ]
        case "SetDynamicVariablesAction":
            let rules = step[property: DynamicRules.property].flatMap { DynamicRules($0) }?.rules ?? []
            return rules.flatMap { rule in
                rule.variables.map { LintStep.Assignment(name: $0.name, value: $0.value, isSecret: $0.isSecret) }
            }
        default: return []
        }
    }
}
