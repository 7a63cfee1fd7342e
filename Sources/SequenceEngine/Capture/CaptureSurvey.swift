// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Support
import SystemPackage
import VolumeCapture

/// What of a computer is captured, what is left out, and what keeps it from being captured.
package struct CaptureSurvey {
    /// A volume that becomes an image.
    package struct Captured {
        /// What is captured.
        package let capture: CaptureVolume
        /// The volume.
        package let volume: DiskVolume
    }

    /// A volume that is left out.
    package struct Skipped: Equatable {
        /// What it is called.
        package let title: String
        /// Why it is left out, as the predicate of a sentence.
        package let reason: String
    }

    private static let systemReason = "belongs to what starts the computer, which is made anew"

    /// The volumes in the order of disks and partitions.
    package private(set) var captured: [Captured] = []
    /// The volumes that are left out.
    package private(set) var skipped: [Skipped] = []
    /// What is wrong with volumes that must not be captured as they are.
    package private(set) var refusals: [CaptureError] = []

    /// Looks at the fixed `disks`, which are only read.
    ///
    /// - Parameters:
    ///   - destinations: the numbers of the disks that an image goes to.
    ///   - others: drives that are never captured, such as those on USB.
    ///   - imageName: what the images are called.
    /// - Throws: `FileError` when a disk cannot be read.
    package init(
        _ disks: [TargetDisk], destinations: Set<Int>, others: [BlockDevice], imageName: String
    ) throws {
        var found: [(DiskVolume, VolumeFileSystem)] = []
        for disk in disks {
            guard !destinations.contains(disk.number) else {
                skipped.append(Skipped(title: disk.title, reason: "is where the image goes"))
                continue
            }
            let existing = try ExistingVolumes(disk)
            if existing.scheme == nil, disk.device.contents.fileSystem != nil {
                skipped.append(Skipped(title: disk.title, reason: "has no partitions"))
            }
            for (volume, condition) in existing.found.map({ ($0.volume, $0.condition) }) {
                if let fileSystem = try look(at: volume, condition, on: disk) { found.append((volume, fileSystem)) }
            }
        }
        for drive in others {
            skipped.append(
                Skipped(title: "drive \(drive.shownName)", reason: "is connected over USB, or can be taken out"))
        }
        for (volume, fileSystem) in found {
            let name = found.count == 1 ? imageName : "\(imageName) - \(volume.title)"
            captured.append(
                Captured(
                    capture: CaptureVolume(
                        node: volume.node, title: volume.title, fileSystem: fileSystem, imageName: name),
                    volume: volume))
        }
    }

    /// The file system of a volume that is captured; nil for one that is not, of which note is taken.
    private mutating func look(
        at volume: DiskVolume, _ condition: VolumeCondition?, on disk: TargetDisk
    ) throws -> VolumeFileSystem? {
        func skip(_ reason: String) -> VolumeFileSystem? {
            skipped.append(Skipped(title: volume.title, reason: reason))
            return nil
        }
        if volume.isForData, let refusal = VolumeRefusal.error(condition, title: volume.title) {
            refusals.append(refusal)
            return nil
        }
        guard let fileSystem = volume.fileSystem else {
            let known = disk.device.partitions.first { $0.node == volume.node }?.contents.fileSystem
            return skip(
                "has \(known.map { "the file system \($0.onOneLine)" } ?? "no file system"), and NTFS and FAT32 are captured"
            )
        }
        guard volume.isForData else { return skip(Self.systemReason) }
        guard fileSystem == .fat32 else { return fileSystem }
        let capture = CaptureVolume(node: volume.node, title: volume.title, fileSystem: .fat32, imageName: "")
        if let other = try capture.kindOfFAT, other != "FAT32" {
            return skip("has \(other), and NTFS and FAT32 are captured")
        }
        if let refusal = try VolumeRefusal.error(of: capture) {
            refusals.append(refusal)
            return nil
        }
        return fileSystem
    }

    /// Whether there is nothing that could be captured, not even once what keeps it from that is mended.
    package var isEmpty: Bool { captured.isEmpty && refusals.isEmpty }

    /// What is refused, as findings.
    package var findings: [PreflightFinding] { refusals.map { PreflightFinding(step: nil, $0) } }
}

extension EngineSession {
    /// Drives that can be taken out and are not the media: where an image may go, and what is never captured.
    ///
    /// - Throws: `DeviceError`.
    func removableDrives() throws -> [BlockDevice] {
        try BlockDevices().all().filter { device in
            device.kind == .disk && !device.isFixed && device.byteCount > 0 && !mediaDrives.contains(device.node)
        }
    }
}
