// SPDX-License-Identifier: GPL-3.0-or-later

/// A step with what stands above it.
struct LintStep: Sendable {
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

    subscript(name: String) -> String { step[property: name] ?? "" }
}

/// A task sequence with its children, as the rules see it: one list of steps in the order in which they run.
struct LintSubject: Sendable {
    /// The root and the children that are in its file.
    let taskSequences: [TaskSequencePackage]
    /// Every step, disabled ones too; a child's steps follow its first call.
    let allSteps: [LintStep]
    /// The steps that are enabled and not kept from running by their conditions.
    let steps: [LintStep]
    /// What is certain about variables.
    let known: KnownVariables
    /// Children that are called and not in the file.
    let missingChildren: [LintStep]
    /// True when a boot image is given beside the task sequence.
    let hasBootImage: Bool
    /// What the site says about packages and applications.
    let catalog: SiteCatalog?
    private let byType: [String: [Int]]

    init(_ root: TaskSequencePackage, purpose: LintPurpose?, hasBootImage: Bool, catalog: SiteCatalog?) {
        known = KnownVariables(mediaType: purpose?.mediaType)
        self.hasBootImage = hasBootImage
        self.catalog = catalog
        var walk = StepWalk(root)
        walk.enter(root, LintScope())
        taskSequences = walk.taskSequences
        allSteps = walk.steps
        missingChildren = walk.missingChildren
        let known = known
        steps = walk.steps.filter { $0.isEnabled && known.evaluate($0.conditions) != .no }
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
    private let candidates: [String: TaskSequencePackage]
    private var entered: Set<String> = []
    private var depth = 0
    var taskSequences: [TaskSequencePackage] = []
    var steps: [LintStep] = []
    var missingChildren: [LintStep] = []

    /// As far as ``ContentClosure`` follows.
    private static let maximumDepth = 64
    private static let typePrefix = "SMS_TaskSequence_"

    init(_ root: TaskSequencePackage) {
        candidates = Dictionary(root.siblings.compactMap { sibling in sibling.packageID.map { ($0.uppercased(), sibling) } }
        ) { first, _ in first }
    }

    mutating func enter(_ package: TaskSequencePackage, _ scope: LintScope) {
        if let id = package.packageID { entered.insert(id.uppercased()) }
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
                if let condition = group.condition { inner.conditions.append(condition) }
                if group.isDisabled { inner.isEnabled = false }
                walk(group.items, number, inner)
            case .step(let step): add(step, number, scope)
            case .unknown: break
            }
        }
    }

    private mutating func add(_ step: SequenceStep, _ number: Int, _ scope: LintScope) {
        let type = step.type ?? ""
        let added = LintStep(
            taskSequence: number, groups: scope.groups, step: step,
            type: type.hasPrefix(Self.typePrefix) ? String(type.dropFirst(Self.typePrefix.count)) : type,
            conditions: step.condition.map { scope.conditions + [$0] } ?? scope.conditions,
            isEnabled: scope.isEnabled && !step.isDisabled)
        steps.append(added)
        guard step.element == .subtasksequence, added.isEnabled else { return }
        for id in ReferenceProperty.values(added["TsPackageID"]) {
            guard let child = candidates[id.uppercased()], depth < Self.maximumDepth else {
                missingChildren.append(added)
                continue
            }
            // A child is looked at once, where it runs first.
            guard !entered.contains(id.uppercased()) else { continue }
            enter(child, LintScope(conditions: added.conditions))
        }
    }
}
