// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

extension LintRule {
    /// The steps that cannot work without content, and the properties of which one must name some.
    private static let contentProperties: [(type: String, properties: [String], noun: String)] = [
        ("ApplyOperatingSystemAction", ["ImagePackageID", "InstallPackageID"], "operating system image"),
        ("ApplyDataImageAction", ["ImagePackageID"], "image"),
        ("ApplyDriverPackageAction", ["DriverPackageID"], "driver package"),
        ("InstallSoftwareAction", ["PackageID", "BaseVariableName"], "package"),
        ("InstallApplicationAction", ["ApplicationName", "BaseVariableName"], "application"),
        ("SetupWindowsAndSMSAction", ["ClientPackageID"], "client package"),
        ("DownloadPackageContentAction", ["DownloadPackages"], "package"),
        ("SubTasksequence", ["TsPackageID"], "task sequence"),
        ("InstallDeployToolsAction", ["SysprepPackageID"], "package"),
        ("CaptureUserStateAction", ["UsmtPackageID"], "package with USMT"),
        ("RestoreUserStateAction", ["UsmtRestorePackageID"], "package with USMT"),
        (
            "UpgradeOperatingSystemAction",
            ["InstallPackageID", "InstallPath", "StagedContent", "FeatureUpdateAssignmentId", "FeatureUpdateName"],
            "upgrade package"
        ),
    ]

    static let noneChosen = LintRule(
        "reference-none-chosen", .error, summary: "a step that needs content names none, or 00000000",
        reason: "the step fails when it runs", remedy: "choose the content in the step, or disable or remove the step"
    ) { subject in
        func chooses(_ step: LintStep, _ properties: [String]) -> Bool {
            properties.contains { !ReferenceProperty.values(step[$0]).isEmpty }
        }
        let steps = contentProperties.flatMap { type, properties, noun in
            // tsengine installs no client.
            type == "SetupWindowsAndSMSAction" && subject.purpose.map(LintPurpose.engine.contains) == true
                ? []
                : subject.steps(type).filter { $0.step.variables != nil && !chooses($0, properties) }
                    .map { LintDefect($0, "chooses no \(noun)") }
        }
        // A script by name is a file of a package.
        let scripts = subject.steps("RunPowerShellScriptAction").filter {
            !$0["ScriptName"].isEmpty && $0[InlineScript.property].isEmpty && !chooses($0, ["PackageID"])
        }
        return steps + scripts.map { LintDefect($0, "chooses no package for its script '\($0["ScriptName"])'") }
    }

    static let malformedReference = LintRule(
        "reference-malformed", .error, summary: "a step names a package by something that is no package ID",
        reason: "no content has such an ID: the step fails, and media cannot be made",
        remedy: "choose the content in the step anew"
    ) { subject in
        subject.references { kind, value in
            kind != .application && !value.isPackageID ? "names '\(value)', which is not a package ID" : nil
        }
    }

    static let childNotInFile = LintRule(
        "reference-child-missing", .warning,
        severityByPurpose: [
            .standalone: .error, .prestaged: .error, .tsengine: .error, .prestagedTSEngine: .error,
        ],
        summary: "a child task sequence is not in the file",
        reason: "what it needs is not known, and media cannot hold it",
        remedy: "export the task sequence together with its dependencies"
    ) { subject in
        subject.missingChildren.filter { subject.known.evaluate($0.conditions) != .no }
            .map { LintDefect($0, "runs task sequence \($0["TsPackageID"]), which is not in the file") }
    }

    static let childWithBootImage = LintRule(
        "child-boot-image", .warning, summary: "a child task sequence names a boot image",
        reason: "a task sequence with a boot image may not run as a child; the root's boot image counts",
        remedy: "clear the boot image in the child's properties"
    ) { subject in
        subject.taskSequences.enumerated().dropFirst().compactMap { number, package in
            ReferenceProperty.values(package.bootImageID ?? "").first.map {
                LintDefect(taskSequence: number, "runs as a child and names the boot image \($0)")
            }
        }
    }

    static let unknownReference = LintRule(
        "reference-unknown", .warning, summary: "a step names content that the catalog does not know",
        reason: "the content may have been deleted from the site",
        remedy: "choose other content, or add it to the catalog"
    ) { subject in
        guard let catalog = subject.catalog else { return [] }
        // A catalog may well be of applications only, or of packages only.
        let (listsPackages, listsApplications) = (!catalog.packages.isEmpty, !catalog.applications.isEmpty)
        return subject.references { kind, value in
            switch kind {
            case .package
            where listsPackages && catalog.package(value) == nil && catalog.applications(value).isEmpty,
                .application where listsApplications && catalog.applications(value).isEmpty:
                "names \(value), which is not in the catalog"
            case .package, .application, .taskSequence: nil
            }
        }
    }

    static let referenceListDiffers = LintRule(
        "reference-list-differs", .warning, summary: "referenceList is not what the steps need",
        reason: "the site distributes and checks what the list says, not what the steps say",
        remedy: "save the task sequence in the console, or write it with tsmedia, which recomputes the list"
    ) { subject in
        subject.taskSequences.enumerated().compactMap { number, package in
            // MDT's files have no list.
            guard package.format != .deploymentToolkit, let difference = package.referenceListDifference() else {
                return nil
            }
            func listed(_ entries: [ReferenceListDifference.Entry]) -> String {
                entries.prefix(5).map(\.identifier).joined(separator: ", ") + (entries.count > 5 ? ", ..." : "")
            }
            var parts: [String] = []
            if !difference.missing.isEmpty { parts.append("lacks \(listed(difference.missing))") }
            if !difference.superfluous.isEmpty { parts.append("has \(listed(difference.superfluous)) in vain") }
            return LintDefect(
                taskSequence: number,
                parts.isEmpty
                    ? "has a reference list in another order than its steps"
                    : "has a reference list that \(parts.joined(separator: " and "))")
        }
    }
}

extension LintSubject {
    /// A defect for every reference of a running step about which `problem` says something.
    fileprivate func references(
        _ problem: (ReferenceProperty.Target, String) -> String?
    ) -> [LintDefect] {
        steps.flatMap { step in
            (step.step.variables?.variables ?? []).flatMap { variable -> [LintDefect] in
                guard let property = variable.property, let target = ReferenceProperty.target(of: property) else {
                    return []
                }
                return ReferenceProperty.values(variable.value).compactMap { value in
                    problem(target, value).map { LintDefect(step, $0) }
                }
            }
        }
    }
}
