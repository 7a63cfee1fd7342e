// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Support
import SystemPackage
import TaskSequence
import WindowsSetup

/// What a Format and Partition Disk step makes of a disk: everything is known before a byte is written.
package struct DiskPlan: Sendable {
    /// The disk.
    package let disk: TargetDisk
    /// What the step says.
    package let partitioning: DiskPartitioning
    /// The partitions.
    package let division: DiskDivision
    /// Where everything lies.
    package let layout: DiskLayout

    /// Plans what `partitioning`, whose values are no variables any more, makes of `disk`.
    ///
    /// - Parameters:
    ///   - seed: what the numbers are derived from by which operating systems know the disk; another for each disk.
    ///   - created: the time of the volumes' folders.
    /// - Throws: ``DiskError``; `DriveImageError`, `.tooSmall` among them.
    package init(
        _ partitioning: DiskPartitioning, disk: TargetDisk, seed: SHA256Digest, created: Timestamp
    ) throws {
        let step: DiagnosticText = "step '\(partitioning.stepName)'"
        guard let scheme = PartitionScheme(rawValue: partitioning.style.lowercased()) else {
            throw DiskError(
                .malformed, step, "makes a disk of style '\(partitioning.style)', which is neither GPT nor MBR",
                nextStep: "choose GPT or MBR in the step")
        }
        let limit = DiskDivision.partitionLimit(of: scheme)
        guard (1...limit).contains(partitioning.partitions.count) else {
            throw DiskError(
                .malformed, step,
                "makes \(partitioning.partitions.count) partitions, and 1 to \(limit) can be made on a disk with"
                    + " \(scheme.rawValue)", nextStep: "change the partitions in the step")
        }
        let partitions = try partitioning.partitions.map { partition in
            let isKnown = VolumeFileSystem(rawValue: partition.fileSystem.lowercased()) != nil
            guard partition.fileSystem.isEmpty || isKnown || partition.type == "MSR" else {
                throw DiskError(
                    .malformed, "partition \(partition.number + 1) of \(step)",
                    "is to be formatted with '\(partition.fileSystem.onOneLine)', which is not made here",
                    nextStep: "choose NTFS or FAT32 in the step")
            }
            do throws(PartitionFault) {
                return try DividedPartition(partition, scheme: scheme)
            } catch {
                throw Self.failure(error, partition, step)
            }
        }
        if scheme == .mbr, let other = partitions.first(where: { [.efi, .msr].contains($0.purpose) }) {
            throw DiskError(
                .malformed, step, "makes a partition of type \(other.purpose.rawValue), which goes with GPT",
                nextStep: "choose GPT, or another type, in the step")
        }
        guard partitions.count(where: \.isActive) <= 1 else {
            throw DiskError(
                .malformed, step, "makes several partitions that a BIOS is to start", nextStep: "leave one of them")
        }
        self.disk = disk
        self.partitioning = partitioning
        division = DiskDivision(scheme: scheme, partitions: partitions)
        do throws(DriveImageError) {
            layout = try DiskLayout(
                DividedDisk(
                    division: division, contents: [:], identity: DiskIdentity(seed: seed), created: created,
                    deviceByteCount: disk.device.byteCount, sectorByteCount: disk.device.logicalSectorByteCount))
        } catch {
            throw error.about(DiagnosticText(disk.title))
        }
    }

    private static func failure(
        _ fault: PartitionFault, _ partition: DiskPartitioning.Partition, _ step: DiagnosticText
    ) -> DiskError {
        let object: DiagnosticText = "partition \(partition.number + 1) of \(step)"
        return switch fault {
        case .type(let type):
            DiskError(
                .malformed, object, "is of type '\(type)', which is not made here",
                nextStep: "choose Primary, EFI, MSR or Recovery in the step")
        case .size:
            DiskError(
                .malformed, object, "has a size that is none",
                nextStep: "give a number of MB or GB in the step, or a percentage up to 100")
        }
    }

    /// Whether a computer with this firmware starts from the disk once it is divided.
    package func isStarted(by firmware: SystemFirmware) -> Bool {
        switch firmware {
        case .uefi: division.scheme == .gpt && division.partitions.contains { $0.purpose == .efi }
        case .bios: division.scheme == .mbr && division.partitions.contains(where: \.isActive)
        }
    }

    /// The volumes that there will be, with nodes as the kernel names them.
    package var volumes: [DiskVolume] {
        zip(division.partitions, layout.partitionTable.partitions).enumerated().map { index, pair in
            let (partition, place) = pair
            return DiskVolume(
                disk: disk.number, partition: index + 1, node: disk.partitionNode(index + 1), range: place.range,
                fileSystem: partition.fileSystem, label: partition.label,
                bootDevice: BootDevice(place, on: layout.identity),
                isStarted: place.isActive || place.isEFISystem, isForData: partition.purpose == .basic)
        }
    }
}

extension TargetDisk {
    /// The node of partition `number`: behind a name that ends in a digit comes a `p` (block/partitions/core.c of Linux).
    package func partitionNode(_ number: Int) -> FilePath {
        let name = device.node.string
        return FilePath("\(name)\(name.utf8.last.map { (48...57).contains($0) } ?? false ? "p" : "")\(number)")
    }
}

extension SHA256Digest {
    /// Numbers for a disk: two disks with the same ones disturb each other in one computer.
    static var byLot: SHA256Digest {
        let random = (0..<4).map { _ in UInt64.random(in: .min ... .max) }
        return SHA256.digest(
            of: random.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } })
    }
}

extension BootDevice {
    /// A partition of the disk with these numbers.
    init(_ partition: Partition, on disk: DiskIdentity) {
        if let guid = partition.guid {
            self = .gpt(disk: disk.disk.guid, partition: guid.guid)
        } else {
            self = .mbr(diskSignature: disk.diskSignature, offset: UInt64(clamping: partition.offset))
        }
    }
}

extension DiskPlan {
    /// The numbers of the partitions whose volumes get a drive letter.
    package var letteredPartitions: Set<Int> {
        Set(partitioning.partitions.enumerated().filter { $0.element.getsLetter }.map { $0.offset + 1 })
    }

    /// What the step's variables become once the disk is divided, by their names: `OSDisk` is `C:`.
    ///
    /// - Parameter volumes: the volumes of the computer, with those of this disk.
    package func variables(_ volumes: TargetVolumes) -> [String: String] {
        var values: [String: String] = [:]
        for (index, partition) in partitioning.partitions.enumerated() where !partition.letterVariable.isEmpty {
            guard let letter = volumes.volume(disk: disk.number, partition: index + 1)?.letter else { continue }
            values[partition.letterVariable] = "\(letter):"
        }
        return values
    }
}
