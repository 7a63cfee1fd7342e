// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Cryptography
import DriveImage
import Fixtures
import SequenceEngine
import Support
import SystemPackage
import TSMediaTestSupport
import TaskSequence
import WindowsImaging
import WindowsSetup

/// A disk that is a loop device, which the engine divides.
struct TargetMachine {
    static var isPossible: Bool { LoopDevice.isPossible && NTFSMount.isPossible }
    static let reason = "loop devices and mounting NTFS need root"
    static let time = Timestamp(unixSeconds: 1_750_000_000)

    let drive: LoopDevice
    let disk: TargetDisk

    init(mebibytes: Int = 512, in folder: TestFolder? = nil, prepare: (FilePath) throws -> Void = { _ in }) throws {
        drive = try LoopDevice(mebibytes: mebibytes, in: folder, prepare: prepare)
        disk = TargetDisk(number: 0, device: try BlockDevices().resolve(drive.node))
    }

    /// What the wizard's step makes, small enough for a test.
    static func partitioning(_ style: String, _ changes: [String: String] = [:]) -> DiskPartitioning {
        let rows: [[String: String]] =
            style == "GPT"
            ? [
                ["Type": "EFI", "FileSystem": "FAT32", "Size": "100", "SizeUnits": "MB"],
                ["Type": "MSR", "Size": "16", "SizeUnits": "MB"],
                [
                    "Type": "Primary", "FileSystem": "NTFS", "Size": "99", "SizeUnits": "PERCENT",
                    "VolumeName": "Windows",
                    "AssignVolumeLetter": "true", "VolumeLetterVariable": "OSDisk",
                ],
            ]
            : [
                [
                    "Type": "Primary", "FileSystem": "NTFS", "Size": "50", "SizeUnits": "MB", "Bootable": "true",
                    "VolumeName": "System Reserved",
                ],
                [
                    "Type": "Primary", "FileSystem": "NTFS", "Size": "100", "SizeUnits": "PERCENT",
                    "VolumeName": "Windows", "AssignVolumeLetter": "true", "VolumeLetterVariable": "OSDisk",
                ],
            ]
        var values = ["PartitionStyle": style, "DiskIndex": "0", "Partitions": String(rows.count)]
        for (number, row) in rows.enumerated() {
            for (name, value) in row { values["Partitions\(number)\(name)"] = value }
        }
        values.merge(changes) { $1 }
        return DiskPartitioning(stepName: "Partition Disk 0") { values[$0] }
    }

    func plan(_ partitioning: DiskPartitioning, seed: String = "a disk") throws -> DiskPlan {
        try DiskPlan(
            partitioning, disk: disk, seed: SHA256.digest(of: Array(seed.utf8)), created: Self.time)
    }

    /// Divides the disk; volumes have their letters.
    func divide(_ partitioning: DiskPartitioning) throws -> TargetVolumes {
        let plan = try plan(partitioning)
        let made = try DiskDivider().divide(plan, interruption: Interruption())
        var volumes = TargetVolumes()
        volumes.replace(disk: 0, with: made, lettered: plan.letteredPartitions)
        return volumes
    }
}
