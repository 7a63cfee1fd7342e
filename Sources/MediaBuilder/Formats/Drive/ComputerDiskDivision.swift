// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DriveImage
import Support
import TaskSequence
import WindowsSetup

/// How the disk of a computer is divided, and where what goes.
struct ComputerDiskDivision: Sendable {
    /// The partitions.
    let division: DiskDivision
    /// The index of the partition that firmware starts.
    let bootPartition: Int
    /// The index of the partition that holds the client's cache.
    let contentPartition: Int
    /// What the partition for content is formatted with.
    var contentFileSystem: VolumeFileSystem? { division.partitions[contentPartition].fileSystem }
    /// Who says so, in words.
    let origin: String
    /// Whether the boot partition has just the size that was asked for, because a file for this purpose says so.
    let isExact: Bool

    /// What `format` asks for: the file of its own, what the task sequence would make, or what the wizard does.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent`, `.badRequest`.
    init(_ format: ComputerDiskFormat, _ sequence: TaskSequencePackage?) throws(MediaBuilderError) {
        if let layout = format.layout {
            if let scheme = format.scheme, scheme != layout.division.scheme {
                throw MediaBuilderError(
                    .badRequest, "\(.partitionScheme)",
                    "is \(scheme.rawValue), and \(layout.source) says \(layout.division.scheme.rawValue)",
                    nextStep: "leave one of them out")
            }
            try self.init(layout.division, layout.contentPartition, origin: layout.source, isExact: true)
            return
        }
        // The first disk is the one that a computer starts from.
        let steps = (sequence?.diskPartitionings ?? []).filter { ["", "0"].contains($0.diskIndex) }
        let wanted = format.scheme.map { [$0] } ?? [.gpt, .mbr]
        for scheme in wanted {
            guard let step = steps.first(where: { $0.style == scheme.rawValue.uppercased() }) else { continue }
            let origin = "step '\(step.stepName)' of task sequence '\(sequence?.name ?? "")'"
            let partitions = try step.partitions.map { partition throws(MediaBuilderError) in
                try Self.partition(partition, origin, scheme)
            }
            let division = DiskDivision(scheme: scheme, partitions: partitions)
            try self.init(division, nil, origin: origin, isExact: false)
            return
        }
        let scheme = format.scheme ?? .gpt
        try self.init(
            Self.usual(scheme), nil, origin: "the wizard's own partitions, since no task sequence names any",
            isExact: false)
    }

    private init(
        _ division: DiskDivision, _ content: Int?, origin: String, isExact: Bool
    ) throws(MediaBuilderError) {
        func bad(_ problem: DiagnosticText, _ nextStep: DiagnosticText) -> MediaBuilderError {
            MediaBuilderError(.badContent, DiagnosticText(origin), problem, nextStep: nextStep)
        }
        let own: DiagnosticText = "correct it, or name another layout with \(.partitionLayout)"
        let partitions = division.partitions
        guard (1...DiskDivision.partitionLimit(of: division.scheme)).contains(partitions.count) else {
            throw bad(
                "has \(partitions.count) partitions, and a disk with \(division.scheme.rawValue) has 1 to"
                    + " \(DiskDivision.partitionLimit(of: division.scheme))", own)
        }
        let boots = partitions.indices.filter {
            division.scheme == .gpt ? partitions[$0].purpose == .efi : partitions[$0].isActive
        }
        guard let boot = boots.first, boots.count == 1 else {
            let kind = division.scheme == .gpt ? "EFI partition" : "bootable partition"
            throw bad("has \(boots.count) partitions of the kind that is started: \(kind)", "name one \(kind); \(own)")
        }
        switch division.scheme {
        case .gpt:
            guard partitions[boot].fileSystem == .fat32 else {
                throw bad("has an EFI partition without FAT32, which UEFI cannot read", own)
            }
        case .mbr:
            guard partitions[boot].fileSystem != nil else { throw bad("does not format the bootable partition", own) }
            if let other = partitions.first(where: { [.efi, .msr].contains($0.purpose) }) {
                throw bad("has a partition of type \(other.purpose.rawValue), which goes with gpt", own)
            }
        }
        if partitions.contains(where: { $0.purpose == .msr && $0.fileSystem != nil }) {
            throw bad("formats a Microsoft reserved partition, which has no volume", own)
        }
        if let content, partitions[content].fileSystem == nil {
            throw bad("puts content on partition \(content + 1), which has no file system", own)
        }
        self.division = division
        bootPartition = boot
        contentPartition = content ?? Self.windows(partitions, besides: boot) ?? boot
        self.origin = origin
        self.isExact = isExact
    }

    /// The partition that Windows will go to: the first for data that takes a share of the disk, or the largest.
    private static func windows(_ partitions: [DividedPartition], besides boot: Int) -> Int? {
        let candidates = partitions.indices.filter {
            $0 != boot && partitions[$0].purpose == .basic && partitions[$0].fileSystem != nil
        }
        func byteCount(_ index: Int) -> Int64 {
            switch partitions[index].size {
            case .bytes(let count): count
            case .percentOfFree, .rest: .max
            }
        }
        return candidates.max { (byteCount($0), -$0) < (byteCount($1), -$1) }
    }

    // MARK: From a task sequence

    private static func partition(
        _ partition: DiskPartitioning.Partition, _ origin: String, _ scheme: PartitionScheme
    ) throws(MediaBuilderError) -> DividedPartition {
        do throws(PartitionFault) {
            return try DividedPartition(partition, scheme: scheme)
        } catch {
            let (problem, nextStep): (DiagnosticText, DiagnosticText) =
                switch error {
                case .type(let type):
                    (
                        "is of type '\(type)', which a prestaged disk does not get",
                        "name another layout with \(.partitionLayout)"
                    )
                case .size:
                    (
                        "has no size that can be told before the task sequence runs",
                        "name a layout with \(.partitionLayout)"
                    )
                }
            throw MediaBuilderError(
                .badContent, "partition \(partition.number + 1) of \(origin)", problem, nextStep: nextStep)
        }
    }

    /// The partitions of the wizard (docs/formats/task-sequence.md section 4).
    private static func usual(_ scheme: PartitionScheme) -> DiskDivision {
        let windows = DividedPartition(purpose: .basic, size: .percentOfFree(99), fileSystem: .ntfs, label: "Windows")
        let recovery = DividedPartition(
            purpose: .recovery, size: .percentOfFree(100), fileSystem: .ntfs, label: "Recovery")
        switch scheme {
        case .gpt:
            return DiskDivision(
                scheme: .gpt,
                partitions: [
                    DividedPartition(purpose: .efi, size: .bytes(500 << 20), fileSystem: .fat32),
                    DividedPartition(purpose: .msr, size: .bytes(128 << 20), fileSystem: nil), windows, recovery,
                ])
        case .mbr:
            return DiskDivision(
                scheme: .mbr,
                partitions: [
                    DividedPartition(
                        purpose: .basic, size: .bytes(350 << 20), fileSystem: .ntfs, label: "System Reserved",
                        isActive: true), windows, recovery,
                ])
        }
    }
}
