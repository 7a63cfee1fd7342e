// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// What `sequence show --json` prints of a task sequence; the keys are a contract.
extension SequenceOutline: Encodable {
    private enum Key: String, CodingKey {
        case id, name, description, bootImageId, format, source, version, groupCount, stepCount, disabledStepCount
        case globalVariables, referenceIds, unresolvedTaskSequenceIds, items
    }

    /// Writes the outline.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        let counts = counts
        let closure = package.closure()
        try container.encodeIfPresent(package.packageID, forKey: .id)
        try container.encode(package.name, forKey: .name)
        try container.encode(package.description, forKey: .description)
        try container.encodeIfPresent(package.bootImageID, forKey: .bootImageId)
        try container.encode(package.format.rawValue, forKey: .format)
        try container.encode(package.source, forKey: .source)
        try container.encodeIfPresent(package.sequence.version, forKey: .version)
        try container.encode(counts.groups, forKey: .groupCount)
        try container.encode(counts.steps, forKey: .stepCount)
        try container.encode(counts.disabledSteps, forKey: .disabledStepCount)
        try container.encode(globalVariables, forKey: .globalVariables)
        try container.encode(closure.references.map(\.identifier), forKey: .referenceIds)
        try container.encode(closure.unresolvedChildren.map(\.packageID), forKey: .unresolvedTaskSequenceIds)
        try container.encode(items, forKey: .items)
    }
}

extension SequenceOutline.Item: Encodable {
    private enum Key: String, CodingKey {
        case number, kind, name, description, stepType, stepTypeName, disabled, inDisabledGroup, continueOnError,
            timeout, runIn
        case marks, condition, action, properties, references, line, column, items
    }

    /// Writes the item and what is in it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(number, forKey: .number)
        try container.encode(kind, forKey: .kind)
        try container.encode(name, forKey: .name)
        try container.encode(description, forKey: .description)
        try container.encodeIfPresent(type, forKey: .stepType)
        try container.encodeIfPresent(typeName, forKey: .stepTypeName)
        try container.encode(isDisabled, forKey: .disabled)
        try container.encode(isInDisabledGroup, forKey: .inDisabledGroup)
        try container.encode(continuesOnError, forKey: .continueOnError)
        try container.encodeIfPresent(timeout, forKey: .timeout)
        try container.encodeIfPresent(runIn, forKey: .runIn)
        try container.encode(marks.map(\.text), forKey: .marks)
        try container.encodeIfPresent(condition?.oneLine, forKey: .condition)
        try container.encode(location.line, forKey: .line)
        try container.encode(location.column, forKey: .column)
        try container.encodeIfPresent(action, forKey: .action)
        try container.encode(properties, forKey: .properties)
        try container.encode(references, forKey: .references)
        try container.encode(items, forKey: .items)
    }
}
