// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import SequenceEngine
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

/// Applying beside wimlib-imagex, in the same minutes on the same disk.
@Suite("Speed of applying", .inTargetSuite, .serialized, .enabled(if: TargetMachine.isPossible))
struct ApplyingSpeedTargetTests {
    /// Of wimlib-imagex' time: docs/benchmarks.md.
    private static let limit = 1.2
    private static let rounds = 3

    @Test("an image is applied, volume emptied and mounted before, within 1.2 times what wimlib-imagex takes")
    func ratio() throws {
        let folder = try TestFolder()
        let archive = folder.appending("large.wim")
        try InstalledWindowsFixture(fillerByteCount: 200 << 20).write(to: archive)
        let machine = try TargetMachine(mebibytes: 2_048, in: folder)
        defer { machine.drive.detach() }
        var (ours, theirs): ([Duration], [Duration]) = ([], [])
        for _ in 0..<Self.rounds {
            let volume = try #require(try machine.divide(TargetMachine.partitioning("MBR")).place("c:\\")?.volume.disk)
            let image = try ImageArchive(path: archive).open()
            ours.append(
                try ContinuousClock().measure {
                    try ImageApplication.apply(image: 1, of: image, to: volume, interruption: Interruption())
                    try Program.succeed("sync", [])
                })
            let other = try #require(try machine.divide(TargetMachine.partitioning("MBR")).place("c:\\")?.volume.disk)
            theirs.append(
                try ContinuousClock().measure {
                    try Program.succeed("wimlib-imagex", ["apply", archive.string, "1", other.node.string])
                    try Program.succeed("sync", [])
                })
        }
        let (best, peer) = (try #require(ours.min()), try #require(theirs.min()))
        print("applying: \(best) beside wimlib-imagex \(peer): \(best / peer)")
        #expect(best / peer <= Self.limit, "\(best) beside \(peer)")
    }
}
