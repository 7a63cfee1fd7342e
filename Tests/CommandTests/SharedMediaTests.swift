// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Media from shares, and on shares, as users make it.
@Suite("Media and shares")
struct SharedMediaTests {
    private let session: CommandSession
    private let share: FilePath

    init() throws {
        session = try CommandSession()
        share = session.work.appending("share")
        try TestFolder.makeFolder(share)
    }

    private func create(_ location: String, _ output: String, _ more: [String] = []) -> [String] {
        [
            "create", "standalone", "--distribution-point", location, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string, "--output", output,
        ] + more
    }

    private func samba(_ options: SambaServer.Options = SambaServer.Options()) throws -> SambaServer {
        try SambaServer(
            ["SCCMContentLib$": session.demo.library, "Media Süd": share], options, in: session.work)
    }

    private func listing() throws -> [String] {
        try Program.succeed("find", [".", "-mindepth", "1", "-printf", "%P\\n"], in: share).output
            .split(separator: "\n").map(String.init).sorted()
    }

    @Test("the same request gives the same bytes from a path, over SMB and over HTTPS")
    func sameBytes() throws {
        let authority = try CertificateAuthority(in: session.work)
        let certificate = try authority.issue("127.0.0.1", usage: "serverAuth\nsubjectAltName=IP:127.0.0.1")
        var options = ApacheServer.Options()
        options.certificate = (certificate.certificate, certificate.key)
        let apache = try ApacheServer(library: session.demo.library, options, in: session.work)
        let samba = try samba()
        try session.create(.standalone, "local.iso")
        let local = try session.bytes("local.iso")
        let location = samba.location("SCCMContentLib$")
        try session.succeed(create(location, "smb.iso", ["--no-store"]))
        #expect(try session.bytes("smb.iso") == local)
        try session.succeed(create(apache.location, "https.iso", ["--no-store", "--trust", authority.root]))
        #expect(try session.bytes("https.iso") == local)
        let plan = try JSONValue(
            parsing: try session.succeed(create(location, "x.iso", ["--dry-run", "--json"])).output)
        let sources = plan.volumes.elements.flatMap { $0.files.elements.compactMap { $0["source"].text } }
        #expect(sources.contains { $0.hasSuffix("/demo-system.wim on \(location)") }, "\(sources)")
    }

    @Test("a password is in no message, report, log or process list; refusals are 77, what is not there 66, nobody 69")
    func secrets() throws {
        var options = SambaServer.Options()
        options.password = "geheim-4711"
        let samba = try samba(options)
        let location = samba.location("SCCMContentLib$")
        let users = try session.work.write("* \(SambaServer.user) geheim-4711\n".utf8, to: "users")
        #expect(chmod(users.string, 0o600) == 0)
        let proxy = try FaultyProxy(to: samba.port, ["--stall-after", "1000"], in: session.work)
        let program = try session.start(
            create(
                samba.location("SCCMContentLib$", port: proxy.port), "x.iso",
                ["--credentials", users.string, "--log-file", "x.log", "--verbose"]))
        func processes() throws -> String {
            try Program.run(
                "sh", ["-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"]
            ).output
        }
        var seen = ""
        #expect(
            try program.wait {
                // Other tests have such processes too: this one has come as far when its log is there.
                seen = try processes()
                return seen.contains("tsmedia-share") && (try? session.bytes("x.log")) != nil
            })
        #expect(!seen.contains("geheim"))
        program.send(SIGINT)
        let ended = try program.waitForEnd()
        #expect(ended.status == 130)
        #expect(!ended.errorText.contains("geheim"))
        #expect(!String(decoding: try session.bytes("x.log"), as: UTF8.self).contains("geheim"))

        let wrong = try session.work.write("* \(SambaServer.user) falsch-4711\n".utf8, to: "wrong")
        #expect(chmod(wrong.string, 0o600) == 0)
        for (arguments, status, words) in [
            (create(location, "x.iso", ["--credentials", wrong.string]), 77 as Int32, "does not accept us as"),
            (
                create(location, "x.iso"), 77,
                "is not open to guests; ask for the right to read it, or use another account with --credentials"
            ),
            (create(samba.location("NoSuch"), "x.iso", ["--credentials", users.string]), 66, "is no share"),
            (create("smb://127.0.0.1:\(try ApacheServer.freePort())/x", "x.iso"), 69, "refuses the connection"),
            (create("smb://joe:geheim@dp/x", "x.iso"), 64, "holds a password"),
        ] {
            let result = try session.run(arguments + ["--json"])
            #expect(result.status == status, "\(result.errorText)")
            #expect(result.failure.contains(words), "\(result.errorText)")
            #expect(!(result.errorText + result.output).contains("4711"))
            #expect(!(result.errorText + result.output).contains("geheim"))
        }
    }

    // MARK: Outputs

    @Test("a disc appears on a share whole, the same as elsewhere; what is there stays unless it may be replaced")
    func disc() throws {
        let samba = try samba()
        try session.create(.standalone, "local.iso")
        let local = session.folder.appending("local.iso")
        let output = "\\\\127.0.0.1:\(samba.port)\\Media Süd\\outputfile.iso"
        let foreign = ".outputfile.iso.live.tsmedia-partial"
        try TestFolder.write("of another run".utf8, to: share.appending(foreign))
        let library = session.demo.library.string

        let planned = try session.succeed(create(library, output, ["--dry-run"]))
        #expect(planned.output.contains("would write smb://127.0.0.1:\(samba.port)/Media%20S%C3%BCd/outputfile.iso: "))
        #expect(try listing() == [foreign])
        let written = try session.succeed(create(library, output, ["--json"]))
        let report = try JSONValue(parsing: written.output)
        #expect(
            report.volumes.elements.first?["output"].text
                == "smb://127.0.0.1:\(samba.port)/Media%20S%C3%BCd/outputfile.iso")
        #expect(try listing() == [foreign, "outputfile.iso"])
        try Program.succeed("cmp", [local.string, share.appending("outputfile.iso").string])

        try TestFolder.write("older".utf8, to: share.appending("outputfile.iso"))
        let kept = try session.run(create(library, output))
        #expect(kept.status == 73)
        #expect(kept.failure.contains("exists; choose another name, or replace it with --force"))
        try session.succeed(create(library, output, ["--force", "--no-verify"]))
        try Program.succeed("cmp", [local.string, share.appending("outputfile.iso").string])
        #expect(try listing() == [foreign, "outputfile.iso"])
        #expect(try session.outputs() == ["local.iso"])
    }

    @Test("what cannot be an output on a share is refused, and it is said why")
    func places() throws {
        let samba = try samba()
        let base = samba.location("Media%20S%C3%BCd")
        let library = session.demo.library.string
        try TestFolder.makeFolder(share.appending("folder"))
        for (output, words, status) in [
            ("\(base)/none/x.iso", "which is not a folder; create it first", 73 as Int32),
            (samba.location("NoSuch/x.iso"), "is no share of that server", 66),
            ("\(base)/folder", "is a folder, and folders on shares are not replaced", 73),
            (base, "names no file on a share", 64),
            ("smb://a:geheim@b/c/x.iso", "holds a password", 64),
        ] {
            let result = try session.run(create(library, output, ["--force"]))
            #expect(result.status == status, "\(result.errorText)")
            #expect(result.failure.contains(words), "\(result.errorText)")
            #expect(!result.errorText.contains("geheim"))
        }
    }

    @Test("nothing is written into a distribution point, nor where there is no room")
    func refused() throws {
        var options = SambaServer.Options()
        // Blocks of 1,024 bytes: all, and those that are free.
        let script = try session.work.write("#!/bin/sh\necho 1000 10\n".utf8, to: "free")
        #expect(chmod(script.string, 0o755) == 0)
        options.global = ["dfree command = \(script.string)"]
        let samba = try samba(options)
        let inside = try session.run(
            create(samba.location("SCCMContentLib$"), "\\\\127.0.0.1:\(samba.port)\\sccmcontentlib$\\x.iso"))
        #expect(inside.status == 77)
        #expect(inside.failure.contains("lies in the distribution point"), "\(inside.errorText)")
        let full = try session.run(create(session.demo.library.string, samba.location("Media%20S%C3%BCd/x.iso")))
        #expect(full.status == 73)
        #expect(full.failure.contains("has 10240 free"), "\(full.errorText)")
        options.share = ["read only = yes"]
        options.global = []
        let closed = try self.samba(options)
        let unwritable = try session.run(
            create(session.demo.library.string, closed.location("Media%20S%C3%BCd/x.iso"), ["--progress", "json"]))
        #expect(unwritable.status == 77)
        #expect(
            unwritable.errorText.contains("Media%20S%C3%BCd may not be written to by this user"),
            "\(unwritable.errorText)")
        // It is known before anything is made.
        #expect(!unwritable.errorText.contains("\"writing\""), "\(unwritable.errorText)")
        #expect(try listing() == [])
    }

    @Test(
        "where there is no room to make what is sent, it is said where that is made and how to choose",
        .enabled(if: geteuid() == 0, "needs root for a small disk"))
    func room() throws {
        let samba = try samba()
        let staging = session.work.appending("staging")
        try TestFolder.makeFolder(staging)
        let words = create(
            session.demo.library.string, samba.location("Media%20S%C3%BCd/x.iso"), ["--staging-folder", staging.string])
        let result = try Program.run(
            "unshare",
            [
                "-m", "sh", "-c", "mount -t tmpfs -o size=1m none \"$1\" && shift && exec \"$@\"", "sh", staging.string,
                try BuiltProgram.tsmedia.string,
            ] + words, environment: ["HOME": session.work.path.string], in: session.folder)
        #expect(result.status == 73)
        #expect(result.errorText.contains("is made on this computer first"), "\(result.errorText)")
        #expect(result.errorText.contains("name another folder with --staging-folder"), "\(result.errorText)")
        #expect(try listing() == [])
    }

    @Test("an open private key on a share is told of, and the ledger knows the media by its place there")
    func key() throws {
        let samba = try samba()
        let output = samba.location("Media%20S%C3%BCd/key.iso")
        for more in [[], ["--force"]] {
            let made = try session.succeed(
                [
                    "create", "bootable", "--distribution-point", session.demo.library.string, "--store",
                    session.store.string, "--boot-image", DemoSite.bootImage, "--management-point",
                    "http://mp.example.com", "--site-code", "ABC", "--self-signed-certificate", "--output", output,
                ] + more)
            #expect(
                made.errorText.contains("holds a private key, or other secrets, that no password protects"),
                "\(made.errorText)")
        }
        let ledger = try session.succeed(["ledger", "list", "--json", "--store", session.store.string])
        let places = try JSONValue(parsing: ledger.output).entries.elements.flatMap {
            $0.media.outputs.elements.compactMap(\.text)
        }
        #expect(places == [output], "\(ledger.output)")
    }

    @Test("a connection that breaks while an output is sent, and Ctrl-C, leave nothing with its name")
    func broken() throws {
        let samba = try samba()
        let breaking = try FaultyProxy(
            to: samba.port, ["--break-after", "20000", "--times", "1000"], in: session.work)
        let silent = try FaultyProxy(to: samba.port, ["--stall-after", "20000", "--times", "1000"], in: session.work)
        let library = session.demo.library.string
        let output = "Media%20S%C3%BCd/x.iso"
        let result = try session.run(create(library, samba.location(output, port: breaking.port)))
        #expect([69, 74].contains(result.status), "\(result.errorText)")
        #expect(try listing().allSatisfy { $0.hasPrefix(".x.iso.") })
        let program = try session.start(create(library, samba.location(output, port: silent.port)))
        #expect(try program.wait { try listing().contains { $0.hasPrefix(".x.iso.") } })
        program.send(SIGINT)
        #expect(try program.waitForEnd().status == 130)
        #expect(try listing().allSatisfy { $0.hasPrefix(".x.iso.") })
    }

    @Test(
        "where no share can be used, it is said what to do",
        arguments: ["smb://dp/media/x.iso", "\\\\dp\\media\\x.iso"])
    func elsewhere(place: String) throws {
        for command in ["verify", "inspect"] {
            let result = try session.run([command, place])
            #expect(result.status != 0)
            #expect(result.failure.contains("mount the share"), "\(result.errorText)")
        }
    }
}
