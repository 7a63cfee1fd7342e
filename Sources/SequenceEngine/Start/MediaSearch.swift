// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Glibc
import MediaFormat
import Support
import SystemPackage

/// Finds the media that the computer was started from among its block devices, and mounts it.
package struct MediaSearch {
    /// Media that was found.
    package struct Found {
        /// Where it is mounted.
        package let root: FilePath
        /// The volume that holds it, as /dev/sr0 or /dev/sda1.
        package let device: FilePath
        /// The whole drive, as /dev/sda.
        package let drive: FilePath
    }

    /// USB drives appear some seconds after their controllers.
    private static let patience: Duration = .seconds(40)

    private let root: FilePath
    private let point: FilePath

    /// Searches the devices that the kernel shows below `root`; media will be mounted on `point`.
    package init(root: FilePath = "/", point: FilePath) {
        self.root = root
        self.point = point
    }

    /// Mounts the first medium that holds task sequence media: removable ones first.
    ///
    /// - Throws: ``EngineError`` `.media` when there is none after some patience; `InterruptedError`.
    package func find(interruption: Interruption) throws -> Found {
        try Folder.create(point)
        let start = ContinuousClock.now
        while true {
            for place in MediaPlaces(root: root).all() {
                try interruption.check()
                if let found = mount(place) { return found }
            }
            guard ContinuousClock.now - start < Self.patience else { break }
            usleep(300_000)
        }
        throw EngineError(
            .media, "task sequence media", "is on none of this computer's drives",
            nextStep: "leave the disc or the USB drive in the computer that it was started from, and start it again")
    }

    private func mount(_ place: MediaPlace) -> Found? {
        if MediaPlaces.mount(place.device, on: point) {
            if FolderMedia.isMedia(point), Self.isFirst(point) {
                return Found(root: point, device: place.device, drive: place.drive)
            }
            try? Mounts.unmount(point)
        }
        return mountNTFS(place)
    }

    /// Prestaged media that a BIOS starts lies on NTFS.
    private func mountNTFS(_ place: MediaPlace) -> Found? {
        guard place.isPartition, VolumeCondition.isNTFS(place.device),
            (try? VolumeMounting.mount(
                place.device, called: place.device.string, on: point, isReadOnly: true, program: .byPath,
                interruption: .ofProcess)) != nil
        else { return nil }
        if FolderMedia.isMedia(point) { return Found(root: point, device: place.device, drive: place.drive) }
        try? VolumeMounting.unmount(point)
        return nil
    }

    /// Whether a medium is no later volume of a set: the sticks of one may all be in.
    package static func isFirst(_ root: FilePath) -> Bool {
        let folder = VolumeFolder(root)
        // Only the first volume has variables, and most media is no set: its list of files is not read for this.
        guard (try? folder.file(MediaPath(MediaDataFile.variables))) == nil,
            let path = try? folder.file(MediaPath(MediaManifest.path)),
            let bytes = try? SmallFile.read(path, limit: VolumeVerdict.manifestByteLimit),
            let manifest = try? MediaManifest(decoding: bytes, of: "the volume")
        else { return true }
        return manifest.volume == 1
    }
}
