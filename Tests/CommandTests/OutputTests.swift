// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What becomes of what is already there.
@Suite("Outputs")
struct OutputTests {
    @Test("an existing output stays as it is and is 73", arguments: ["media.iso", "media"])
    func existing(output: String) throws {
        let session = try CommandSession()
        try session.create(.capture, output)
        let before = try session.fingerprint()
        let result = try session.run(session.arguments(.standalone, output))
        #expect(result.status == 73)
        #expect(result.failure == "error: output \(output) exists; choose another name, or replace it with --force")
        #expect(try session.fingerprint() == before)
    }

    @Test("--force replaces an image by the new one", arguments: ["media.iso", "media"])
    func force(output: String) throws {
        let session = try CommandSession()
        try session.create(.capture, output)
        try session.create(.standalone, output, ["--force"])
        #expect(try session.inspect(output).mediaType.text == "FullMedia")
        #expect(try session.run(["verify", output]).status == 0)
        #expect(try session.outputs() == [output])
    }

    @Test("a build that fails with --force leaves the old output", arguments: ["media.iso", "media"])
    func failedForce(output: String) throws {
        let session = try CommandSession(ownLibrary: true)
        try session.create(.standalone, output)
        let before = try session.fingerprint()
        try CommandSession.flipBit(
            of: try session.libraryFile("demo-system.wim", of: DemoSite.operatingSystemImage), at: -1)
        #expect(try session.run(session.arguments(.standalone, output, ["--force"])).status == 65)
        #expect(try session.fingerprint() == before)
    }

    @Test("a folder that is not media is not replaced, even with --force")
    func foreignFolder() throws {
        let session = try CommandSession()
        try TestFolder.write("precious".utf8, to: session.folder.appending("home/letter.txt"))
        let result = try session.run(session.arguments(.capture, "home", ["--force"]))
        #expect(result.status == 77)
        #expect(result.failure.contains("output home is a folder that does not hold task sequence media"))
        #expect(try session.bytes("home/letter.txt") == Array("precious".utf8))
        #expect(try session.outputs() == ["home"])
    }

    @Test("an empty folder is replaced with --force")
    func emptyFolder() throws {
        let session = try CommandSession()
        try TestFolder.makeFolder(session.folder.appending("media"))
        #expect(try session.run(session.arguments(.capture, "media")).status == 73)
        try session.create(.capture, "media", ["--force"])
        #expect(try session.run(["verify", "media"]).status == 0)
    }

    @Test("a folder does not replace a file, nor an image a folder")
    func otherKind() throws {
        let session = try CommandSession()
        try TestFolder.write("a file".utf8, to: session.folder.appending("file"))
        try TestFolder.makeFolder(session.folder.appending("folder.iso"))
        for output in ["file", "folder.iso"] {
            let result = try session.run(session.arguments(.capture, output, ["--force"]))
            #expect(result.status == 73)
            #expect(result.failure.contains("output \(output) is a"))
        }
        #expect(try session.bytes("file") == Array("a file".utf8))
    }

    @Test("an output in a folder that is not there is 73, and no folder is made")
    func noFolder() throws {
        let session = try CommandSession()
        let result = try session.run(session.arguments(.capture, "missing/media.iso"))
        #expect(result.status == 73)
        #expect(result.failure.contains("missing"))
        #expect(try session.outputs() == [])
    }

    @Test("a link is followed to what it names, and stays a link")
    func link() throws {
        let session = try CommandSession()
        try session.create(.capture, "real.iso")
        #expect(symlink("real.iso", session.folder.appending("link.iso").string) == 0)
        try session.create(.standalone, "link.iso", ["--force"])
        #expect(try Stat(session.folder.appending("link.iso"), followTargetSymlink: false).type == .symbolicLink)
        #expect(try session.inspect("real.iso").mediaType.text == "FullMedia")
    }

    @Test("an output that is a device is refused", arguments: ["/dev/null", "/dev/full"])
    func device(path: String) throws {
        let session = try CommandSession()
        for arguments in [session.arguments(.capture, path), session.arguments(.capture, path, ["--force"])] {
            #expect([73, 77].contains(try session.run(arguments).status))
        }
        #expect(try Stat(FilePath(path)).type == .characterSpecial)
    }

    @Test(
        "an output that is one of the sources, holds one or lies inside one is refused with 77",
        arguments: [
            "SCCMContentLib", "SCCMContentLib/new.iso", "SCCMContentLib/PkgLib", "SCCMContentLib/FileLib/new",
            "LINK/new.iso",
        ])
    func sources(name: String) throws {
        let session = try CommandSession(ownLibrary: true)
        #expect(symlink("SCCMContentLib", session.work.appending("LINK").string) == 0)
        let before = try Program.succeed("find", [session.library.string]).output
        let output = session.work.path.appending("out").string + "/../" + name
        let result = try session.run(session.arguments(.capture, output, ["--force"]))
        #expect(result.status == 77, "\(result.errorText)")
        #expect(result.failure.contains("from which this media is made"))
        #expect(try Program.succeed("find", [session.library.string]).output == before)
    }

    @Test("the folder of the task sequence or of the client binaries is not replaced")
    func otherSources() throws {
        let session = try CommandSession()
        let binaries = session.folder.appending("bin.iso")
        try Program.succeed("cp", ["-a", session.demo.clientBinaries.string, binaries.string])
        let sequence = session.folder.appending("sequence.iso")
        try Program.succeed("cp", [session.demo.taskSequenceExport.string, sequence.string])
        let inside = try session.run(
            session.arguments(.capture, "bin.iso/new", ["--client-binaries", binaries.string, "--force"]))
        #expect(inside.status == 77)
        var arguments = session.arguments(.standalone, "sequence.iso", ["--force"])
        arguments = arguments.map { $0 == session.demo.taskSequenceExport.string ? sequence.string : $0 }
        #expect(try session.run(arguments).status == 77)
        #expect(try session.bytes("sequence.iso") == SmallFile.read(session.demo.taskSequenceExport))
    }

    @Test("a folder holds every planned file, every folder, and nothing else")
    func folder() throws {
        let session = try CommandSession()
        let planned = try session.plan(.standalone, "media").plannedPaths
        try session.create(.standalone, "media")
        let root = session.folder.appending("media")
        let files = try Program.succeed("find", [".", "-type", "f", "-printf", "%P\\n"], in: root).output
        #expect(Set(files.split(separator: "\n").map(String.init)) == Set(planned))
        #expect(try Stat(root.appending("SMS/PKG/ABC00011/Logs/Archive")).type == .directory)
        let kinds = try Program.succeed("find", [".", "!", "-type", "f", "!", "-type", "d"], in: root).output
        #expect(kinds.isEmpty)
    }

    @Test("a report that cannot be printed is an error that says that the media is there")
    func fullStandardOutput() throws {
        let session = try CommandSession()
        let words = session.arguments(.capture, "media.iso").map { "'\($0)'" }.joined(separator: " ")
        let result = try Program.run(
            "sh", ["-c", "'\(BuiltProgram.tsmedia)' \(words) > /dev/full"], in: session.folder)
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.errorText.contains("the media is written and whole"), "\(result.errorText)")
        try session.succeed(["verify", "media.iso"])
    }

    @Test("--unmount without a drive is refused")
    func unmount() throws {
        let session = try CommandSession()
        let result = try session.run(session.arguments(.capture, "media.iso", ["--unmount"]))
        #expect(result.status == 64 && result.failure.contains("--unmount"), "\(result.errorText)")
    }

    @Test("another user can read what was written", arguments: ["media.iso", "media"])
    func permissions(output: String) throws {
        let session = try CommandSession()
        try session.create(.capture, output)
        let closed = try Program.succeed("find", [output, "!", "-perm", "-444"], in: session.folder).output
        #expect(closed.isEmpty)
    }
}
