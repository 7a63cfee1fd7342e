// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

extension LintRule {
    static let partitionPercentages = LintRule(
        "partition-percentages", .error, summary: "partitions take more than there is",
        reason: "a percentage is of the space still free: after 100 % nothing is left, and the step fails",
        remedy: "give the earlier partition less, 99 % for example, and only the last one 100 %"
    ) { subject in
        subject.steps("PartitionDiskAction").compactMap { step in
            defect(of: step.partitions).map { LintDefect(step, $0) }
        }
    }

    private static func defect(of partitions: [DiskPartitioning.Partition]) -> String? {
        // Logical partitions share the extended one, the others the disk.
        for isLogical in [false, true] {
            var last: DiskPartitioning.Partition?
            for partition in partitions where partition.isLogical == isLogical {
                if let last { return "leaves nothing for partition \(partition.title) after \(last.title) with 100 %" }
                guard partition.isPercentage, let size = partition.size else { continue }
                guard (1...100).contains(size) else { return "gives partition \(partition.title) \(size) %" }
                if size == 100 { last = partition }
            }
        }
        return nil
    }

    static let partitionValues = LintRule(
        "partition-values", .error, summary: "a partition, or the disk, is described by what is none",
        reason: "the step fails before it has made anything, or makes something else than was meant",
        remedy: "correct it in the step; a variable as %NAME% is looked at when the step runs"
    ) { subject in
        subject.steps("PartitionDiskAction").flatMap { step -> [LintDefect] in
            var defects: [String] = []
            func check(_ value: String, _ what: String, _ isGood: (String) -> Bool) {
                guard !value.isEmpty, !value.contains("%"), !isGood(value) else { return }
                defects.append("gives \(what) '\(value.onOneLine)', which is none")
            }
            check(step["PartitionStyle"], "the style") { ["MBR", "GPT"].contains($0.uppercased()) }
            check(step["DiskIndex"], "the number of the disk") { Int($0).map { $0 >= 0 } ?? false }
            for partition in step.partitions {
                let prefix = "Partitions\(partition.number)"
                check(step[prefix + "Size"], "partition \(partition.title) the size") {
                    Int64($0).map { $0 > 0 } ?? false
                }
                if !partition.isPercentage {
                    check(step[prefix + "SizeUnits"], "partition \(partition.title) the unit") {
                        ["MB", "GB", "PERCENT"].contains($0.uppercased())
                    }
                }
            }
            return defects.map { LintDefect(step, $0) }
        }
    }

    static let bootDiskWithoutEFI = LintRule(
        "gpt-without-efi", .error, summary: "a GPT boot disk has no EFI partition",
        reason: "UEFI firmware starts from an EFI system partition and finds none",
        remedy: "add an EFI partition of 500 MB, FAT32, before the others"
    ) { subject in
        subject.steps("PartitionDiskAction").compactMap { step in
            // Where the step does not say whether it is the boot disk, the first disk is.
            let isBootDisk =
                step["GPTBootDisk"].isEmpty ? step["DiskIndex"] == "0" : step["GPTBootDisk"].lowercased() == "true"
            guard step["PartitionStyle"].uppercased() == "GPT", isBootDisk,
                !step.partitions.contains(where: { $0.type == "EFI" })
            else { return nil }
            return LintDefect(step, "makes a GPT boot disk without an EFI partition")
        }
    }

    static let prestagedPartitionDisk = LintRule(
        "prestaged-partition-disk", .error, for: [.prestaged, .prestagedTSEngine],
        summary: "the disk is partitioned on prestaged media",
        reason: "prestaged media lies on the very disk that the step clears",
        remedy: "put the condition _SMSTSMediaType notEquals OEMMedia on the step or on a group above it"
    ) { subject in
        // What is wrong with MDT's files on media is said once.
        guard subject.root.format != .deploymentToolkit else { return [] }
        return subject.steps("PartitionDiskAction").map { LintDefect($0, "partitions the disk that holds the media") }
    }
}

extension LintStep {
    /// The partitions of a Format and Partition Disk step.
    fileprivate var partitions: [DiskPartitioning.Partition] { DiskPartitioning(step).partitions }
}
