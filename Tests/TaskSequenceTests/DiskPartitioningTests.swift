// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("What a task sequence makes of disks")
struct DiskPartitioningTests {
    private func partitionings(_ steps: String) throws -> [DiskPartitioning] {
        let folder = try TestFolder()
        try folder.write("<sequence version=\"3.10\">\(steps)</sequence>".utf8, to: "sequence.xml")
        return try TaskSequenceFile.read(folder.appending("sequence.xml")).chosen(id: nil).diskPartitionings
    }

    private func step(_ attributes: String, _ values: [(String, String)]) -> String {
        let variables = values.map { "<variable name=\"OSD\($0.0)\" property=\"\($0.0)\">\($0.1)</variable>" }
        return "<step type=\"SMS_TaskSequence_PartitionDiskAction\" name=\"Disk\" \(attributes)>"
            + "<action>osddiskpart.exe</action><defaultVarList>\(variables.joined())</defaultVarList></step>"
    }

    @Test("a step's partitions are read whatever the case of its values, disabled steps are not")
    func reads() throws {
        let values = [
            ("PartitionStyle", "gpt"), ("DiskIndex", "0"), ("Partitions", "2"), ("Partitions0Type", "efi"),
            ("Partitions0FileSystem", "Fat32"), ("Partitions0Size", "500"), ("Partitions0SizeUnits", "mb"),
            ("Partitions1Type", "Primary"), ("Partitions1FileSystem", "NTFS"), ("Partitions1Size", "99"),
            ("Partitions1SizeUnits", "%"), ("Partitions1VolumeName", "Windows"), ("Partitions1Bootable", "True"),
        ]
        let found = try partitionings(step("disable=\"true\"", values) + step("", values))
        #expect(found.count == 1)
        let partitioning = try #require(found.first)
        #expect(partitioning.style == "GPT" && partitioning.diskIndex == "0" && partitioning.stepName == "Disk")
        let partitions = partitioning.partitions
        #expect(partitions.map(\.type) == ["EFI", "PRIMARY"])
        #expect(partitions.map(\.fileSystem) == ["FAT32", "NTFS"])
        #expect(partitions.map(\.size) == [500, 99])
        #expect(partitions.map(\.isPercentage) == [false, true])
        #expect(partitions.map(\.isBootable) == [false, true])
        #expect(partitions.map(\.volumeName) == ["", "Windows"])
    }

    @Test(
        "sizes that are variables, and hostile counts, are no numbers", arguments: ["-1", "x", "99999999999999999999"])
    func hostile(count: String) throws {
        let found = try partitionings(step("", [("Partitions", count), ("Partitions0Size", "%Size%")]))
        #expect(found.first?.partitions.isEmpty == true)
        let variable = try partitionings(step("", [("Partitions", "1"), ("Partitions0Size", "%Size%")]))
        #expect(variable.first?.partitions.first?.size == nil)
        #expect(try partitionings(step("", [("Partitions", "1000000")])).first?.partitions.count == 128)
    }
}
