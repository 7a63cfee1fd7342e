// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Disks and media that are too small.
///
/// Small disks are tmpfs in a mount namespace of their own, which needs no clean-up: it goes with its last process. User
/// namespaces let anyone make one; where they are forbidden and the tests do not run as root, nothing can be mounted.
@Suite("Too little room")
struct DiskSpaceTests {
    static let canMount = (try? Program.run("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status) == 0

    /// Runs `tsmedia` with its output on a tmpfs of `byteCount` bytes; adds `left <names>` to what it prints.
    static func run(
        _ session: CommandSession, _ arguments: [String], byteCount: Int64, prepare: String = ":"
    ) throws -> ProgramResult {
        let script = """
            mount -t tmpfs -o size=\(byteCount) none "$1" && cd "$1" && \(prepare) || exit 99
            shift; "$@"; status=$?
            echo left: $(ls -A)
            exit $status
            """
        return try Program.run(
            "unshare",
            ["-rm", "sh", "-c", script, "sh", session.folder.string, try BuiltProgram.tsmedia.string] + arguments,
            environment: ["HOME": session.work.path.string])
    }

    @Test(
        "a disk that is too small is 73 before anything is written",
        .enabled(if: canMount, "needs root or user namespaces"),
        arguments: ["media.iso", "media"])
    func tooSmall(output: String) throws {
        let session = try CommandSession()
        let result = try Self.run(
            session, session.arguments(.standalone, output, ["--progress", "json"]), byteCount: 1 << 20)
        #expect(result.status == 73)
        #expect(result.output == "left:\n")
        #expect(result.errorText.contains("output \(output)"), "\(result.errorText)")
        #expect(!result.errorText.contains(#""phase":"writing""#))
    }

    @Test(
        "with --force a disk that is too small for a second image keeps the first",
        .enabled(if: canMount, "needs root or user namespaces"))
    func tooSmallForTwo() throws {
        let session = try CommandSession()
        let result = try Self.run(
            session, session.arguments(.standalone, "media.iso", ["--force"]), byteCount: 1 << 20,
            prepare: "echo old > media.iso")
        #expect(result.status == 73)
        #expect(result.output == "left: media.iso\n")
    }

    @Test(
        "a disk that fills up while a folder is written is 73, and nothing is left",
        .enabled(if: canMount, "needs root or user namespaces"))
    func fillsUp() throws {
        let session = try CommandSession()
        let size = try #require(try session.plan(.standalone, "media").volumes.elements.first?.size.number)
        // Room for the bytes, but every file of tmpfs takes whole pages.
        let result = try Self.run(
            session, session.arguments(.standalone, "media", ["--progress", "json"]), byteCount: size + (64 << 10))
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.output == "left:\n")
    }

    @Test(
        "a disk that somebody else fills up while an image is written is 73, and the old image stays",
        .enabled(if: canMount, "needs root or user namespaces"))
    func filledBySomebodyElse() throws {
        let session = try CommandSession(demo: try LargeDemo.distributionPoint())
        let script = """
            mount -t tmpfs -o size=180m none "$1" && cd "$1" && echo old > media.iso || exit 99
            shift; "$@" & build=$!
            while kill -0 $build 2>/dev/null; do
                set -- .*.tsmedia-partial
                if [ -e "$1" ]; then fallocate -l 90m hog; break; fi
            done
            wait $build; status=$?
            echo "left: $(ls -A) $(head -c 3 media.iso)"
            exit $status
            """
        var result: ProgramResult
        repeat {
            result = try Program.run(
                "unshare",
                ["-rm", "sh", "-c", script, "sh", session.folder.string, try BuiltProgram.tsmedia.string]
                    + session.arguments(.standalone, "media.iso", ["--force", "--jobs", "1"]),
                environment: ["HOME": session.work.path.string])
            // A build that was faster than its disturber is no witness.
        } while result.status == 0
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.output == "left: hog\nmedia.iso old\n")
        #expect(result.failure.contains("free some space"), "\(result.failure)")
    }

    @Test("a file that may not grow so large is 73, and nothing is left", arguments: ["media.iso", "media"])
    func fileSizeLimit(output: String) throws {
        let session = try CommandSession()
        let result = try Program.run(
            "prlimit",
            ["--fsize=4000000", try BuiltProgram.tsmedia.string] + session.arguments(.standalone, output),
            environment: ["HOME": session.work.path.string], in: session.folder)
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.failure.contains("file system") || result.failure.contains("large"), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test(
        "a result that standard output cannot take is no success",
        arguments: [["inspect", "media.iso"], ["inspect", "media.iso", "--json"]])
    func fullStandardOutput(arguments: [String]) throws {
        let session = try CommandSession()
        try session.create(.capture)
        let words = ([try BuiltProgram.tsmedia.string] + arguments).joined(separator: " ")
        let result = try Program.run("sh", ["-c", "\(words) > /dev/full"], in: session.folder)
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.failure.contains("standard output"))
    }

    @Test("a --media-size that is too small for what boots is 73 and says both sizes")
    func mediaSize() throws {
        let session = try CommandSession()
        let result = try session.run(session.arguments(.standalone, "media.iso", ["--media-size", "1000000"]))
        #expect(result.status == 73)
        #expect(result.failure.contains("volume 1, which holds all that boots, takes "))
        #expect(result.failure.contains("and --media-size allows 1000000"))
        #expect(try session.outputs() == [])
    }

    @Test("media that fits --media-size to the byte is one disc; a byte less makes two")
    func exactFit() throws {
        let session = try CommandSession()
        let size = try #require(try session.plan(.standalone).volumes.elements.first?.size.number)
        try session.create(.standalone, "media.iso", ["--media-size", "\(size)"])
        try session.succeed(session.arguments(.standalone, "b.iso", ["--media-size", "\(size - 1)"]))
        #expect(try session.outputs() == ["b1.iso", "b2.iso", "media.iso"])
    }

    @Test(
        "the sizes of discs and of the console are known by name",
        arguments: [
            ("cd", 681_984_000), ("dvd", 4_700_372_992), ("650MB", 681_574_400), ("4GB", 4_294_967_296),
            ("bd-dl", 50_050_629_632),
        ])
    func names(name: String, byteCount: Int64) throws {
        let plan = try CommandSession().plan(.standalone, "media.iso", ["--media-size", name])
        #expect(plan.volumes.elements.first?.capacity.number == byteCount)
    }
}
