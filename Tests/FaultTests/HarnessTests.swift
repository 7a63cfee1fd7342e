// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Whether faults strike where the program writes at all.
@Suite("The harness of faults")
struct HarnessTests {
    private static let traced = [
        "write", "pwrite64", "writev", "copy_file_range", "ftruncate", "fallocate", "fsync", "fdatasync", "syncfs",
        "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "chmod",
        "fchmod", "utimensat",
    ]

    @Test(
        "the library before the C library counts what strace sees of the kernel",
        arguments: WritingCommands.some(oneOf: 9))
    func seesAll(command: Named) throws {
        let bench = try FaultBench(command.command)
        let trace = bench.stage.apartFolder.appending("trace")
        let begun = try bench.begin()
        let calls = "trace=" + Self.traced.joined(separator: ",")
        let result = try bench.stage.run(
            command.command.arguments(bench.stage),
            by: ["strace", "-f", "-qq", "-y", "-s", "1", "-o", trace.string, "-e", calls])
        #expect(result.status == 0, "\(result.errorText)")
        withExtendedLifetime(begun) {}
        let places = ([bench.stage.root.string] + bench.stage.places).filter { !$0.isEmpty }
        let lines = String(decoding: try SmallFile.read(trace, limit: 1 << 30), as: UTF8.self).split(separator: "\n")
        let seen = lines.filter { line in
            !line.contains(" resumed>") && places.contains { line.contains($0) }
        }.count
        // Without the files that come by opening, which strace is not asked for; names without a folder are not seen so.
        let counted = bench.callCount(of: CallClass.changes)
        #expect(counted * 100 >= seen * 95, "\(counted) counted, \(seen) seen")
        #expect(seen > 0)
    }
}
