// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import WindowsSetup

extension EngineSession {
    /// The firmware, as far as it decides how Windows starts.
    package var systemFirmware: SystemFirmware { computer.firmware == .uefi ? .uefi : .bios }

    /// The volume that firmware starts for a Windows on `windows`, among `volumes`.
    ///
    /// - Throws: ``EngineError`` `.disk` when there is none for this firmware.
    func startedVolume(for windows: DiskVolume, among volumes: TargetVolumes) throws -> DiskVolume {
        guard let system = volumes.started(for: windows) else {
            throw EngineError(
                .disk, "the computer",
                systemFirmware == .uefi
                    ? "has no EFI partition, from which UEFI starts Windows"
                    : "has no active partition to start Windows from",
                nextStep: "make one in the step that divides the disk")
        }
        let isGPT = if case .gpt = system.bootDevice { true } else { false }
        guard isGPT == (systemFirmware == .uefi) else {
            throw EngineError(
                .disk, "\(system.title)",
                "is not what this computer starts: it was started by \(systemFirmware == .uefi ? "UEFI" : "a BIOS")",
                nextStep: "divide the disk with \(systemFirmware == .uefi ? "GPT" : "MBR")")
        }
        return system
    }

    /// Makes the applied Windows start: what Setup Windows and a restart before it do.
    ///
    /// - Throws: ``EngineError``, `LoaderError`, ``DiskError``, `DriveImageError`, `FileError`, `InterruptedError`.
    package func makeWindowsStart() throws {
        guard let windows = installation.windows, !installation.isStartable else { return }
        let folder = try windowsFolder()
        let system = try startedVolume(for: windows.volume, among: volumes)
        // It is written as a whole, or mounted elsewhere.
        if system.node != windows.volume.node { try unmount { $0.disk?.node == system.node } }
        var start = WindowsStart(
            firmware: systemFirmware, system: system, windows: windows.volume,
            modified: FileIdentity.Instant.now.timestamp)
        start.isSystemOwn = installation.dividedDisks.contains(system.disk)
        start.architecture = windows.architecture
        start.locale = windows.language
        start.preferredSet = variables["OSDBootLoaderCertificate"].flatMap { LoaderSet(rawValue: $0) }
        let report = try start.install(
            from: folder, variables: installation.firmwareVariables, interruption: interruption)
        installation.isStartable = true
        let set = report.loaderSet.map { ", loaders of \($0.rawValue)" } ?? ""
        log.note("\(report.fileCount) files that start Windows were written to \(system.title)\(set)")
        if let entry = report.bootEntry { log.note("\(entry) of UEFI's boot menu starts it") }
        if let problem = report.bootEntryProblem {
            log.warning("UEFI got no entry, and finds Windows by the fall-back path: \(problem)")
        }
    }
}
