// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// Format and Partition Disk.
struct FormatDisk: StepAction {
    static let stepTypes = ["SMS_TaskSequence_PartitionDiskAction"]
    static let afterFailure: String? = "the disk may be empty or half divided: run the task sequence again"

    private let partitioning: DiskPartitioning
    private let values: StepValues

    init(_ values: StepValues) throws {
        self.values = values
        partitioning = DiskPartitioning(stepName: values.name) { values.optional($0) }
    }

    private var diskNumber: Int? {
        let variable = partitioning.diskIndexVariable
        let text = variable.isEmpty ? partitioning.diskIndex : values.variables[variable] ?? partitioning.diskIndex
        return text.isEmpty ? 0 : Int(text)
    }

    private func plan(_ session: EngineSession) throws -> DiskPlan {
        guard let number = diskNumber, number >= 0 else {
            throw EngineError(
                .step, "the number of the disk, '\(partitioning.diskIndex.onOneLine)',", "is none",
                nextStep: "correct it in the step")
        }
        return try DiskPlan(
            partitioning, disk: try session.disk(number), seed: .byLot, created: FileIdentity.Instant.now.timestamp)
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        let plan = try plan(session)
        guard session.installation.planned.windows?.volume.disk != plan.disk.number else {
            return [
                PreflightFinding(
                    "divides \(plan.disk.title), to which a step before it applies Windows",
                    remedy: "move it before the step that applies the image")
            ]
        }
        guard session.content.heldDisk != plan.disk.device.node else {
            return [
                PreflightFinding(
                    "divides \(plan.disk.title), on which the content of this media lies",
                    remedy: "put the condition _SMSTSClientCache notExists on the step")
            ]
        }
        var volumes = try session.plannedVolumes()
        volumes.replace(disk: plan.disk.number, with: plan.volumes, lettered: plan.letteredPartitions)
        session.installation.planned.volumes = volumes
        session.installation.planned.dividedDisks.insert(plan.disk.number)
        for (name, value) in plan.variables(volumes) {
            session.installation.planned.variables[name.caseFolded] = value
        }
        // The first disk is the one that a computer starts from.
        return DiskPreflight.problems(plan, firmware: session.systemFirmware, startsFromIt: plan.disk.number == 0)
            .map { PreflightFinding(step: nil, $0) }
    }

    func run(_ session: EngineSession) throws -> StepOutcome {
        let plan = try plan(session)
        try session.findVolumes()
        try session.unmount { $0.diskNumber == plan.disk.number }
        session.hasWritten = true
        session.log.note("\(plan.disk.title) is divided: everything on it is lost")
        session.presenter.progress(share: nil, text: "dividing disk \(plan.disk.number)")
        let made = try DiskDivider().divide(plan, interruption: session.interruption)
        session.installation.dividedDisks.insert(plan.disk.number)
        session.volumes.replace(disk: plan.disk.number, with: made, lettered: plan.letteredPartitions)
        for (name, value) in plan.variables(session.volumes).sorted(by: { $0.key < $1.key }) {
            try session.variables.setForStep(name, to: value)
            session.log.note("\(name) = '\(value)'")
        }
        for index in session.volumes.volumes.indices where session.volumes.volumes[index].diskNumber == plan.disk.number
        {
            try session.mount(index)
        }
        return .done
    }
}
