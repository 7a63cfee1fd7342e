// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// How bad a finding is.
public enum LintSeverity: String, Sendable, Comparable, CaseIterable {
    /// The task sequence fails, or does something else than it says.
    case error
    /// It may fail, or it does what nobody would want.
    case warning
    /// Worth knowing.
    case note

    private var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .note: 2
        }
    }

    /// The worse one comes first.
    public static func < (left: LintSeverity, right: LintSeverity) -> Bool { left.rank < right.rank }
}

/// What the task sequence is to be used for.
public enum LintPurpose: String, Sendable, CaseIterable {
    /// Stand-alone media.
    case standalone
    /// Building and capturing, or capturing, a reference computer.
    case capture
    /// Bootable media.
    case bootable
    /// Prestaged media.
    case prestaged
    /// Stand-alone media with an open boot image, on which tsengine runs the task sequence.
    case tsengine
    /// Prestaged media with an open boot image, on which tsengine runs the task sequence.
    case prestagedTSEngine = "tsengine-prestaged"

    /// Those for which tsengine runs the task sequence.
    static let engine: Set<LintPurpose> = [.tsengine, .prestagedTSEngine]
}

/// Something that a task sequence should not do: an entry of the table ``all``.
///
/// A new rule is a static constant in the file of its topic and a line in ``all``; a test checks that
/// docs/linting.md names it.
public struct LintRule: Sendable, Identifiable {
    /// A stable identifier, in lower case with hyphens.
    public let id: String
    /// How bad it is.
    public let severity: LintSeverity
    /// Where it is worse or better than that.
    public let severityByPurpose: [LintPurpose: LintSeverity]
    /// What it is about; nil for any purpose.
    public let purposes: Set<LintPurpose>?
    /// What is looked for, in one line.
    public let summary: String
    /// Why it matters.
    public let reason: String
    /// How to mend it.
    public let remedy: String
    let check: @Sendable (LintSubject) -> [LintDefect]

    init(
        _ id: String, _ severity: LintSeverity, for purposes: Set<LintPurpose>? = nil,
        severityByPurpose: [LintPurpose: LintSeverity] = [:], summary: String, reason: String, remedy: String,
        check: @escaping @Sendable (LintSubject) -> [LintDefect]
    ) {
        self.id = id
        self.severity = severity
        self.severityByPurpose = severityByPurpose
        self.purposes = purposes
        self.summary = summary
        self.reason = reason
        self.remedy = remedy
        self.check = check
    }

    /// Every rule, in the order of docs/linting.md.
    public static let all: [LintRule] = [
        // stand-alone media
        autoApplyDrivers, downloadPackageContent, softwareUpdates, softwareBeforeOperatingSystem, dynamicList,
        notOperatingSystemDeployment, userDeviceAffinity, preProductionClient,
        // references
        noneChosen, malformedReference, childNotInFile, childWithBootImage, unknownReference, referenceListDiffers,
        // boot image and order
        bootImageMissing, windowsPEStepInFullSystem, fullSystemStepInWindowsPE,
        // network and capture
        captureOfDomainMember, networkSettingsTwice, captureWithoutPreparation, captureWithoutCaptureStep,
        // disks
        partitionValues, partitionPercentages, bootDiskWithoutEFI, prestagedPartitionDisk,
        // tsengine
        engineStep, engineStepBehindSetup, engineCommand, engineRestart, engineCondition,
        // variables and conditions
        deprecatedVariable, readOnlyVariable, operatorSpelling, unknownOperator,
        // secrets
        passwordInCommandLine, passwordInVariable,
        // the whole
        sequenceTooLarge, toolkitSequence,
    ]
}

/// What a rule finds.
struct LintDefect: Sendable {
    /// The step or group, or nil for the task sequence as a whole.
    let place: LintPlace?
    /// The number of the task sequence in ``LintSubject/taskSequences``.
    let taskSequence: Int
    /// What is wrong here, as the predicate of a sentence about the step.
    let problem: String

    init(_ step: LintStep, _ problem: String) { self.init(step.place, problem) }

    init(_ place: LintPlace, _ problem: String) {
        self.place = place
        taskSequence = place.taskSequence
        self.problem = problem
    }

    init(taskSequence: Int = 0, _ problem: String) {
        place = nil
        self.taskSequence = taskSequence
        self.problem = problem
    }
}
