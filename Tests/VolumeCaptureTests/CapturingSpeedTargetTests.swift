// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import VolumeCapture

/// Capturing beside wimlib-imagex, in the same minutes on the same disk.
@Suite("Speed of capturing", .inTargetSuite, .serialized, .enabled(if: NTFSMount.isPossible))
struct CapturingSpeedTargetTests {
    /// Of wimlib-imagex' time: docs/benchmarks.md.
    private static let limit = 1.2
    private static let rounds = 3

    @Test("a volume is captured within 1.2 times what wimlib-imagex takes")
    func ratio() throws {
        let folder = try TestFolder()
        let archive = folder.appending("large.wim")
        try InstalledWindowsFixture(fillerByteCount: 200 << 20).write(to: archive)
        let volume = folder.appending("volume.img")
        try Program.succeed("truncate", ["--size", "600M", volume.string])
        try Program.succeed("mkntfs", ["--quick", "--force", "--quiet", volume.string])
        try Program.succeed("wimlib-imagex", ["apply", archive.string, "1", volume.string])
        var (ours, theirs): ([Duration], [Duration]) = ([], [])
        for _ in 0..<Self.rounds {
            ours.append(
                try ContinuousClock().measure {
                    let capture = try VolumeCapture(
                        [CaptureVolume(node: volume, title: "it", fileSystem: .ntfs, imageName: "it")],
                        CaptureDescription(), interruption: Interruption())
                    try capture.list()
                    try capture.write(to: folder.appending("ours.wim"), threadCount: 2)
                    try Program.succeed("sync", [])
                })
            theirs.append(
                try ContinuousClock().measure {
                    try Program.succeed(
                        "wimlib-imagex",
                        [
                            "capture", volume.string, folder.appending("theirs.wim").string, "it", "--compress=XPRESS",
                            "--threads=2",
                        ])
                    try Program.succeed("sync", [])
                })
        }
        let (best, peer) = (try #require(ours.min()), try #require(theirs.min()))
        print("capturing: \(best) beside wimlib-imagex \(peer): \(best / peer)")
        #expect(best / peer <= Self.limit, "\(best) beside \(peer)")
    }
}
