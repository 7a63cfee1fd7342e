// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `update` asks for what the media was made with again.
@Suite("Updates that remember")
struct UpdateMemoryTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func update(_ options: [String] = []) throws -> [String] {
        [
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
        ] + options
    }

    private func variables(_ options: [String] = []) throws -> [String: String] {
        let report = try JSONValue(
            parsing: try session.succeed(["inspect", "drive.img", "--json", "--show-secrets"] + options).output)
        let found = report.variables
        return Dictionary(uniqueKeysWithValues: found.keys.map { ($0, found[$0].text ?? "") })
    }

    private func expectUpToDate(_ options: [String] = [], _ comment: Comment = "") throws {
        let result = try session.succeed(try update(options))
        #expect(result.output.contains("up to date"), "\(comment) \(result.output) \(result.errorText)")
    }

    @Test("capture media: where its content comes from is enough")
    func capture() throws {
        try session.create(.capture, "drive.img", ["--label", "Capture it"])
        try expectUpToDate()
        #expect(try session.inspect("drive.img").label.text == "Capture it")
    }

    @Test("stand-alone media: task sequence, further content, dates, variables and label are asked for again")
    func standalone() throws {
        let step = SequenceVariation.step("InstallSoftware", "Boot files", ["PackageID": DemoSite.toolsPackage])
        let sequence = try SequenceVariation.write(step, of: session, to: "sequence.xml").string
        let options =
            [
                "--task-sequence", sequence, "--boot-image", DemoSite.bootImage, "--label", "Site B",
                "--package", DemoSite.bootImage, "--variable", "OSDSite=Vienna", "--variable", "Room=B 12",
                "--media-expiration-date", "2035-01-31", "--allow-unattended", "--autorun",
            ] + (try SequenceVariation.catalog(of: session))
        try session.succeed(
            [
                "create", "standalone", "--output", "drive.img", "--distribution-point", session.library.string,
                "--store", session.store.string, "--media-size", "100000000",
            ] + options)
        try expectUpToDate(try SequenceVariation.catalog(of: session))
        // An option changes what it names, and nothing else.
        let before = try variables()
        try session.succeed(
            try update(["--variable", "osdsite=Graz", "--label", "Site C"] + SequenceVariation.catalog(of: session)))
        let after = try variables()
        #expect(after["OSDSite"] ?? after["osdsite"] == "Graz" && after["Room"] == "B 12", "\(after)")
        #expect(after["_SMSTSMediaExpire"] == before["_SMSTSMediaExpire"] && before["_SMSTSMediaExpire"] != nil)
        let inspection = try session.inspect("drive.img")
        #expect(inspection.label.text == "Site C" && inspection.unattended.flag == true)
        #expect(inspection.taskSequence.name.text != nil)
        #expect(inspection.contents.elements.compactMap(\.id.text).contains(DemoSite.bootImage))
        // The same bytes as made anew with all of it, in the files that are not sealed at random.
        try session.succeed(["verify", "drive.img"])
        try expectUpToDate(try SequenceVariation.catalog(of: session))
    }

    @Test("bootable media: management points, site, trust and certificate are, where its password opens them")
    func bootable() throws {
        let authority = try CertificateAuthority(in: session.work)
        let password = ["--password-file", try session.work.write("geheim\n".utf8, to: "password.txt").string]
        let options = [
            "--boot-image", DemoSite.bootImage, "--management-point", "http://mp1.example.com", "--management-point",
            "http://mp2.example.com", "--site-code", "ABC", "--user-device-affinity", "auto-approval",
            "--allow-unknown-machine", "--unknown-machine-guid", "x64=12345678-1234-4234-8234-123456789012",
            "--self-signed-certificate", "--root-ca", authority.root,
        ]
        try session.succeed(
            [
                "create", "bootable", "--output", "drive.img", "--distribution-point", session.library.string,
                "--store", session.store.string,
            ] + options + password)
        let before = try variables(password)
        #expect(before["_SMSTSMediaPFX"]?.isEmpty == false)
        try expectUpToDate(password)
        #expect(try variables(password) == before)
        // Nobody is told what a password hides.
        let blind = try session.run(try update())
        #expect(blind.status == 77 && blind.failure.contains("was made with a password"), "\(blind.failure)")
        #expect(blind.failure.contains("--password-file"), "\(blind.failure)")
        let other = try session.work.write("other\n".utf8, to: "other.txt").string
        let wrong = try session.run(try update(["--password-file", other]))
        #expect(wrong.status == 65 && wrong.failure.contains("another password"), "\(wrong.failure)")
        // What is let go of by a name that nothing has is a slip of the pen.
        for name in ["variable=Sitte", "package=ABC99999", "management-point=http://mp9.example.com"] {
            let strange = try session.run(try update(password + ["--drop", name]))
            #expect(strange.status == 64 && strange.failure.contains("does not have"), "\(strange.failure)")
        }
        // Others in place of the management points; all else stays, the certificate too.
        try session.succeed(
            try update(
                password + [
                    "--management-point", "http://mp3.example.com", "--management-point", "http://mp4.example.com",
                ]))
        let after = try variables(password)
        for name in before.keys where !["SMSTSLocationMPs", "_SMSMediaGuid", "_SMSTSMediaPFX"].contains(name) {
            #expect(after[name] == before[name], "\(name)")
        }
        #expect(after["SMSTSLocationMPs"] == "http://mp3.example.com*http://mp4.example.com")
        #expect(after["_SMSTSMediaPFX"]?.isEmpty == false)
        // The password is taken off, and what it sealed stays.
        try Program.succeed("cp", ["drive.img", "kept.img"], in: session.folder)
        try session.succeed(try update(password + ["--drop", "password"]))
        let open = try variables()
        for name in after.keys where !["_SMSMediaGuid", "_SMSTSMediaPFX"].contains(name) {
            #expect(open[name] == after[name], "\(name)")
        }
        #expect(try session.inspect("drive.img").passwordRequired.flag == false)
        try Program.succeed("mv", ["kept.img", "drive.img"], in: session.folder)
        // What is let go of is gone, and stays so.
        try session.succeed(try update(password + ["--drop", "root-ca", "--drop", "unknown-computers"]))
        let last = try variables(password)
        #expect(last["_SMSTSRootCACerts"] == nil && last["_SMSTSx64UnknownMachineGUID"] == nil)
        try expectUpToDate(password)
    }
}
