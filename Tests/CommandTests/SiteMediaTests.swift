// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Media that is made with nothing typed but names, against the fixture's site and a distribution point of the demo.
@Suite("Media from a site")
struct SiteMediaTests {
    private let session: CommandSession
    private let point: DistributionPointServer
    private let site: AdminServiceServer

    init() throws {
        session = try CommandSession()
        point = try DistributionPointServer(library: session.demo.library, in: session.work)
        site = try AdminServiceServer(
            [
                "--sequence", "\(DemoSite.taskSequence)=\(DemoSite.taskSequenceName)=\(session.demo.taskSequence)",
                "--distribution-point", "127.0.0.1:\(point.port)", "--distribution-point", "dp2.example.com",
            ], in: session.work)
    }

    /// Makes media from the site, and by hand; both must have the same bytes.
    private func compare(_ kind: String, _ ending: String, named: [String], byHand: [String]) throws {
        let common = ["create", kind, "--store", session.store.string]
        try session.succeed(common + named + ["--output", "named.\(ending)"] + site.options)
        try session.succeed(
            common + byHand + ["--output", "hand.\(ending)", "--distribution-point", point.location])
        #expect(try session.bytes("named.\(ending)") == session.bytes("hand.\(ending)"))
    }

    @Test("stand-alone media by the name of a task sequence is what its export and the site's catalog make")
    func standalone() throws {
        try session.succeed(["site", "catalog", "--output", "site.yaml"] + site.options)
        let name = DemoSite.taskSequenceName.uppercased()
        try session.succeed(["sequence", "fetch", name, "--output", "ts.zip"] + site.options)
        try session.succeed(["site", "policies", name, "--output", "ts.policies"] + site.options)
        let further = ["--application", "Runtime", "--include-application-dependencies"]
        // What no distribution point has is told as ever.
        let missing = try session.run(
            ["create", "standalone", "--task-sequence", name, "--output", "x.iso", "--store", session.store.string]
                + further + site.options)
        #expect(missing.status == 66 && missing.failure.contains("ABC00032"), "\(missing.errorText)")
        try compare(
            "standalone", "iso",
            named: ["--task-sequence", name, "--application", "demo reader", "--driver-package", "drivers of model 7"],
            byHand: [
                "--task-sequence", "ts.zip", "--catalog", "site.yaml", "--application", DemoSite.applicationPackage,
                "--driver-package", DemoSite.driverPackage, "--policies", "ts.policies",
            ])
        let asked = try site.requests().filter { $0.contains("SMS_Application(") }
        // The catalog asks for every application; media for those that it needs.
        #expect(asked.count < 16, "\(asked)")
    }

    @Test("bootable and prestaged media take the boot image, the image, the site and its management points by name")
    func bootable() throws {
        let byHand = [
            "--boot-image", DemoSite.bootImage, "--site-code", "ABC", "--management-point", "http://mp1.example.com",
            "--management-point", "http://mp2.example.com",
        ]
        try compare("bootable", "iso", named: ["--boot-image", "boot image (X64)"], byHand: byHand)
        try compare(
            "prestaged", "wim",
            named: [
                "--boot-image", DemoSite.bootImage, "--operating-system-image", "Windows 11 Enterprise",
                "--compression",
                "none",
            ],
            byHand: byHand + ["--operating-system-image", DemoSite.operatingSystemImage, "--compression", "none"])
    }

    @Test("the plan says of each value where it came from, and what is given counts more than what the site says")
    func origins() throws {
        let request =
            ["create", "bootable", "--boot-image", "Boot image (x64)", "--site-code", "XYZ", "--output", "x.iso"]
            + ["--store", session.store.string, "--dry-run"] + site.options
        let plan = try JSONValue(parsing: try session.succeed(request + ["--json"]).output)
        let origins = plan.origins.elements.map { "\($0["field"].text ?? "") \($0["value"].text ?? "")" }
        #expect(
            origins == [
                "site-code XYZ", "management-point http://mp1.example.com", "management-point http://mp2.example.com",
                "boot-image ABC00005", "distribution-point \(point.location)",
            ])
        #expect(plan.origins.elements[0]["source"].text == "the request")
        #expect(plan.origins.elements[3]["source"].text == "the site 127.0.0.1")
        let text = try session.succeed(request).output
        #expect(text.contains("--boot-image ABC00005"), "\(text)")
        let given = try session.succeed(
            request + ["--json", "--distribution-point", session.library.string, "--management-point", "http://mp"])
        let values = try JSONValue(parsing: given.output).origins.elements.compactMap { $0["value"].text }
        #expect(values == ["XYZ", "http://mp", "ABC00005"])
        #expect(try session.outputs().isEmpty)
    }

    @Test("media for https is refused at a central administration site, and http is not")
    func central() throws {
        let central = try AdminServiceServer(
            ["--central", "--distribution-point", "127.0.0.1:\(point.port)"], in: session.work)
        func create(_ point: [String]) throws -> ProgramResult {
            try session.run(
                ["create", "bootable", "--boot-image", DemoSite.bootImage, "--output", "x.iso", "--dry-run"]
                    + ["--store", session.store.string] + point + central.options)
        }
        let secure = try create(["--management-point", "https://mp.example.com"])
        #expect(
            secure.status == 64 && secure.failure.contains("the site ABC is a central administration site"),
            "\(secure.errorText)")
        #expect(try create(["--management-point", "http://mp.example.com"]).status == 0)
        let none = try create([])
        #expect(none.status == 66 && none.failure.contains("has no management point"), "\(none.errorText)")
        // A primary site has the root.
        let primary = try session.run(
            ["create", "bootable", "--boot-image", DemoSite.bootImage, "--output", "x.iso", "--dry-run"]
                + ["--store", session.store.string, "--management-point", "https://mp.example.com"] + site.options)
        #expect(primary.status == 0, "\(primary.errorText)")
    }

    @Test("a fleet finds its distribution points at the site, and registers a certificate for each model")
    func fleet() throws {
        try TestFolder.makeFolder(session.folder.appending("fleet"))
        // Names as well as IDs, and a task sequence of the site.
        let list = try session.work.write(
            """
            name,packages,driverPackages,applications,taskSequence,bootImage
            A,,,,,
            B,tools,Drivers of Model 7,Demo Reader,\(DemoSite.taskSequenceName),Boot image (x64)

            """.utf8, to: "models.csv")
        let made = try session.succeed(
            [
                "create", "prestaged", "--boot-image", "Boot image (x64)", "--operating-system-image",
                "Windows 11 Enterprise", "--compression", "none", "--fleet", list.string, "--output", "fleet",
                "--store",
                session.store.string, "--self-signed-certificate", "--register-certificate", "--json",
            ] + site.options)
        let models = try JSONValue(parsing: made.output).models.elements
        #expect(models.map { $0.status.text } == ["written", "written"], "\(made.output)")
        #expect(models.map { $0.registration.status.text } == ["registered", "registered"])
        #expect(models.map { $0.registration.thumbprint.text } == models.map { $0.thumbprint.text })
        #expect(try site.calls().count == 2)
        try session.succeed(["inspect", "fleet/B.wim"])
        let contents = try session.inspect("fleet/B.wim").contents.elements.compactMap {
            $0.packageId.text ?? $0.id.text
        }
        for id in [DemoSite.toolsPackage, DemoSite.driverPackage] {
            #expect(contents.contains(id), "\(contents)")
        }
        let unknown = try session.work.write("name,packages\nA,Gone\n".utf8, to: "gone.csv")
        let gone = try session.run(
            [
                "create", "prestaged", "--boot-image", "Boot image (x64)", "--operating-system-image",
                "Windows 11 Enterprise", "--fleet", unknown.string, "--output", "fleet", "--store",
                session.store.string,
            ] + site.options)
        #expect(gone.status == 66, "\(gone.errorText)")
        #expect(gone.failure.contains("gone.csv:2 (model A): package Gone is not on the site"), "\(gone.errorText)")
        // The list of those that are known is read once.
        #expect(try site.requests().count { $0.contains("SMS_Certificate?") } == 1)
    }

    @Test("names that the site does not have, or several have, end with the choices")
    func names() throws {
        func failure(_ kind: String, _ options: [String]) throws -> ProgramResult {
            try session.run(
                ["create", kind, "--output", "x.iso", "--store", session.store.string] + options + site.options)
        }
        let boot = try failure("capture", ["--boot-image", "Gone"])
        #expect(boot.status == 66 && boot.failure.contains("boot image Gone is not on the site"), "\(boot.errorText)")
        let sequence = try failure("standalone", ["--task-sequence", "Gone"])
        #expect(sequence.status == 66 && sequence.failure.contains("task sequence Gone"), "\(sequence.errorText)")
        let application = try failure(
            "standalone", ["--task-sequence", DemoSite.taskSequence, "--application", "Gone"])
        #expect(application.status == 66 && application.failure.contains("'Gone'"), "\(application.errorText)")
        let offline = try failure("capture", ["--boot-image", DemoSite.bootImage, "--offline"])
        #expect(offline.status == 64 && offline.failure.contains("--offline asks no server"), "\(offline.errorText)")
        #expect(try session.outputs().isEmpty)
    }
}
