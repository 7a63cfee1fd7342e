// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import BlockDevices

@Suite("Signatures")
struct SignatureTests {
    private func contents(mebibytes: Int = 64, _ prepare: (FilePath) throws -> Void) throws -> DeviceContents {
        let folder = try TestFolder()
        let image = folder.appending("image")
        try LoopDevice.makeImage(image, mebibytes: mebibytes)
        try prepare(image)
        let descriptor = try FileDescriptor.open(image, .readOnly)
        return try descriptor.closeAfter { SignatureProbe.contents(of: descriptor) }
    }

    @Test("nothing is nothing")
    func blank() throws { #expect(try contents { _ in }.isBlank) }

    @Test(
        "file systems and partition tables that others made are seen",
        arguments: [
            (["mkfs.vfat", "-n", "MY STICK"], "vfat", "MY STICK"),
            (["mkfs.ext4", "-q", "-F", "-L", "four"], "ext4", "four"),
            (["mkfs.xfs", "-q", "-L", "ex"], "xfs", "ex"), (["mkswap", "-L", "sw"], "swap", "sw"),
        ])
    func fileSystems(_ command: [String], _ type: String, _ label: String) throws {
        let found = try contents(mebibytes: 512) { try Program.succeed(command[0], command.dropFirst() + [$0.string]) }
        #expect(found == DeviceContents(fileSystem: type, label: label))
    }

    @Test("partition tables are seen", arguments: ["dos", "gpt"])
    func tables(_ type: String) throws {
        let found = try contents { image in
            try Program.succeed("sfdisk", ["--quiet", image.string], input: Array("label: \(type)\n,,\n".utf8))
        }
        #expect(found == DeviceContents(partitionTable: type))
    }

    @Test("signatures that contradict each other are said to, and are not nothing")
    func ambiguous() throws {
        let found = try contents(mebibytes: 512) { image in
            try Program.succeed("mkfs.ext4", ["-q", "-F", image.string])
            // mkfs.xfs would wipe the other; btrfs has its signature elsewhere (at 64 KiB).
            let other = try TestFolder()
            try LoopDevice.makeImage(other.appending("b"), mebibytes: 512)
            try Program.succeed("mkfs.btrfs", ["-q", other.appending("b").string])
            try Program.succeed(
                "dd",
                [
                    "if=\(other.appending("b"))", "of=\(image)", "bs=4096", "skip=16", "seek=16", "count=1",
                    "conv=notrunc", "status=none",
                ])
        }
        #expect(found.problem != nil && !found.isBlank)
    }
}
