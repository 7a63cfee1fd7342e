// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Runs every command that reports, so that each of its documents has something to say.
final class ReportCollection {
    let session: CommandSession
    private static let validity = ["--media-start-date", "2020-01-01", "--media-expiration-date", "2098-12-31"]
    /// What was printed.
    private(set) var documents: [ReportDocument] = []

    init() throws {
        session = try CommandSession(ownLibrary: true)
        // What is verified is remembered, so that there is a store.
        Settling.wait()
        try media()
        try prestaged()
        try drives()
        try sequences()
        try bootImages()
        try library()
        try site()
        try ledger()
        try builds()
        try trials()
    }

    /// Runs `arguments` with `--json`, which must end with `status` and print a document of `schema`.
    func report(_ schema: String, _ arguments: [String], status: Int32 = 0) throws {
        let result = try session.run(arguments + ["--json"])
        #expect(result.status == status, "\(arguments): \(result.errorText)")
        let groups = ["create", "bootimage", "content", "store", "sequence", "site", "ledger", "report"]
        let command = arguments.prefix(groups.contains(arguments[0]) ? 2 : 1).joined(separator: " ")
        documents.append(ReportDocument(command: command, schema: schema, text: result.output))
    }

    /// Tries media in a machine that a script stands for.
    private func trials() throws {
        let script = """
            begin(); serial("Windows is up\\r\\n")
            step(1, "Format"); report("progress", percent=10, text="x"); time.sleep(0.6)
            report("progress", percent=90, text="x")
            report("log", line="a line")
            report("problem", isError=False, step="Format", text="it is slow", nextStep="wait"); end("succeeded", "done")
            """
        let emulator = try FakeEmulator(script)
        let result = try session.run(
            [
                "try", "boot.iso", "--wait-for", "Windows is up", "--copy-out", "smsts.log=smsts.log", "--screenshot",
                "end.png",
                "--keep", "tried.img", "--json",
            ], environment: emulator.environment)
        #expect(result.status == 0, "\(result.errorText)")
        documents.append(ReportDocument(command: "try", schema: "try", text: result.output))
        for line in result.errorText.split(separator: "\n") {
            documents.append(ReportDocument(command: nil, schema: "progress", text: String(line)))
        }
    }

    /// Writes finished media: as a plan, to a drive, and to one that fails.
    private func written() throws {
        try session.create(.capture, "finished.iso")
        let full = session.work.appending("full")
        try TestFolder.makeFolder(full)
        try Program.succeed("mount", ["-t", "tmpfs", "-o", "size=4M", "none", full.string])
        defer { _ = try? Program.run("umount", ["--lazy", full.string]) }
        let drives = [
            try LoopDevice(in: session.work, name: "finished"), try LoopDevice(in: session.work, name: "full/failing"),
        ]
        let arguments = WriteTests.arguments(["finished.iso"], drives)
        try report("write", arguments + ["--dry-run"])
        try report("write", arguments, status: 73)
        try report("create", session.arguments(.capture, "packed.img.zst", ["--bmap"]))
    }

    // MARK: Media

    private func media() throws {
        let root = try CertificateAuthority(in: session.work).root
        try report(
            "create", session.arguments(.bootable, "boot.iso", ["--self-signed-certificate", "--root-ca", root]))
        try report("create", session.arguments(.capture, "capture.iso", ["--dry-run"]))
        try report("create", session.arguments(.standalone, "set.iso", ["--media-size", "9500000"]))
        try report("create", session.arguments(.standalone, "drive.img", ["--media-size", "100000000"]))
        try report("update", update("drive.img"))
        let watched = try session.run(
            session.arguments(.standalone, "tree", ["--progress", "json", "--rehash"] + Self.validity))
        let failed = try session.run(["inspect", "gone", "--progress", "json"])
        let refused = try session.run(["create", "capture", "--output", "x.iso", "--progress", "json"])
        for line in (watched.errorText + failed.errorText + refused.errorText).split(separator: "\n") {
            documents.append(ReportDocument(command: nil, schema: "progress", text: String(line)))
        }
        let manifest = String(decoding: try session.bytes("tree/SMS/data/MediaManifest.json"), as: UTF8.self)
        documents.append(ReportDocument(command: nil, schema: "media-manifest", text: manifest))
        for name in ["boot.iso", "tree"] { try report("inspect", ["inspect", name]) }
        let revoked = try LoaderCommandTests.list(of: ["tree/EFI/Boot/bootx64.efi"], in: session)
        try report("inspect", ["inspect", "tree", "--dbx", revoked])
        try report("verify", ["verify", "tree", "--dbx", revoked], status: 65)
        try report("burn", ["burn", "boot.iso", "--drive", "stdio:disc"])
        try report("burn", ["burn", "set1.iso", "--drive", "stdio:set-disc", "--simulate"])
        try report("burn-list", ["burn", "--list"])
        let password = try session.work.write("secret\n".utf8, to: "password").string
        try session.create(.bootable, "sealed", ["--password-file", password])
        try report("inspect-set", ["inspect", "set1.iso", "boot.iso", "sealed", "gone.iso"], status: 66)
        try report("verify", ["verify", "boot.iso"])
        try signatures()
        try session.work.write("x".utf8, to: "odd/a.txt")
        try session.addContent(session.work.appending("odd"), "ABC00078", version: 1)
        let folder = "\(session.library)/DataLib/ABC00078.1"
        try Program.succeed("mv", ["\(folder)/a.txt.INI", "\(folder)/aux.txt.INI"])
        try session.create(.standalone, "odd", ["--package", "ABC00078", "--skip", "aux.txt"])
        try report("inspect", ["inspect", "odd"])
        let kept = String(decoding: try session.bytes("odd/SMS/data/MediaManifest.json"), as: UTF8.self)
        documents.append(ReportDocument(command: nil, schema: "media-manifest", text: kept))
        let guid = ["--force", "--media-guid", "{11111111-2222-3333-4444-555555555555}"]
        try session.create(.bootable, "one.iso", guid)
        try session.create(.capture, "other.iso", guid)
        try report("inspect-set", ["inspect", "one.iso", "other.iso"])
        try report("verify-set", ["verify", "set1.iso", "one.iso", "other.iso", "gone.iso"], status: 65)
        // A drive that no BIOS starts any more.
        try CommandSession.flipBit(of: session.folder.appending("drive.img"), at: 0)
        try report("verify", ["verify", "drive.img"], status: 65)
        try extractions()
        let against = ["--against", session.library.string]
        try report("verify-against", ["verify", "tree"] + against)
        try session.work.write("new".utf8, to: "tools/Setup.cmd")
        try session.addContent(session.work.appending("tools"), DemoSite.toolsPackage, version: 9)
        try report("verify-against", ["verify", "tree"] + against, status: 65)
        try report("store-show", ["store", "show", "--store", session.store.string])
        try report("store-verify", ["store", "verify", "--store", session.store.string])
        try report("store-prune", ["store", "prune", "--store", session.store.string])
    }

    /// Files out of media: whole, damaged, with links, and genuine media with a split image.
    private func extractions() throws {
        try report("extract", ["extract", "boot.iso", "--output", "files"])
        let tree = session.folder.appending("files")
        try Program.succeed("ln", ["-s", "bootmgr", tree.appending("link").string])
        try report("extract", ["extract", "files", "bootmgr", "link", "--output", "linked"])
        try report("extract-list", ["extract", "files", "--list"])
        try report("extract-list", ["extract", "boot.iso", "--list"])
        try CommandSession.flipBit(of: tree.appending("bootmgr"), at: 0)
        try report("extract", ["extract", "files", "--output", "damaged"], status: 65)
        let manifest = tree.appending("SMS/data/MediaManifest.json")
        try TestFolder.write("{".utf8, to: manifest)
        try report("extract", ["extract", "files", "bootmgr", "--output", "unchecked"])
        try Folder.removeFile(manifest)
        // A volume that ends inside a file.
        try Program.succeed("truncate", ["--size=20M", "cut.img"], in: session.folder)
        try Program.succeed("mkfs.fat", ["-F", "16", "cut.img"], in: session.folder)
        try Program.succeed("truncate", ["--size=12M", "content"], in: session.work.path)
        try Program.succeed(
            "mcopy", ["-i", "cut.img", session.work.appending("content").string, "::/"], in: session.folder)
        try Program.succeed("truncate", ["--size=6M", "cut.img"], in: session.folder)
        try report("extract", ["extract", "cut.img", "--output", "lost"], status: 65)
        // The header of a part is all that is looked at.
        var part = Array("MSWIM\0\0\0".utf8) + [UInt8](repeating: 0, count: 200)
        (part[40], part[42]) = (1, 3)
        try session.work.write(part, to: "part.swm")
        try Program.succeed("cp", [session.work.appending("part.swm").string, tree.appending("SMS").string])
        try report("inspect", ["inspect", "files"])
    }

    private func update(_ media: String) -> [String] {
        [
            "update", media, "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string,
        ]
    }

    private func prestaged() throws {
        let options = ["--compression", "none"]
        try report("create", session.prestaged("OEM.wim", options + ["--comment", "c", "--created-by", "x"]))
        try report("create", session.prestaged("next.swm", options + ["--base", "OEM.wim", "--split", "4MB"]))
        try report("create", session.extractedDisk())
        try report("inspect", ["inspect", "disk.img"])
        let onDisk = try Program.succeed(
            "mtype", ["-i", "\(session.folder)/disk.img@@1M", "::SMS/data/MediaManifest.json"])
        documents.append(ReportDocument(command: nil, schema: "media-manifest", text: onDisk.output))
        let told = options + ["--comment", "c", "--created-by", "x", "--version", "2"]
        try report("create", session.extracted("told.wim", told))
        try report("inspect", ["inspect", "told.wim"])
        let manifest = try Program.succeed(
            "wimlib-imagex",
            ["extract", "\(session.folder)/told.wim", "1", "/SMS/data/MediaManifest.json", "--to-stdout"])
        documents.append(ReportDocument(command: nil, schema: "media-manifest", text: manifest.output))
        // Of two models the second has damaged content.
        let file = try #require(
            session.demo.contents(of: DemoSite.driverPackage).flatMap(\.files).first {
                $0.key.description.hasSuffix(".sys")
            })
        let stored = try session.libraryFile(file.key.description, of: DemoSite.driverPackage)
        try CommandSession.flipBit(of: stored, at: 0)
        try TestFolder.makeFolder(session.folder.appending("fleet"))
        let models = "name,driverPackages\nA,\nB,\nC,\(DemoSite.driverPackage)\n"
        let list = try session.work.write(models.utf8, to: "models.csv").string
        try report("create-fleet", fleet(list, options + ["--self-signed-certificate"]), status: 65)
        try CommandSession.flipBit(of: stored, at: 0)
        try report("create-fleet", fleet(list, options + ["--force", "--dry-run"]))
    }

    private func fleet(_ list: String, _ more: [String]) -> [String] {
        [
            "create", "prestaged", "--distribution-point", session.library.string, "--store", session.store.string,
            "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
            "--management-point", "http://mp.example.com", "--output", "fleet", "--base", "OEM.wim",
            "--rehash", "--fleet", list,
        ] + more
    }

    private func drives() throws {
        try report("devices", ["devices"])
        try report("devices", ["devices", "/dev/null"], status: 77)
        guard LoopDevice.isPossible else { return }
        try written()
        let loop = try LoopDevice(prepare: LoopDevice.makeExt4)
        let name = loop.node.string
        let request = session.arguments(.standalone).replacing("--output", by: "--usb").replacing("media.iso", by: name)
        let consent = ["--allow-fixed-disk", "--confirm", name]
        try report("create", request + ["--dry-run", "--force"] + consent)
        let divided = try LoopDevice(on: session.folder.appending("drive.img"))
        _ = try divided.addPartition()
        try report("devices", ["devices", name, divided.node.string])
    }

    private func site() throws {
        let sequence = try session.work.write(SequenceFixture.sequence().utf8, to: "site-sequence.xml")
        let server = try AdminServiceServer(["--sequence", "ABC00051=Windows=\(sequence)"], in: session.work)
        let lists = [
            ("site-show", "show"), ("site-task-sequences", "task-sequences"), ("site-boot-images", "boot-images"),
            ("site-packages", "packages"), ("site-packages", "driver-packages"),
            ("site-packages", "operating-system-images"), ("site-applications", "applications"),
            ("site-distribution-points", "distribution-points"), ("site-management-points", "management-points"),
            ("site-certificates", "certificates"),
        ]
        // Something of the site that a plan says the origin of.
        try report(
            "create",
            ["create", "capture", "--boot-image", "Boot image (x64)", "--output", "site.iso", "--dry-run"]
                + ["--distribution-point", session.library.string, "--store", session.store.string] + server.options)
        for (schema, command) in lists { try report(schema, ["site", command] + server.options) }
        try report("site-register", ["site", "register", "boot.iso"] + server.options)
        let known = ["0123456789ABCDEF0123456789ABCDEF01234567"] + server.options
        for command in ["block", "unblock"] { try report("site-block", ["site", command] + known) }
        let refusing = try AdminServiceServer(faults: ["status:403@Submit"], in: session.work)
        try report("site-register", ["site", "register", "boot.iso"] + refusing.options, status: 77)
        let told = ["--self-signed-certificate", "--register-certificate"] + refusing.options
        try report("create", session.arguments(.bootable, "told.iso", told), status: 77)
        let list = try session.work.write("name\nA\n".utf8, to: "told.csv").string
        try report("create-fleet", fleet(list, ["--compression", "none", "--force"] + told), status: 77)
    }

    /// What was made before, some of it with a certificate or a task sequence, on files and perhaps on drives.
    private func ledger() throws {
        let store = ["--store", session.store.string]
        try report("ledger-list", ["ledger", "list"] + store)
        try report(
            "ledger-list", ["ledger", "list", "--outdated", "--against", session.library.string] + store)
        let all = try JSONValue(parsing: try session.succeed(["ledger", "list", "--json"] + store).output)
        for entry in all.entries.elements {
            guard let guid = entry.media.mediaGuid.text else { continue }
            try report("ledger-show", ["ledger", "show", guid] + store)
        }
        let guid = try #require(all.entries.elements.first?.media.mediaGuid.text)
        try report("ledger-forget", ["ledger", "forget", guid] + store)
    }

    private func bootImages() throws {
        let image = try DriverFixture.bootImage(in: session.work).string
        let list = try session.work.write((DriverFixture.laptop + "ACPI\\PNP0C02\\1\n").utf8, to: "laptop.txt").string
        let source = session.work.appending("vmd")
        try TestFolder.write(
            DriverFixture.inf("SCSIAdapter", "PCI\\VEN_8086&DEV_9A0B").utf8, to: source.appending("vmd.inf"))
        let own = session.work.appending("drivers").string
        try session.succeed(["content", "add", "--create", source.string, "--package-id", "ABC00042", "--library", own])
        let show = ["bootimage", "show"]
        try report(
            "bootimage-show",
            show + [image, "--for-hardware", list, "--driver-package", "ABC00042", "--library", own])
        try report("bootimage-show", show + [DemoSite.bootImage, "--library", session.library.string])
        let packages = session.work.appending("packages")
        try TestFolder.makeFolder(packages)
        try PackageFixture.bootImagePackages(in: packages)
        let build = [
            "bootimage", "build", "--output", "open.wim", "--packages", packages.string, "--engine", "/bin/true",
        ]
        try report("bootimage-build", build + ["--dry-run"])
        try report("bootimage-build", build + ["--keyboard", "de"])
        try report("bootimage-show", show + ["open.wim"])
        try session.create(.capture, "open.iso", ["--boot-image", "open.wim"])
        try report("inspect", ["inspect", "open.iso"])
        try report("bootimage-build", build + ["--force", "--hardware", "virtual"])
        try report("bootimage-show", show + ["open.wim"])
        try session.create(.capture, "open.iso", ["--boot-image", "open.wim", "--force"])
        try report("inspect", ["inspect", "open.iso"])
    }

    // MARK: Task sequences

    /// A sequence with a condition, a time limit, a secret, a global variable and a script in Base64.
    private static func sequence(_ step: String, _ script: String) -> String {
        """
        <sequence version="3.10"><globalVarList><variable name="V">1</variable></globalVarList><group name="G" \
        description=""><condition><expression type="SMS_TaskSequence_VariableConditionExpression"><variable \
        name="Operator">equals</variable><variable name="Value">false</variable><variable name="Variable">_SMSTSInWinPE\
        </variable></expression></condition><step type="SMS_TaskSequence_RunCommandLineAction" name="\(step)" \
        description="" timeout="900" runIn="WinPE" successCodeList="0 3010" retryCount="0" runFromNet="false"><action>\
        net use /user:x s3cret /password:s3cret</action><defaultVarList></defaultVarList></step><step \
        type="SMS_TaskSequence_RunPowerShellScriptAction" name="S" description="" runIn="FullOS" successCodeList="0" \
        retryCount="0" runFromNet="false"><action>x.exe</action><defaultVarList><variable name="OSDSourceScript" \
        property="SourceScript">\(script)</variable></defaultVarList></step></group></sequence>
        """
    }

    private func sequences() throws {
        let export = session.demo.taskSequenceExport.string
        let old = try session.work.write(
            Self.sequence(
                "Run", "//5XAHIAaQB0AGUALQBIAG8AcwB0ACAAbwBuAGUADQAKAGUAeABpAHQAIAAwAA0ACgA="
            ).utf8, to: "old.xml"
        ).string
        let new = try session.work.write(
            Self.sequence(
                "Ran", "//5XAHIAaQB0AGUALQBIAG8AcwB0ACAAdAB3AG8ADQAKAGUAeABpAHQAIAAwAA0ACgA="
            ).utf8, to: "new.xml"
        ).string
        for file in [export, old] { try report("sequence-show", ["sequence", "show", file]) }
        try report("sequence-diff", ["sequence", "diff", old, new])
        try report("sequence-diff", ["sequence", "diff", export, export])
        try report("sequence-lint", ["sequence", "lint", export, "--for", "capture"], status: 65)
        try report("sequence-lint", ["sequence", "lint", old])
        try report("sequence-format", ["sequence", "format", "--check", export])
        try report("sequence-format", ["sequence", "format", "--check", "--layout", "indented", old], status: 65)
        let catalog = try session.work.write(
            """
            packages: [{id: \(DemoSite.toolsPackage), name: Tools, version: "2", contents: [\(DemoSite.toolsPackage).99]}]
            applications:
              - {name: Suite, modelName: M/1, packageId: \(DemoSite.applicationPackage), dependencies: [Base]}
              - {name: Base, modelName: M/2, packageId: \(DemoSite.bootImage)}
            """.utf8, to: "site.yaml")
        let places = ["--distribution-point", session.library.string]
        try report("sequence-references", ["sequence", "references", export])
        try report(
            "sequence-references",
            ["sequence", "references", export, "--catalog", catalog.string, "--application", "Suite"]
                + ["--include-application-dependencies"] + places, status: 66)
        // A written list that is not what the steps need, and a child that is not there.
        let object = SequenceFixture.object(
            DemoSite.taskSequence,
            "<sequence version=\"3.10\"><referenceList><reference package=\"ABC00099\"></reference></referenceList>"
                + SequenceFixture.step("S", "PackageID", DemoSite.toolsPackage) + SequenceFixture.child("ABC00077")
                + "</sequence>")
        let differing = try session.work.write(object.utf8, to: "differing/object.xml").string
        try report("sequence-references", ["sequence", "references", differing] + places, status: 66)
    }

    // MARK: Content

    private func library() throws {
        let own = ["--library", session.work.appending("own").string]
        let source = session.work.appending("source")
        try TestFolder.write("one".utf8, to: source.appending("folder/a.txt"))
        for id in ["ABC00001", "ABC00002"] {
            try report("content-add", ["content", "add", "--create", source.string, "--package-id", id] + own)
            try TestFolder.write(id.utf8, to: source.appending("b.txt"))
        }
        try report("content-list", ["content", "list"] + own)
        try report("content-list", ["content", "list", "--library", session.library.string])
        for id in ["ABC00002", "ABC00002.1"] { try report("content-show", ["content", "show", id] + own) }
        try report("content-verify", ["content", "verify"] + own)
        // A stale distribution point is a warning, and an application has no version.
        let other = session.work.appending("other").string
        try session.succeed(
            [
                "content", "add", "--create", source.string, "--package-id", "ABC00002", "--version", "2", "--library",
                other,
            ])
        let points = [own[1], other, session.library.string].flatMap { ["--distribution-point", $0] }
        try report(
            "content-fetch",
            ["content", "fetch", "ABC00002", DemoSite.applicationPackage, "--store", session.store.string] + points)
        // Slow enough for a large file to take more than a quarter of a second, after which progress is told.
        let server = try DistributionPointServer(
            library: session.library, ["--fault", "trickle:100000"], in: session.work)
        let served = ["--distribution-point", server.location, "--store", session.work.appending("served").string]
        try report(
            "content-fetch",
            ["content", "fetch", DemoSite.toolsPackage, "--to", session.work.appending("carried").string] + served)
        try report("create", session.arguments(.bootable, "x.iso", ["--dry-run"] + served.prefix(2)))
        let slow = try session.succeed(["content", "fetch", DemoSite.bootImage, "--progress", "json"] + served)
        for line in slow.errorText.split(separator: "\n") {
            documents.append(ReportDocument(command: nil, schema: "progress", text: String(line)))
        }
        try report("content-remove", ["content", "remove", "ABC00001"] + own)
        let file = try session.libraryFile("Setup.cmd", of: DemoSite.toolsPackage)
        try CommandSession.flipBit(of: file, at: 0)
        try report("content-verify", ["content", "verify", "--library", session.library.string], status: 65)
    }
}
