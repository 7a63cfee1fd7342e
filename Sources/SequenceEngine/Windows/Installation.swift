// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Cryptography
import Identifiers
import Support
import SystemPackage
import WindowsSetup

/// What the steps on disks and on Windows share of a run.
package final class Installation {
    /// A Windows that was applied, or will be.
    package struct Windows: Sendable, Equatable {
        /// Its volume.
        package let volume: DiskVolume
        /// The processor that it is for.
        package let architecture: Architecture
        /// The language of its messages.
        package let language: String
    }

    /// What Windows is set up with.
    package var configuration = WindowsConfiguration()
    /// The Windows that was applied; nil before.
    package var windows: Windows?
    /// Whether it has all that it starts with.
    package var isStartable = false
    /// The numbers of the disks that this run has divided: what is on them is its own.
    package var dividedDisks: Set<Int> = []
    /// Finds the disks of the computer, without the drives that it is given.
    package var findDisks: ([FilePath]) throws -> [TargetDisk] = { try TargetDisk.all(without: $0) }
    /// The variables of UEFI; nil where none are written.
    package var firmwareVariables: EFIVariables? = EFIVariables()

    /// What there will be when the steps that were looked at have run: for those behind them, before anything is written.
    package struct Planned {
        /// The volumes; nil while nobody has looked.
        package var volumes: TargetVolumes?
        /// The variables that hold their letters.
        package var variables: [CaseFoldedName: String] = [:]
        /// The disks that will be divided anew.
        package var dividedDisks: Set<Int> = []
        /// The Windows that will be applied.
        package var windows: Windows?
        /// Whether a step applies one, whatever keeps it from that.
        package var isImageWanted = false
    }

    /// What there will be.
    package var planned = Planned()

    /// Nothing installed.
    package init() {}

    /// Forgets what was installed.
    func forget() {
        configuration = WindowsConfiguration()
        (windows, isStartable, dividedDisks, planned) = (nil, false, [], Planned())
    }
}

extension EngineSession {
    /// The fixed disks of the computer.
    ///
    /// - Throws: `DeviceError`.
    package func disks() throws -> [TargetDisk] { try installation.findDisks(mediaDrives) }

    /// The disk with this number.
    ///
    /// - Throws: ``EngineError`` `.disk` when there is none; `DeviceError`.
    package func disk(_ number: Int) throws -> TargetDisk {
        let all = try disks()
        guard all.indices.contains(number) else {
            throw EngineError(
                .disk, "disk \(number)", "is not in this computer, which has \(all.count) fixed disks",
                nextStep: all.isEmpty
                    ? "check the disk and its controller's mode in the firmware's setup"
                    : "name one from 0 to \(all.count - 1)")
        }
        return all[number]
    }

    /// Takes note of the volumes that the disks have already, where nobody has yet.
    ///
    /// Volumes for data get letters from C on.
    ///
    /// - Throws: `DeviceError`; `FileError`.
    package func findVolumes() throws {
        guard !volumes.volumes.contains(where: { $0.disk != nil }) else { return }
        volumes = try existingVolumes()
    }

    private func existingVolumes() throws -> TargetVolumes {
        var found = volumes
        for disk in try disks() {
            let existing = try ExistingVolumes(disk).found.map(\.volume)
            found.replace(
                disk: disk.number, with: existing,
                lettered: Set(existing.filter { $0.isForData && $0.fileSystem != nil }.map(\.partition)))
        }
        return found
    }

    /// The volumes that there will be when the steps before have run.
    ///
    /// - Throws: `DeviceError`; `FileError`.
    func plannedVolumes() throws -> TargetVolumes {
        if let volumes = installation.planned.volumes { return volumes }
        let existing = try existingVolumes()
        installation.planned.volumes = existing
        return existing
    }

    /// The folder on which the volume with `letter` is mounted.
    func mountFolder(_ letter: Character) -> FilePath { mountRoot.appending(String(letter)) }

    /// The folder below which all volumes are mounted.
    var mountRoot: FilePath { workFolder.appending("volumes") }

    /// Mounts the volume with this place among ``volumes``, when it has a letter and NTFS.
    ///
    /// - Throws: ``DiskError``, `FileError`, `InterruptedError`.
    func mount(_ index: Int) throws {
        let volume = volumes.volumes[index]
        guard volume.mountPoint == nil, let letter = volume.letter, let disk = volume.disk, disk.fileSystem == .ntfs
        else {
            return
        }
        let point = mountFolder(letter)
        try VolumeMounting.mount(disk, on: point, interruption: interruption)
        volumes.volumes[index].mountPoint = point
    }

    /// Lets go of the volumes that are mounted and `isWanted`.
    ///
    /// - Throws: ``DiskError``.
    func unmount(_ isWanted: (TargetVolume) -> Bool) throws {
        for index in volumes.volumes.indices where isWanted(volumes.volumes[index]) {
            guard let point = volumes.volumes[index].mountPoint else { continue }
            try VolumeMounting.unmount(point)
            volumes.volumes[index].mountPoint = nil
        }
    }

    /// Lets go of the volumes of the disk that content lies on, which is then read as it lies there, whatever is written to it.
    ///
    /// - Throws: ``DiskError``.
    func letGoOfHeldDisk() throws {
        guard let held = content.heldDisk else { return }
        let number = try disks().first { $0.device.node == held }?.number
        try unmount { $0.diskNumber == number }
    }

    /// The files of the applied Windows, whose volume is mounted.
    ///
    /// - Throws: ``EngineError`` `.step` when none was applied; what mounting throws.
    func windowsFolder() throws -> VolumeFolder {
        guard let windows = installation.windows,
            let index = volumes.volumes.firstIndex(where: { $0.disk?.node == windows.volume.node })
        else { throw missingWindowsError }
        try mount(index)
        guard let point = volumes.volumes[index].mountPoint else {
            throw EngineError(
                .disk, "\(windows.volume.title)", "has no drive letter, so that nothing can be written to it",
                nextStep: "give the volume a letter in the step that divides the disk")
        }
        return VolumeFolder(point)
    }

    /// What keeps a step from its work that needs an applied operating system; nil when one will be there.
    var missingWindows: PreflightFinding? {
        // What keeps the step that applies one from its work is told of that step.
        guard installation.planned.windows == nil, !installation.planned.isImageWanted, installation.windows == nil
        else { return nil }
        return PreflightFinding(
            "needs an applied operating system, and no step before applies one",
            remedy: "put it behind Apply Operating System Image")
    }

    /// What is wrong with a step that needs an applied operating system where there is none.
    var missingWindowsError: EngineError {
        EngineError(
            .step, "the step", "needs an applied operating system, and none was applied",
            nextStep: "put it behind Apply Operating System Image")
    }

    /// Shows how far an image is.
    var imageProgress: any ProgressObserver { SessionProgress(presenter) }
}

/// Shows progress on the screen.
///
/// Unchecked: libwim tells of it on the thread that called, which is the one that the presenter belongs to.
private struct SessionProgress: ProgressObserver, @unchecked Sendable {
    private let presenter: Presenter

    init(_ presenter: Presenter) { self.presenter = presenter }

    func update(_ update: ProgressUpdate) {
        let share = update.totalByteCount.flatMap { $0 > 0 ? Double(update.completedByteCount) / Double($0) : nil }
        presenter.progress(share: share, text: update.phase)
    }

    func finish(phase: String) {}
}
