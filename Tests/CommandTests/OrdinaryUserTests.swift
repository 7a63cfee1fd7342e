// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A user that is nobody: no account, no home, no group of anyone.
private struct OrdinaryUser {
    static let id: UInt32 = 54_321

    let session: CommandSession

    /// Gives what the session has to the user.
    init(_ session: CommandSession) throws {
        self.session = session
        try Program.succeed("chown", ["-R", "\(Self.id):\(Self.id)", session.work.path.string])
        // The demo lies in folders that only their maker may enter.
        var folder = session.demo.library.removingLastComponent()
        try Program.succeed("chmod", ["-R", "a+rX", folder.string])
        while folder.components.count > 1 {
            try Program.succeed("chmod", ["a+x", folder.string])
            folder.removeLastComponent()
        }
    }

    func run(
        _ arguments: [String], umask: String = "022", environment: [String: String] = [:]
    ) throws -> ProgramResult {
        try Program.run(
            "setpriv",
            [
                "--reuid", "\(Self.id)", "--regid", "\(Self.id)", "--clear-groups", "--inh-caps", "-all", "sh", "-c",
                "umask \(umask); exec \"$0\" \"$@\"", try BuiltProgram.tsmedia.string,
            ] + arguments,
            environment: [
                "HOME": "/nonexistent", "XDG_CACHE_HOME": session.work.appending("cache").string,
                "TMPDIR": session.work.path.string, "SOURCE_DATE_EPOCH": "",
            ].merging(environment) { $1 }, in: session.folder)
    }

    func succeed(_ arguments: [String], umask: String = "022") throws {
        let result = try run(arguments, umask: umask)
        #expect(result.status == 0, "\(arguments.prefix(3)): \(result.errorText)")
    }
}

/// Everything but writing a real drive works as an ordinary user.
@Suite("As an ordinary user", .enabled(if: geteuid() == 0, "only root can be somebody else"))
struct OrdinaryUserTests {
    private let session: CommandSession
    private let user: OrdinaryUser

    init() throws {
        session = try CommandSession(ownLibrary: true)
        user = try OrdinaryUser(session)
    }

    @Test("media is made, of each kind and form, looked at, verified, extracted and written as a report")
    func media() throws {
        for output in ["media.iso", "media.img", "folder"] {
            try user.succeed(session.arguments(.capture, output))
            try user.succeed(["inspect", output])
            try user.succeed(["verify", output])
        }
        try user.succeed(session.arguments(.bootable, "boot.iso"))
        try user.succeed(session.arguments(.standalone, "full.iso", ["--media-size", "unlimited"]))
        try user.succeed(session.prestaged("OEM.wim"))
        try user.succeed(["extract", "full.iso", "--output", "files"])
        try user.succeed(["update", "media.img", "--distribution-point", session.library.string])
        try user.succeed(["verify", "OEM.wim"])
    }

    @Test("libraries, stores, task sequences and manifests are for everybody")
    func others() throws {
        let library = session.library.string
        try session.work.write("tool".utf8, to: "source/tool.exe")
        try Program.succeed("chown", ["-R", "54321:54321", session.work.path.string])
        try user.succeed([
            "content", "add", session.work.appending("source").string, "--package-id", "ABC00099", "--library", library,
        ])
        try user.succeed(["content", "verify", "--library", library])
        try user.succeed(["content", "remove", "ABC00099", "--library", library, "--force"])
        try user.succeed(["sequence", "show", session.demo.taskSequenceExport.string])
        try user.succeed(["sequence", "format", session.demo.taskSequenceExport.string, "--output", "one.xml"])
        try user.succeed(session.arguments(.capture, "one.iso"))
        try user.succeed(["store", "show", "--store", session.store.string])
        try user.succeed(["store", "verify", "--store", session.store.string])
        try user.succeed(["ledger", "list", "--store", session.store.string])
        let manifest = try user.run(session.arguments(.capture, "built.iso", ["--print-manifest"]))
        try AtomicFile.create(manifest.outputBytes, at: session.folder.appending("media.yaml"))
        try Program.succeed("chown", ["54321", session.folder.appending("media.yaml").string])
        try user.succeed(["build", "media.yaml", "--record", session.work.appending("record.json").string])
        try user.succeed(["verify", "built.iso"])
    }

    @Test("the umask is respected, and what holds a key in the clear is for its owner alone whatever it is")
    func umask() throws {
        func mode(_ name: String) throws -> String {
            try Program.succeed("stat", ["-c", "%a", session.folder.appending(name).string]).output
        }
        for (umask, expected) in [("022", "644\n"), ("027", "640\n"), ("077", "600\n")] {
            try user.succeed(session.arguments(.capture, "m\(umask).iso"), umask: umask)
            #expect(try mode("m\(umask).iso") == expected)
            try user.succeed(session.arguments(.capture, "f\(umask)"), umask: umask)
            let folder = try mode("f\(umask)")
            #expect(folder == (umask == "022" ? "755\n" : umask == "027" ? "750\n" : "700\n"))
        }
        try user.succeed(session.arguments(.bootable, "key.iso", ["--self-signed-certificate"]), umask: "000")
        #expect(try mode("key.iso") == "600\n")
    }

    @Test("a link of somebody else in the way of an output is refused, at its name and in a folder that is open to all")
    func links() throws {
        let open = session.work.appending("open")
        try TestFolder.makeFolder(open)
        try TestFolder.makeFolder(session.work.appending("target"))
        try Program.succeed("chmod", ["1777", open.string])
        try Program.succeed("chown", ["\(OrdinaryUser.id)", session.work.appending("target").string])
        let (link, name) = (open.appending("link"), open.appending("media.iso"))
        #expect(symlink(session.work.appending("target").string, link.string) == 0)
        #expect(symlink(session.work.appending("target/stolen.iso").string, name.string) == 0)
        try Program.succeed("chown", ["-h", "12345", link.string, name.string])
        for output in [link.appending("media.iso"), name] {
            for more in [[], ["--force"]] {
                let result = try user.run(session.arguments(.capture, output.string, more))
                #expect(result.status == 77, "\(result.errorText)")
                #expect(result.errorText.contains("which is a link of another user"))
            }
        }
        let log = try user.run(session.arguments(.capture, "media.iso", ["--log-file", name.string]))
        #expect(log.status != 0)
        #expect(try FolderEntry.entries(of: session.work.appending("target")).isEmpty)
        // One's own is followed.
        try Program.succeed("chown", ["-h", "\(OrdinaryUser.id)", link.string])
        try user.succeed(session.arguments(.capture, link.appending("media.iso").string))
    }
}
