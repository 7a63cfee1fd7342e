// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Identifiers
import Support
import SystemPackage
import WindowsSetup

/// Makes an applied Windows start: the loaders of its image and a BCD store go to the volume that firmware starts.
package struct WindowsStart: Sendable {
    /// What was done.
    package struct Report: Sendable, Equatable {
        /// The set of loaders; nil for a BIOS.
        package let loaderSet: LoaderSet?
        /// How many files were written, the store among them.
        package let fileCount: Int
        /// The entry that was made in UEFI's boot menu; nil where there is none.
        package let bootEntry: String?
        /// Why there is none, where there should be: the computer starts by the fall-back path then.
        package let bootEntryProblem: String?
    }

    /// How the computer starts.
    package let firmware: SystemFirmware
    /// The volume that firmware starts.
    package let system: DiskVolume
    /// The volume of Windows.
    package let windows: DiskVolume
    /// The processor.
    package var architecture = Architecture.x64
    /// The set of loaders that is taken where the image has it.
    package var preferredSet: LoaderSet?
    /// The language of loaders' messages.
    package var locale = "en-US"
    /// Whether the run made the volume that firmware starts.
    package var isSystemOwn = false
    /// What a menu shows.
    package var title = "Windows"
    /// The time of what is written.
    package var modified: Timestamp

    /// Describes a start.
    package init(firmware: SystemFirmware, system: DiskVolume, windows: DiskVolume, modified: Timestamp) {
        self.firmware = firmware
        self.system = system
        self.windows = windows
        self.modified = modified
    }

    private static let loader = "\\EFI\\Microsoft\\Boot\\bootmgfw.efi"
    private static let storePaths: [SystemFirmware: String] = [.uefi: "EFI/Microsoft/Boot/BCD", .bios: "Boot/BCD"]

    /// Copies the loaders of `volume`, which is that of Windows, and writes the store.
    ///
    /// - Parameter variables: the variables of UEFI; nil where none are to be written.
    /// - Throws: `LoaderError`, ``DiskError``, `DriveImageError`, `FileError`, `InterruptedError`.
    package func install(
        from volume: VolumeFolder, variables: EFIVariables?, interruption: Interruption
    ) throws -> Report {
        let plan = try LoaderPlan(
            try volume.files(below: try MediaPath("Windows/Boot")), firmware: firmware, architecture: architecture,
            preferred: preferredSet)
        var files = try plan.copies.map { copy in
            guard let source = try volume.file(copy.source) else {
                throw FileError("read", volume.root.appending(copy.source.description), .noSuchFileOrDirectory)
            }
            return SystemFile(path: copy.target, content: .file(source))
        }
        let store = BootStore(
            firmware: firmware, systemPartition: system.bootDevice, windowsPartition: windows.bootDevice,
            description: title, locale: locale)
        let storePath = try MediaPath(Self.storePaths[firmware] ?? "Boot/BCD")
        files.append(SystemFile(path: storePath, content: .bytes(store.bytes(modified: modified))))
        try write(files, volume, interruption)
        let (entry, problem) = makeBootEntry(variables)
        return Report(
            loaderSet: plan.set, fileCount: files.count, bootEntry: entry, bootEntryProblem: problem)
    }

    private func write(_ files: [SystemFile], _ volume: VolumeFolder, _ interruption: Interruption) throws {
        switch system.fileSystem {
        case .fat32:
            try SystemPartition(system, created: modified, isOwn: isSystemOwn).write(
                files, staging: volume, interruption: interruption)
        case .ntfs:
            if system.node == windows.node { return try Self.write(files, to: volume, interruption) }
            let mounted = try MountedVolume(system, interruption: interruption)
            try Self.write(files, to: mounted.folder, interruption)
            try mounted.unmount()
        case nil:
            throw DiskError(
                .refused, DiagnosticText(system.title), "is what firmware starts, and has no file system",
                nextStep: "format it in the step that divides the disk")
        }
    }

    private static func write(
        _ files: [SystemFile], to volume: VolumeFolder, _ interruption: Interruption
    ) throws {
        for file in files {
            switch file.content {
            case .file(let source): try volume.copy(source, to: file.path, interruption: interruption)
            case .bytes(let bytes): try volume.write(bytes, to: file.path)
            }
        }
    }

    /// An entry is convenience: firmware finds the loader by the fall-back path without one.
    private func makeBootEntry(_ variables: EFIVariables?) -> (String?, problem: String?) {
        guard firmware == .uefi, let variables, case .gpt(_, let partition) = system.bootDevice else {
            return (nil, nil)
        }
        let sector: Int64 = 512
        let entry = EFIBootEntry(
            description: "Windows Boot Manager", partition: UInt32(clamping: system.partition),
            sectors: UInt64(
                clamping: system.range.lowerBound / sector)..<UInt64(
                    clamping: system.range.upperBound / sector), guid: partition, program: Self.loader)
        do {
            return (try variables.putFirst(entry), nil)
        } catch {
            return (nil, "\(error)")
        }
    }
}
