// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Policies of the fixture's site on stand-alone media, read back from the media by openssl and Python.
@Suite("Policies of a site on media")
struct SitePoliciesTests {
    private let session: CommandSession
    private static let password = "Pa55-of-the-account"

    init() throws { session = try CommandSession() }

    private func site(_ form: String, faults: [String] = []) throws -> AdminServiceServer {
        try AdminServiceServer(
            [
                "--sequence",
                "\(DemoSite.taskSequence)=\(DemoSite.taskSequenceName)=\(session.demo.taskSequence)",
                "--policies", form,
            ], faults: faults, in: session.work)
    }

    private func create(_ output: String, _ more: [String]) -> [String] {
        [
            "create", "standalone", "--output", output, "--distribution-point", session.library.string,
            "--store",
            session.store.string,
        ] + more
    }

    private func named(_ output: String, _ site: AdminServiceServer, _ more: [String] = [])
        -> [String]
    {
        create(output, ["--task-sequence", DemoSite.taskSequence] + site.options + more)
    }

    /// What Policy.xml in the folder `media` holds, as openssl opens it.
    private func policies(_ media: String) throws -> String {
        let manifest = try session.inspect(media).mediaGuid.text ?? ""
        return try #require(
            try ContainerOracle.decrypt(
                session.folder.appending("\(media)/SMS/data/Policy.xml"), manifest))
    }

    /// Prints the class of each policy, whether it is assigned, the plain task sequence's SHA-256, and what is hidden.
    private static let reader = """
        import hashlib, sys, xml.etree.ElementTree as tree
        root = tree.fromstring(sys.stdin.buffer.read().decode('utf-8'))
        items = list(root)
        for place, item in enumerate(items):
            if item.tag != 'Policy': continue
            after = items[place + 1] if place + 1 < len(items) else None
            assigned = after is not None and after.tag == 'PolicyAssignment' and after.find('Policy').get('PolicyID') == item.get('PolicyID')
            instance = item.find('.//instance')
            print(instance.get('class'), 'assigned' if assigned else 'alone')
            for row in instance:
                value = row.find('value').text or ''
                if row.get('name') == 'TS_Sequence': print('steps', value.count('<step '), value.startswith('<sequence'))
                elif value.startswith('89130000'): print(row.get('name'), 'hidden')
                else: print(row.get('name'), value)
        """

    @Test(
        "the site's policies are on the media whole, the task sequence first and plain",
        arguments: ["plain", "obfuscated", "compressed"])
    func whole(form: String) throws {
        let site = try site(form)
        let made = try session.succeed(named("media", site))
        let text = try policies("media")
        let said = try Program.succeed("python3", ["-c", Self.reader], input: Array(text.utf8)).output
        let steps =
            String(decoding: try SmallFile.read(FilePath("\(session.demo.taskSequence)")), as: UTF8.self)
            .split(separator: "<step ").count - 1
        #expect(
            said == """
                CCM_TaskSequence assigned
                PKG_PackageID \(DemoSite.taskSequence)
                PKG_Name \(DemoSite.taskSequenceName)
                ADV_AdvertisementID ABCF\(DemoSite.taskSequence.suffix(4))
                PRG_ProgramID *
                steps \(steps) True
                CCM_SoftwareDistribution assigned
                PKG_PackageID ABC00011
                CCM_ClientAgentConfig alone
                BrandingTitle Contoso
                CCM_NetworkAccessAccount alone
                NetworkAccessUsername hidden
                NetworkAccessPassword hidden

                """)
        #expect(
            made.errorText.contains("is inferred; try the media on one computer first"),
            "\(made.errorText)")
        #expect(
            made.errorText.contains("can read: the network access account; add --password-file"),
            "\(made.errorText)")
        let found = try session.inspect("media").policies
        #expect(found.secrets.elements.map(\.text) == ["the network access account"])
        let call = try #require(try site.calls().first { $0.contains("GetTsPoliciesSaMedia") })
        #expect(
            call.contains(#""AdvertisementFlags": 0"#) && call.contains(#""SourceSite": "ABC""#),
            "\(call)")
    }

    @Test(
        "by hand from the file of policies media has the same bytes, and the file is for its owner alone"
    )
    func byHand() throws {
        let site = try site("obfuscated")
        let log = ["--log-file", "run.log", "--verbose"]
        let named = try session.succeed(named("named.iso", site, log))
        let again = try session.succeed(self.named("again.iso", site))
        let written = try session.succeed(
            ["site", "policies", DemoSite.taskSequenceName, "--output", "demo.policies"] + log
                + site.options)
        let file = session.folder.appending("demo.policies")
        let mode = try Program.succeed("stat", ["-c", "%a", file.string]).output
        #expect(mode == "600\n")
        try session.succeed(
            ["sequence", "fetch", DemoSite.taskSequence, "--output", "ts.zip"] + site.options)
        try session.succeed(["site", "catalog", "--output", "site.yaml"] + site.options)
        let hand = try session.succeed(
            create(
                "hand.iso",
                ["--task-sequence", "ts.zip", "--catalog", "site.yaml", "--policies", "demo.policies"] + log
            ))
        #expect(try session.bytes("named.iso") == session.bytes("hand.iso"))
        #expect(try session.bytes("named.iso") == session.bytes("again.iso"))
        let plan = try session.succeed(self.named("x.iso", site, ["--dry-run", "--json"]))
        let origin = try JSONValue(parsing: plan.output).origins.elements.first {
            $0["field"].text == "policies"
        }
        #expect(origin?["value"].text == "site" && origin?["source"].text == "the site 127.0.0.1")
        let all = [named, again, written, hand, plan].flatMap { [$0.output, $0.errorText] }
        for text in all + [String(decoding: try session.bytes("run.log"), as: UTF8.self)] {
            #expect(!text.contains(Self.password) && !text.contains("89130000"), "\(text.prefix(300))")
        }
        // Our own, as without a site.
        try session.succeed(self.named("own.iso", site, ["--policies", "own"]))
        try session.succeed(
            create("plain.iso", ["--task-sequence", "ts.zip", "--catalog", "site.yaml"]))
        #expect(try session.bytes("own.iso") == session.bytes("plain.iso"))
        #expect(try session.bytes("own.iso") != session.bytes("named.iso"))
    }

    @Test(
        "what is not the policies of the task sequence is refused with what is wrong, and the way out",
        arguments: [
            ("other", "hold other steps of task sequence"), ("short", "PolicyAssignmentXmls"),
            ("crossed", "they are not aligned"), ("none", "holds no task sequence"),
            ("entities", "policy 1 of the site"),
            ("open", "policy 1 of the site"), ("twice", "twice"),
        ])
    func refused(form: String, words: String) throws {
        let site = try site(form)
        let result = try session.run(named("x.iso", site))
        #expect(result.status == 65 && result.failure.contains(words), "\(result.errorText)")
        #expect(result.failure.contains("--policies own"), "\(result.errorText)")
        #expect(try session.outputs().isEmpty)
        let fetched = try session.run(
            ["site", "policies", DemoSite.taskSequence, "--output", "x"] + site.options)
        #expect(fetched.status == 65, "\(fetched.errorText)")
    }

    @Test("a task sequence that is called brings its policy, behind that of the one that runs")
    func called() throws {
        func sequence(_ name: String, _ steps: String) throws -> String {
            try session.work.write(SequenceFixture.sequence(steps).utf8, to: "\(name).xml").string
        }
        let main = try sequence(
            "main", SequenceFixture.step("Run", "PackageID", DemoSite.toolsPackage) + SequenceFixture.child("ABC00052"))
        let child = try sequence("child", SequenceFixture.step("Run", "PackageID", DemoSite.clientPackage))
        let site = try AdminServiceServer(
            ["--sequence", "ABC00051=Outer=\(main)", "--sequence", "ABC00052=Inner=\(child)", "--policies", "plain"],
            in: session.work)
        try session.succeed(
            create("media", ["--task-sequence", "Outer", "--boot-image", DemoSite.bootImage] + site.options))
        let said = try Program.succeed(
            "python3", ["-c", Self.reader], input: Array(try policies("media").utf8)
        ).output.split(separator: "\n")
        let order = said.filter { $0.hasPrefix("PKG_PackageID ") }.map { String($0.dropFirst("PKG_PackageID ".count)) }
        // The package of a policy that came with both is there once.
        #expect(order == ["ABC00051", DemoSite.toolsPackage, "ABC00052"], "\(said)")
        #expect(said.count { $0 == "steps 1 True" } == 2, "\(said)")
    }

    @Test("an update does not lose them unsaid: their file keeps them, and --drop lets go of them")
    func update() throws {
        let site = try site("plain")
        try session.succeed(["site", "policies", DemoSite.taskSequence, "--output", "ts.policies"] + site.options)
        try session.succeed(["sequence", "fetch", DemoSite.taskSequence, "--output", "ts.zip"] + site.options)
        let policies = ["--policies", "ts.policies"]
        try session.succeed(create("drive.img", ["--task-sequence", "ts.zip"] + policies))
        // The account of the site is in it, and no password is.
        let mode = try Stat(session.folder.appending("drive.img")).permissions
        #expect(mode.isDisjoint(with: [.groupRead, .otherRead]))
        let update = [
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", "ts.zip",
        ]
        let refused = try session.run(update)
        #expect(
            refused.status == 77 && refused.failure.contains("the policies of its site (kept with --policies)"),
            "\(refused.errorText)")
        let before = try session.bytes("drive.img")
        try session.succeed(update + policies)
        #expect(try session.bytes("drive.img") == before)
        try session.succeed(update + ["--policies", "own"])
        try session.succeed(update + policies)
        try session.succeed(update + ["--drop", "policies"])
        // Our own have nothing to lose.
        try session.succeed(update)
    }

    @Test(
        "a site without the method: our own policies and a warning; asked for in so many words, an error"
    )
    func missing() throws {
        let site = try site("missing")
        let made = try session.succeed(named("media", site))
        #expect(
            made.errorText.contains("does not hand over policies for stand-alone media"),
            "\(made.errorText)")
        #expect(try policies("media").contains("PRG_ProgramID") == false)
        let asked = try session.run(named("x.iso", site, ["--policies", "site"]))
        #expect(asked.status == 66 && asked.failure.contains("--policies own"), "\(asked.errorText)")
        let command = try session.run(["site", "policies", DemoSite.taskSequence] + site.options)
        #expect(command.status == 66, "\(command.errorText)")
    }

    @Test(
        "faults of the site end with its words and the object named",
        arguments: [
            ("status:403@GetTs", 77, "may not be called by this user (403)"),
            ("status:400@GetTs", 65, "The provider says no."),
            ("status:403@GetClient", 77, "GetClientConfigPolicies"),
            ("body:/dev/null@GetTs", 65, "without a ReturnValue"),
        ] as [(String, Int32, String)])
    func faults(fault: String, status: Int32, words: String) throws {
        let site = try site("plain", faults: [fault])
        let result = try session.run(named("x.iso", site))
        #expect(try site.requests().contains { $0.hasPrefix("POST ") })
        #expect(result.status == status && result.failure.contains(words), "\(result.errorText)")
        #expect(try session.outputs().isEmpty)
    }

    @Test("an answer without an end is not read to its end")
    func endless() throws {
        let file = session.work.appending("large").string
        try Program.succeed("truncate", ["-s", "70M", file])
        let site = try site("plain", faults: ["body:\(file)@GetTs"])
        let result = try session.run(named("x.iso", site))
        #expect(try site.requests().contains { $0.hasPrefix("POST ") })
        #expect(
            result.status == 65 && result.failure.contains("GetTsPoliciesSaMedia"), "\(result.errorText)")
    }

    @Test(
        "what contradicts itself is refused: no site, a task sequence of a file, a file of other policies"
    )
    func contradictions() throws {
        let site = try site("plain")
        try session.succeed(
            ["sequence", "fetch", DemoSite.taskSequence, "--output", "ts.zip"] + site.options)
        let none = try session.run(
            create("x.iso", ["--task-sequence", "ts.zip", "--policies", "site"]))
        #expect(none.status == 64 && none.failure.contains("add --site"), "\(none.errorText)")
        let file = try session.run(
            create("x.iso", ["--task-sequence", "ts.zip", "--policies", "site"] + site.options))
        #expect(file.status == 64 && file.failure.contains("this one is a file"), "\(file.errorText)")
        let wrong = try session.work.write("<MediaPolicies><x/></MediaPolicies>".utf8, to: "wrong")
            .string
        let bad = try session.run(create("x.iso", ["--task-sequence", "ts.zip", "--policies", wrong]))
        #expect(bad.status == 65 && bad.failure.contains("which is no policy"), "\(bad.errorText)")
        let gone = try session.run(
            create("x.iso", ["--task-sequence", "ts.zip", "--policies", "gone"]))
        #expect(gone.status == 66, "\(gone.errorText)")
    }

    /// Runs the command after the secrets, and looks until it ends into the arguments and the environment of it and of all that
    /// it starts; prints how many looks there were and what had a secret.
    private static let watcher = """
        import os, subprocess, sys, time
        secrets, command = sys.argv[1].encode().split(b','), sys.argv[2:]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        def parent(pid):
            try: return int(open('/proc/%d/stat' % pid).read().rsplit(')', 1)[1].split()[1])
            except (OSError, IndexError): return 0
        def ours(pid):
            while pid > 1 and pid != run.pid: pid = parent(pid)
            return pid == run.pid
        looks, found = 0, set()
        while run.poll() is None:
            for name in os.listdir('/proc'):
                if not name.isdigit() or not ours(int(name)): continue
                for part in ('cmdline', 'environ'):
                    try: data = open('/proc/%s/%s' % (name, part), 'rb').read()
                    except OSError: continue
                    looks += 1
                    found |= {part for secret in secrets if secret in data}
            time.sleep(0.01)
        print(run.returncode, looks > 50, sorted(found))
        """

    @Test("tokens and passwords are in no process list while a site and a distribution point are asked")
    func processes() throws {
        let site = try AdminServiceServer(
            [
                "--sequence", "\(DemoSite.taskSequence)=\(DemoSite.taskSequenceName)=\(session.demo.taskSequence)",
                "--authentication", "bearer", "--user", "t0kenS3cret",
            ], faults: ["slow:1@GetTs"], in: session.work)
        let point = try DistributionPointServer(
            library: session.demo.library, ["--authentication", "ntlm", "--user", "user:dpS3cret"], in: session.work)
        let token = try session.work.write("t0kenS3cret\n".utf8, to: "token").string
        let password = try session.work.write("mediaS3cret\n".utf8, to: "password").string
        let credentials = try session.work.write("127.0.0.1 user dpS3cret\n".utf8, to: "credentials").string
        try Program.succeed("chmod", ["600", token, password, credentials])
        let output = session.folder.appending("watched.iso").string
        let result = try Program.succeed(
            "python3",
            [
                "-c", Self.watcher, "t0kenS3cret,dpS3cret,mediaS3cret,\(Self.password)",
                try BuiltProgram.tsmedia.string, "create", "standalone", "--task-sequence", DemoSite.taskSequence,
                "--output", output, "--distribution-point", point.location, "--store", session.store.string,
                "--credentials", credentials, "--site-token-file", token, "--password-file", password,
            ] + site.options)
        #expect(result.output == "0 True []\n", "\(result.output)")
        #expect(try site.requests().contains { $0.hasPrefix("POST ") })
        #expect(!point.location.isEmpty)
    }
}
