// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Nothing that a run reads is written over, whatever option names it and whatever way leads to it.
@Suite("Files of a run")
struct RunFilesTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    /// The boot image's WIM as the file `name` beside the outputs.
    private func bootImage(_ name: String) throws -> [UInt8] {
        let file = try session.libraryFile("boot.\(DemoSite.bootImage).wim", of: DemoSite.bootImage)
        try Program.succeed("cp", [file.string, session.folder.appending(name).string])
        return try session.bytes(name)
    }

    private func refused(
        _ arguments: [String], keeping name: String, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for arguments in [arguments, arguments + ["--dry-run"]] {
            let result = try session.run(arguments)
            #expect(result.status == 77, "\(result.errorText)", sourceLocation: sourceLocation)
            #expect(
                result.failure.contains("from which this media is made"), "\(result.failure)",
                sourceLocation: sourceLocation)
            #expect(try session.bytes(name) == bytes, sourceLocation: sourceLocation)
        }
    }

    // MARK: What the options name

    @Test("a partition layout is not written over by the disk that it describes")
    func layout() throws {
        let layout = "scheme: gpt\npartitions:\n  - {type: efi, size: 500MB}\n  - {type: primary, size: 100%}\n"
        try TestFolder.write(layout.utf8, to: session.folder.appending("l.img"))
        try refused(
            session.prestaged("unused").withoutOption("--output") + [
                "--disk-image", "l.img", "--disk-size", "64GB", "--partition-layout", "l.img", "--force",
            ], keeping: "l.img", Array(layout.utf8))
    }

    @Test("a base is not written over, nor a boot image, a catalog, a password file or a task sequence")
    func namedFiles() throws {
        try session.createPrestaged("base.wim", ["--compression", "fast"])
        try refused(
            session.prestaged("base.wim", ["--base", "base.wim", "--force"]), keeping: "base.wim",
            try session.bytes("base.wim"))
        let boot = try bootImage("boot.iso")
        try refused(
            session.arguments(.capture, "boot.iso", ["--force"]).replacing(DemoSite.bootImage, by: "./boot.iso"),
            keeping: "boot.iso", boot)
        for (name, text, option) in [
            ("catalog.iso", "schemaVersion: 1\npackages: []\n", "--catalog"),
            ("password.iso", "secret\n", "--password-file"),
        ] {
            try TestFolder.write(text.utf8, to: session.folder.appending(name))
            try refused(
                session.arguments(.standalone, name, [option, name, "--force"]), keeping: name, Array(text.utf8))
        }
    }

    @Test("a hard link and a symbolic link to a source are the source")
    func links() throws {
        let boot = try bootImage("boot.wim")
        try Program.succeed("ln", ["boot.wim", "hard.iso"], in: session.folder)
        try Program.succeed("ln", ["-s", "boot.wim", "soft.iso"], in: session.folder)
        for name in ["hard.iso", "soft.iso"] {
            try refused(
                session.arguments(.capture, name, ["--force"]).replacing(DemoSite.bootImage, by: "./boot.wim"),
                keeping: "boot.wim", boot)
        }
    }

    @Test(
        "another mount of the folder of a source is that folder, for files that exist and for new ones",
        .enabled(if: DiskSpaceTests.canMount, "needs root or user namespaces"))
    func otherMount() throws {
        _ = try bootImage("boot.iso")
        let mounts = session.work.appending("mounts")
        for name in ["other", "lib"] { try TestFolder.makeFolder(mounts.appending(name)) }
        let script = """
            mount --bind "$2" "$1/other" && mount --bind "$3" "$1/lib" || exit 99
            cd "$2"; shift 3; "$@" 2>&1
            """
        func run(_ arguments: [String]) throws -> ProgramResult {
            try Program.run(
                "unshare",
                [
                    "-rm", "sh", "-c", script, "sh", mounts.string, session.folder.string,
                    session.library.string, try BuiltProgram.tsmedia.string,
                ] + arguments, environment: ["HOME": session.work.path.string])
        }
        let same = try run(
            session.arguments(.capture, "\(mounts)/other/boot.iso", ["--force"])
                .replacing(DemoSite.bootImage, by: "./boot.iso"))
        #expect(same.status == 77 && same.output.contains("from which this media is made"), "\(same.output)")
        let inside = try run(session.arguments(.capture, "\(mounts)/lib/new.iso"))
        #expect(inside.status == 77 && inside.output.contains("lies inside"), "\(inside.output)")
        let deeper = try run(session.arguments(.capture, "\(mounts)/lib/FileLib/new.iso"))
        #expect(deeper.status == 77 && deeper.output.contains("lies inside"), "\(deeper.output)")
        #expect(access(session.library.appending("new.iso").string, F_OK) != 0)
    }

    @Test("a folder that holds the library takes outputs, the library itself does not")
    func besideLibrary() throws {
        let session = try CommandSession(ownLibrary: true)
        let parent = session.library.removingLastComponent().string
        func run(_ output: String) throws -> ProgramResult {
            try session.run(session.arguments(.capture, output).replacing(session.library.string, by: parent))
        }
        #expect(try run("\(parent)/beside.iso").status == 0)
        let inside = try run("\(parent)/SCCMContentLib/inside.iso")
        #expect(inside.status == 77 && inside.failure.contains("lies inside"))
        #expect(access("\(parent)/SCCMContentLib/inside.iso", F_OK) != 0)
        // A folder that would be replaced with the library in it is still refused.
        #expect(try session.run(session.arguments(.capture, parent, ["--force"])).status == 77)
    }

    @Test("a later volume of a set and a part of a split file are outputs too")
    func laterVolumes() throws {
        let sequence = session.folder.appending("set2.iso")
        try Program.succeed("cp", [session.demo.taskSequenceExport.string, sequence.string])
        let size = try #require(try session.plan(.standalone, "whole.iso").volumes.elements.first?.size.number)
        var arguments = session.arguments(.standalone, "set.iso", ["--media-size", String(size - 1), "--force"])
        arguments = arguments.map { $0 == session.demo.taskSequenceExport.string ? sequence.string : $0 }
        try refused(arguments, keeping: "set2.iso", try SmallFile.read(session.demo.taskSequenceExport))
        let boot = try bootImage("OEM2.swm")
        try refused(
            session.prestaged("OEM.wim", ["--split", "2MB", "--force"])
                .replacing(DemoSite.bootImage, by: "./OEM2.swm"), keeping: "OEM2.swm", boot)
        #expect(try session.outputs() == ["OEM2.swm", "set2.iso"])
    }

    @Test("a report on a task sequence is not written over it, nor a new one over its template")
    func sequences() throws {
        let export = session.folder.appending("s.zip")
        try Program.succeed("cp", [session.demo.taskSequenceExport.string, export.string])
        try TestFolder.write("<sequence/>".utf8, to: session.folder.appending("t.xml"))
        for arguments in [
            ["sequence", "document", "s.zip", "--output", "./s.zip", "--force"],
            [
                "sequence", "new", "capture", "--name", "x", "--boot-image", "ABC00005", "--template", "t.xml",
                "--output", "t.xml", "--force", "--capture-path", "\\\\s\\c.wim", "--capture-account", "u",
            ],
        ] {
            let result = try session.run(arguments)
            #expect(result.status == 77 && result.failure.contains("which this run reads"), "\(result.errorText)")
        }
        #expect(try session.bytes("s.zip") == SmallFile.read(session.demo.taskSequenceExport))
        #expect(try session.bytes("t.xml") == Array("<sequence/>".utf8))
    }

    // MARK: The log

    @Test("a log is appended to no file that is no log, and a file of a content library stays as it is")
    func foreignLog() throws {
        let session = try CommandSession(ownLibrary: true)
        let content = try session.libraryFile("Setup.cmd", of: DemoSite.toolsPackage)
        let before = try SmallFile.read(content)
        try TestFolder.write("my notes\n".utf8, to: session.folder.appending("notes.txt"))
        for log in [content.string, "notes.txt", session.demo.taskSequenceExport.string] {
            let result = try session.run(session.arguments(.capture, "media.iso", ["--log-file", log]))
            #expect(result.status == 77, "\(result.errorText)")
            #expect(result.failure.hasPrefix("error: log "), "\(result.failure)")
        }
        let new = try session.run(
            ["content", "list", "--library", session.library.string, "--log-file"]
                + [session.library.appending("DataLib/new.log").string])
        #expect(new.status == 77, "\(new.errorText)")
        #expect(access(session.library.appending("DataLib/new.log").string, F_OK) != 0)
        #expect(try SmallFile.read(content) == before)
        #expect(try session.bytes("notes.txt") == Array("my notes\n".utf8))
        #expect(try session.outputs() == ["notes.txt"])
    }

    @Test("a log that is itself content of what is read is not appended to")
    func sourceLog() throws {
        let log = session.folder.appending("source/setup.log")
        try TestFolder.makeFolder(log.removingLastComponent())
        try session.succeed(["devices", "--log-file", log.string])
        let before = try SmallFile.read(log)
        let library = session.work.appending("lib").string
        let result = try session.run([
            "content", "add", "--create", "source", "--package-id", "LOG00001", "--library", library, "--log-file",
            log.string,
        ])
        #expect(result.status == 77 && result.failure.contains("lies inside source"), "\(result.errorText)")
        #expect(try SmallFile.read(log) == before)
    }

    @Test("a log is nothing that the run writes: no output, no volume, no part, nothing inside a folder")
    func outputLog() throws {
        try TestFolder.makeFolder(session.folder.appending("media"))
        for (arguments, log) in [
            (session.arguments(.capture, "media.iso", ["--force"]), "media.iso"),
            (session.arguments(.capture, "media.iso", ["--force"]), "../out/MEDIA.iso"),
            (session.arguments(.capture, "media", ["--force"]), "media/x.log"),
        ] {
            let result = try session.run(arguments + ["--log-file", log])
            #expect(result.status == 77 && result.failure.hasPrefix("error: log "), "\(result.errorText)")
        }
        #expect(try session.outputs() == ["media"])
    }

    @Test("a log that takes no more is told at the end, and a folder is no log")
    func lostLog() throws {
        let full = try session.run(session.arguments(.capture, "media.iso", ["--log-file", "/dev/full"]))
        #expect(full.status == 0)
        #expect(full.errorText.contains("warning: log /dev/full is not whole: No space left"), "\(full.errorText)")
        try TestFolder.makeFolder(session.folder.appending("logs"))
        let folder = try session.run(session.arguments(.capture, "other.iso", ["--log-file", "logs"]))
        #expect(folder.status == 77 && folder.failure.contains("is a folder"), "\(folder.errorText)")
    }

    @Test("the image that is updated is no log")
    func updatedImage() throws {
        try session.create(.capture, "drive.img")
        let before = try session.fingerprint()
        let result = try session.run([
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--boot-image", DemoSite.bootImage, "--log-file", "drive.img",
        ])
        #expect(result.status == 77 && result.failure.contains("drive.img"), "\(result.errorText)")
        #expect(try session.fingerprint() == before)
    }

    @Test("an empty file, an earlier log and a terminal's device are appended to")
    func properLog() throws {
        try TestFolder.write("".utf8, to: session.folder.appending("new.log"))
        for log in ["new.log", "new.log", "/dev/null"] {
            #expect(try session.run(["devices", "--log-file", log]).status == 0)
        }
        let lines = String(decoding: try session.bytes("new.log"), as: UTF8.self).split(separator: "\r\n")
        #expect(lines.count >= 2 && lines.allSatisfy { $0.hasPrefix("<![LOG[") })
    }
}

extension [String] {
    /// The arguments without the option `name` and its value.
    fileprivate func withoutOption(_ name: String) -> [String] {
        guard let index = firstIndex(of: name) else { return self }
        return Array(self[..<index] + self[(index + 2)...])
    }
}
