// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage
import TaskSequence
import VolumeCapture

/// A disk of this computer, or a drive that can be taken out: its largest volume of NTFS or FAT32, or NTFS on all of it where it is
/// empty.
struct DriveDestination: CaptureDestination {
    /// Largest file of FAT32: its size has 32 bits ("FAT: General Overview of On-Disk Format" 1.03, page 24).
    private static let largestFATFile = Int64(UInt32.max)
    /// The label of a volume that is made for images.
    private static let label = "Images"

    let title: String
    let drive: TargetDisk
    /// Whether it is a fixed disk of the computer.
    let isFixed: Bool

    var disks: Set<Int> { isFixed ? [drive.number] : [] }

    func open(_ session: EngineSession) throws -> OpenedDestination {
        guard !drive.device.isReadOnly else {
            throw CaptureError(
                .badDestination, "\(title)", "is write-protected",
                nextStep: "take the protection off, or choose another")
        }
        let volume = try volume(session)
        let point = session.workFolder.appending("destination")
        try Folder.create(point)
        switch volume.fileSystem {
        case .ntfs: try VolumeMounting.mount(volume, on: point, interruption: session.interruption)
        default:
            try Mounts.mount(
                volume.node.string, on: point, type: "vfat", options: "utf8,shortname=mixed", isReadOnly: false)
        }
        var mounted = TargetVolume(volume)
        mounted.mountPoint = point
        session.volumes.volumes.removeAll { $0.device == volume.node }
        session.volumes.volumes.append(mounted)
        return OpenedDestination(
            folder: point, largestFileByteCount: volume.fileSystem == .fat32 ? Self.largestFATFile : nil, isAlone: true)
    }

    /// The volume for the image, which is made on an empty drive.
    private func volume(_ session: EngineSession) throws -> DiskVolume {
        let existing = try ExistingVolumes(drive)
        let usable = existing.found.filter { $0.volume.isForData && $0.volume.fileSystem != nil }
        if let found = usable.max(by: { $0.volume.range.count < $1.volume.range.count }) {
            if let problem = VolumeRefusal.error(found.condition, title: found.volume.title) {
                throw CaptureError(
                    .badDestination, "\(found.volume.title), where the image goes,", problem.problem,
                    nextStep: "start Windows with it and shut that down, or choose another destination")
            }
            return found.volume
        }
        let contents = drive.device.contents
        guard existing.found.isEmpty, contents.fileSystem == nil, contents.problem == nil else {
            throw CaptureError(
                .badDestination, "\(title)", "is not empty, and has no volume of NTFS or FAT32 for the image",
                nextStep: "format a volume on it with NTFS, or choose another destination")
        }
        return try format(session)
    }

    private func format(_ session: EngineSession) throws -> DiskVolume {
        try session.presenter.confirm(
            title: "Format the destination?",
            text: [
                "The image goes to", "", "    \(title)", "",
                "which is empty. It is formatted with NTFS: whatever is on it is lost.",
            ], keys: "Enter: format it    To stop, switch the computer off.", interruption: session.interruption)
        session.log.note("\(title) is empty and is formatted with NTFS")
        let properties = [
            "PartitionStyle": "GPT", "Partitions": "1", "Partitions0Type": "PRIMARY", "Partitions0FileSystem": "NTFS",
            "Partitions0VolumeName": Self.label, "Partitions0Size": "100", "Partitions0SizeUnits": "PERCENT",
        ]
        let partitioning = DiskPartitioning(stepName: "the capture") { properties[$0] }
        let plan = try DiskPlan(
            partitioning, disk: drive, seed: .byLot, created: FileIdentity.Instant.now.timestamp)
        session.hasWritten = true
        let made = try DiskDivider().divide(plan, interruption: session.interruption)
        guard let volume = made.first else {
            throw CaptureError(
                .badDestination, "\(title)", "got no volume", nextStep: "choose another destination")
        }
        return volume
    }
}
