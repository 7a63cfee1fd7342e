// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import ContentTransfer

@Suite("Reflinks", .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)))
struct ReflinkTests {
    @Test("verified content shares its blocks with its source where the file system can", arguments: ["btrfs", "xfs"])
    func sharesBlocks(kind: String) throws {
        let folder = try TestFolder()
        let image = folder.appending("disk.img")
        try Program.succeed("truncate", ["-s", "512M", image.string])
        try Program.succeed("mkfs.\(kind)", ["-q", image.string])
        let mount = folder.appending("mount")
        try folder.makeFolder(mount)
        try Program.succeed("mount", ["-o", "loop", image.string, mount.string])
        defer { _ = try? Program.run("umount", ["-l", mount.string]) }

        let bytes = (0..<8 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 / 7) } + [1, 2, 3]
        let source = try folder.write(bytes, to: "mount/source")
        let target = mount.appending("image")
        let descriptor = try FileDescriptor.open(
            target, .readWrite, options: [.create], permissions: FilePermissions(rawValue: 0o644))
        try descriptor.closeAfter {
            try descriptor.resize(to: 16 << 20)
            let transfer = Transfer(
                name: "content", source: .verifiedFile(source, try FileIdentity(of: source)),
                target: .image(descriptor, offset: 1 << 20), byteCount: Int64(bytes.count),
                sha256: SHA256.digest(of: bytes))
            try ContentCopier(workerCount: 2, interruption: Interruption()).run(
                [transfer],
                progress: ProgressMeter(phase: "test", totalByteCount: nil, observer: SilentProgress()))
        }
        try Program.succeed("sync", ["-f", target.string])
        let map = try Program.succeed("filefrag", ["-v", target.string]).output
        #expect(map.contains("shared"), "\(map)")
        let copied = Array(try SmallFile.read(target)[(1 << 20)..<(1 << 20) + bytes.count])
        #expect(copied == bytes)
    }
}
