// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What a comparison in a condition asks (docs/formats/task-sequence.md section 1).
package enum ConditionKind: String, Sendable, CaseIterable {
    /// A variable of the task sequence.
    case variable = "Variable"
    /// A query of Windows' management instrumentation.
    case management = "WMI"
    /// A file, its version and time.
    case file = "File"
    /// A folder and its time.
    case folder = "Folder"
    /// A value of the registry.
    case registry = "Registry"
    /// A program that Windows Installer installed.
    case software = "Software"

    private static let prefix = "SMS_TaskSequence_"
    private static let suffix = "ConditionExpression"

    /// What `expression` asks; nil when that is not known.
    package init?(_ expression: ConditionExpression) {
        let type = expression.type
        guard type.hasPrefix(Self.prefix), type.hasSuffix(Self.suffix) else { return nil }
        let name = type.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)
        guard let kind = Self.allCases.first(where: { $0.rawValue.isExactly(String(name)) }) else { return nil }
        self = kind
    }
}
