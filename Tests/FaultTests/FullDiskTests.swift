// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import TSMediaTestSupport
import Testing

/// Disks of 64 MiB that fill up.
@Suite("Full disks")
struct FullDiskTests {
    /// What a disk of 64 MiB has.
    enum FileSystem: String, CaseIterable, CustomTestStringConvertible {
        /// In memory; user namespaces let anyone mount one.
        case tmpfs
        /// Through a loop device, as root: blocks are given out when they are flushed.
        case ext4

        var testDescription: String { rawValue }
        var isPossible: Bool {
            switch self {
            case .tmpfs: (try? Program.run("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status) == 0
            case .ext4: LoopDevice.isPossible
            }
        }
    }

    @Test(
        "a disk that fills up at any byte ends a command as the contract has it, and outputs are old or new",
        arguments: FileSystem.allCases.filter(\.isPossible),
        WritingCommands.some(oneOf: 5).filter { $0.command.fitsSmallDisk })
    func fillsUp(fileSystem: FileSystem, command: Named) throws {
        let bench = try FaultBench(command.command)
        // From no room at all to enough.
        var points = FaultPoints(seed: command.seed, count: try bench.roomNeeded())
        var tally = Tally(command.name, "full \(fileSystem)")
        for _ in 0..<Rounds.of(20, percent: fileSystem == .tmpfs ? 5 : 2) {
            try tally.put(SmallDisk(fileSystem: fileSystem.rawValue, freeByteCount: points.next()), on: bench)
        }
        tally.report()
    }
}
