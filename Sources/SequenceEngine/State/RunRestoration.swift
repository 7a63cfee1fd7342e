// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage
import TaskSequence

/// Brings a run to where it was before it was cut, or before a step restarted the computer.
struct RunRestoration {
    private let session: EngineSession
    private let sequence: SequenceDefinition
    private let children: [CaseFoldedName: SequenceDefinition]
    private let actions: StepActions

    /// A restoration of `sequence` in `session`, whose variables are those of the media.
    init(
        _ session: EngineSession, _ sequence: SequenceDefinition,
        children: [(id: String, sequence: SequenceDefinition)], actions: StepActions = .standard
    ) {
        self.session = session
        self.sequence = sequence
        self.children = Dictionary(children.map { ($0.id.caseFolded, $0.sequence) }) { first, _ in first }
        self.actions = actions
    }

    /// What keeps a run from going on.
    static func impossible(_ problem: DiagnosticText) -> EngineError {
        EngineError(.state, "the task sequence that was interrupted", problem, nextStep: "begin anew")
    }

    /// Restores `state`: volumes, then what each step had done in memory, in their order.
    ///
    /// - Throws: ``EngineError`` `.state` when it cannot go on; other errors of disks and content; `InterruptedError`.
    func restore(_ state: RunState) throws {
        let entries = SequencePlan(sequence, children: children).entries
        guard state.stepCount == entries.count else {
            throw Self.impossible("had \(state.stepCount) steps, and has \(entries.count) now")
        }
        session.hasWritten = true
        try restoreVolumes(state)
        SequenceRunner.setGlobalVariables(sequence, session)
        for step in state.steps {
            try session.interruption.check()
            let own = entries[step.number - 1].step
            if let action = actions[own.type ?? ""] {
                do {
                    try action.init(StepValues(own, session.variables)).restore(session)
                } catch let error as InterruptedError {
                    throw error
                } catch {
                    throw Self.impossible(
                        "cannot go on: what step '\(own.name.onOneLine)' had done is not there any more (\("\(error)"))"
                    )
                }
            }
            try restore(step.changes, of: own)
        }
    }

    private func restore(_ changes: [RunState.Change], of step: SequenceStep) throws {
        for change in changes {
            switch change.value {
            case .text(let text): session.variables.set(change.name, to: text)
            case .removed: session.variables.set(change.name, to: "")
            case .secret:
                guard session.variables[change.name] != nil else {
                    throw Self.impossible(
                        "cannot go on: variable \(change.name.onOneLine) of step '\(step.name.onOneLine)' is secret, and was not kept"
                    )
                }
            }
        }
    }

    // MARK: Volumes

    /// Finds the volumes by their own numbers and gives them their letters; what was not this run's own may be gone.
    private func restoreVolumes(_ state: RunState) throws {
        var found: [DiskVolume] = []
        for disk in try session.disks() {
            guard let existing = try? ExistingVolumes(disk) else { continue }
            found += existing.found.map(\.volume)
        }
        var volumes: [TargetVolume] = []
        for known in state.volumes {
            guard let now = found.first(where: { $0.bootDevice == known.device }) else {
                guard !known.isDivided else {
                    throw Self.impossible(
                        "cannot go on: partition \(known.partition) of disk \(known.disk) '\(known.label.onOneLine)', which it made, is not in this computer"
                    )
                }
                continue
            }
            var volume = TargetVolume(
                // A half-applied volume may not tell any more what it is.
                DiskVolume(
                    disk: now.disk, partition: now.partition, node: now.node, range: now.range,
                    fileSystem: known.fileSystem, label: known.label, bootDevice: now.bootDevice,
                    isStarted: now.isStarted, isForData: now.isForData))
            volume.letter = known.letter
            volumes.append(volume)
            if known.isDivided { session.installation.dividedDisks.insert(now.disk) }
        }
        session.volumes = TargetVolumes(
            volumes.sorted { ($0.diskNumber, $0.partitionNumber) < ($1.diskNumber, $1.partitionNumber) })
        if let windows = state.windows {
            guard let volume = volumes.first(where: { $0.disk?.bootDevice == windows.device })?.disk else {
                throw Self.impossible("cannot go on: the volume of its Windows is not in this computer")
            }
            session.installation.windows = Installation.Windows(
                volume: volume, architecture: windows.architecture, language: windows.language)
        }
        for index in session.volumes.volumes.indices {
            do {
                try session.mount(index)
            } catch let error as InterruptedError {
                throw error
            } catch {
                session.log.warning(
                    "\(session.volumes.volumes[index].disk?.title ?? "a volume") is not mounted: \(error)")
            }
        }
    }
}
