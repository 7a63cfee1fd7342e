// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

/// The content of a `<sequence>` element: references, global variables, groups and steps (task-sequence.md section 1).
///
/// The model keeps what it does not know: attributes stay in lists, in document order; elements with unknown names
/// and comments stay where they were among groups and steps, and after the known ones elsewhere. White space between
/// elements is not part of the model.
public struct SequenceDefinition: Sendable, Equatable {
    /// All attributes of the root: version, and in MDT's files name and description.
    public var attributes: [XMLAttribute]
    /// The written reference list, or nil when the sequence has none.
    public var referenceList: ReferenceList?
    /// The global variables, or nil when the sequence has none.
    public var globalVariables: VariableList?
    /// Groups, steps and what is not known, in order.
    public var items: [SequenceItem]

    /// Makes a sequence.
    public init(
        attributes: [XMLAttribute] = [XMLAttribute("version", "3.10")], referenceList: ReferenceList? = nil,
        globalVariables: VariableList? = nil, items: [SequenceItem] = []
    ) {
        self.attributes = attributes
        self.referenceList = referenceList
        self.globalVariables = globalVariables
        self.items = items
    }

    /// The format's version: 3.10 in Configuration Manager, 3.00 in MDT.
    public var version: String? { attributes.value("version") }
    /// The name that MDT writes on the root.
    public var name: String? { attributes.value("name") }
    /// The description that MDT writes on the root.
    public var description: String? { attributes.value("description") }
}

/// What stands in a sequence or a group.
public enum SequenceItem: Sendable, Equatable {
    /// A group.
    case group(SequenceGroup)
    /// A step, or the call of a child task sequence.
    case step(SequenceStep)
    /// Something that is not known, such as MDT's empty action in a group.
    case unknown(XMLNode)
}

/// A group of steps.
public struct SequenceGroup: Sendable, Equatable {
    /// All attributes, in document order.
    public var attributes: [XMLAttribute]
    /// When the group runs, or nil for always.
    public var condition: Condition?
    /// Groups, steps and what is not known, in order.
    public var items: [SequenceItem]
    /// Where the group stands in its file.
    public var location: XMLLocation

    /// Makes a group.
    public init(
        attributes: [XMLAttribute], condition: Condition? = nil, items: [SequenceItem] = [],
        location: XMLLocation = .start
    ) {
        self.attributes = attributes
        self.condition = condition
        self.items = items
        self.location = location
    }

    /// Compares content; where it stands does not count.
    public static func == (left: SequenceGroup, right: SequenceGroup) -> Bool {
        left.attributes == right.attributes && left.condition == right.condition && left.items == right.items
    }

    /// The name.
    public var name: String { attributes.value("name") ?? "" }
    /// The description.
    public var description: String { attributes.value("description") ?? "" }
    /// True when the group and everything in it is switched off.
    public var isDisabled: Bool { attributes.flag("disable") }
    /// True when an error in the group does not stop the task sequence.
    public var continuesOnError: Bool { attributes.flag("continueOnError") }
}

/// A step, or the call of a child task sequence.
public struct SequenceStep: Sendable, Equatable {
    /// The element that holds the step.
    public enum Element: String, Sendable {
        /// An ordinary step.
        case step
        /// The call of a child task sequence.
        case subtasksequence
    }

    /// The element that holds the step.
    public var element: Element
    /// All attributes, in document order.
    public var attributes: [XMLAttribute]
    /// When the step runs, or nil for always.
    public var condition: Condition?
    /// The command line, or nil when there is no action element.
    public var action: String?
    /// The step's properties, or nil when there is no list.
    public var variables: VariableList?
    /// Child elements that are not known, in order.
    public var unknown: [XMLNode]
    /// Where the step stands in its file.
    public var location: XMLLocation

    /// Makes a step.
    public init(
        element: Element = .step, attributes: [XMLAttribute], condition: Condition? = nil, action: String? = nil,
        variables: VariableList? = VariableList(), unknown: [XMLNode] = [], location: XMLLocation = .start
    ) {
        self.element = element
        self.attributes = attributes
        self.condition = condition
        self.action = action
        self.variables = variables
        self.unknown = unknown
        self.location = location
    }

    /// Compares content; where it stands does not count.
    public static func == (left: SequenceStep, right: SequenceStep) -> Bool {
        left.element == right.element && left.attributes == right.attributes && left.condition == right.condition
            && left.action == right.action && left.variables == right.variables && left.unknown == right.unknown
    }

    /// The type, such as `SMS_TaskSequence_RunCommandLineAction`; MDT leaves it out of some steps.
    public var type: String? { attributes.value("type") }
    /// The name.
    public var name: String { attributes.value("name") ?? "" }
    /// The description.
    public var description: String { attributes.value("description") ?? "" }
    /// True when the step is switched off.
    public var isDisabled: Bool { attributes.flag("disable") }
    /// True when an error in the step does not stop the task sequence.
    public var continuesOnError: Bool { attributes.flag("continueOnError") }
    /// WinPE, FullOS or WinPEandFullOS; MDT and child task sequences leave it out.
    public var runIn: String? { attributes.value("runIn") }
    /// Seconds until the step is ended, or nil.
    public var timeout: String? { attributes.value("timeout") }
    /// The exit codes that mean success, separated by spaces.
    public var successCodes: String? { attributes.value("successCodeList") }

    /// The value of the property `name`, or nil when it is not set.
    public subscript(property name: String) -> String? {
        variables?.variables.first { $0.property == name }?.value
    }
}

/// Variables of a step or of the whole sequence.
public struct VariableList: Sendable, Equatable {
    /// All attributes of the list, of which none is known.
    public var attributes: [XMLAttribute]
    /// The variables in document order.
    public var variables: [StepVariable]
    /// Child elements that are not variables.
    public var unknown: [XMLNode]

    /// Makes a list.
    public init(variables: [StepVariable] = [], attributes: [XMLAttribute] = [], unknown: [XMLNode] = []) {
        self.attributes = attributes
        self.variables = variables
        self.unknown = unknown
    }
}

/// A variable: the value of a step's property, or an operand of a condition.
public struct StepVariable: Sendable, Equatable {
    /// All attributes, in document order: name, property, hidden.
    public var attributes: [XMLAttribute]
    /// The value.
    public var value: String
    /// Child elements, which no genuine variable has.
    public var unknown: [XMLNode]

    /// Makes a variable.
    public init(attributes: [XMLAttribute], value: String, unknown: [XMLNode] = []) {
        self.attributes = attributes
        self.value = value
        self.unknown = unknown
    }

    /// The name of the task sequence variable, or of the operand.
    public var name: String { attributes.value("name") ?? "" }
    /// The step's property, or nil.
    public var property: String? { attributes.value("property") }
    /// True when the variable is not shown to the task sequence.
    public var isHidden: Bool { attributes.flag("hidden") }
}

extension [XMLAttribute] {
    /// The value of the attribute `name`, or nil.
    package func value(_ name: String) -> String? { first { $0.name == name }?.value }

    /// True when the attribute `name` says "true", in any case.
    package func flag(_ name: String) -> Bool { value(name)?.lowercased() == "true" }
}
