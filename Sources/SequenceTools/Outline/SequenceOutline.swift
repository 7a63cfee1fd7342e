// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import TaskSequence

/// A task sequence as people read it: numbered groups and steps, conditions in words, secrets hidden.
public struct SequenceOutline: Sendable {
    /// What says whether and how an item runs.
    public struct Mark: Sendable, Equatable, Encodable {
        /// The kind of mark; also the name of its style.
        public let kind: String
        /// What it says.
        public let text: String
    }

    /// A group or a step.
    public struct Item: Sendable {
        /// Group, step, call of a child task sequence, or something that is not known.
        public enum Kind: String, Sendable, Encodable {
            case group
            case step
            case childTaskSequence
            case unknown
        }

        /// The place: 2.1.3 is the third item in the first item of the second.
        public let number: String
        /// What it is.
        public let kind: Kind
        /// The name.
        public let name: String
        /// The description.
        public let description: String
        /// The step's type as written.
        public let type: String?
        /// The step's type as the editor calls it.
        public let typeName: String?
        /// Switched off itself.
        public let isDisabled: Bool
        /// Switched off by a group above.
        public let isInDisabledGroup: Bool
        /// Whether an error does not stop the task sequence.
        public let continuesOnError: Bool
        /// Seconds until the step is ended, as written.
        public let timeout: String?
        /// Where the step runs, as written.
        public let runIn: String?
        /// Disabled, continue on error, timeout, where it runs, success codes and retries where they are not the usual.
        public let marks: [Mark]
        /// When it runs; nil for always.
        public let condition: ConditionPhrase?
        /// The command line.
        public let action: String?
        /// The step's properties.
        public let properties: [StepProperty]
        /// What the step names, in the order of its properties.
        public let references: [StepReference]
        /// Where it stands in its file.
        public let location: XMLLocation
        /// What is in the group.
        public let items: [Item]
    }

    /// A content that a step names.
    public struct StepReference: Sendable, Equatable, Encodable {
        /// package, application or task-sequence.
        public let type: String
        /// The package ID or the application's model name.
        public let id: String
        /// The property that names it.
        public let property: String
        /// The name, where the export tells it.
        public let name: String?
    }

    /// The task sequence.
    public let package: TaskSequencePackage
    /// What is hidden.
    public let secrecy: SequenceSecrecy
    /// Groups and steps.
    public let items: [Item]
    /// The global variables.
    public let globalVariables: [StepProperty]
    /// Names of contents by package ID.
    let contentNames: [String: String]

    /// Makes the outline of `package`.
    public init(of package: TaskSequencePackage, secrecy: SequenceSecrecy = .redacted) {
        self.package = package
        self.secrecy = secrecy
        contentNames = package.contentNames
        var builder = OutlineBuilder(secrecy: secrecy, contentNames: contentNames)
        items = builder.items(package.sequence.items, below: "", isDisabled: false)
        globalVariables = (package.sequence.globalVariables?.variables ?? []).map { $0.readable(secrecy) }
    }

    /// Calls `body` for every item, in document order.
    public func forEach(_ body: (Item) -> Void) { Self.walk(items, body) }

    /// True when the task sequence holds something that is hidden from who reads the outline.
    public var hidesSecrets: Bool {
        var hides = globalVariables.contains(where: \.isRedacted)
        forEach { item in
            hides =
                hides || item.properties.contains(where: \.isRedacted)
                || item.action?.contains(SequenceSecrecy.hiddenValue) == true
        }
        return hides
    }

    /// True when the outline itself tells something that is hidden by default.
    public var showsSecrets: Bool { secrecy == .shown && SequenceOutline(of: package).hidesSecrets }

    /// How many groups, steps and disabled steps there are.
    public var counts: (groups: Int, steps: Int, disabledSteps: Int) {
        var counts = (groups: 0, steps: 0, disabledSteps: 0)
        forEach { item in
            switch item.kind {
            case .group: counts.groups += 1
            case .step, .childTaskSequence:
                counts.steps += 1
                if item.isDisabled || item.isInDisabledGroup { counts.disabledSteps += 1 }
            case .unknown: break
            }
        }
        return counts
    }

    private static func walk(_ items: [Item], _ body: (Item) -> Void) {
        for item in items {
            body(item)
            walk(item.items, body)
        }
    }
}

extension TaskSequencePackage {
    /// What the export calls the contents, by package ID: ReferencesInfo.xml and the sibling task sequences.
    var contentNames: [String: String] {
        var names: [String: String] = [:]
        for reference in describedReferences where !reference.name.isEmpty {
            names[reference.packageID.uppercased()] = reference.name
        }
        for sibling in siblings {
            if let id = sibling.packageID?.uppercased(), names[id] == nil { names[id] = sibling.name }
        }
        return names
    }
}

/// Builds items; the depth is bounded by what the XML reader accepts.
private struct OutlineBuilder {
    let secrecy: SequenceSecrecy
    let contentNames: [String: String]

    mutating func items(
        _ items: [SequenceItem], below number: String, isDisabled: Bool
    ) -> [SequenceOutline.Item] {
        var result: [SequenceOutline.Item] = []
        result.reserveCapacity(items.count)
        for item in items {
            let place = number.isEmpty ? "\(result.count + 1)" : "\(number).\(result.count + 1)"
            switch item {
            case .group(let group): result.append(self.item(group, place, isDisabled))
            case .step(let step): result.append(self.item(step, place, isDisabled))
            case .unknown(.element(let element)) where !Self.isEmptyAction(element):
                result.append(unknown(element, place, isDisabled))
            case .unknown: break
            }
        }
        return result
    }

    /// MDT writes an empty action into groups.
    private static func isEmptyAction(_ element: XMLElement) -> Bool {
        element.name == "action" && element.text.isEmpty && element.attributes.isEmpty
    }

    private mutating func item(_ group: SequenceGroup, _ number: String, _ isDisabled: Bool) -> SequenceOutline.Item {
        SequenceOutline.Item(
            number: number, kind: .group, name: group.name, description: secrecy.text(group.description), type: nil,
            typeName: nil,
            isDisabled: group.isDisabled, isInDisabledGroup: isDisabled,
            continuesOnError: group.continuesOnError, timeout: nil, runIn: nil,
            marks: marks(group.attributes, isStep: false, isInDisabledGroup: isDisabled),
            condition: group.condition.flatMap(phrase), action: nil, properties: [], references: [],
            location: group.location,
            items: items(group.items, below: number, isDisabled: isDisabled || group.isDisabled))
    }

    private func item(_ step: SequenceStep, _ number: String, _ isDisabled: Bool) -> SequenceOutline.Item {
        SequenceOutline.Item(
            number: number, kind: step.element == .step ? .step : .childTaskSequence, name: step.name,
            description: secrecy.text(step.description), type: step.type,
            typeName: step.type.map(StepTypeName.readable),
            isDisabled: step.isDisabled, isInDisabledGroup: isDisabled,
            continuesOnError: step.continuesOnError, timeout: step.timeout, runIn: step.runIn,
            marks: marks(step.attributes, isStep: true, isInDisabledGroup: isDisabled),
            condition: step.condition.flatMap(phrase),
            action: step.readableAction(secrecy: secrecy), properties: step.readableProperties(secrecy: secrecy),
            references: references(step), location: step.location, items: [])
    }

    private func unknown(_ element: XMLElement, _ number: String, _ isDisabled: Bool) -> SequenceOutline.Item {
        SequenceOutline.Item(
            number: number, kind: .unknown, name: "<\(element.name)>",
            description: "An element that is not known; it is kept as it is.", type: nil, typeName: nil,
            isDisabled: false, isInDisabledGroup: isDisabled, continuesOnError: false, timeout: nil, runIn: nil,
            marks: [], condition: nil, action: nil, properties: [],
            references: [], location: element.location, items: [])
    }

    private func phrase(_ condition: Condition) -> ConditionPhrase? {
        condition.terms.isEmpty ? nil : ConditionPhrase(condition, secrecy: secrecy)
    }

    private func references(_ step: SequenceStep) -> [SequenceOutline.StepReference] {
        (step.variables?.variables ?? []).flatMap { variable -> [SequenceOutline.StepReference] in
            guard let property = variable.property, let target = ReferenceProperty.target(of: property) else {
                return []
            }
            let type =
                switch target {
                case .package: "package"
                case .application: "application"
                case .taskSequence: "task-sequence"
                }
            return ReferenceProperty.values(variable.value).map { value in
                SequenceOutline.StepReference(
                    type: type, id: value, property: property, name: contentNames[value.uppercased()])
            }
        }
    }

    /// The types that are tried again twice unless told otherwise (task-sequence.md section 1).
    private static let retriedTypes: Set<String> = [
        "SMS_TaskSequence_InstallApplicationAction", "SMS_TaskSequence_InstallUpdateAction",
    ]

    /// What is not usual (task-sequence.md section 1: success codes "0", with 3010 for commands and scripts; no retry).
    private func marks(
        _ attributes: [XMLAttribute], isStep: Bool, isInDisabledGroup: Bool
    ) -> [SequenceOutline.Mark] {
        typealias Mark = SequenceOutline.Mark
        var marks: [Mark] = []
        if attributes.flag("disable") {
            marks.append(Mark(kind: "disabled", text: "disabled"))
        } else if isInDisabledGroup {
            marks.append(Mark(kind: "disabled", text: "in a disabled group"))
        }
        if attributes.flag("continueOnError") {
            marks.append(Mark(kind: "continueOnError", text: "continues on error"))
        }
        guard isStep else { return marks }
        if let timeout = attributes.value("timeout"), !timeout.isEmpty, timeout != "0" {
            marks.append(Mark(kind: "timeout", text: "timeout \(Self.duration(timeout))"))
        }
        switch attributes.value("runIn") {
        case "WinPE": marks.append(Mark(kind: "runIn", text: "Windows PE only"))
        case "FullOS": marks.append(Mark(kind: "runIn", text: "full Windows only"))
        case nil, "WinPEandFullOS", "": break
        case let other?: marks.append(Mark(kind: "runIn", text: "runs in \(other)"))
        }
        if let codes = attributes.value("successCodeList"), !["", "0", "0 3010"].contains(codes) {
            marks.append(Mark(kind: "successCodes", text: "success codes \(codes)"))
        }
        if let retries = attributes.value("retryCount"), !["", "0"].contains(retries),
            !(retries == "2" && Self.retriedTypes.contains(attributes.value("type") ?? ""))
        {
            marks.append(Mark(kind: "retryCount", text: "retries \(retries)"))
        }
        return marks
    }

    /// `3600` as "60 min (3600 s)".
    private static func duration(_ seconds: String) -> String {
        guard let count = Int(seconds), count >= 60 else { return "\(seconds) s" }
        return count.isMultiple(of: 60) ? "\(count / 60) min" : "\(count / 60) min \(count % 60) s"
    }
}
