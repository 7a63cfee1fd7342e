// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Drives that are written together and have labels of their own.
@Suite("Labels of drives that are written together")
struct LabelledDiskTests {
    private let disk = SampleDisk(
        scheme: .gpt, files: [("sources/boot.wim", [UInt8](repeating: 7, count: 5_000_000)), ("a", [1])])

    @Test("each has its own, all else is the same, and each verifies as what it is and as nothing else")
    func own() throws {
        let layout = try disk.layout()
        let labels = [nil, try FATLabel("OSD-1"), try FATLabel("OSD-12345")]
        let drives = labels.map { _ in MemoryDrive(byteCount: 64 << 20) }
        let failures = try DiskWriter(layout, interruption: Interruption()).write(
            to: zip(drives, labels).map { DiskTarget($0, label: $1) }, progress: .silent, content: { disk.content($0) })
        #expect(failures.allSatisfy { $0 == nil })
        for (index, label) in labels.enumerated() {
            for (number, drive) in drives.enumerated() {
                let result = try DiskVerifier(layout.labelled(label), interruption: Interruption()) {
                    disk.content($0).sha256
                }.verify([(input: drive, name: "drive")], progress: .silent)[0]
                #expect(result.failure == nil)
                #expect(result.mismatches.isEmpty == (index == number), "\(index) \(number)")
            }
        }
    }

    @Test("a drive of its own with that label is the same, byte for byte", arguments: [PartitionScheme.mbr, .gpt])
    func same(scheme: PartitionScheme) throws {
        var disk = disk
        disk.scheme = scheme
        let label = try FATLabel("OSD-7")
        let together = MemoryDrive(byteCount: 64 << 20)
        let layout = try disk.layout()
        _ = try DiskWriter(layout, interruption: Interruption()).write(
            to: [DiskTarget(together, label: label)], progress: .silent, content: { [disk] in disk.content($0) })
        disk.label = "OSD-7"
        #expect(try disk.layout() == layout.labelled(label))
        let alone = MemoryDrive(byteCount: 64 << 20)
        _ = try DiskWriter(try disk.layout(), interruption: Interruption()).write(
            to: [DiskTarget(alone)], progress: .silent, content: { [disk] in disk.content($0) })
        #expect(try together.bytes(at: 0, length: 64 << 20) == alone.bytes(at: 0, length: 64 << 20))
    }

    @Test("a volume without a label keeps none: there is no room for its record")
    func none() throws {
        var disk = disk
        disk.label = ""
        #expect(try disk.layout().labelled(try FATLabel("OSD-1")) == disk.layout())
    }
}
