// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import MediaBuilder
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("What an update would lose")
struct UpdateLossTests {
    let session: CommandSession

    init() throws { session = try CommandSession() }

    /// Everything that stand-alone media has only because an option asks for it: the options, and what drops each.
    private func everything() throws -> [(options: [String], drop: String, words: String)] {
        let password = try session.work.write("geheim\n".utf8, to: "password.txt").string
        return [
            (["--allow-unattended"], "unattended", "--allow-unattended"),
            (["--label", "MY STICK"], "label", "label 'MY STICK'"),
            (["--media-guid", Self.guid], "media-guid", Self.guid),
            (["--media-expiration-date", "2035-01-31"], "expiration", "expiration date"),
            (["--media-start-date", "2020-01-31"], "start", "start date"),
            (["--variable", "Site=Vienna"], "variable=site", "variable Site"),
            (["--variable", "Room 1=B 12"], "variable=ROOM 1", "--drop 'variable=Room 1'"),
            (["--client-binaries", session.demo.clientBinaries.string], "client-binaries", "SMS\\bin"),
            (["--autorun"], "autorun", "autorun.inf"),
            // The demo's task sequence names it as its boot image only.
            (
                ["--package", DemoSite.bootImage], "package=\(DemoSite.bootImage.lowercased())",
                "content \(DemoSite.bootImage)"
            ),
            (["--password-file", password], "password", "its password"),
        ]
    }

    @Test("the page names everything that can be dropped")
    func documented() throws {
        let page = String(decoding: try SmallFile.read(Repository.file("docs/create.md")), as: UTF8.self)
        for name in MediaFeature.names where name != "variables" { #expect(page.contains("\(name)`"), "\(name)") }
    }

    private static let guid = "{12345678-1234-4234-8234-123456789012}"

    private func arguments(_ more: [String]) -> [String] {
        [
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string,
        ] + more
    }

    private func refusal(_ arguments: [String]) throws -> String {
        let before = try session.fingerprint()
        let result = try session.run(arguments)
        #expect(result.status == 77, "\(result.errorText)")
        #expect(try session.fingerprint() == before)
        return result.failure
    }

    @Test("what the media does not tell is named at once, with the option that keeps it, and nothing is written")
    func named() throws {
        let everything = try everything()
        let options = everything.flatMap(\.options)
        try session.create(.standalone, "drive.img", ["--media-size", "100000000"] + options)
        let password = everything.last?.options ?? []
        // With its password all is asked for again but a folder, which no media names.
        let message = try refusal(arguments(password + ["--dry-run"]))
        #expect(message.contains("SMS\\bin") && message.contains("--client-binaries"), "\(message)")
        #expect(message.split(separator: "--drop ").count == 2, "\(message)")
        // Without it the variables cannot be read, and any of them would be lost.
        let blind = try refusal(arguments([]))
        for words in ["its password", "its variables, which only its own password opens", "--drop variables"] {
            #expect(blind.contains(words), "\(words): \(blind)")
        }
        #expect(!blind.contains("Vienna") && !blind.contains("B 12") && !blind.contains("geheim"))
        // Another password opens them no more than none does.
        let other = try session.work.write("other\n".utf8, to: "other.txt").string
        let strange = try refusal(arguments(["--password-file", other]))
        #expect(strange.contains("its variables") && !strange.contains("--drop password"), "\(strange)")
        // The same options lose nothing, and no option does neither.
        let binaries = ["--client-binaries", session.demo.clientBinaries.string]
        for more in [options, password + binaries] {
            let same = try session.succeed(arguments(more))
            #expect(same.output.contains("up to date"), "\(same.output)")
        }
        // Each goes when it is said to, by a name in any case, and nothing else does.
        for (_, drop, _) in everything.dropLast() {
            let more = drop == "client-binaries" ? [] : binaries
            let report = try JSONValue(
                parsing: try session.succeed(arguments(password + more + ["--dry-run", "--json", "--drop", drop]))
                    .output)
            #expect(report.isUpToDate.flag == false, "\(drop)")
        }
        // All of it goes when all of it is said to.
        try session.succeed(
            arguments((everything.map(\.drop) + ["variables"]).flatMap { ["--drop", $0] }))
        let inspection = try session.inspect("drive.img")
        #expect(inspection.label.text == "Configuration Manager")
        #expect(inspection.passwordRequired.flag == false && inspection.unattended.flag == false)
        try session.succeed(["verify", "drive.img"])
    }

    @Test("bootable media: each management point that is given no more is named")
    func bootable() throws {
        let own = [
            "--boot-image", DemoSite.bootImage, "--distribution-point", session.library.string, "--store",
            session.store.string,
        ]
        func points(_ names: String...) -> [String] {
            names.flatMap { ["--management-point", "http://\($0).example.com"] }
        }
        let rest = ["--site-code", "ABC", "--user-device-affinity", "auto-approval"]
        try session.succeed(["create", "bootable", "--output", "drive.img"] + own + points("a", "b") + rest)
        let message = try refusal(["update", "drive.img"] + own + points("a"))
        #expect(message.contains("management point http://b.example.com"), "\(message)")
        #expect(message.split(separator: "--drop ").count == 2, "\(message)")
        // Others in their place are a change that was asked for.
        try session.succeed(["update", "drive.img", "--dry-run"] + own + points("c", "d") + rest)
        try session.succeed(
            ["update", "drive.img"] + own + points("b") + rest
                + ["--media-mode", "site-based", "--drop", "management-point=http://a.example.com"])
        let mode = try session.succeed(["update", "drive.img"] + own + points("b") + rest)
        #expect(mode.output.contains("up to date"), "\(mode.output)")
    }

    @Test("a package that the task sequence itself let go of is no loss, nor is one that is still needed")
    func ofTheSequence() throws {
        let step = SequenceVariation.step("InstallSoftware", "Boot files", ["PackageID": DemoSite.bootImage])
        let old = try SequenceVariation.write(step, of: session, to: "old.xml").string
        let catalog = try SequenceVariation.catalog(of: session)
        let source =
            ["--distribution-point", session.library.string, "--store", session.store.string]
            + ["--boot-image", DemoSite.bootImage] + catalog
        try session.succeed(
            ["create", "standalone", "--output", "drive.img", "--task-sequence", old, "--media-size", "100000000"]
                + source)
        let held = try session.inspect("drive.img").contents.elements.compactMap(\.id.text)
        #expect(held.contains(DemoSite.bootImage), "\(held)")
        let new = try session.succeed(
            ["update", "drive.img", "--dry-run", "--json", "--task-sequence", session.demo.taskSequence.string] + source
        )
        #expect(try #require(try JSONValue(parsing: new.output).removedFileCount.number) > 0)
    }

    @Test("a label that somebody gave the volume, and a file of his whose name is needed, are named")
    func ofOthers() throws {
        try session.create(.standalone, "drive.img", ["--media-size", "100000000"])
        let image = "\(session.folder.appending("drive.img"))@@\(DriveImageTests.volumeOffset)"
        try Program.succeed("mlabel", ["-i", image, "::BOBS STICK"])
        let note = try session.work.write("[autorun]\r\nicon=my.ico\r\n".utf8, to: "x.inf")
        try Program.succeed("mcopy", ["-i", image, note.string, "::autorun.inf"])
        let message = try refusal(arguments(["--autorun"]))
        #expect(message.contains("label 'BOBS STICK'"), "\(message)")
        #expect(message.contains("file autorun.inf, which is not of the media"), "\(message)")
        #expect(try refusal(arguments(["--autorun", "--label", "Bobs stick"])).contains("--drop file=autorun.inf"))
        try session.succeed(arguments(["--autorun", "--label", "Bobs stick", "--drop", "file=autorun.inf"]))
        #expect(try Program.succeed("mtype", ["-i", image, "::autorun.inf"]).output.contains("LaunchMedia"))
        #expect(try Program.succeed("mlabel", ["-i", image, "-s", "::"]).output.contains("BOBS STICK"))
    }

    @Test("options of another kind of media are 64 and all named, and so is a name that --drop does not know")
    func otherKind() throws {
        try session.create(.standalone, "drive.img")
        try session.create(.capture, "capture.img")
        func expectUsage(_ arguments: [String], _ words: [String]) throws {
            let result = try session.run(arguments)
            #expect(result.status == 64, "\(result.errorText)")
            for word in words { #expect(result.failure.contains(word), "\(word): \(result.failure)") }
        }
        try expectUsage(
            arguments(["--management-point", "http://x", "--site-code", "ABC", "--media-mode", "dynamic"]),
            ["--management-point, --site-code", "--media-mode", "stand-alone media"])
        let source = ["--boot-image", DemoSite.bootImage, "--distribution-point", session.library.string]
        try expectUsage(
            ["update", "capture.img", "--variable", "A=1", "--allow-unattended", "--package", "ABC00001"] + source,
            ["--variable", "--allow-unattended", "--package", "capture media"])
        try expectUsage(arguments(["--drop", "pasword"]), ["--drop 'pasword'", "password", "variable=NAME"])
    }

    @Test("an update tells the warnings of its plan")
    func warnings() throws {
        let session = try CommandSession(ownLibrary: true)
        try session.create(.standalone, "drive.img")
        let content = session.library.appending("DataLib").appending("\(DemoSite.toolsPackage).1")
        let stray = content.appending("stray.txt")
        try Program.succeed("sh", ["-c", "echo stray > '\(stray)'"])
        let result = try session.succeed([
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string,
        ])
        #expect(result.output.contains("up to date"))
        #expect(result.errorText.contains("warning: ") && result.errorText.contains("stray.txt"), "\(result.errorText)")
    }
}
