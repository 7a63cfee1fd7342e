// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support

extension EngineSession {
    /// What there will be before the next step of a run that goes on: what there is.
    var resumedPlan: Installation.Planned {
        var planned = Installation.Planned()
        planned.volumes = volumes
        planned.dividedDisks = installation.dividedDisks
        planned.windows = installation.windows
        return planned
    }

    /// Formats a volume again that holds a part of an image: what a cut has left of its file system is not to be relied on.
    ///
    /// A volume that this run did not make may hold what others need: it is emptied as ever, and no more.
    ///
    /// - Throws: ``DiskError``, `DriveImageError`, `FileError`, `InterruptedError`.
    func formatAgain(_ volume: DiskVolume) throws {
        guard installation.dividedDisks.contains(volume.disk), volume.fileSystem == .ntfs else {
            log.warning("\(volume.title) is not this run's own: its file system is used as a cut has left it")
            return
        }
        log.note("\(volume.title) holds a part of an image, and is formatted again")
        try unmount { $0.disk?.node == volume.node }
        presenter.progress(share: nil, text: "formatting \(volume.title)")
        var isActive = false
        if case .mbr = volume.bootDevice { isActive = volume.isStarted }
        let layout = NTFSVolumeLayout(
            empty: volume.range, label: volume.label, isBootable: isActive, serial: .random(in: 1 ... .max),
            created: FileIdentity.Instant.now.timestamp)
        let folder = try TemporaryFolder()
        do {
            try layout.format(volume.node, log: folder.appending("mkntfs.log"), interruption: interruption)
        } catch let error as DriveImageError {
            throw error.about(DiagnosticText(volume.title))
        }
        try keeper?.wasFormatted(volume)
    }
}
