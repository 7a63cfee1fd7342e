// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Media that is made from servers, as users do it.
@Suite("Media from servers")
struct ServedMediaTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func server(_ arguments: [String] = []) throws -> DistributionPointServer {
        try DistributionPointServer(library: session.demo.library, arguments, in: session.work)
    }

    private func create(_ location: String, _ output: String = "media.iso", _ more: [String] = []) -> [String] {
        [
            "create", "standalone", "--distribution-point", location, "--store", session.store.string,
            "--task-sequence",
            session.demo.taskSequenceExport.string, "--output", output,
        ] + more
    }

    @Test("the same request gives the same bytes from a server as from a path, later without the server too")
    func sameBytes() throws {
        let server = try server(["--listing", "html"])
        try session.create(.standalone, "local.iso")
        try session.succeed(create(server.location, "served.iso"))
        #expect(try session.bytes("served.iso") == session.bytes("local.iso"))
        let asked = try server.requests()
        #expect(asked.contains { $0.contains("/FileLib/") })
        let plan = try JSONValue(
            parsing: try session.succeed(create(server.location, "x.iso", ["--dry-run", "--json"])).output)
        let sources = plan.volumes.elements.flatMap { $0.files.elements.compactMap { $0["source"].text } }
        #expect(sources.contains { $0.hasSuffix("/demo-system.wim on \(server.location)") }, "\(sources)")
        #expect(try server.requests().dropFirst(asked.count).allSatisfy { !$0.contains("/FileLib/") })

        let traced = try Program.run(
            "strace",
            ["-f", "-qq", "-e", "trace=connect", "-o", session.work.appending("trace").string]
                + [try BuiltProgram.tsmedia.string] + create(server.location, "offline.iso", ["--offline"]),
            environment: ["HOME": session.work.path.string], in: session.folder)
        #expect(traced.status == 0, "\(traced.errorText)")
        #expect(try session.bytes("offline.iso") == session.bytes("local.iso"))
        let trace = String(decoding: try SmallFile.read(session.work.appending("trace")), as: UTF8.self)
        #expect(!trace.contains("AF_INET"), "\(trace)")
    }

    @Test("content is fetched ahead of time, and offline it is said what is missing")
    func fetch() throws {
        let server = try server()
        let fetch = ["content", "fetch", "--distribution-point", server.location, "--store", session.store.string]
        let missing = try session.run(fetch + [DemoSite.toolsPackage, "--offline"])
        #expect(missing.status == 66)
        #expect(
            missing.failure
                == "error: package \(DemoSite.toolsPackage) is not in the store, and \(server.location) is not asked; fetch it first, or leave out --offline"
        )
        let report = try JSONValue(
            parsing: try session.succeed(
                fetch + ["--task-sequence", session.demo.taskSequenceExport.string, "--json"]
            ).output)
        #expect(report.packages.elements.count == 6)
        #expect(report.packages.elements.allSatisfy { $0["source"].text == server.location })
        let text = try session.succeed(fetch + [DemoSite.toolsPackage, "--offline"]).output
        #expect(text.hasPrefix("ID        VERSION  FILES"), "\(text)")
        try session.succeed(create(server.location, "media.iso", ["--offline"]))
        #expect(try session.outputs() == ["media.iso"])
    }

    @Test("a server that does not answer, refuses or has not the package: 69, 77, 66")
    func failures() throws {
        let gone = "http://127.0.0.1:\(try ApacheServer.freePort())"
        let unreachable = try session.run(create(gone))
        #expect(unreachable.status == 69)
        #expect(unreachable.failure.contains("refuses the connection"))

        let secret = "S3cret-word"
        let users = try session.work.write("127.0.0.1 joe \(secret)\n".utf8, to: "users")
        let log = session.work.appending("log").string
        let closed = try server(["--authentication", "ntlm", "--user", "jim:x"])
        let access = ["--credentials", users.string, "--log-file", log]
        #expect(chmod(users.string, 0o644) == 0)
        let readable = try session.run(create(closed.location, "x.iso", access))
        #expect(readable.status == 77)
        #expect(readable.failure.hasSuffix("can be read by others; take that right from them: chmod 600"))
        #expect(chmod(users.string, 0o600) == 0)
        let refused = try session.run(create(closed.location, "x.iso", access + ["--json"]))
        #expect(refused.status == 77)
        #expect(
            refused.errorText.contains("does not accept the user (401, NTLM); correct --credentials"),
            "\(refused.errorText)")
        let said =
            refused.errorText + refused.output + String(decoding: try SmallFile.read(FilePath(log)), as: UTF8.self)
        #expect(!said.contains(secret))

        let open = try server()
        let missing = try session.run(create(open.location, "x.iso", ["--package", "ABC99999"]))
        #expect(missing.status == 66)
        #expect(missing.failure.contains("package ABC99999 is not on the distribution point \(open.location)"))
        #expect(try session.outputs() == [])
    }

    @Test("credentials come from standard input, the environment and netrc; none of these files is written over")
    func credentials() throws {
        let closed = try server(["--authentication", "ntlm", "--user", "joe:secret"])
        let plan = create(closed.location, "x.iso", ["--dry-run"])
        try session.succeed(plan + ["--credentials", "-"], input: Array("* joe secret".utf8))
        try session.succeed(plan, environment: ["TSMEDIA_CREDENTIALS": "127.0.0.1 joe secret"])
        let netrc = try session.work.write("machine 127.0.0.1 login joe password secret".utf8, to: "netrc")
        #expect(chmod(netrc.string, 0o600) == 0)
        try session.succeed(plan, environment: ["NETRC": netrc.string])
        let over = try session.run(
            create(closed.location, netrc.string, ["--credentials", netrc.string, "--force"]))
        #expect(over.status != 0)
        #expect(String(decoding: try SmallFile.read(netrc), as: UTF8.self).hasPrefix("machine"))
    }

    @Test("Ctrl-C ends a build whose server says nothing: 130, nothing left")
    func interrupted() throws {
        let silent = try server(["--fault", "stall:10"])
        let program = try session.start(create(silent.location))
        #expect(try program.wait { try silent.requests().contains { $0.contains("/FileLib/") } })
        program.send(SIGINT)
        #expect(try program.waitForEnd().status == 130)
        #expect(try session.outputs() == [])
        let files = try Program.succeed("find", [session.store.string, "-type", "f", "-name", "file*"]).output
        #expect(files == "")
    }

    @Test("a wrong hash passes on a drive too, and the report says what came from which server and what failed")
    func wrongHash() throws {
        let (bad, good) = (try server(["--fault", "flip:5*2", "--fault", "close:1000*1"]), try server())
        try session.create(.standalone, "local.img")
        let report = try JSONValue(
            parsing: try session.succeed(create(bad.location, "served.img", ["--json", "--verbose"])).output)
        #expect(try session.bytes("served.img") == session.bytes("local.img"))
        let server = try #require(report.servers.elements.first)
        #expect(server.location.text == bad.location)
        #expect((server.failureCount.number ?? 0) >= 3)
        #expect((server.fileCount.number ?? 0) > 3)
        let fetched = try session.succeed([
            "content", "fetch", DemoSite.toolsPackage, "--distribution-point", good.location, "--store",
            session.work.appending("other").string, "--verbose",
        ])
        #expect(
            fetched.errorText.split(separator: "\n").contains {
                $0.hasPrefix("\(good.location): ") && $0.hasSuffix(" 0 failures")
            }, "\(fetched.errorText)")
        let plan = try session.succeed(create(good.location, "x.iso", ["--dry-run"])).output
        #expect(plan.contains("from \(good.location)"), "\(plan)")
    }

    @Test("a part of a site is carried away as a library of its own, that other programs read and media is made from")
    func carried() throws {
        let server = try server()
        let carried = session.folder.appending("carried/SCCMContentLib")
        let fetch = [
            "content", "fetch", "--task-sequence", session.demo.taskSequenceExport.string, "--distribution-point",
            server.location, "--store", session.store.string, "--to", carried.string, "--json",
        ]
        let report = try JSONValue(parsing: try session.succeed(fetch).output)
        #expect(report.library.text == carried.string)
        let (theirs, ours) = (
            try IndependentLibraryReader.read(session.demo.library), try IndependentLibraryReader.read(carried)
        )
        #expect(!ours.isEmpty)
        for (file, hash) in ours { #expect(theirs[file] == hash, "\(file)") }
        // Every INI of a content, byte for byte.
        for package in report.packages.elements {
            for content in package.contentIds.elements.compactMap(\.text) {
                for part in [content, "\(content).INI"] {
                    try Program.succeed(
                        "diff",
                        [
                            "-r", session.demo.library.appending("DataLib").appending(part).string,
                            carried.appending("DataLib").appending(part).string,
                        ])
                }
            }
        }
        try session.succeed(["content", "verify", "--library", carried.string])
        try session.create(.standalone, "local.iso")
        try session.succeed(create(carried.string, "carried.iso"))
        #expect(try session.bytes("carried.iso") == session.bytes("local.iso"))
        // What is missing is brought, what is there is left alone.
        let list = [carried.string, "-type", "f", "!", "-path", "*/.tsmedia/*", "-printf", "%P %T@ %C@\\n"]
        let before = try Program.succeed("find", list).output
        try session.succeed(fetch)
        #expect(try Program.succeed("find", list).output == before)
        try Program.succeed(
            "sh", ["-c", "rm \"$(find \"$0/FileLib\" -type f ! -name '*.INI' | sort | head -1)\"", carried.string])
        #expect(try session.run(["content", "verify", "--library", carried.string]).status == 66)
        try session.succeed(fetch)
        try session.succeed(["content", "verify", "--library", carried.string])
        #expect(try IndependentLibraryReader.read(carried) == ours)
    }

    @Test(
        "options that cannot be are refused before anybody is asked",
        arguments: [
            (["--timeout", "0"], "--timeout takes seconds from 1 to 3600"),
            (["--user-agent", "a\tb"], "--user-agent takes printable ASCII"),
            (["--proxy", "http://a:b@c"], "--proxy holds a user name"),
            (["--server-certificate-thumbprint", "12"], "--server-certificate-thumbprint takes the SHA-1 or SHA-256"),
            (["--offline", "--no-store"], "--offline takes everything from the store"),
        ])
    func refusedOptions(options: [String], words: String) throws {
        let result = try session.run(create("http://127.0.0.1:9", "x.iso", options))
        #expect(result.status == 64)
        #expect(result.errorText.contains(words), "\(result.errorText)")
    }

    @Test("every command of docs/distribution-points.md works as it stands there")
    func page() throws {
        let (one, two) = (try server(), try server())
        let samba = try SambaServer(["SCCMContentLib$": session.demo.library], in: session.work)
        let page = String(decoding: try SmallFile.read(Repository.file("docs/distribution-points.md")), as: UTF8.self)
        let lines = page.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
        let commands = lines.joined(separator: "\n").replacing("\\\n", with: " ").split(separator: "\n")
        try #require(commands.count == 12)
        try Program.succeed("cp", [session.demo.taskSequenceExport.string, "Windows 11.zip"], in: session.folder)
        try Program.succeed("mkdir", ["-p", session.work.appending("bin").string])
        try Program.succeed("ln", ["-s", BuiltProgram.tsmedia.string, session.work.appending("bin/tsmedia").string])
        for command in commands {
            let here = command.replacing("http://dp.example.com", with: one.location)
                .replacing("smb://dp.example.com/", with: samba.location(""))
                .replacing("http://dp1.example.com", with: one.location)
                .replacing("http://dp2.example.com", with: two.location).replacing("dp.example.com", with: "127.0.0.1")
            try Program.succeed(
                "sh", ["-c", "rm -f win11.iso; PATH=\"$0:$PATH\"; \(here)", session.work.appending("bin").string],
                environment: [
                    "HOME": session.work.path.string, "XDG_CACHE_HOME": session.work.appending("cache").string,
                ], in: session.folder)
        }
        // Each begins without the disc of those before it.
        #expect(try session.outputs() == ["Windows 11.zip", "carried", "users"])
    }
}
