// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// Mounts volumes of NTFS through ntfs-3g, and lets go of them.
package enum VolumeMounting {
    /// The programs of ntfs-3g.
    package enum Program: String {
        /// Finds each file by its path.
        case byPath = "ntfs-3g"
        /// Finds an open file by its record.
        case byRecord = "lowntfs-3g"
    }

    private static let folders = ["/bin", "/sbin", "/usr/bin", "/usr/sbin"]
    /// Names stay ones that Windows can have, and access times are left alone.
    ///
    /// Who may use new files is set for each (``VolumeFolder``): ntfs-3g lets everyone do everything with them, whatever
    /// their folder passes on.
    private static let options = "noatime,big_writes,windows_names"
    private static let messageLimit = 2000
    /// How often a volume is asked to let go that somebody still looks at, and how long lies between.
    private static let patience = 40
    private static let pauseMicroseconds: UInt32 = 50_000

    /// Mounts `volume` on the folder `point`, which is made.
    ///
    /// - Throws: ``DiskError`` when it cannot be mounted; `FileError`; `InterruptedError`.
    package static func mount(
        _ volume: DiskVolume, on point: FilePath, isReadOnly: Bool = false, interruption: Interruption
    ) throws {
        guard volume.fileSystem == .ntfs else {
            throw DiskError(
                .malformed, DiagnosticText(volume.title), "is not formatted with NTFS",
                nextStep: "choose a volume with NTFS in the step")
        }
        try mount(
            volume.node, called: volume.title, on: point, isReadOnly: isReadOnly, program: .byPath,
            interruption: interruption)
    }

    /// Mounts the volume of NTFS at `node`, `title` for people, on the folder `point`, which is made.
    ///
    /// - Throws: as ``mount(_:on:isReadOnly:interruption:)``.
    static func mount(
        _ node: FilePath, called title: String, on point: FilePath, isReadOnly: Bool, program: Program,
        interruption: Interruption
    ) throws {
        let program = program.rawValue
        let candidates = folders.map { "\($0)/\(program)" }
        guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
            throw DiskError(
                .notFound, "program \(program)", "is not in this environment",
                nextStep: "build the boot image again with 'tsmedia bootimage build'")
        }
        try Folder.create(point)
        let work = try TemporaryFolder()
        let log = work.appending("log")
        let status = try OtherProgram.run(
            FilePath(path), ["-o", options + (isReadOnly ? ",ro" : ""), node.string, point.string],
            environment: ["LC_ALL=C.UTF-8", "PATH=/bin:/sbin:/usr/bin:/usr/sbin"], log: log, interruption: interruption)
        guard status == 0 else {
            let message = (try? SmallFile.read(log, limit: messageLimit)) ?? []
            throw DiskError(
                .io, DiagnosticText(title),
                "could not be mounted: \(program) ended with \(status) (\(String(decoding: message, as: UTF8.self)))",
                nextStep: "run 'chkdsk /f' in Windows, or divide the disk anew")
        }
    }

    /// Writes what is not written yet of what is mounted on `point`, and lets go of it.
    ///
    /// - Throws: ``DiskError``.
    package static func unmount(_ point: FilePath) throws(DiskError) {
        for _ in 0..<patience {
            if point.withPlatformString({ tsm_unmount($0) }) == 0 { return }
            guard errno == EBUSY else { break }
            usleep(pauseMicroseconds)
        }
        throw DiskError(
            .io, "what is mounted on \(point)", "could not be unmounted: \(Errno(rawValue: errno))",
            nextStep: "see the kernel log")
    }
}

/// A volume of NTFS that is mounted until it is let go of.
package final class MountedVolume {
    /// Its files.
    package let folder: VolumeFolder
    private let work: TemporaryFolder
    private var isMounted = true

    /// Mounts `volume`.
    ///
    /// - Throws: ``DiskError`` when it cannot be mounted; `FileError`; `InterruptedError`.
    package init(_ volume: DiskVolume, isReadOnly: Bool = false, interruption: Interruption) throws {
        work = try TemporaryFolder()
        let point = work.appending("volume")
        try VolumeMounting.mount(volume, on: point, isReadOnly: isReadOnly, interruption: interruption)
        folder = VolumeFolder(point)
    }

    deinit { try? unmount() }

    /// Writes what is not written yet and lets go of the volume.
    ///
    /// - Throws: ``DiskError``.
    package func unmount() throws(DiskError) {
        guard isMounted else { return }
        try VolumeMounting.unmount(folder.root)
        isMounted = false
    }
}
