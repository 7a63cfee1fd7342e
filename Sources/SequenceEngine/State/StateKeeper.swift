// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Keeps how far a run has come on a volume of the target, from when there is one that the run may write to.
///
/// A run whose state cannot be kept goes on: it begins anew when it is cut. Only a restart in the middle needs it.
package final class StateKeeper {
    /// Shorter secrets stand in too many texts to be looked for in them.
    private static let shortestSecretByteCount = 4

    private unowned let session: EngineSession
    /// How far the run is.
    private(set) var state: RunState
    /// The node of the volume; nil while there is none.
    private(set) var node: FilePath?
    /// The variables as they were at the last step that is in the state.
    private var known: [CaseFoldedName: RunState.Change.Value] = [:]

    /// A keeper of a run that begins: nothing is written yet.
    package init(_ state: RunState, _ session: EngineSession) {
        self.state = state
        self.session = session
        known = Self.values(session.variables).mapValues(\.value)
    }

    /// A keeper of a run that goes on from `state`, which lies on the volume `node`.
    package convenience init(resuming state: RunState, on node: FilePath, _ session: EngineSession) {
        self.init(state, session)
        self.node = node
        self.state.isRestarting = false
    }

    // MARK: Steps

    /// A step begins that may change more than what is in memory.
    func stepBegins(_ number: Int, _ name: String) {
        state.begun = RunState.Begun(number: number, name: name)
        state.done = number - 1
        write()
    }

    /// Lets the state lie on `volume`, which the step that has begun is about to change, where it lies nowhere yet.
    func keep(on volume: DiskVolume) {
        guard node == nil, volume.fileSystem == .ntfs else { return }
        node = volume.node
        write()
    }

    /// A step has ended well.
    ///
    /// - Parameter changesTarget: false for one that changed nothing but memory: it is written with the next that does.
    func stepEnded(_ number: Int, changesTarget: Bool) {
        take(number)
        if changesTarget { write() }
    }

    /// The step `number` restarts the computer: it goes on behind it.
    ///
    /// - Throws: ``EngineError`` `.state` when that cannot be kept.
    func restarts(behind number: Int) throws {
        take(number)
        state.isRestarting = true
        chooseVolume()
        guard node != nil else {
            throw EngineError(
                .state, "how far the task sequence has come",
                "has to be kept when the computer restarts, and there is no volume for it",
                nextStep: "put the step behind the one that divides the disk")
        }
        try writeNow()
    }

    private func take(_ number: Int) {
        state.begun = nil
        state.done = number
        let values = Self.values(session.variables)
        var changes = values.filter { known[$0.key] != $0.value.value }
            .map { RunState.Change(name: $0.value.name, value: $0.value.value) }
        changes += known.keys.filter { values[$0] == nil }
            .map { RunState.Change(name: $0.description, value: .removed) }
        changes.sort { $0.name.caseFolded < $1.name.caseFolded }
        state.steps.append(RunState.Step(number: number, changes: changes))
        known = values.mapValues(\.value)
    }

    /// The variables; secrets, and texts with a secret in them, without what they hold.
    private static func values(
        _ variables: SequenceVariables
    ) -> [CaseFoldedName: (name: String, value: RunState.Change.Value)] {
        let all = variables.all
        let secrets = all.filter { $0.isSecret }.map(\.value)
        var values: [CaseFoldedName: (name: String, value: RunState.Change.Value)] = [:]
        for variable in all {
            let isSecret =
                variable.isSecret
                || secrets.contains { secret in
                    variable.value.isExactly(secret)
                        || secret.utf8.count >= shortestSecretByteCount && variable.value.holds(secret)
                }
            values[variable.name.caseFolded] = (variable.name, isSecret ? .secret : .text(variable.value))
        }
        return values
    }

    // MARK: The volume

    /// Chooses the volume, once there is one that the run has made.
    private func chooseVolume() {
        let volumes = session.volumes.volumes.filter { $0.disk?.fileSystem == .ntfs && $0.letter != nil }
        if let node, volumes.contains(where: { $0.disk?.node == node }) { return }
        let divided = volumes.filter { session.installation.dividedDisks.contains($0.diskNumber) }
        node = TargetVolumes(divided).firstForWindows?.disk?.node
    }

    /// Writes the state where it can be kept.
    private func write() {
        chooseVolume()
        guard node != nil else { return }
        do {
            try writeNow()
        } catch {
            session.log.warning("how far the task sequence has come cannot be kept: \(error)")
            // What is there says less than is done.
            try? store()?.remove()
            node = nil
        }
    }

    private func writeNow() throws {
        state.volumes = Self.volumes(session)
        state.windows = session.installation.windows.map {
            RunState.Windows(device: $0.volume.bootDevice, architecture: $0.architecture, language: $0.language)
        }
        state.written = FileIdentity.Instant.now.timestamp
        // What a step has written comes before the word that it is written.
        for volume in session.volumes.volumes { try volume.disk.map { try Self.flush($0.node) } }
        guard let store = try store() else {
            throw EngineError(
                .disk, "the volume for it", "is not there any more", nextStep: "see the steps before in the log")
        }
        try store.write(state)
        if let node { try Self.flush(node) }
        session.log.note(
            "kept how far it is: \(state.done) of \(state.stepCount) steps"
                + (state.begun.map { ", and '\($0.name)' has begun" } ?? ""))
    }

    private func store() throws -> StateStore? {
        guard let index = session.volumes.volumes.firstIndex(where: { $0.disk?.node == node }) else { return nil }
        try session.mount(index)
        return session.volumes.volumes[index].mountPoint.map { StateStore($0, on: node) }
    }

    /// Writes everything that the kernel holds for `node`, and has the drive write it.
    private static func flush(_ node: FilePath) throws(FileError) {
        try FileError.wrap("written", node) {
            let file = try FileDescriptor.open(node, .readOnly, options: .closeOnExec)
            try file.closeAfter { guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) } }
        }
    }

    private static func volumes(_ session: EngineSession) -> [RunState.Volume] {
        session.volumes.volumes.compactMap { volume in
            volume.disk.map { disk in
                RunState.Volume(
                    device: disk.bootDevice, disk: disk.disk, partition: disk.partition, letter: volume.letter,
                    fileSystem: disk.fileSystem, label: disk.label,
                    isDivided: session.installation.dividedDisks.contains(disk.disk))
            }
        }
    }

    /// The volume `changed` was formatted anew: what lay on it is written again.
    func wasFormatted(_ changed: DiskVolume) throws { if changed.node == node { try writeNow() } }

    /// Keeps the log so far, for the part of the run that goes on.
    func keepLog() throws {
        guard let store = try store() else { return }
        try session.log.copy(to: try store.place(ofFile: EngineLog.fileName))
    }

    /// Puts the log that was kept before that of this part of the run.
    func takeLog() {
        guard let store = try? store(), let log = try? store.place(ofFile: EngineLog.fileName),
            (try? Stat(log))?.type == .regular
        else { return }
        do { try session.log.goOn(behind: log) } catch { session.log.warning("the log before is not read: \(error)") }
    }

    /// The run is over: nothing is kept any more.
    func forget() {
        guard node != nil else { return }
        do {
            try store()?.remove()
        } catch {
            session.log.warning("how far the task sequence had come could not be removed: \(error)")
        }
        node = nil
    }
}

extension String {
    /// Whether `part`, which is not empty, stands in the text, byte for byte.
    fileprivate func holds(_ part: String) -> Bool {
        let (whole, part) = (Array(utf8), Array(part.utf8))
        guard whole.count >= part.count else { return false }
        return (0...(whole.count - part.count)).contains { whole[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
