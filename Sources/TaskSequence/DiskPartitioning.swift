// SPDX-License-Identifier: GPL-3.0-or-later

/// What a Format and Partition Disk step makes of a disk (docs/formats/task-sequence.md section 4).
public struct DiskPartitioning: Sendable, Equatable {
    /// A partition, as the step describes it; values compare without case and are in upper case here.
    public struct Partition: Sendable, Equatable {
        /// The number in the step, from 0.
        public let number: Int
        /// The label of the volume.
        public let volumeName: String
        /// PRIMARY, EFI, MSR, RECOVERY, EXTENDED, LOGICAL or HIDDEN.
        public let type: String
        /// NTFS, FAT32, or nothing.
        public let fileSystem: String
        /// The size; nil when it is a variable.
        public let size: Int?
        /// MB, GB, PERCENT, or in sequences of MDT `%`.
        public let sizeUnits: String
        /// Whether a BIOS starts it.
        public let isBootable: Bool
        /// Whether the volume gets a drive letter.
        public let getsLetter: Bool
        /// The variable that gets the drive letter; empty for none.
        public let letterVariable: String

        /// True when the size is a share of the space that is still free.
        public var isPercentage: Bool { ["PERCENT", "%"].contains(sizeUnits) }

        package var isLogical: Bool { type == "LOGICAL" }
        package var title: String { volumeName.isEmpty ? "\(number + 1)" : "\(number + 1) '\(volumeName)'" }
    }

    /// The name of the step.
    public let stepName: String
    /// GPT or MBR, in upper case.
    public let style: String
    /// The number of the disk, where the step says one.
    public let diskIndex: String
    /// The variable that holds the number of the disk; empty for none.
    public let diskIndexVariable: String
    /// The partitions in the order of the disk.
    public let partitions: [Partition]

    /// The type of such steps.
    package static let stepType = "SMS_TaskSequence_PartitionDiskAction"
    /// More than a disk can hold; keeps a hostile count from keeping us busy.
    private static let maximumPartitionCount = 128

    /// What `step` says, whatever its type.
    package init(_ step: SequenceStep) {
        var values: [String: String] = [:]
        for variable in step.variables?.variables ?? [] { variable.property.map { values[$0] = variable.value } }
        self.init(stepName: step.name) { values[$0] }
    }

    /// What a step called `stepName` says.
    ///
    /// - Parameter property: the value of the property with this name; nil where the step has none.
    package init(stepName: String, _ property: (String) -> String?) {
        self.stepName = stepName
        style = property("PartitionStyle")?.uppercased() ?? ""
        diskIndex = property("DiskIndex") ?? ""
        diskIndexVariable = property("DiskIndexVariable") ?? ""
        let count = min(property("Partitions").flatMap { Int($0) } ?? 0, Self.maximumPartitionCount)
        partitions = (0..<max(0, count)).map { number in
            func value(_ name: String) -> String { property("Partitions\(number)\(name)") ?? "" }
            let (letter, variable) = (value("AssignVolumeLetter").lowercased(), value("VolumeLetterVariable"))
            return Partition(
                number: number, volumeName: value("VolumeName"), type: value("Type").uppercased(),
                fileSystem: value("FileSystem").uppercased(), size: Int(value("Size")),
                sizeUnits: value("SizeUnits").uppercased(), isBootable: value("Bootable").lowercased() == "true",
                // Where the step does not say, a variable for the letter asks for one.
                getsLetter: letter == "true" || letter.isEmpty && !variable.isEmpty, letterVariable: variable)
        }
    }
}

extension TaskSequencePackage {
    /// What the enabled steps that partition disks make, in the order of the task sequence.
    public var diskPartitionings: [DiskPartitioning] {
        var found: [DiskPartitioning] = []
        sequence.forEachEnabledStep { _, step in
            if step.type == DiskPartitioning.stepType { found.append(DiskPartitioning(step)) }
        }
        return found
    }
}
