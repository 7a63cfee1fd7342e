// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

extension LintRule {
    static let captureOfDomainMember = LintRule(
        "capture-domain-member", .error, summary: "a reference computer that is to be captured joins a domain",
        reason: "Windows cannot be prepared for capture while the computer is a member of a domain",
        remedy: "join a workgroup in Apply Network Settings, or leave the domain before Prepare OS"
    ) { subject in
        guard let capture = subject.steps.firstIndex(where: \.capturesImage) else { return [] }
        // The step that prepares Windows is the one that fails.
        let end = subject.steps[..<capture].lastIndex { $0.type == "PrepareOSAction" } ?? capture
        let joins = subject.steps[..<end].filter { $0.joinsDomain != nil }
        guard let last = joins.last, last.joinsDomain == true else { return [] }
        return [LintDefect(last, "joins a domain before '\(subject.steps[capture].step.name)'")]
    }

    static let networkSettingsTwice = LintRule(
        "network-settings-twice", .warning, summary: "Apply Network Settings runs twice",
        reason: "the second step replaces what the first one set", remedy: "keep one, or give each its own condition"
    ) { subject in
        let steps = subject.steps("ApplyNetworkSettingsAction")
        return steps.indices.compactMap { index in
            steps[..<index].suffix(maximumComparisons).last {
                $0.runsWhenever(steps[index]) || steps[index].runsWhenever($0)
            }
            .map { LintDefect(steps[index], "replaces the settings of '\($0.step.name)'") }
        }
    }

    /// More than any sequence has; keeps a hostile one from keeping us busy.
    private static let maximumComparisons = 50

    static let captureWithoutPreparation = LintRule(
        "capture-unprepared", .warning, summary: "an image is captured without Prepare OS",
        reason: "without Sysprep the image cannot be installed on other computers",
        remedy: "add Prepare Configuration Manager Client and Prepare OS before the capture"
    ) { subject in
        guard let capture = subject.steps.firstIndex(where: \.capturesImage),
            !subject.steps[..<capture].contains(where: { $0.type == "PrepareOSAction" })
        else { return [] }
        return [LintDefect(subject.steps[capture], "captures Windows as it is")]
    }

    static let captureWithoutCaptureStep = LintRule(
        "capture-without-capture-step", .error, for: [.capture], summary: "no step captures an image",
        reason: "the task sequence ends without an image",
        remedy: "add Capture the Reference Machine (Capture Operating System Image)"
    ) { subject in
        subject.steps.contains(where: \.capturesImage) ? [] : [LintDefect("has no step that captures an image")]
    }
}

extension LintStep {
    /// True when the step runs in every case in which `other` does: it has no condition that the other has not.
    fileprivate func runsWhenever(_ other: LintStep) -> Bool { conditions.allSatisfy(other.conditions.contains) }

    fileprivate var capturesImage: Bool { type == "CaptureSystemImageAction" }

    /// True for a domain, false for a workgroup, nil for a step that joins nothing.
    ///
    /// OSDNetworkJoinType and OSDJoinType are 0 for a domain and 1 for a workgroup (step-catalog.json).
    fileprivate var joinsDomain: Bool? {
        let value: String
        switch type {
        case "ApplyNetworkSettingsAction": value = self["NetworkJoinType"]
        case "JoinDomainWorkgroupAction": value = self["Type"]
        default: return nil
        }
        switch value {
        case "0": return true
        case "1": return false
        default: return nil
        }
    }
}
