// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
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

    // MARK: Programs that promise nothing

    /// A program of others, which turns the old file into the new one.
    private struct OtherProgram: WritingCommand {
        let name: String
        let program: FilePath?
        let words: [String]
        let units = ["out/file"]

        func prepare(_ stage: Stage) throws {
            try stage.session.work.write([UInt8](repeating: 1, count: 300_000) + [10], to: "out/file")
            try stage.session.work.write([UInt8](repeating: 2, count: 300_000) + [10], to: "new")
        }

        func arguments(_ stage: Stage) throws -> [String] { words }
    }

    private func problems(of program: OtherProgram, _ fault: (Int) -> some Fault) throws -> [String] {
        let bench = try FaultBench(program)
        return try (1...bench.callCount(of: CallClass.changes)).flatMap { try bench.put(fault($0)).problems }
    }

    @Test("a program that writes over the old file is found out, by what it leaves and by what it says")
    func writesInPlace() throws {
        let copy = OtherProgram(name: "cp", program: "/bin/cp", words: ["--reflink=never", "../new", "file"])
        let killed = try problems(of: copy) { Death(at: $0, isTorn: true) }
        #expect(killed.contains { $0.contains("out/file is neither old nor new") }, "\(killed)")
        let failed = try problems(of: copy) { Failure(classes: [.write], at: $0, error: EIO, goesOn: false) }
        #expect(failed.contains { $0.contains("exited 1") }, "\(failed)")
    }

    @Test("a program that is killed and leaves a file that the next run does not know is found out")
    func leavesFiles() throws {
        let edit = OtherProgram(name: "sed", program: "/bin/sed", words: ["-i", "s/\\x01/\\x02/g", "file"])
        let killed = try problems(of: edit) { Death(at: $0, isTorn: false) }
        #expect(!killed.contains { $0.contains("neither old nor new") }, "\(killed)")
        #expect(killed.contains { $0.contains("out/sed") && $0.contains("is new") }, "\(killed)")
        #expect(killed.contains { $0.hasPrefix("the next run: ") }, "\(killed)")
    }
}
